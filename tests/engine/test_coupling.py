"""Which journeys run before which, and which together (D-25, D-37)."""

from __future__ import annotations

from typing import Any

from engage_desktop.engine import compile_campaigns
from engage_desktop.engine.coupling import in_order, named_in, read_by
from engage_desktop.engine.plan import Plan
from tests.engine.logs import campaigns

AUDIENCES: list[dict[str, Any]] = [
    {"key": "gold", "name": "gold", "definition": "trait('plan') = 'gold'"},
    {"key": "firm", "name": "firm", "level": "account", "definition": "ANY trait('plan') = 'gold'"},
    {"key": "rich", "name": "rich", "level": "account", "definition": "trait('plan') = 'gold'"},
]


def journey(key: str, *, writes: str | None = None, reads: str | None = None, **parts: Any) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"key": "d", "type": "delay", "duration": "1h"}]
    if reads is not None:
        steps = [{"key": "d", "type": "split", "branches": [{"key": "b", "condition": reads}]}]
    if writes is not None:
        steps[0]["next" if reads is None else "otherwise"] = "s"
        steps.append({"key": "s", "type": "set_trait", "trait": writes, "value": 1})
    return {"key": key, "name": key, "entry": {"type": "event", "event": "A"}, "start": "d", "steps": steps, **parts}


def compiled(*journeys: dict[str, Any]) -> Plan:
    return compile_campaigns(campaigns(audiences=AUDIENCES, journeys=list(journeys)))


def order(*journeys: dict[str, Any]) -> list[tuple[str, bool]]:
    plan = compiled(*journeys)
    return [
        (" ".join(one.journey.key for one in part.journeys), part.circular)
        for part in in_order(plan.journeys, plan.meanings)
    ]


def test_without_writes_all_run_at_once() -> None:
    assert order(journey("b"), journey("a", reads="audience('gold')")) == [("b a", False)]


def test_readers_run_after_writers() -> None:
    """D-9: what an audience reads is read by whoever names the audience."""
    last, first = journey("a", reads="audience('gold')", writes="seen"), journey("b", writes="plan")
    assert order(journey("c", reads="trait('seen') = 1"), last, first) == [("b", False), ("a", False), ("c", False)]


def test_circles_run_together() -> None:
    one, other = journey("a", reads="trait('x') = 1", writes="y"), journey("b", reads="trait('y') = 1", writes="x")
    assert order(one, other, journey("c")) == [("a b", True), ("c", False)]
    assert order(journey("a", reads="trait('x') = 1", writes="x")) == [("a", True)]


def test_those_whose_instances_are_counted_together_run_together() -> None:
    """J2-39."""
    one, other = (
        journey("a", writes="x", enforce_limits=True),
        journey("b", reads="trait('x') = 1", enforce_limits=True),
    )
    assert order(one, other) == [("a b", True)]


def test_reads_go_through_names_and_accounts() -> None:
    """AU-23: an account is asked about its own traits, with ANY about those of its people."""
    plan = compiled(journey("a"))
    reads = {one.key: read_by(one.member, plan.meanings) for one in plan.audiences}
    assert (reads["gold"].traits, reads["gold"].of_others) == ({"plan"}, set())
    assert (reads["firm"].traits, reads["firm"].of_others) == ({"plan"}, {"plan"})
    assert reads["rich"].traits == set()
    assert named_in(plan.audiences[0].member) == set()


def test_a_clock_of_ones_own_reads_the_zone() -> None:
    """D-30."""
    until = {"key": "d", "type": "delay_until", "time": "09:00"}
    plan = compiled(journey("a", steps=[until]), journey("b", steps=[until | {"zone": "workspace"}]))
    assert [read_by(one, plan.meanings).traits for one in plan.journeys] == [{"timezone"}, set()]
