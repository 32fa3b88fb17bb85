"""A part of a log that reads like a log: the people of one bucket, everything else left where it lies.

What a person does depends on nobody else but through accounts, so a run over buckets of people, one
after the other, has the same rows as one over all of them and needs the memory of the largest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.source import Column, Log, TraitHistory
from engage_desktop.events.column import Column as Values


class Bucket:
    """The profiles `[first, last)` of a log, numbered from 0; rows likewise. Accounts are left to the whole log."""

    def __init__(self, log: Log, first: int, last: int) -> None:
        self.log, self.first, self.last = log, first, last
        start = log.profile_start
        self._rows = slice(int(start[first]), int(start[last]))
        self.n_profiles = last - first
        self.n_events = self._rows.stop - self._rows.start
        self.event_names: Sequence[str] = log.event_names

    @cached_property
    def time(self) -> NDArray[np.int64]:
        return self.log.time[self._rows]

    @cached_property
    def profile_start(self) -> NDArray[np.int64]:
        return self.log.profile_start[self.first : self.last + 1] - self._rows.start

    @cached_property
    def profile_ids(self) -> Sequence[str]:
        return self.log.profile_ids[self.first : self.last]

    @property
    def since(self) -> NDArray[np.int64]:
        return self.log.since[self.first : self.last]

    def eligible_since(self, include_anonymous: bool) -> NDArray[np.int64]:
        return self.log.eligible_since(include_anonymous)[self.first : self.last]

    def _of(self, name: str) -> slice:
        """Where the events of a name are that belong to these people."""
        profiles = self.log.profiles(name)
        edges = np.array((self.first, self.last), profiles.dtype)  # another type would copy the whole log's
        first, last = np.searchsorted(profiles, edges).tolist()
        return slice(first, last)

    def rows(self, name: str) -> NDArray[np.uint32]:
        return self.log.rows(name)[self._of(name)] - np.uint32(self._rows.start)

    def profiles(self, name: str) -> NDArray[np.int32]:
        return self.log.profiles(name)[self._of(name)] - np.int32(self.first)

    def times(self, name: str) -> NDArray[np.int64]:
        return self.time[self.rows(name)]

    def column(self, name: str, path: tuple[str, ...]) -> Column:
        return _part(self.log.column(name, path), self._of(name))

    def context(self, name: str, path: tuple[str, ...]) -> Column:
        return _part(self.log.context(name, path), self._of(name))

    def source(self, name: str) -> Column:
        return _part(self.log.source(name), self._of(name))

    def properties(self, name: str) -> Iterable[str]:
        return self.log.properties(name)

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
        start = history.start[self.first : self.last + 1]
        inside = slice(int(start[0]), int(start[-1]))
        return _History(start - inside.start, history.time[inside], _part(history.column, inside))

    def named(self, ids: Collection[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        profile, since = self.log.named(ids)
        inside = (profile >= self.first) & (profile < self.last)
        return profile[inside] - np.int32(self.first), since[inside]

    # -- accounts are of the whole log -------------------------------------------------------

    @property
    def ordinal(self) -> NDArray[np.uint32]:
        return self.log.ordinal[self._rows]

    @property
    def account_ids(self) -> Sequence[str]:
        return self.log.account_ids

    @property
    def account_since(self) -> NDArray[np.int64]:
        return self.log.account_since

    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        account, profile, since = self.log.links()
        inside = (profile >= self.first) & (profile < self.last)
        return account[inside], profile[inside] - np.int32(self.first), since[inside]

    def account_trait(self, path: tuple[str, ...]) -> Any:
        return self.log.account_trait(path)

    def account_trait_names(self) -> Iterable[str]:
        return self.log.account_trait_names()


class _History:
    def __init__(self, start: NDArray[np.int64], time: NDArray[np.int64], column: Column) -> None:
        self.start, self.time, self.column = start, time, column


def _part(column: Column, inside: slice) -> Column:
    return Values(column.kind[inside], column.number[inside], column.code[inside], column.texts)


def buckets(log: Log, number: int) -> list[Bucket]:
    """At most `number` buckets of about as many events each; every profile is in one, some may be alone in theirs."""
    wanted = np.linspace(0, log.n_events, max(number, 1) + 1)[1:-1]
    cuts = np.searchsorted(log.profile_start[:-1], wanted)
    edges = np.unique([0, *cuts.tolist(), log.n_profiles]).tolist()
    return [Bucket(log, first, last) for first, last in pairwise(edges)]
