"""Broadcasts: each fault at its place, with a mend (D-26, D-36)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate

from .designs import design, only

SHOPS = {"key": "shops", "name": "Shops", "level": "account", "definition": "trait('plan') = 'pro'"}
SPRING = {"key": "spring", "name": "Spring", "audience": "lapsed", "message": "nudge", "at": "2011-03-01T09:00:00Z"}
HALVES = [{"key": "a", "percent": 50, "message": "nudge"}, {"key": "b", "percent": 50}]

FAULTS: list[tuple[dict[str, Any], str, str, str, str]] = [
    # changes (None removes), code, severity, path below broadcasts.spring, words
    ({"audience": None}, "broadcast_group", "error", "", "neither an audience nor a condition"),
    ({"condition": "event('A').count() >= 1"}, "broadcast_group", "error", "", "both an audience and a condition"),
    ({"audience": "vips"}, "unknown_audience", "error", ".audience", "Use one of: lapsed."),
    ({"audience": "shops"}, "level", "error", ".audience", "messages go to people"),
    ({"audience": None, "condition": "property('a') = 1"}, "condition", "error", ".condition", "Line 1"),
    ({"exclude": ["vips"]}, "unknown_audience", "error", ".exclude.0", "'vips'"),
    ({"exclude": ["shops"]}, "level", "error", ".exclude.0", "audience('shops')"),
    ({"exclude": ["lapsed"]}, "broadcast_nobody", "warning", ".exclude", "reaches nobody"),
    ({"message": None}, "broadcast_message", "error", "", "has no message"),
    ({"message": None, "variants": [{"key": "a", "percent": 100}]}, "broadcast_message", "error", "", "no message"),
    ({"message": "gone"}, "unknown_message", "error", ".message", "nudge"),
    ({"variants": [HALVES[0] | {"message": "gone"}, HALVES[1]]}, "unknown_message", "error", ".variants.a.message", "nudge"),
    ({"variants": [HALVES[0], HALVES[1] | {"key": "a"}]}, "duplicate_key", "error", ".variants.a", "2 variants"),
    ({"variants": HALVES[:1]}, "percent_sum", "error", ".variants", "Add 50."),
    ({"variants": [HALVES[0] | {"percent": -1}, HALVES[1]]}, "percent", "error", ".variants.a.percent", "negative"),
    ({"at": "soon"}, "broadcast_at", "error", ".at", "in workspace time"),
    ({"at": "2011-02-30T09:00:00Z"}, "broadcast_at", "error", ".at", "no day and time"),
    ({"throughput": 0}, "throughput", "error", ".throughput", "Give 1 or more"),
    ({"key": "cart_rescue"}, "campaign_key", "error", ".key", "Give one of them another key."),
]  # fmt: skip


def spring(**changes: Any) -> Any:
    fields = {name: value for name, value in (SPRING | changes).items() if value is not None}
    return design(broadcasts=[fields], audiences__1=SHOPS)


@pytest.mark.parametrize(("changes", "code", "severity", "path", "words"), FAULTS)
def test_a_fault_is_found_once_at_its_place(changes, code, severity, path, words):
    problem = only(spring(**changes), code)
    assert (problem.severity, problem.path) == (severity, f"broadcasts.{changes.get('key', 'spring')}{path}")
    assert words in f"{problem.message} {problem.mend}"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"at": "2011-03-01T09:00", "zone": "workspace"},
        {"at": "2011-03-01T09:00", "zone": "profile"},
        {"at": "2011-03-01"},
        {"message": None, "variants": HALVES},
        {"variants": [HALVES[1], {"key": "rest", "percent": 50, "role": "holdout"}]},
        {"audience": None, "condition": "event('A').count() >= 1", "throughput": 1},
    ],
)
def test_broadcasts_that_can_be_sent_have_no_fault(changes):
    """A variant without a message takes the broadcast's, else that of the first variant that has one."""
    assert [problem for problem in validate(spring(**changes)) if problem.is_error] == []


def test_a_message_of_a_broadcast_alone_is_asked_for_its_body():
    empty = {"key": "empty", "channel": "email", "subject": "Spring"}
    fields = {"messages__1": empty, "broadcasts": [SPRING | {"message": "empty"}]}
    assert only(design(**fields), "message_empty").path == "messages.empty.body"
