"""What is sent on which day: counts of a run by local day, channel, campaign and fate; and what the design alone plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engage_desktop.analysis.local_days import local_days
from engage_desktop.analysis.sends import Sends
from engage_desktop.domain.clock import is_local, local_instant
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import STATUSES
from engage_desktop.engine.calendar import DAY_US

if TYPE_CHECKING:
    from engage_desktop.domain.journey import Journey
    from engage_desktop.engine import Plan
    from engage_desktop.engine.schedule import Schedule


@dataclass(frozen=True)
class Cell:
    """Messages of one day (since 1970), channel (place in CHANNELS, -1 unknown), campaign (place) and status (place in
    STATUSES). A sent one stands on the day it was sent, any other on the day it was due."""

    day: int
    channel: int
    campaign: int
    status: int
    messages: int
    assumed: int


@dataclass(frozen=True)
class Planned:
    """An instant at which a campaign acts whatever the log holds. `own_zone`: at this clock time of everybody's zone."""

    at_us: int
    kind: Literal["broadcast", "schedule"]
    campaign: str
    own_zone: bool


def calendar(sends: Sends, zone: str) -> tuple[Cell, ...]:
    """Count over the whole run, sorted by day, channel, campaign, status; days without messages have no cell."""
    if not len(sends):
        return ()
    day = local_days(sends.at, zone)
    first = int(day.min())
    shape = (int(day.max()) - first + 1, len(CHANNELS) + 1, len(sends.senders), len(STATUSES))
    place = np.ravel_multi_index((day - first, sends.channel + 1, sends.campaign, sends.table["status"]), shape)
    known, group = np.unique(place, return_inverse=True)
    messages = np.bincount(group, minlength=len(known))
    assumed = np.bincount(group[sends.assumed], minlength=len(known))
    columns = np.stack([*np.unravel_index(known, shape), messages, assumed], axis=1)
    return tuple(Cell(first + one[0], one[1] - 1, *one[2:]) for one in columns.tolist())


def planned(plan: Plan, first_us: int, last_us: int, most: int = 2000) -> tuple[Planned, ...]:
    """All broadcasts, and scheduled entries in `[first_us, last_us]`, by time as the clock of the workspace shows them;
    of each journey at most the first `most`."""
    zone = plan.campaigns.workspace.timezone
    found: list[Planned] = []
    for one in plan.campaigns.broadcasts:
        at = local_instant(one.at, zone) if is_local(one.at) else parse_instant(one.at)
        found.append(Planned(at, "broadcast", one.key, one.zone == "profile"))
    for journey in plan.journeys:
        schedule = journey.entry.schedule
        if schedule is not None:
            times = _occurrences(schedule, journey.journey, zone, first_us, last_us, most)
            found += [Planned(at, "schedule", journey.journey.key, schedule.own_zone) for at in times]
    return tuple(sorted(found, key=lambda one: (one.at_us, one.campaign)))


def _occurrences(schedule: Schedule, journey: Journey, zone: str, first_us: int, last_us: int, most: int) -> list[int]:
    """Those inside the journey's own `starts` and `ends` (D-54)."""
    first = first_us if journey.starts is None else max(first_us, parse_instant(journey.starts))
    last = last_us if journey.ends is None else min(last_us, parse_instant(journey.ends) - 1)
    if schedule.every_us is not None:
        last = min(last, max(first, schedule.at_us + DAY_US) + most * schedule.every_us)
    found: list[int] = schedule.occurrences(zone, first, last)[:most].tolist() if first <= last else []
    return found
