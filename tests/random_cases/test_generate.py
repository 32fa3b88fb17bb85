"""What the generator draws is what a person may design: nothing of it is wrong."""

from __future__ import annotations

import json

from engage_desktop.document import validate
from tests.random_cases.features import ALL, LANDED, TOGETHER
from tests.random_cases.generate import generate


def test_designs_are_valid() -> None:
    for seed in range(150):
        for features in (ALL, TOGETHER):
            problems = validate(generate(seed, features).campaigns)
            wrong = [one for one in problems if one.severity == "error" and one.code != "list_hash"]
            assert not wrong, (seed, wrong)


def test_every_form_is_drawn() -> None:
    """Each word stands in one of a hundred designs or logs at the least."""
    cases = [generate(seed, ALL) for seed in range(400)]
    texts = [json.dumps([one.design, one.records]) for one in cases]
    words = (
        '"caps"', '"defer"', '"quiet_hours"', '"drop"', '"send_window"', '"holdout": {', '"suppression"', '"consent": {',
        '"max_wait"', '"subscription_group"', '"whatsapp"', '"throughput"', '"variants"', '"exclude"', '"zone": "profile"',
        '"p50"', '"successes"', '"by"', '"low"', "event('Email Opened')", '"event": "Email Sent"', '"groups"',
        "Email Group Unsubscribed", "categoryPreferences", '"event": "Bought"', "property('campaign')",
    )  # fmt: skip
    rare = {word: share for word in words if (share := sum(word in text for text in texts) / len(texts)) < 0.01}
    assert not rare


def test_what_is_not_asked_for_is_not_drawn() -> None:
    for seed in range(40):
        one = generate(seed, LANDED - TOGETHER)
        assert "broadcasts" not in one.design
        assert one.design["policies"].keys() == {"subscription", "address"}
        assert not any("responses" in message for message in one.design["messages"])
