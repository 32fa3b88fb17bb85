"""Assumed responses: each fault at its place, with a mend (D-28, D-36)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate

from .designs import design, only

SHOPS = {"key": "shops", "name": "Shops", "level": "account", "definition": "trait('plan') = 'pro'"}
MESSAGE, STEP = "messages.nudge.responses", "journeys.cart_rescue.steps.nudge.responses"

FAULTS: list[tuple[dict[str, Any], str, str, str, str]] = [
    # model, code, severity, path below it, words
    ({"opened": {}}, "response_likely", "error", "opened.likely", "a number from 0 to 1"),
    ({"opened": {"low": 0.1, "high": 0.2}}, "response_likely", "error", "opened.likely", "how likely"),
    ({"opened": {"likely": 30}}, "response_probability", "error", "opened.likely", "For 30 percent write 0.3."),
    ({"opened": {"likely": 0.3, "low": -0.1}}, "response_probability", "error", "opened.low", "from 0 to 1"),
    ({"opened": {"likely": 0.3, "low": 0.4}}, "response_order", "error", "opened.low", "above likely, 0.3"),
    ({"opened": {"likely": 0.3, "high": 0.2}}, "response_order", "error", "opened.high", "low <= likely <= high"),
    ({"clicked": {"likely": 0.3, "trials": 9}}, "response_form", "error", "clicked", "both likely and trials"),
    ({"clicked": {"trials": 9}}, "response_form", "error", "clicked.successes", "Successes are missing."),
    ({"clicked": {"successes": 10, "trials": 9}}, "response_trials", "error", "clicked.successes", "from 0 to 9"),
    ({"clicked": {"successes": -1, "trials": 9}}, "response_trials", "error", "clicked.successes", "-1 of 9"),
    ({"clicked": {"successes": 0, "trials": 0}}, "response_trials", "error", "clicked.trials", "0 trials"),
    ({"opened": {"likely": 1, "after": {"p50": "2h"}}}, "response_after", "error", "opened.after", "belong together"),
    ({"opened": {"likely": 1, "after": {"p50": "2h", "to": "3h"}}}, "response_after", "error", "opened.after", "p90"),
    ({"opened": {"likely": 1, "after": {"from": "2h", "to": "1h"}}}, "response_after", "error", "opened.after", "2h back to 1h"),
    ({"opened": {"likely": 1, "after": {"p50": "2h", "p90": "1h"}}}, "response_after", "error", "opened.after", "p50 be no longer"),
    ({"opened": {"likely": 1, "after": {"p50": "0h", "p90": "1h"}}}, "response_after", "error", "opened.after.p50", "1m"),
    ({"converted": {"likely": 1}}, "response_event", "error", "converted.event", "Order Completed"),
    ({"opened": {"likely": 1, "event": "X"}}, "response_event", "error", "opened.event", "Remove the event"),
    ({"by": [{"audience": "vips", "opened": {"likely": 1}}]}, "unknown_audience", "error", "by.0.audience", "lapsed"),
    ({"by": [{"audience": "shops", "opened": {"likely": 1}}]}, "level", "error", "by.0.audience", "accounts"),
    ({"by": [{"audience": "lapsed", "opened": {"likely": 2}}]}, "response_probability", "error", "by.0.opened.likely", "0.02"),
    ({"by": [{"audience": "lapsed"}]}, "response_by", "warning", "by.0", "nothing differs"),
]  # fmt: skip


@pytest.mark.parametrize("place", [MESSAGE, STEP])
@pytest.mark.parametrize(("model", "code", "severity", "path", "words"), FAULTS)
def test_a_fault_is_found_once_at_its_place(place, model, code, severity, path, words):
    where = "messages__0__responses" if place == MESSAGE else "journeys__0__steps__2__responses"
    problem = only(design(**{where: model, "audiences__1": SHOPS}), code)
    assert (problem.severity, problem.path) == (severity, f"{place}.{path}")
    assert words in f"{problem.message} {problem.mend}"


def test_models_that_can_be_drawn_from_have_no_fault():
    model = {
        "delivered": {"successes": 97, "trials": 97},
        "opened": {"low": 0.3, "likely": 0.3, "after": {"p50": "2h", "p90": "2h"}},
        "clicked": {"likely": 0, "after": {"from": "0h", "to": "0h"}},
        "converted": {"likely": 1, "event": "Order Completed", "after": "0h"},
        "by": [{"audience": "lapsed", "opened": {"likely": 0.1}}],
    }
    found = validate(design(messages__0__responses=model, journeys__0__steps__2__responses={}))
    assert [problem for problem in found if problem.is_error] == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"channel": "sms", "subscription_group": "news"}, "by sms"),
        ({"subscription_group": " "}, "no name"),
    ],
)
def test_a_subscription_group_is_for_email_and_has_a_name(fields, words):
    """SB-5 as settled: a group stands beside the state of the e-mail channel."""
    problem = only(design(**{f"messages__0__{name}": value for name, value in fields.items()}), "subscription_group")
    assert (problem.severity, problem.path) == ("error", "messages.nudge.subscription_group")
    assert words in problem.message
