"""What limits turn away did not enter; what they end after a year left early (D-11, J2-38, J2-39)."""

from __future__ import annotations

import json
from typing import Any

from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import ENTRY, Playback
from engage_desktop.document import loads
from engage_desktop.engine import compile_campaigns, simulate
from tests.events.logs import store_of, track

T0 = 1_700_000_000_000_000
DAY = 86_400_000_000
MOST = 25


def playback_of(calls: list[dict[str, Any]], duration: str, end: int) -> Playback:
    journey = {
        "key": "j", "name": "J", "enforce_limits": True,
        "entry": {"type": "event", "event": "A", "reentry": {"mode": "every"}},
        "goal": {"event": "B"}, "start": "d", "steps": [{"key": "d", "type": "delay", "duration": duration}],
    }  # fmt: skip
    read, problems = loads(
        json.dumps({"format": "engage-campaigns/1", "workspace": {"name": "W"}, "journeys": [journey]})
    )
    assert read is not None, problems
    store = store_of(calls)
    return Playback(simulate(compile_campaigns(read), store, window=(T0, end)), store)


def test_those_turned_away_did_not_enter() -> None:
    calls = [track("u", "A", T0 + number * DAY) for number in range(MOST + 3)]
    playback = playback_of([*calls, track("v", "A", T0), track("u", "B", T0 + 30 * DAY)], "100d", T0 + 40 * DAY)
    found = journey_count(playback, "j", T0 + 40 * DAY)
    assert (found.entered, found.people, found.inside, found.turned_away) == (MOST + 1, 2, MOST + 1, 3)
    assert found.wires[ENTRY, None] == MOST + 1
    assert playback.people("j", ENTRY, T0 + 40 * DAY, inside=True, offset=0, limit=99)[0] == MOST + 1
    assert sum(playback.histogram(10, "j")["entries"]) == sum(playback.histogram(10, None)["entries"]) == MOST + 1
    assert found.goal is not None
    assert found.goal.reached == 1
    before = journey_count(playback, "j", T0 + MOST * DAY)
    assert (before.entered, before.turned_away) == (MOST + 1, 1)


def test_a_year_ends_an_instance_early() -> None:
    playback = playback_of([track("u", "A", T0)], "400d", T0 + 500 * DAY)
    found = journey_count(playback, "j", T0 + 365 * DAY)
    assert (found.inside, found.completed, found.exited) == (0, 0, {"expired": 1})
    assert found.wires["d", None] == 0  # its path was cut, it did not end there
    assert journey_count(playback, "j", T0 + 365 * DAY - 1).inside == 1
