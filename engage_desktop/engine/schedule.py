"""Entry by schedule: at which instants whom it lets in (D-45, D-53, D-54)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.duration import parse_instant
from engage_desktop.engine import calendar
from engage_desktop.engine.arrays import AnyArray, Instants, Profiles

if TYPE_CHECKING:
    from engage_desktop.engine.view import View


@dataclass(frozen=True)
class Schedule:
    """The first instant is `at_us`, or where `local` the moment at which a clock shows that. It repeats every `every_us`,
    or whenever the clock shows `time_us` after midnight on one of `days` (0 is Monday, none: any), or never."""

    at_us: int
    local: bool
    every_us: int | None
    time_us: int | None
    days: tuple[int, ...]
    own_zone: bool

    def occurrences(self, zone: str, first: int, last: int) -> Instants:
        """Its instants in `[first, last]` where that zone's clock counts."""
        start = self.at_us
        if self.local:
            clock = np.array([start], np.int64)
            start = int(calendar.offsets(zone, clock).utc(clock)[0])
        if self.time_us is not None:
            return self._clock_times(zone, max(first, start), last)
        if self.every_us is None:
            return np.array([start] if first <= start <= last else [], np.int64)
        skipped = max(0, -(-(first - start) // self.every_us))
        return np.arange(start + skipped * self.every_us, last + 1, self.every_us, dtype=np.int64)

    def _clock_times(self, zone: str, first: int, last: int) -> Instants:
        found: list[int] = []
        now = np.array([first - 1], np.int64)
        offsets = calendar.offsets(zone, np.array([first, last], np.int64))
        while True:
            assert self.time_us is not None
            now = calendar.next_clock_time(offsets, now, self.time_us, self.days)
            if not first <= now[0] <= last:
                return np.array(found, np.int64)
            found.append(int(now[0]))


def entries_of(schedule: Schedule, view: View, first: int, last: int) -> tuple[Profiles, Instants]:
    """Everybody there at an occurrence of their clock, sorted by (profile, instant)."""
    zones = [view.workspace_zone]
    if schedule.own_zone:
        zones = view.all_zones()
    profiles: list[AnyArray] = []
    times: list[AnyArray] = []
    since = np.asarray(view.log.since)
    for zone in zones:
        for at in schedule.occurrences(zone, first, last).tolist():
            here = np.flatnonzero(since <= at).astype(np.int32)
            if schedule.own_zone:  # the zone in force at the occurrence (D-53)
                moment = np.full(len(here), at, np.int64)
                names, own = view.zones_of(here, moment, own=True)
                here = here[np.array([name == zone for name in names])[own]]
            profiles.append(here)
            times.append(np.full(len(here), at, np.int64))
    profile = np.concatenate([np.empty(0, np.int32), *profiles])
    time = np.concatenate([np.empty(0, np.int64), *times])
    order = np.lexsort((time, profile))
    return profile[order].astype(np.int32, copy=False), time[order]


def read_at(text: str) -> tuple[int, bool] | None:
    """The instant of a text with a zone; of one without the clock time, and True. None where it is neither."""
    try:
        return parse_instant(text), False
    except ValueError:
        clock = calendar.local_us(text)
        return None if clock is None else (clock, True)
