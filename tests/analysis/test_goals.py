"""Goals of journeys counted at any instant equal a direct count over the calls (D-3, D-18, D-40)."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import pytest

from engage_desktop.analysis.figures import GoalCount, journey_count
from engage_desktop.analysis.playback import Playback
from engage_desktop.document import loads
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.engine import compile_campaigns, simulate
from tests.events.logs import store_of, track

T0 = 1_700_000_000_000_000
HOUR = 3_600_000_000
DAY = 24 * HOUR
PEOPLE = [f"u-{number}" for number in range(30)]
INSTANTS = [T0 - 1, T0, T0 + 1, T0 + DAY, T0 + 2 * DAY, T0 + 2 * DAY + HOUR, T0 + 4 * DAY, T0 + 20 * DAY]


def design(goal: dict[str, Any] | None) -> dict[str, Any]:
    journey: dict[str, Any] = {
        "key": "offer", "name": "Offer", "entry": {"type": "event", "event": "Seen", "reentry": {"mode": "every"}},
        "start": "rest", "steps": [{"key": "rest", "type": "delay", "duration": "1d"}],
    }  # fmt: skip
    if goal is not None:
        journey["goal"] = goal
    return {"format": "engage-campaigns/1", "workspace": {"name": "Shop"}, "journeys": [journey]}


def calls_of(seed: int) -> list[dict[str, Any]]:
    """People who see an offer up to three times, so that windows overlap, and buy before, at and after it."""
    rng = random.Random(seed)
    calls = []
    for person in PEOPLE:
        seen = [T0 + rng.randrange(4) * DAY for _ in range(rng.randrange(4))]
        calls += [track(person, "Seen", at) for at in seen]
        for _ in range(rng.randrange(5)):
            at = rng.choice([T0, *seen]) + rng.choice([-HOUR, 0, 1, HOUR, DAY, 2 * DAY, 2 * DAY + 1, 3 * DAY])
            total = rng.choice([0.1, 0.2, 5, "12.34", "much", None, [1, 2, ["3"]]])
            calls.append(track(person, "Bought", at, **({} if total is None else {"total": total})))
    return [*calls, track("late", "Ping", T0 + 9 * DAY)]


def numbers(value: Any) -> list[Fraction]:
    if isinstance(value, list):
        return [part for item in value for part in numbers(item)]
    if isinstance(value, str):
        return [Fraction(value)] if value.replace(".", "").isdigit() else []
    return [] if value is None else [Fraction(str(value))]


def by_hand(calls: list[dict[str, Any]], goal: dict[str, Any], at_us: int) -> GoalCount:
    """Every call of the goal event is looked at once, whatever the number of entries it follows."""
    within = parse_duration(goal["within"]) if "within" in goal else 10**18
    reached, counted = set(), []
    for call in calls:
        when = parse_instant(call["timestamp"])
        worth = sum(numbers(call.get("properties", {}).get("total")), Fraction(0))
        if call["event"] != "Bought" or when > at_us or ("where" in goal and not worth > 1):
            continue
        entries = [
            parse_instant(one["timestamp"])
            for one in calls
            if one["userId"] == call["userId"] and one["event"] == "Seen"
        ]
        if any(since < when <= since + within for since in entries):
            reached.add(call["userId"])
            counted.append(worth)
    return GoalCount(len(reached), len(counted), float(sum(counted)) if "value" in goal else None)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "goal",
    [
        {"event": "Bought"},
        {"event": "Bought", "within": "2d", "value": "total"},
        {"event": "Bought", "within": "1h"},
        {"event": "Bought", "where": "property('total') > 1", "within": "3d", "value": "total"},
        {"event": "Nothing", "value": "total"},
    ],
)
def test_goals_at_any_instant_equal_a_direct_count(goal: dict[str, Any], seed: int) -> None:
    calls = calls_of(seed)
    if "where" in goal:  # a list would compare element by element
        calls = [call for call in calls if not isinstance(call.get("properties", {}).get("total"), list)]
    store = store_of(calls)
    read, problems = loads(json.dumps(design(goal)))
    assert read is not None, problems
    run = simulate(compile_campaigns(read), store, window=(store.first_us or 0, store.last_us or 0))
    playback = Playback(run, store)
    for at in INSTANTS:
        expected = by_hand(calls, goal, at) if goal["event"] == "Bought" else GoalCount(0, 0, 0.0)
        assert journey_count(playback, "offer", at).goal == expected, at


def test_a_goal_changes_no_row() -> None:
    """D-18: goals never move anybody."""
    store = store_of(calls_of(1))
    runs = []
    for goal in (None, {"event": "Bought", "within": "2d"}):
        read, _ = loads(json.dumps(design(goal)))
        assert read is not None
        runs.append(simulate(compile_campaigns(read), store, window=(store.first_us or 0, store.last_us or 0)))
    assert all((runs[0].visits[name] == runs[1].visits[name]).all() for name in runs[0].visits)
    assert journey_count(Playback(runs[0], store), "offer", T0).goal is None


def test_what_happens_after_the_runs_end_is_no_goal() -> None:
    calls = [track("u", "Seen", T0), track("u", "Bought", T0 + DAY), track("u", "Bought", T0 + 3 * DAY)]
    store = store_of(calls)
    read, _ = loads(json.dumps(design({"event": "Bought"})))
    assert read is not None
    run = simulate(compile_campaigns(read), store, window=(T0, T0 + 2 * DAY))
    assert journey_count(Playback(run, store), "offer", T0 + 9 * DAY).goal == GoalCount(1, 1)


def test_a_goal_that_asks_the_journey_says_why_it_is_not_counted() -> None:
    goal = {"event": "Bought", "where": "property('total') = journey('Seen.total')"}
    store = store_of(calls_of(1))
    read, _ = loads(json.dumps(design(goal)))
    assert read is not None
    run = simulate(compile_campaigns(read), store, window=(store.first_us or 0, store.last_us or 0))
    found = journey_count(Playback(run, store), "offer", T0 + 9 * DAY).goal
    assert found is not None
    assert "journey()" in found.refused
