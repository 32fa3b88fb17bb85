"""Assumed responses in the campaign file (D-28, formats.md section 2): byte for byte, and faults by place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engage_desktop.document import dumps, loads
from engage_desktop.domain.response import Responses, Spread, given_stages

MODEL = {
    "delivered": {"successes": 97, "trials": 100},
    "opened": {"low": 0.2, "likely": 0.3, "high": 0.4, "after": {"p50": "2h", "p90": "1d"}, "x-from": "last spring"},
    "clicked": {"likely": 0.1, "after": {"from": "1m", "to": "1h"}},
    "converted": {"likely": 0.02, "after": "1d", "event": "Order Completed"},
    "by": [{"audience": "lapsed", "opened": {"likely": 0.1}}],
}


def text_of(model: dict[str, Any]) -> str:
    data = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Storefront"},
        "messages": [{"key": "nudge", "channel": "email", "responses": model}],
    }
    return json.dumps(data, indent=2) + "\n"


def model_of(model: dict[str, Any]) -> Responses:
    campaigns, problems = loads(text_of(model))
    assert problems == ()
    assert campaigns is not None
    found = campaigns.messages[0].responses
    assert found is not None
    return found


def test_a_model_comes_back_byte_for_byte():
    campaigns, _ = loads(text_of(MODEL))
    assert campaigns is not None
    assert dumps(campaigns) == text_of(MODEL)


def test_stages_stand_in_the_order_of_the_format_whatever_was_written():
    turned = {key: dict(reversed(MODEL[key].items())) for key in ("converted", "clicked", "opened", "delivered")}  # type: ignore[attr-defined]
    campaigns, _ = loads(text_of({"by": MODEL["by"]} | turned))
    assert campaigns is not None
    assert json.loads(dumps(campaigns)) == json.loads(text_of(MODEL))
    assert list(json.loads(dumps(campaigns))["messages"][0]["responses"]) == list(MODEL)


def test_delays_are_told_apart():
    found = given_stages(model_of(MODEL))
    assert list(found) == ["delivered", "opened", "clicked", "converted"]
    assert [found[name].after for name in found] == [
        None, Spread(p50="2h", p90="1d"), Spread(from_="1m", to="1h"), "1d",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "path", "says"),
    [
        ({"likely": "0.3"}, "opened.likely", '"0.3" is not a number.'),
        ({"likly": 0.3}, "opened.likly", "The key 'likly' is unknown here."),
        ({"after": "soon"}, "opened.after", "'soon' is not a duration."),
        ({"after": 5}, "opened.after", "5 is not text."),
        ({"after": {"p50": "2x"}}, "opened.after.p50", "'2x' is not a duration."),
        ({"after": {"median": "2h"}}, "opened.after.median", "The key 'median' is unknown here."),
        ({"successes": 1.5}, "opened.successes", "1.5 is not a whole number."),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(stage, path, says):
    campaigns, problems = loads(text_of({"opened": stage}))
    assert campaigns is None
    assert [(problem.path, problem.message) for problem in problems] == [(f"messages.nudge.responses.{path}", says)]
    assert problems[0].mend
