"""Which visit of which instance explain is asked about, where several of one person are in a step in the same instant."""

from __future__ import annotations

from pathlib import Path

import pytest

from engage_desktop.domain.duration import format_instant
from engage_desktop.engine import compile_campaigns
from engage_desktop.engine.points import plan_of, step_point
from engage_desktop.engine.remembering import inside
from engage_desktop.engine.subject import Subject
from tests.engine.logs import DAY, T0, campaigns, store_of, track

HOUR = DAY // 24
WINDOW = (T0, T0 + DAY)
DESIGN = campaigns(
    journeys=[{
        "key": "again", "name": "again", "entry": {"type": "event", "event": "B", "reentry": {"mode": "every"}},
        "start": "hold",
        "steps": [
            {"key": "hold", "type": "hold", "branches": [{"key": "went", "event": "A", "next": "which"}], "timeout": "8h"},
            {"key": "which", "type": "split", "branches": [{"key": "first", "condition": "journey('B.n') = 1"}]},
        ],
    }],
)  # fmt: skip


@pytest.mark.parametrize("apart", [HOUR, 0], ids=["an hour apart", "in one instant"])
def test_instances_that_reach_a_split_together_are_told_apart(tmp_path: Path, apart: int) -> None:
    """D-13, D-16, D-20: two instances go on with the same event; each has its own answer, which is the run's."""
    calls = [track("u", "B", format_instant(T0 + at), n=number) for number, at in ((1, 0), (2, apart))]
    store = store_of([*calls, track("u", "A", format_instant(T0 + 2 * HOUR))], tmp_path)
    plan = compile_campaigns(DESIGN)
    compiled, who = plan_of(plan, "again"), store.index_of("u")
    assert who is not None
    subject = Subject(plan, store, who, WINDOW)
    visits = subject.way(compiled).visits["which"]
    assert [(one.arrived, one.branch) for one in visits] == [(T0 + 2 * HOUR, "first"), (T0 + 2 * HOUR, "otherwise")]
    for visit in visits:
        known = inside(plan, store, compiled, who, visit)
        for branch in ("first", "otherwise"):
            found = subject.ask_point(compiled, step_point(compiled.journey, "which", branch, visit, WINDOW[1], known))
            assert found.verdict == (visit.branch == branch)


def test_a_fork_whose_first_branch_leaves_at_once_cuts_the_second_off(tmp_path: Path) -> None:
    """D-14, D-54: the condition of the second held too; the answer is no and says what came first."""
    design = campaigns(
        journeys=[{
            "key": "both", "name": "both", "entry": {"type": "event", "event": "B"}, "start": "fork",
            "steps": [
                {"key": "fork", "type": "fork", "branches": [
                    {"key": one, "condition": "event('B').count() >= 1", "next": "gone"} for one in ("p", "q")
                ]},
                {"key": "gone", "type": "delay_until", "property": "B.due", "zone": "workspace", "past": "leave"},
            ],
        }],
    )  # fmt: skip
    store = store_of([track("u", "B", format_instant(T0), due="2020-01-01T00:00:00Z")], tmp_path)
    plan = compile_campaigns(design)
    compiled, who = plan_of(plan, "both"), store.index_of("u")
    assert who is not None
    subject = Subject(plan, store, who, WINDOW)
    (visit,) = subject.way(compiled).visits["fork"]
    assert visit.took == (("p", T0),)
    for branch in ("p", "q"):
        found = subject.ask_point(compiled, step_point(compiled.journey, "fork", branch, visit, WINDOW[1]))
        assert found.verdict == found.why.verdict == (branch == "p")
    assert [(one.text, one.verdict) for one in found.why.children] == [
        ("event('B').count() >= 1", True),
        ("nothing else came first", False),
    ]
