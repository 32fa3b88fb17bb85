"""The three questions a step may ask of the log."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine import calendar
from engage_desktop.engine import history as histories
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Profiles, Rows, upper_bound
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.definitions import Node, Side
from engage_desktop.engine.frames import take_or_absent
from engage_desktop.engine.identifiers import ByIdentifier, Identifiers
from engage_desktop.engine.moments import Moments
from engage_desktop.engine.source import TEXT, Column, Log
from engage_desktop.engine.tokens import Tokens


class View:
    """A log and what conditions mean on it, as steps see them."""

    def __init__(self, log: Log, conditions: Conditions, seed: int, workspace_zone: str = "UTC") -> None:
        self.workspace_zone = workspace_zone
        self.log = log
        self.conditions = conditions
        self.seed = seed
        self.no_row: int = log.n_events
        """The row that stands for "no event"."""
        self.profile_hashes = conditions.profile_hashes()
        self._identifiers: dict[tuple[str, ...], Identifiers] = {}
        self._by_identifier: dict[tuple[str, str, tuple[str, ...]], tuple[AnyArray, ByIdentifier]] = {}

    # -- events ----------------------------------------------------------------------------

    def settle_rows(self, tokens: Tokens) -> None:
        """Fill `row` of tokens that came after all events of their instant with the last of
        them (or the place before the profile's first), so that later rows are later events."""
        at = np.flatnonzero(~tokens.on_event)
        if at.size:
            tokens.row[at] = self.first_row_after(tokens.profile[at], tokens.time[at]) - 1

    def first_row_after(self, profile: Profiles, time: Instants) -> Rows:
        """Row of the first event of each profile later than `time`; its end where there is none."""
        place = profile.astype(np.int64)
        start = self.log.profile_start
        return upper_bound(self.log.time, start[place], start[place + 1], time)

    def next_event(self, events: EventRows, profile: Profiles, row: Rows) -> Rows:
        """The first of `events` of each profile later than `row`, else `no_row`."""
        if not len(events.rows):
            return np.full(len(profile), self.no_row, np.int64)
        place = np.searchsorted(events.rows, (row + 1).astype(np.uint32), "left")
        found = place < len(events.rows)
        place[~found] = 0
        found &= events.profile[place] == profile
        return np.where(found, events.rows[place], self.no_row).astype(np.int64, copy=False)

    def identifiers(self, path: tuple[str, ...]) -> Identifiers:
        """The values of a property that keeps instances apart."""
        return self._identifiers.setdefault(path, Identifiers(self.log, path))

    def next_event_of(
        self, name: str, where: Node | None, path: tuple[str, ...], profile: Profiles, code: AnyArray, row: Rows
    ) -> Rows:
        """The first matching event of each profile later than `row` that carries the identifier, else `no_row`."""
        key = (name, repr(where), path)
        if key not in self._by_identifier:
            events = self.conditions.events(name, where)
            own = self.identifiers(path).of(name)[np.searchsorted(self.log.rows(name), events.rows)]
            keep = own >= 0
            self._by_identifier[key] = (
                events.rows[keep],
                ByIdentifier(events.profile[keep], own[keep], events.rows[keep]),
            )
        rows, search = self._by_identifier[key]
        place = search.next(profile, code, row + 1)
        found = np.full(len(profile), self.no_row, np.int64)
        found[place >= 0] = rows[place[place >= 0]]
        return found

    def time_of(self, row: Rows) -> Instants:
        """The instant of each row, NEVER for `no_row`."""
        if not self.no_row:
            return np.full(len(row), NEVER, np.int64)
        return np.where(row < self.no_row, self.log.time[np.minimum(row, self.no_row - 1)], NEVER)

    # -- conditions ------------------------------------------------------------------------

    def holds(self, node: Node, profile: Profiles, time: Instants) -> Mask:
        """Whether `node` holds of each profile at its instant (D-4)."""
        return self.conditions.intervals(node).value(profile, time)

    def first_holding(self, node: Node, profile: Profiles, time: Instants) -> Instants:
        """The first instant >= `time` at which `node` holds, NEVER where there is none."""
        return self.conditions.intervals(node).first_at_or_after(profile, time)

    # -- zones -----------------------------------------------------------------------------

    def zones_of(self, profile: Profiles, time: Instants, *, own: bool) -> tuple[list[str], AnyArray]:
        """Zone names, and for each profile at its instant which of them is its own (D-30), else the workspace's."""
        names = [self.workspace_zone]
        zone = np.zeros(len(profile), np.int64)
        if own:
            trait = histories.of_trait(self.log.trait(("timezone",)))
            for history in (self.conditions.valid_zones(), trait):  # the trait has the last word
                column = take_or_absent(history.column, histories.place_at(history, profile, time))
                valid = np.array([calendar.zone_named(text) is not None for text in column.texts] or [False])
                code = np.maximum(np.asarray(column.code), 0)
                known = (np.asarray(column.kind) == TEXT) & valid[code]
                zone[known] = code[known] + len(names)
                names += list(column.texts)
        return names, zone

    def value_at(self, side: Side, profile: Profiles, time: Instants) -> Column:
        """A trait of each profile at its instant."""
        return Moments(self.conditions, profile, time).value(side)

    def property_of(self, name: str, path: tuple[str, ...], row: Rows) -> Column:
        """A property of the events of a name at the given rows, absent where a row is -1 or another event's."""
        rows = np.asarray(self.log.rows(name))
        place = np.searchsorted(rows, np.maximum(row, 0).astype(np.uint32))
        place = np.where((row >= 0) & (place < len(rows)), place, -1)
        if len(rows):
            place[(place >= 0) & (rows[np.maximum(place, 0)] != row)] = -1
        return take_or_absent(self.log.column(name, path), place)


def state_at(start: AnyArray, times: AnyArray, profile: Profiles, at: Instants) -> Rows:
    """Index of the last entry of each profile at or before `at`, -1 where there is none.

    `start`, `times` are those of a TraitHistory; of entries of one instant the last counts.
    """
    place = profile.astype(np.int64)
    low = start[place]
    found = upper_bound(times, low, start[place + 1], at) - 1
    return np.where(found >= low, found, -1)
