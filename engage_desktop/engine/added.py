"""Events that a run makes, and a log that holds them (D-28, D-37, D-51): what was sent, what came back.

They make no profile, identifier, zone or link, and have neither context nor source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Profiles, Rows, heads_of, numbered, upper_bound
from engage_desktop.engine.frames import absent
from engage_desktop.engine.intervals import merge_order
from engage_desktop.engine.of_people import OfPeople
from engage_desktop.engine.source import ABSENT, TEXT, Column, Log
from engage_desktop.events.column import NO_NUMBER
from engage_desktop.events.column import Column as Values

PROPERTIES = ("campaign", "message", "step")
"""Of every such event; a step that is none is absent."""


@dataclass(frozen=True, eq=False)
class Added(OfPeople):
    """Event i is `names[name[i]]` of `profile[i]` at `time[i]`, the instant that everybody hears it at; its properties
    are `texts` by code, -1 where there is none. Sorted by (profile, time, the order of one instant)."""

    profile: Profiles
    time: Instants
    name: NDArray[np.int16]
    campaign: NDArray[np.int32]
    step: NDArray[np.int32]
    message: NDArray[np.int32]
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Each once."""

    COLUMNS = ("profile", "time", "name", "campaign", "step", "message")


_NO_CODES = np.empty(0, np.int32)
NO_EVENTS = Added(_NO_CODES, np.empty(0, np.int64), np.empty(0, np.int16), _NO_CODES, _NO_CODES, _NO_CODES)


def merged(parts: Sequence[Added]) -> Added:
    """Events of different people or of different campaigns as one; of one person and instant those of the earlier
    part come first."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else NO_EVENTS
    names, name = _one_list([(part.names, part.name) for part in parts])
    texts, campaign = _one_list([(part.texts, part.campaign) for part in parts])
    _, step = _one_list([(part.texts, part.step) for part in parts])
    _, message = _one_list([(part.texts, part.message) for part in parts])
    profile = np.concatenate([part.profile for part in parts])
    time = np.concatenate([part.time for part in parts])
    whole = Added(profile, time, name.astype(np.int16), campaign, step, message, names, texts)
    return whole.take(merge_order(profile, time))


def coded(one: Added, other: Added) -> list[tuple[AnyArray, ...]]:
    """Name, campaign, step and message of the events of two as codes of the same lists."""
    columns = ("name", "campaign", "step", "message")
    if (one.names, one.texts) == (other.names, other.texts) or not len(one) or not len(other):
        return [tuple(getattr(of, column) for column in columns) for of in (one, other)]
    found = []
    for column in columns:
        lists = [(of.names if column == "name" else of.texts, getattr(of, column)) for of in (one, other)]
        found.append(_one_list(lists)[1])
    return [tuple(codes[: len(one)] for codes in found), tuple(codes[len(one) :] for codes in found)]


def _one_list(parts: Sequence[tuple[tuple[str, ...], AnyArray]]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Codes of several lists of texts as codes of one."""
    texts = tuple(dict.fromkeys(text for of_one, _ in parts for text in of_one))
    place = {text: at for at, text in enumerate(texts)}
    codes = [np.array([*(place[text] for text in of_one), -1], np.int32)[code] for of_one, code in parts]
    return texts, np.concatenate(codes)


def with_events(log: Log, events: Added) -> Log:
    """The log with what was made."""
    return cast("Log", AddedLog(log, events)) if len(events) else log


def places_of(log: Log, profile: Profiles, rows: AnyArray) -> AnyArray:
    """The place of each event among those of its person in the log, so that it means the same whatever else is added; of one
    that was made -2, -3, ... by its order among those of its name and instant."""
    if isinstance(log, AddedLog):
        return log.places(profile, rows)
    found: AnyArray = rows - np.asarray(log.profile_start)[profile]
    return found


def row_at(log: Log, name: str, profile: int, place: int, at_us: int) -> int:
    """The row of an event of a name and instant that is at a place as `places_of` tells."""
    if not isinstance(log, AddedLog):
        return int(log.profile_start[profile]) + place
    if place < 0:
        return log.row_made(name, profile, -2 - place, at_us)
    return int(log.rows_of_log(np.asarray(log.log.profile_start)[[profile]] + place)[0])


class _Named(NamedTuple):
    """The events of one name: their rows and persons; where among them, ascending, those stand that were added; these."""

    rows: NDArray[np.uint32]
    profile: Profiles
    place: Rows
    events: Added


