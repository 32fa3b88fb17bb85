"""Enforced limits: the surplus of a second beside a count by hand, and what the rounds of `limits` may not depend on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engage_desktop.engine.subject import Subject

from engage_desktop.domain.duration import format_instant
from engage_desktop.engine import NEVER, compile_campaigns, simulate
from engage_desktop.engine.points import plan_of
from engage_desktop.engine.simulate import Walk
from engage_desktop.engine.surplus import MOST_EVENTS, surplus_of
from engage_desktop.events import EventStore
from tests.engine.logs import DAY, T0, campaigns, store_of, tables, track

HOUR = DAY // 24
WINDOW = (T0, T0 + 400 * DAY)


def at(us: int) -> str:
    return format_instant(T0 + us)


def journey(key: str, event: str, duration: str, **parts: Any) -> dict[str, Any]:
    return {
        "key": key, "name": key, "enforce_limits": True, "entry": {"type": "event", "event": event, **parts}, "start": "d",
        "steps": [{"key": "d", "type": "delay", "duration": duration}],
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    """u is let into `crowd` 40 times within 20 minutes, asks for `one` every minute of an hour; v is alone."""
    calls = [track("u", "A", at(30_000_000 * number)) for number in range(40)]
    calls += [track("u", "B", at(HOUR + 60_000_000 * number)) for number in range(61)]
    calls += [track("v", name, at(HOUR)) for name in "AB"]
    return store_of(calls, tmp_path)


DESIGN = campaigns(
    journeys=[journey("crowd", "A", "2h"), journey("one", "B", "1h", reentry={"mode": "once"})],
)


def outcomes(run: list[dict[str, Any]]) -> Counter[tuple[str, str, str, str | None]]:
    return Counter((row["journey"], row["profile"], row["outcome"], row["detail"]) for row in run)


def test_surplus_is_what_comes_after_25_events_of_a_second(tmp_path: Path) -> None:
    """J2-39: a person, a whole UTC second, the order of D-2."""
    rng = np.random.default_rng(39)
    calls = [
        track(f"u{who}", "A", at(int(us)))
        for who, us in zip(rng.integers(0, 3, 400), rng.integers(0, 6_000_000, 400), strict=True)
    ]
    log = store_of(calls, tmp_path)
    seen: Counter[tuple[int, int]] = Counter()
    expected = []
    for profile in range(log.n_profiles):
        for time in log.time[log.profile_start[profile] : log.profile_start[profile + 1]].tolist():
            seen[profile, time // 1_000_000] += 1
            expected.append(seen[profile, time // 1_000_000] > MOST_EVENTS)
    found = surplus_of(log)
    assert found is not None
    assert found.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def test_nobody_is_surplus_in_a_quiet_log(tmp_path: Path) -> None:
    """J2-39: of two people 25 events each in one second are none too many; an empty log has none."""
    calls = [track(who, "A", at(number)) for who in "uv" for number in range(25)]
    assert surplus_of(store_of(calls, tmp_path)) is None
    assert surplus_of(store_of([], tmp_path)) is None


def test_who_finds_no_room_tries_again_with_every_entry_event(store: EventStore) -> None:
    """J2-39, D-16, D-12: `once` is used up by nobody who was dropped; not even the last B finds room, at 02:00:00, where
    the first instance of the crowd ends: events come before timers."""
    rows = tables(simulate(compile_campaigns(DESIGN), store, window=WINDOW), store)["instances"]
    assert outcomes(rows) == {
        ("crowd", "u", "completed", None): 25,
        ("crowd", "u", "dropped", "instance_limit"): 15,
        ("one", "u", "dropped", "instance_limit"): 61,
        ("crowd", "v", "completed", None): 1,
        ("one", "v", "completed", None): 1,
    }


def test_long_crowds_are_settled_in_few_rounds(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of a person is where there is no room, not only who was dropped: 61 tries are no 61 rounds."""
    walked = 0
    once = Walk.run

    def counted(self: Walk) -> Any:
        nonlocal walked
        walked += 1
        return once(self)

    monkeypatch.setattr(Walk, "run", counted)
    simulate(compile_campaigns(DESIGN), store, window=WINDOW)
    assert walked <= 6


def test_limits_do_not_depend_on_buckets(store: EventStore) -> None:
    """D-48."""
    plan = compile_campaigns(DESIGN)
    whole = tables(simulate(plan, store, window=WINDOW), store)
    assert tables(simulate(plan, store, window=WINDOW, buckets=2), store) == whole


def test_only_journeys_that_run_are_counted(store: EventStore) -> None:
    """D-25, J2-39: `--only` leaves the crowd out, so there is room at once."""
    rows = tables(simulate(compile_campaigns(DESIGN), store, window=WINDOW, only=["one"]), store)["instances"]
    assert outcomes(rows) == {("one", "u", "completed", None): 1, ("one", "v", "completed", None): 1}


def test_explain_finds_what_limits_did(store: EventStore) -> None:
    """J2-38, J2-39: the part of a run of one person counts all journeys, as the run does; an expiry is no exit rule."""
    plan = compile_campaigns(DESIGN)
    who = store.index_of("u")
    assert who is not None
    way = Subject(plan, store, who, WINDOW).way(plan_of(plan, "one"))
    assert len(way.instances) == 61
    assert all(one.ended == one.entered and one.rule is None for one in way.instances)
    assert way.visits == {"d": []}
    old = compile_campaigns(campaigns(journeys=[journey("old", "B", "500d", reentry={"mode": "once"})]))
    years = Subject(old, store, who, WINDOW).way(plan_of(old, "old"))
    (instance,) = years.instances
    assert (instance.ended, instance.rule) == (instance.entered + 365 * DAY, None)
    assert years.visits["d"][0].left == instance.ended < NEVER
