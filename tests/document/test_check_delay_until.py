"""Delays until a clock time or a date: each fault at its place, and the engine runs the rest (D-20, D-31, D-33, D-36, D-42, D-46)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.engine import compile_campaigns
from tests.golden.cases import load

from .designs import design, only

STEP = "journeys.cart_rescue.steps.nudge"
ACCOUNT_TRAIT = {"key": "n", "name": "N", "level": "account", "definition": "event('A').count()"}
AUDIENCE_ENTRY = {"type": "audience", "audience": "lapsed"}


def until(**fields: Any) -> Campaigns:
    """The Storefront with its last step a delay; fields with `__` are values elsewhere."""
    elsewhere = {name: fields.pop(name) for name in list(fields) if "__" in name or name == "traits"}
    return design(journeys__0__steps__2={"key": "nudge", "type": "delay_until", **fields}, **elsewhere)


CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    # code, values, severity, field, words
    ("until_kind", {}, "error", "", "does not say until when"),
    ("until_kind", {"time": "09:00", "trait": "due"}, "error", "", "time and trait"),
    ("weekdays", {"at": "2025-03-31", "weekdays": ["mon"]}, "error", ".weekdays", "Give a time"),
    ("weekdays", {"time": "09:00", "weekdays": ["monday"]}, "error", ".weekdays", "'monday' is no weekday"),
    ("clock_time", {"time": "24:00"}, "error", ".time", "such as 09:00"),
    ("clock_time", {"time": "9 am"}, "error", ".time", "'9 am'"),
    ("until_date", {"at": "2025-02-30"}, "error", ".at", "2025-03-31"),
    ("local_date", {"at": "2025-03-31"}, "info", ".at", "each person's zone"),
    ("local_date", {"at": "2025-03-31T09:00", "zone": "workspace"}, "info", ".at", "the workspace's zone"),
    ("offset", {"time": "09:00", "offset": "-1h"}, "error", ".offset", "belongs to a date"),
    ("offset", {"at": "2025-03-31T00:00:00Z", "offset": "-1h"}, "error", ".offset", "belongs to a date"),
    ("offset", {"trait": "due", "offset": "soon"}, "error", ".offset", "such as -1h"),
    ("until_name", {"trait": " "}, "error", ".trait", "Name the trait"),
    ("until_name", {"property": ""}, "error", ".property", "Name the property"),
    ("until_name", {"property": "journey('Product Added.due')"}, "error", ".property", "Product Added.due_at"),
    ("until_no_event", {"property": "due", "journeys__0__entry": AUDIENCE_ENTRY}, "warning", ".property", "Enter by event"),
    ("level", {"trait": "n", "traits": [ACCOUNT_TRAIT]}, "error", ".trait", "for accounts"),
    ("past_unused", {"time": "09:00", "past": "leave"}, "warning", ".past", "nobody leaves"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "values", "severity", "field", "words"), CASES)
def test_a_fault_is_found_at_its_place(
    code: str, values: dict[str, Any], severity: str, field: str, words: str
) -> None:
    problem = only(until(**values), code)
    assert (problem.severity, problem.path) == (severity, STEP + field)
    assert words in f"{problem.message} {problem.mend}"


GOOD: list[dict[str, Any]] = [
    {"property": "Product Added.due", "journeys__0__entry": AUDIENCE_ENTRY},  # remembered by the hold (D-20)
    {"time": "09:00"},
    {"time": "09:00:30", "weekdays": ["mon", "sun"], "zone": "workspace"},
    {"at": "2025-03-31T09:00:00+02:00", "past": "leave"},
    {"property": "due", "offset": "-1h"},
    {"trait": "renewal_at", "offset": "+2d", "past": "leave"},
    {"trait": "a.b"},
]


@pytest.mark.parametrize("values", GOOD)
def test_every_kind_runs(values: dict[str, Any]) -> None:
    campaigns = until(**values)
    assert [problem for problem in validate(campaigns) if problem.severity != "info"] == []
    compile_campaigns(campaigns)


@pytest.mark.parametrize("values", [case[1] for case in CASES])
def test_the_engine_never_refuses_what_validation_lets_pass(values: dict[str, Any]) -> None:
    campaigns = until(**values)
    if not any(problem.is_error for problem in validate(campaigns)):
        compile_campaigns(campaigns)


@pytest.mark.parametrize("case", load("refused"), ids=lambda case: case.name)
def test_what_nobody_can_compute_is_said_before_it_runs(case: Any) -> None:
    """The refused goldens that lie in the design, not in the log (D-36)."""
    if "the_log_has" not in case.name:
        assert any(problem.is_error for problem in validate(case.campaigns)), case.why


RUNS: list[dict[str, Any]] = [
    {"journeys__0__steps__2": {"key": "nudge", "type": "fork", "branches": [{"key": "a", "condition": "audience('lapsed')"}, {"key": "b", "condition": "audience('lapsed')"}]}},
    {"journeys__0__steps__2": {"key": "nudge", "type": "ad", "destination": "crm", "remove_after": "30d"}},
    {"journeys__0__exits": [{"key": "out", "condition": "audience('lapsed')"}]},
    {
        "journeys__0__entry": {"type": "event", "event": "Product Added", "reentry": {"mode": "every", "identifier": "cart_id"}},
        "journeys__0__exits": [{"key": "out", "event": "Order Completed", "match_identifier": True}],
        "journeys__0__steps__0__branches__0__any_identifier": True,
    },
]  # fmt: skip


@pytest.mark.parametrize("values", RUNS)
def test_forks_lists_identifiers_and_exits_by_condition_run(values: dict[str, Any]) -> None:
    """D-14, D-16, D-18, D-54: overlapping branches are no fault, a list takes any destination."""
    campaigns = design(**values)
    assert validate(campaigns) == ()
    compile_campaigns(campaigns)