class AddedLog:
    """A log that also holds `events`, each after the log's own of its person and instant. Rows are numbered anew;
    of a name that was not added nothing else changes. People, traits and accounts are the log's."""

    def __init__(self, log: Log, events: Added) -> None:
        self.log, self.events = log, events
        start = np.asarray(log.profile_start)
        counts = np.bincount(events.profile, minlength=log.n_profiles)
        self.n_events: int = log.n_events + len(events)
        self.profile_start: Rows = start + np.append(0, np.cumsum(counts))
        own = events.profile.astype(np.int64)
        self._at: Rows = upper_bound(np.asarray(log.time), start[own], start[own + 1], events.time)
        """The row of the log that each event stands before."""
        names = {events.names[code] for code in np.unique(events.name).tolist()}
        self.event_names: Sequence[str] = tuple(sorted({*log.event_names, *names}))
        self._added = frozenset(names)
        self._rows: dict[str, NDArray[np.uint32]] = {}
        self._names: dict[str, _Named] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    # -- rows ------------------------------------------------------------------------------

    @cached_property
    def _before(self) -> NDArray[np.uint32]:
        """How many were added before each row of the log, and before its end: 4 bytes an event of the log."""
        counts = np.bincount(self._at, minlength=self.log.n_events + 1)
        return np.cumsum(counts, dtype=np.uint32)

    @cached_property
    def _row(self) -> NDArray[np.uint32]:
        """The row of each event that was added."""
        return (self._at + np.arange(len(self._at))).astype(np.uint32)

    def rows_of_log(self, rows: AnyArray) -> AnyArray:
        """Rows of the log, and its end, as rows here."""
        found: AnyArray = rows + self._before[rows].astype(rows.dtype)
        return found

    def rows_in_log(self, rows: AnyArray) -> Rows:
        """Rows here, and the end, as rows of the log; -1 of what was added."""
        rows = np.asarray(rows)
        before = np.searchsorted(self._row, rows.astype(np.uint32), "right")
        mine = self._row[np.maximum(before - 1, 0)] == rows if len(self._row) else False
        return np.where((before > 0) & mine, -1, rows.astype(np.int64) - before)

    def made_in(self, row: int) -> int | None:
        """Which of `events` stands in a row; None for one of the log."""
        at = int(np.searchsorted(self._row, row))
        return at if at < len(self._row) and int(self._row[at]) == row else None

    def places(self, profile: Profiles, rows: AnyArray) -> AnyArray:
        """As of `places_of`."""
        at = np.searchsorted(self._row, rows.astype(np.uint32), "right") - 1
        found = rows - (at + 1) - np.asarray(self.log.profile_start)[profile]
        if len(self._row):
            is_made = (at >= 0) & (self._row[np.maximum(at, 0)] == rows)
            found[is_made] = -2 - self._number[at[is_made]]
        return found

    @cached_property
    def _number(self) -> Rows:
        """0, 1, ... of the events of one name, person and instant."""
        events = self.events
        order = np.lexsort((events.name, events.time, events.profile))
        moment = np.cumsum(heads_of(events.profile[order], events.time[order]))
        found = np.empty(len(order), np.int64)
        found[order] = numbered(moment, events.name[order])
        return found

    def row_made(self, name: str, profile: int, number: int, at_us: int) -> int:
        """The row of the event with a number of `_number`."""
        events = self.events
        first, last = (int(np.searchsorted(events.profile, profile, side)) for side in ("left", "right"))
        mine = (events.time[first:last] == at_us) & (events.name[first:last] == events.names.index(name))
        return int(self._row[first + np.flatnonzero(mine)[number]])

    @cached_property
    def time(self) -> Instants:
        found = np.empty(self.n_events, np.int64)
        of_log = np.ones(self.n_events, np.bool_)
        of_log[self._row] = False
        found[of_log] = self.log.time
        found[self._row] = self.events.time
        return found

    @cached_property
    def ordinal(self) -> NDArray[np.uint32]:
        """Across people what was added follows all that the log has of its instant, by person. With C added events,
        an added one of instant t has one more than the log's last up to t, and what was added before it is counted on;
        so the log's order need not be dense."""
        own = np.asarray(self.log.ordinal)
        order = np.argsort(own, kind="stable")
        logged = np.asarray(self.log.time)[order]
        by_time = np.argsort(self.events.time, kind="stable")  # they stand by person
        made = self.events.time[by_time]
        found = np.empty(self.n_events, np.uint32)
        before = np.searchsorted(made, logged, "left")
        found[self.rows_of_log(order)] = own[order] + before.astype(np.uint32)
        ranks = np.append(0, own[order].astype(np.int64) + 1)[np.searchsorted(logged, made, "right")]
        found[self._row[by_time]] = ranks + np.arange(len(made))
        return found

    # -- events of a name ------------------------------------------------------------------

    def _of(self, name: str) -> _Named:
        if name not in self._names:
            mine = np.flatnonzero(self.events.name == self.events.names.index(name))
            events, rows = self.events.take(mine), self._row[mine]
            logged = self.rows_of_log(np.asarray(self.log.rows(name)))
            place = np.searchsorted(logged, rows) + np.arange(len(rows))
            named = _Named(np.empty(0, np.uint32), np.empty(0, np.int32), place, events)
            self._names[name] = named._replace(
                rows=_placed(logged, place, rows), profile=_placed(self.log.profiles(name), place, events.profile)
            )
        return self._names[name]

    def rows(self, name: str) -> NDArray[np.uint32]:
        if name in self._added:
            return self._of(name).rows
        if name not in self._rows:
            self._rows[name] = self.rows_of_log(np.asarray(self.log.rows(name)))
        return self._rows[name]

    def profiles(self, name: str) -> Profiles:
        return self._of(name).profile if name in self._added else self.log.profiles(name)

    def times(self, name: str) -> Instants:
        logged = self.log.times(name)
        if name not in self._added:
            return logged
        one = self._of(name)
        return _placed(logged, one.place, one.events.time)

    def column(self, name: str, path: tuple[str, ...]) -> Column:
        """The log's values, and the texts of what was added."""
        logged: Column = self.log.column(name, path)
        if name not in self._added:
            return logged
        one = self._of(name)
        if len(path) != 1 or path[0] not in PROPERTIES:
            return _spread(logged, one.place)
        return _told(logged, one.place, getattr(one.events, path[0]), self.events.texts)

    def context(self, name: str, path: tuple[str, ...]) -> Column:
        logged: Column = self.log.context(name, path)
        return _spread(logged, self._of(name).place) if name in self._added else logged

    def source(self, name: str) -> Column:
        logged: Column = self.log.source(name)
        return _spread(logged, self._of(name).place) if name in self._added else logged

    def properties(self, name: str) -> Iterable[str]:
        if name not in self._added:
            return self.log.properties(name)
        events = self._of(name).events
        mine = [one for one in PROPERTIES if bool((getattr(events, one) >= 0).any())]
        return tuple(dict.fromkeys([*self.log.properties(name), *mine]))


