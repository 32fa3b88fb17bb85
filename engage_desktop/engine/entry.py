"""Who enters a journey and when: candidates, and re-entry (D-13, D-16, D-17, D-45).

`once` and `every` are settled before anybody walks. `after_exit` and identifiers need to know how
the instance before ended, so they go by generations: all first instances, then all second ones.
Whom limits keep out has not entered: the next candidate comes in that place (D-11).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

import numpy as np

from engage_desktop.engine.arrays import (
    NEVER,
    AnyArray,
    Instants,
    Mask,
    Profiles,
    Rows,
    first_of_each,
    segment_offsets,
    upper_bound,
)
from engage_desktop.engine.identifiers import ByIdentifier
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.left_behind import Ends
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.schedule import entries_of
from engage_desktop.engine.tokens import Entries, in_order
from engage_desktop.engine.view import View


class Gate(Protocol):
    """Says of entries of `people` (None: everybody) which are let in, and keeps count of those that are not."""

    @property
    def people(self) -> Mask | None: ...
    def admits(self, entries: Entries) -> Mask: ...


def generations(
    journey: PlanJourney, view: View, window: tuple[int, int], gate: Gate | None = None
) -> Generator[Entries, Ends, None]:
    """Yield the instances that set out together; after each batch `send` how it ended.

    The first `next()` gives the first batch; `send(ends)` the following one. Batches are sorted
    by (profile, time, row) and never empty.
    """
    entry = journey.entry
    source: EventSource | StateSource | ScheduleSource
    if entry.schedule is not None:
        source = ScheduleSource(journey, view, window)
    elif entry.identifier is not None:
        source = IdentifierSource(journey, view, window)
    else:
        source = EventSource(journey, view, window) if entry.event is not None else StateSource(journey, view, window)
    again = entry.mode == "after_exit" or entry.identifier is not None
    one_by_one = entry.mode != "every" or entry.identifier is not None
    batch = source.first() if one_by_one else source.every()
    if gate is not None and gate.people is not None:
        batch = batch.take(gate.people[batch.profile])
    while len(batch):
        if gate is not None:
            batch = _admitted(batch, source, gate, one_by_one)
            if not len(batch):
                return
        ends: Ends = yield batch
        if not again:
            return
        over = ends.time != NEVER
        batch = source.following(batch, ends, over) if over.any() else batch.take(np.zeros(0, np.intp))


def _admitted(batch: Entries, source: EventSource | StateSource | ScheduleSource, gate: Gate, again: bool) -> Entries:
    """Those of a batch that the gate lets in; with `again` the next candidates in the place of the others."""
    parts = []
    while len(batch):
        admitted = gate.admits(batch)
        parts.append(batch.take(admitted))
        batch = source.next(batch.take(~admitted)) if again else batch.take(np.zeros(0, np.intp))
    return parts[0] if len(parts) == 1 else in_order(parts)


def _bounds(journey: PlanJourney, window: tuple[int, int]) -> tuple[int, int]:
    """First and last instant at which anybody may enter: `from <= t <= to`, `starts <= t < ends`."""
    return max(window[0], journey.starts), min(window[1], journey.ends - 1)


class EventSource:
    """Entry events inside the bounds that pass `where` and, at their instant, the filter (D-4)."""

    def __init__(self, journey: PlanJourney, view: View, window: tuple[int, int]) -> None:
        entry = journey.entry
        assert entry.event is not None
        self.view = view
        self.cool_down_us = entry.cool_down_us
        events = view.conditions.events(entry.event, entry.where)
        first, last = _bounds(journey, window)
        time = view.log.time[events.rows]
        keep = (time >= first) & (time <= last)
        if entry.filter is not None:
            keep &= view.holds_at(entry.filter, events.profile, time)
        everything = bool(keep.all())
        self.row: Rows = (events.rows if everything else events.rows[keep]).astype(np.int64)
        self.profile: Profiles = events.profile if everything else events.profile[keep]
        self.time: Instants = time if everything else time[keep]

    def _entries(self, at: AnyArray) -> Entries:
        return Entries(self.profile[at], self.time[at], self.row[at], True)

    def every(self) -> Entries:
        return Entries(self.profile, self.time, self.row, True)

    def first(self) -> Entries:
        return self._entries(first_of_each(self.profile))

    def following(self, batch: Entries, ends: Ends, over: AnyArray) -> Entries:
        """The next entry event the clock allows. An event that ended an instance may enter
        again; a later phase of an instant comes too late for its events (D-12)."""
        profile, ended, row = batch.profile[over], ends.time[over], ends.row[over]
        if self.cool_down_us:
            allowed = self.view.first_row_after(profile, ended + (self.cool_down_us - 1))
        else:
            allowed = np.where(row >= 0, row, self.view.first_row_after(profile, ended))
            allowed = np.maximum(allowed, batch.row[over] + 1)
        return self._at_or_after(profile, allowed)

    def next(self, batch: Entries) -> Entries:
        """The entry event after those of the batch."""
        return self._at_or_after(batch.profile, batch.row + 1)

    def _at_or_after(self, profile: Profiles, row: Rows) -> Entries:
        place = np.searchsorted(self.row, row, "left")
        found = place < len(self.row)
        found[found] = self.profile[place[found]] == profile[found]
        return self._entries(place[found])


class StateSource:
    """Beginnings of membership or of a condition, and members at `from` where they are included."""

    def __init__(self, journey: PlanJourney, view: View, window: tuple[int, int]) -> None:
        entry = journey.entry
        assert entry.condition is not None
        self.cool_down_us = entry.cool_down_us
        self.n_profiles = view.log.n_profiles
        self.first_at, self.last_at = _bounds(journey, window)
        self.intervals: Intervals = view.conditions.intervals(entry.condition)
        start = self.intervals.start
        begins = (start >= self.first_at) & (start <= self.last_at)
        self.time: Instants = start[begins]
        self.profile: Profiles = self.intervals.profile[begins]
        if entry.include_existing and self.first_at == window[0] and self.first_at <= self.last_at:
            # a member at `from` enters there; the interval then began before it, or at it
            inside = (start <= window[0]) & (self.intervals.end > window[0])
            enters = begins | inside
            self.profile = self.intervals.profile[enters]
            self.time = np.maximum(start[enters], window[0])

    def _entries(self, profile: Profiles, time: Instants) -> Entries:
        return Entries(profile, time, np.full(len(profile), -1, np.int64), False)

    def every(self) -> Entries:
        return self._entries(self.profile, self.time)

    def first(self) -> Entries:
        first = first_of_each(self.profile)
        return self._entries(self.profile[first], self.time[first])

    def following(self, batch: Entries, ends: Ends, over: AnyArray) -> Entries:
        """At the end of the cool-down where the condition then holds, else when it next begins."""
        profile = batch.profile[over]
        time = self.intervals.first_at_or_after(profile, ends.time[over] + self.cool_down_us)
        keep = time <= self.last_at
        return self._entries(profile[keep], time[keep])

    def next(self, batch: Entries) -> Entries:
        """The next time that it begins."""
        own = batch.profile.astype(np.int64)
        start = segment_offsets(self.profile, self.n_profiles)
        place = upper_bound(self.time, start[own], start[own + 1], batch.time)
        place = place[place < start[own + 1]]
        return self._entries(self.profile[place], self.time[place])


class IdentifierSource(EventSource):
    """One active instance a value of the identifier; an event without it does not enter (D-16)."""

    def __init__(self, journey: PlanJourney, view: View, window: tuple[int, int]) -> None:
        super().__init__(journey, view, window)
        name, path = journey.entry.event, journey.entry.identifier
        assert name is not None
        assert path is not None
        code = view.identifiers(path).of(name)[np.searchsorted(view.log.rows(name), self.row.astype(np.uint32))]
        keep = code >= 0
        self.row, self.profile, self.time, self.code = self.row[keep], self.profile[keep], self.time[keep], code[keep]
        self.search = ByIdentifier(self.profile, self.code, self.row)

    def _entries(self, at: AnyArray) -> Entries:
        return Entries(self.profile[at], self.time[at], self.row[at], True, self.code[at])

    def first(self) -> Entries:
        pair = self.profile.astype(np.int64) * self.search.size + self.code
        return self._entries(np.sort(np.unique(pair, return_index=True)[1]))

    def following(self, batch: Entries, ends: Ends, over: AnyArray) -> Entries:
        """The next entry event of the value; one that ended its instance may enter again (D-12)."""
        assert batch.identifier is not None
        profile, ended, row = batch.profile[over], ends.time[over], ends.row[over]
        allowed = np.where(row >= 0, row, self.view.first_row_after(profile, ended))
        allowed = np.maximum(allowed, batch.row[over] + 1)
        return self._of_value(profile, batch.identifier[over], allowed)

    def next(self, batch: Entries) -> Entries:
        """The entry event of the same value after those of the batch."""
        assert batch.identifier is not None
        return self._of_value(batch.profile, batch.identifier, batch.row + 1)

    def _of_value(self, profile: Profiles, code: AnyArray, row: Rows) -> Entries:
        place = self.search.next(profile, code, row)
        return self._entries(np.sort(place[place >= 0]))


class ScheduleSource:
    """Who is there, and of whom the condition holds, at each occurrence inside the bounds."""

    def __init__(self, journey: PlanJourney, view: View, window: tuple[int, int]) -> None:
        entry = journey.entry
        assert entry.schedule is not None
        self.cool_down_us = entry.cool_down_us
        self.profile, self.time = entries_of(entry.schedule, view, *_bounds(journey, window))
        if entry.condition is not None:
            keep = view.holds_at(entry.condition, self.profile, self.time)
            self.profile, self.time = self.profile[keep], self.time[keep]
        self._start = segment_offsets(self.profile, view.log.n_profiles)

    def _entries(self, at: AnyArray) -> Entries:
        return Entries(self.profile[at], self.time[at], np.full(len(self.time[at]), -1, np.int64), False)

    def every(self) -> Entries:
        return self._entries(slice(None))  # type: ignore[arg-type]  # a slice selects all

    def first(self) -> Entries:
        return self._entries(first_of_each(self.profile))

    def following(self, batch: Entries, ends: Ends, over: AnyArray) -> Entries:
        """The first later occurrence that the cool-down allows; at exactly its end it does (D-45). Whom a dropped message
        took is still inside when the occurrences of that instant come (D-12, D-49)."""
        after = ends.time[over] + self.cool_down_us - 1
        if ends.after_all is not None and not self.cool_down_us:
            after += ends.after_all[over]
        after = np.maximum(after, batch.time[over])
        return self._later(batch.profile[over], after)

    def next(self, batch: Entries) -> Entries:
        """The occurrence after those of the batch."""
        return self._later(batch.profile, batch.time)

    def _later(self, profile: Profiles, after: Instants) -> Entries:
        own = profile.astype(np.int64)
        last = self._start[own + 1]
        place = upper_bound(self.time, self._start[own], last, after)
        return self._entries(place[place < last])
