"""A few people of a log as a log of their own, in memory, with changes to what they did.

The engine asks it as it asks any log, so what it says of these people is what a run says of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.changes import AddEvent, Edit, RemoveEvent, RunEdit, SetTrait
from engage_desktop.engine.source import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT, Column, Log, TraitHistory
from engage_desktop.events.column import Column as Values
from engage_desktop.events.elements import ELEMENTS, elements
from engage_desktop.events.table import path_text

_Ints = NDArray[np.int64]
_json_text = msgspec.json.Encoder(order="sorted").encode


def around(log: Log, people: Iterable[int], accounts: Iterable[int]) -> tuple[list[int], list[int]]:
    """Everybody whose doings may bear on a condition about these: who shares an account, and those accounts."""
    who, what = np.unique(list(people)).astype(np.int64), np.unique(list(accounts)).astype(np.int64)
    account, profile, _ = log.links()
    while True:
        more = np.union1d(what, account[np.isin(profile, who)])
        others = np.union1d(who, profile[np.isin(account, more)])
        if len(more) == len(what) and len(others) == len(who):
            return who.tolist(), what.tolist()
        who, what = others, more


MADE = 1 << 62
"""From here on numbers stand for events that a run made, which follow all that the log has of their instant."""


class Few:
    """`people` and `accounts` are places in `log`, ascending; here they are numbered from 0. Events and traits
    later than `until` are left out, edits that say otherwise are as if they had come last of their instant. `written` is
    what a run made, traits set and events: it comes after all that the log says of an instant (D-51)."""

    def __init__(
        self,
        log: Log,
        people: Sequence[int],
        accounts: Sequence[int] = (),
        edits: Sequence[Edit] = (),
        until: int | None = None,
        written: Sequence[RunEdit] = (),
    ) -> None:
        self.written = tuple(one for one in written if until is None or one.time <= until)
        self.log, self.people, self.accounts, self.until = log, list(people), list(accounts), until
        self.edits = tuple(edits)
        self._local = {place: number for number, place in enumerate(self.people)}
        self._added = [one for one in (*edits, *self.written) if isinstance(one, AddEvent)]
        removed = [edit.row for edit in edits if isinstance(edit, RemoveEvent)]
        start = log.profile_start
        parts = [np.arange(int(start[p]), int(start[p + 1])) for p in self.people]
        rows = np.concatenate([np.empty(0, np.int64), *parts])
        owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        time = np.asarray(log.time)[rows]
        keep = ~np.isin(rows, removed)
        if until is not None:
            keep &= time <= until
        self._rows, owner, time = rows[keep], owner[keep], time[keep]
        owner = np.concatenate([owner, np.array([self._local[one.profile] for one in self._added], np.int64)])
        time = np.concatenate([time, np.array([one.time for one in self._added], np.int64)])
        order = np.lexsort((np.arange(len(time)), time, owner))
        self._row_of = np.empty(len(order), np.int64)
        self._row_of[order] = np.arange(len(order))
        self._order = order
        self.time: _Ints = time[order]
        self._owner = owner[order].astype(np.int32)
        self.n_profiles, self.n_events = len(self.people), len(order)
        self.profile_start: _Ints = np.searchsorted(self._owner, np.arange(self.n_profiles + 1)).astype(np.int64)
        self.event_names: Sequence[str] = tuple(dict.fromkeys([*log.event_names, *(one.event for one in self._added)]))
        self._names: dict[str, tuple[_Ints, NDArray[np.uint32]]] = {}

    def with_(self, edits: Sequence[Edit] = (), until: int | None = None, written: Sequence[RunEdit] = ()) -> Few:
        """The same people with other changes."""
        return Few(self.log, self.people, self.accounts, edits, until, written)

    def base_row(self, row: int) -> int | None:
        """The row of the whole log that a row is, None of an event that was added."""
        place = int(self._order[row])
        return int(self._rows[place]) if place < len(self._rows) else None

    def base_rows(self, name: str) -> _Ints:
        """The rows of the whole log of the events of a name; of added ones a row later than all, of what a run made
        `MADE` and its number among what it made of that person and instant."""
        place = self._order[self.rows(name)]
        made = [(one.profile, one.time) for one in self.written if isinstance(one, AddEvent)]
        numbers = [MADE + made[:at].count(one) for at, one in enumerate(made)]
        edited = np.full(len(self._added) - len(made), MADE - 1)
        return np.concatenate([self._rows, edited, np.array(numbers, np.int64)])[place]

    def rows_not_made(self) -> _Ints:
        """The rows, ascending, of all but what a run made."""
        made = sum(isinstance(one, AddEvent) for one in self.written)
        return np.flatnonzero(self._order < len(self._order) - made)

    def rows_here(self, rows: _Ints) -> _Ints:
        """Rows of the whole log as rows here, -1 of those that are not here."""
        place = np.searchsorted(self._rows, rows)
        here = np.append(self._rows, -2)[place] == rows
        found = np.full(len(rows), -1, np.int64)
        found[here] = self._row_of[place[here]]
        return found

    def local(self, profile: int) -> int:
        """The number here of a person of the whole log."""
        return self._local[profile]

    @property
    def profile_ids(self) -> Sequence[str]:
        return tuple(self.log.profile_ids[p] for p in self.people)

    @cached_property
    def since(self) -> _Ints:
        since = np.array([int(self.log.since[p]) for p in self.people], np.int64)
        for edit in self.edits:
            if isinstance(edit, AddEvent) or (isinstance(edit, SetTrait) and edit.level == "user"):
                who = self._local[edit.profile if isinstance(edit, AddEvent) else edit.subject]
                since[who] = min(int(since[who]), edit.time)
        return since

    def eligible_since(self, include_anonymous: bool) -> _Ints:
        return np.asarray(self.log.eligible_since(include_anonymous))[self.people].astype(np.int64)

    # -- events ----------------------------------------------------------------------------

    def _of(self, name: str) -> tuple[_Ints, NDArray[np.uint32]]:
        """Of each event of a name its place among those of the log, or -1 - i of added event i; and its row here."""
        if name not in self._names:
            profiles = self.log.profiles(name)
            people = np.array(self.people, profiles.dtype)  # another type would copy the whole log's
            low, high = np.searchsorted(profiles, people, "left"), np.searchsorted(profiles, people, "right")
            spans = zip(low.tolist(), high.tolist(), strict=True)
            place = np.concatenate([np.empty(0, np.int64), *(np.arange(a, b) for a, b in spans)])
            base = np.asarray(self.log.rows(name))[place].astype(np.int64)
            at = np.searchsorted(self._rows, base)
            kept = at < len(self._rows)
            kept[kept] = self._rows[at[kept]] == base[kept]
            added = [i for i, one in enumerate(self._added) if one.event == name]
            places = np.concatenate([place[kept], -1 - np.array(added, np.int64)])
            rows = self._row_of[np.concatenate([at[kept], len(self._rows) + np.array(added, np.int64)])]
            order = np.argsort(rows)
            self._names[name] = places[order], rows[order].astype(np.uint32)
        return self._names[name]

    def rows(self, name: str) -> NDArray[np.uint32]:
        return self._of(name)[1]

    def profiles(self, name: str) -> NDArray[np.int32]:
        return self._owner[self.rows(name)]

    def times(self, name: str) -> _Ints:
        return self.time[self.rows(name)]

    def column(self, name: str, path: tuple[str, ...]) -> Column:
        return self._column(name, self.log.column(name, path), path, [one.properties for one in self._added])

    def context(self, name: str, path: tuple[str, ...]) -> Column:
        return self._column(name, self.log.context(name, path), path, [one.context for one in self._added])

    def source(self, name: str) -> Column:
        return self._column(name, self.log.source(name), (), [None for _ in self._added])

    def properties(self, name: str) -> Iterable[str]:
        added = [path_text((key,)) for one in self._added if one.event == name for key in one.properties]
        return tuple(dict.fromkeys([*self.log.properties(name), *added]))

    def _column(self, name: str, column: Column, path: tuple[str, ...], added: list[Any]) -> Column:
        places = self._of(name)[0]
        return _mixed(column, places, [_dig(one, path) for one in added])

    # -- values over time ------------------------------------------------------------------

    def trait(self, path: tuple[str, ...]) -> TraitHistory:
        return self._history(self.log.trait(path), self.people, self._told("user", path))

    def account_trait(self, path: tuple[str, ...]) -> TraitHistory:
        return self._history(self.log.account_trait(path), self.accounts, self._told("account", path))

    def trait_names(self) -> Iterable[str]:
        mine = (path_text((one.key,)) for one in self.written if isinstance(one, SetTrait))
        return tuple(dict.fromkeys([*self.log.trait_names(), *mine]))

    def account_trait_names(self) -> Iterable[str]:
        return self.log.account_trait_names()

    def named(self, ids: Collection[str]) -> tuple[NDArray[np.int32], _Ints]:
        profile, since = self.log.named(ids)
        inside = np.isin(profile, self.people)
        return np.searchsorted(self.people, profile[inside]).astype(np.int32), since[inside]

    @property
    def zones(self) -> TraitHistory:
        return self._history(self.log.zones, self.people)

    def address(self, channel: str) -> TraitHistory:
        return self._history(self.log.address(channel), self.people)

    def subscription(self, channel: str) -> TraitHistory:
        return self._history(self.log.subscription(channel), self.people)

    def group_subscription(self, group: str) -> TraitHistory:
        return self._history(self.log.group_subscription(group), self.people)

    def consent(self) -> TraitHistory:
        return self._history(self.log.consent(), self.people)

    def _told(self, level: str, path: tuple[str, ...]) -> list[tuple[int, int, Any]]:
        return [
            (edit.subject, edit.time, _dig(edit.value, path[1:]))
            for edit in (*self.edits, *self.written)
            if isinstance(edit, SetTrait) and edit.level == level and edit.key == path[0]
        ]

    def _history(
        self, history: TraitHistory, owners: Sequence[int], told: Sequence[tuple[int, int, Any]] = ()
    ) -> TraitHistory:
        spans = [(int(history.start[one]), int(history.start[one + 1])) for one in owners]
        place = np.concatenate([np.empty(0, np.int64), *(np.arange(a, b) for a, b in spans)])
        owner = np.repeat(np.arange(len(spans)), [b - a for a, b in spans])
        time = np.asarray(history.time)[place]
        if self.until is not None:
            keep = time <= self.until
            place, owner, time = place[keep], owner[keep], time[keep]
        local = {one: number for number, one in enumerate(owners)}
        place = np.concatenate([place, -1 - np.arange(len(told))])
        owner = np.concatenate([owner, np.array([local[one] for one, _, _ in told], np.int64)])
        time = np.concatenate([time, np.array([at for _, at, _ in told], np.int64)])
        order = np.lexsort((np.arange(len(time)), time, owner))
        start = np.searchsorted(owner[order], np.arange(len(owners) + 1)).astype(np.int64)
        return _Told(start, time[order], _mixed(history.column, place[order], [value for _, _, value in told]))

    # -- accounts --------------------------------------------------------------------------

    @cached_property
    def ordinal(self) -> NDArray[np.uint32]:
        rank = np.full(self.n_events, np.iinfo(np.int64).max)
        base = self._order < len(self._rows)
        rank[base] = np.asarray(self.log.ordinal)[self._rows[self._order[base]]]
        order = np.lexsort((self._order, rank, self.time))
        found = np.empty(self.n_events, np.uint32)
        found[order] = np.arange(self.n_events, dtype=np.uint32)
        return found

    @property
    def account_ids(self) -> Sequence[str]:
        return tuple(self.log.account_ids[a] for a in self.accounts)

    @property
    def account_since(self) -> _Ints:
        return np.asarray(self.log.account_since)[self.accounts].astype(np.int64)

    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32], _Ints]:
        account, profile, since = map(np.asarray, self.log.links())
        inside = np.isin(profile, self.people) & np.isin(account, self.accounts)
        mine = np.searchsorted(self.accounts, account[inside]).astype(np.int32)
        who = np.searchsorted(self.people, profile[inside]).astype(np.int32)
        return mine, who, since[inside]


class _Told:
    def __init__(self, start: _Ints, time: _Ints, column: Column) -> None:
        self.start, self.time, self.column = start, time, column


def _dig(value: Any, path: tuple[str, ...]) -> Any:
    """What a path finds below a value, as the columns of a log hold it; None where it finds nothing."""
    for number, part in enumerate(path):
        if part == ELEMENTS:
            found = elements(_encoded([value]), path[number:])
            return json.loads(found.texts[int(found.code[0])]) if int(found.kind[0]) == LIST else None
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _encoded(values: Sequence[Any]) -> Values:
    kind, code = np.zeros(len(values), np.uint8), np.full(len(values), -1, np.int32)
    number = np.full(len(values), np.nan)
    texts: list[str] = []
    for i, value in enumerate(values):
        if isinstance(value, bool | int | float):
            kind[i], number[i] = BOOL if isinstance(value, bool) else NUMBER, float(value)
        elif value is None:
            kind[i] = ABSENT
        else:
            kind[i] = TEXT if isinstance(value, str) else LIST if isinstance(value, list) else OBJECT
            code[i] = len(texts)
            texts.append(value if isinstance(value, str) else _json_text(value).decode())
    return Values(kind, number, code, tuple(texts))


def _mixed(column: Column, places: _Ints, added: Sequence[Any]) -> Column:
    """The values at places of a column, those of `added` at the negative ones; of its texts only what is used."""
    base = places >= 0
    kind, code = np.zeros(len(places), np.uint8), np.full(len(places), -1, np.int32)
    number = np.full(len(places), np.nan)
    kind[base] = np.asarray(column.kind)[places[base]]
    number[base] = np.asarray(column.number)[places[base]]
    known: dict[str, int] = {}  # one text has one code
    code[base] = _recoded(np.asarray(column.code)[places[base]], column.texts, known)
    if not base.all():
        new, at = _encoded(added), -1 - places[~base]
        kind[~base], number[~base] = new.kind[at], new.number[at]
        code[~base] = _recoded(new.code[at], new.texts, known)
    return Values(kind, number, code, tuple(known))


def _recoded(code: NDArray[np.int32], texts: Sequence[str], known: dict[str, int]) -> NDArray[np.int32]:
    """Codes of texts as codes into `known`, which grows; each distinct one is looked up once."""
    used, inverse = np.unique(code, return_inverse=True)
    table = [-1 if one < 0 else known.setdefault(texts[one], len(known)) for one in used.tolist()]
    return np.array(table, np.int32)[inverse]
