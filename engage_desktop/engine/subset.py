"""Some people of a log as a log of their own: nobody is copied but by the arrays that are asked for.

Accounts are left to the whole log, as in `buckets`: what an account is depends on all its people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import AnyArray, Instants, Profiles, Rows, expand
from engage_desktop.engine.frames import take
from engage_desktop.engine.source import Column, Log, TraitHistory


class Subset:
    """`people[i]` of a log as person i; rows are numbered anew in the order (person, D-2).

    `people` may come in any order and repeat: each place is then a person of its own who did the same.
    `links` are those of these people, to the accounts of the whole log.
    """

    def __init__(self, log: Log, people: AnyArray) -> None:
        self.log = log
        self.people: Profiles = np.asarray(people).astype(np.int32, copy=False)
        self.n_profiles = len(self.people)
        self.event_names: Sequence[str] = log.event_names
        own = self.people.astype(np.int64)
        start = np.asarray(log.profile_start)
        self._first: Rows = start[own]
        self.profile_start: Rows = _starts(start[own + 1] - self._first)
        self.n_events = int(self.profile_start[-1])
        self.shift: Rows = self.profile_start[:-1] - self._first
        """What is added to a row of each person's to have it here."""
        self._ascending = bool((self.people[1:] > self.people[:-1]).all())
        self._names: dict[str, tuple[Rows, Profiles]] = {}

    # -- people and rows -------------------------------------------------------------------

    def rows_of(self, rows: AnyArray) -> Rows:
        """The rows of the whole log that rows here are."""
        return self._rows[rows]

    def rows_here(self, rows: AnyArray, own: Profiles) -> NDArray[np.uint32]:
        """Rows of the whole log that are of the persons `own` here, as rows here."""
        return (rows + self.shift[own]).astype(np.uint32)

    def places(self, profiles: AnyArray) -> tuple[Rows, Profiles]:
        """Of entries sorted by the whole log's profile those of these people: places and persons, sorted by person."""
        people = self.people.astype(profiles.dtype, copy=False)  # another type would copy the whole log's
        low, high = np.searchsorted(profiles, people, "left"), np.searchsorted(profiles, people, "right")
        place, own = expand(low, high - low)
        return place, own.astype(np.int32)

    @cached_property
    def _rows(self) -> Rows:
        """The row of the whole log of each event here."""
        return expand(self._first, np.diff(self.profile_start))[0]

    @cached_property
    def time(self) -> Instants:
        return np.asarray(self.log.time)[self._rows]

    @property
    def profile_ids(self) -> Sequence[str]:
        return _Chosen(self.log.profile_ids, self.people)

    @cached_property
    def since(self) -> Instants:
        return np.asarray(self.log.since)[self.people]

    def eligible_since(self, include_anonymous: bool) -> Instants:
        return np.asarray(self.log.eligible_since(include_anonymous))[self.people]

    # -- events ----------------------------------------------------------------------------

    def _of(self, name: str) -> tuple[Rows, Profiles]:
        """Of each event of a name its place among those of the log, and its person here."""
        if name not in self._names:
            self._names[name] = self.places(np.asarray(self.log.profiles(name)))
        return self._names[name]

    def rows(self, name: str) -> NDArray[np.uint32]:
        place, own = self._of(name)
        return self.rows_here(np.asarray(self.log.rows(name))[place], own)

    def profiles(self, name: str) -> Profiles:
        return self._of(name)[1]

    def times(self, name: str) -> Instants:
        return np.asarray(self.log.times(name))[self._of(name)[0]]

    def column(self, name: str, path: tuple[str, ...]) -> Column:
        return take(self.log.column(name, path), self._of(name)[0])

    def context(self, name: str, path: tuple[str, ...]) -> Column:
        return take(self.log.context(name, path), self._of(name)[0])

    def source(self, name: str) -> Column:
        return take(self.log.source(name), self._of(name)[0])

    def properties(self, name: str) -> Iterable[str]:
        return self.log.properties(name)

    @property
    def ordinal(self) -> NDArray[np.uint32]:
        return np.asarray(self.log.ordinal)[self._rows]

    # -- values over time ------------------------------------------------------------------

    def trait(self, path: tuple[str, ...]) -> TraitHistory:
        return self._history(self.log.trait(path))

    def trait_names(self) -> Iterable[str]:
        return self.log.trait_names()

    @property
    def zones(self) -> TraitHistory:
        return self._history(self.log.zones)

    def address(self, channel: str) -> TraitHistory:
        return self._history(self.log.address(channel))

    def subscription(self, channel: str) -> TraitHistory:
        return self._history(self.log.subscription(channel))

    def group_subscription(self, group: str) -> TraitHistory:
        return self._history(self.log.group_subscription(group))

    def consent(self) -> TraitHistory:
        return self._history(self.log.consent())

    def _history(self, history: TraitHistory) -> TraitHistory:
        start, own = np.asarray(history.start), self.people.astype(np.int64)
        count = start[own + 1] - start[own]
        place, _ = expand(start[own], count)
        return _History(_starts(count), np.asarray(history.time)[place], take(history.column, place))

    # -- who is who ------------------------------------------------------------------------

    def named(self, ids: Collection[str]) -> tuple[Profiles, Instants]:
        profile, since = map(np.asarray, self.log.named(ids))
        at, own = self._places(profile)
        order = np.argsort(own, kind="stable")
        return own[order].astype(np.int32), since[at[order]]

    def links(self) -> tuple[NDArray[np.int32], Profiles, Instants]:
        account, profile, since = map(np.asarray, self.log.links())
        at, own = self._places(profile)
        if not self._ascending:
            order = np.lexsort((own, account[at]))
            at, own = at[order], own[order]
        return account[at], own.astype(np.int32), since[at]

    def _places(self, profile: AnyArray) -> tuple[Rows, Rows]:
        """The entries of a list of profiles that are here, and as whom: one for each copy of a person."""
        order = None if self._ascending else np.argsort(self.people, kind="stable")
        people = self.people if order is None else self.people[order]
        low, high = np.searchsorted(people, profile, "left"), np.searchsorted(people, profile, "right")
        place, at = expand(low, high - low)
        return at, place if order is None else order[place]

    @property
    def account_ids(self) -> Sequence[str]:
        return self.log.account_ids

    @property
    def account_since(self) -> Instants:
        return self.log.account_since

    def account_trait(self, path: tuple[str, ...]) -> Any:
        return self.log.account_trait(path)

    def account_trait_names(self) -> Iterable[str]:
        return self.log.account_trait_names()


class _History:
    def __init__(self, start: Rows, time: Instants, column: Column) -> None:
        self.start, self.time, self.column = start, time, column


class _Chosen(Sequence[str]):
    """Some of many texts, each looked up when it is asked for."""

    def __init__(self, texts: Sequence[str], at: AnyArray) -> None:
        self._texts, self._at = texts, at

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return _Chosen(self._texts, self._at[place])
        return self._texts[int(self._at[place])]

    def __iter__(self) -> Iterator[str]:
        # texts of a log are decoded one by one on each access; all at once is cheaper when many are wanted
        texts = list(self._texts) if len(self._at) * 4 > len(self._texts) else self._texts
        return map(texts.__getitem__, self._at.tolist())


def _starts(count: AnyArray) -> Rows:
    """Where each of the consecutive parts of these lengths begins, and the end of the last."""
    found = np.zeros(len(count) + 1, np.int64)
    np.cumsum(count, out=found[1:])
    return found