def _others(n: int, place: Rows) -> Mask:
    """All of n places but those given."""
    found = np.ones(n, np.bool_)
    found[place] = False
    return found


def _placed(logged: AnyArray, place: Rows, added: AnyArray) -> AnyArray:
    """What was added at its places, the log's at the others in its order."""
    found = np.empty(len(logged) + len(place), added.dtype)
    found[_others(len(found), place)] = logged
    found[place] = added
    return found


def _filled(logged: AnyArray, place: Rows, value: Any) -> AnyArray:
    """The same with one value for what was added; an array of nothing else stays one value in memory."""
    n = len(logged) + len(place)
    if not len(logged) or (logged.strides == (0,) and np.array_equal(logged[0], value, equal_nan=True)):
        return np.broadcast_to(value, n)
    found = np.full(n, value)
    found[_others(n, place)] = logged
    return found


def _spread(logged: Column, place: Rows) -> Column:
    """The log's values, absent at the places of what was added."""
    if not len(logged.kind):
        return absent(len(place))
    return Values(
        _filled(logged.kind, place, np.uint8(ABSENT)),
        _filled(logged.number, place, NO_NUMBER),
        _filled(logged.code, place, np.int32(-1)),
        logged.texts,
    )


def _told(logged: Column, place: Rows, code: NDArray[np.int32], texts: tuple[str, ...]) -> Column:
    """The log's values, and texts at the places of what was added. A text of both has one code."""
    if len(logged.texts):
        used = np.unique(code[code >= 0]).tolist()
        known = {text: at for at, text in enumerate(logged.texts)}
        new = [texts[one] for one in used if texts[one] not in known]
        known |= {text: len(logged.texts) + at for at, text in enumerate(new)}
        codes = np.full(len(texts) + 1, -1, np.int32)
        codes[used] = [known[texts[one]] for one in used]
        code, texts = codes[code], (*logged.texts, *new)
    kind = np.where(code >= 0, np.uint8(TEXT), np.uint8(ABSENT))
    number = _filled(logged.number, place, NO_NUMBER)
    return Values(_placed(logged.kind, place, kind), number, _placed(logged.code, place, code), texts)
