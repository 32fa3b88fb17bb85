"""Whom a condition is asked about: people, accounts, or the events inside a `where`.

One set of rules serves all of them. A frame has n subjects, each there from an instant `since`
on; the answer to a condition is a set of instants per subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from engage_desktop.domain.people import Level
from engage_desktop.engine.arrays import AnyArray, Index, Instants, Profiles
from engage_desktop.engine.source import ABSENT, Column, Log
from engage_desktop.events.column import Column as Values


@dataclass(frozen=True, eq=False)
class Root:
    """Those whom a definition is about: the profiles of a log, or its accounts."""

    level: Level
    since: Instants

    @property
    def key(self) -> str:
        return self.level

    @property
    def n(self) -> int:
        return len(self.since)


@dataclass(frozen=True, eq=False)
class Events:
    """Events of one name as subjects, sorted by `subject`, of one subject in the order of D-2.

    `place[i]` is the place of event i in the log's `rows(name)`, None for all of them; `owner[i]` the profile or
    account of `root` in whose stream it is; `since[i]` the instant from which it is there. As events after a
    parent, `parent_at[i]` says which of `parent` is meant. `key` names the content, None where it is not worth
    keeping. Without `owners` and `sinces` an event is its person's, from its own instant on.
    """

    log: Log
    name: str
    root: Root
    key: str | None
    place: Index | None
    owners: AnyArray | None = None
    sinces: Instants | None = None
    parent: Events | Bound | None = None
    parent_at: Index | None = None

    @property
    def n(self) -> int:
        return len(self.log.rows(self.name)) if self.place is None else len(self.place)

    @property
    def nbytes(self) -> int:
        """Of what a selection keeps, what it looks up included; arrays of the log cost nothing more."""
        return 0 if self.place is None else 36 * self.n

    @property
    def owner(self) -> AnyArray:
        return self.profile if self.owners is None else self.owners

    @property
    def since(self) -> Instants:
        return self.time if self.sinces is None else self.sinces

    @property
    def subject(self) -> AnyArray:
        """Whose stream each event is in: of the parent event, else of the owner."""
        return self.owner if self.parent_at is None else self.parent_at

    def _chosen(self, array: AnyArray) -> AnyArray:
        """Of an array over all events of the name those that are here."""
        return array if self.place is None else array[self.place]

    @cached_property
    def rows(self) -> AnyArray:
        return self._chosen(np.asarray(self.log.rows(self.name)))

    @cached_property
    def profile(self) -> Profiles:
        """The person of each event."""
        return self._chosen(np.asarray(self.log.profiles(self.name)))

    @cached_property
    def time(self) -> Instants:
        return self._chosen(np.asarray(self.log.times(self.name)))

    def column(self, path: tuple[str, ...], context: bool = False) -> Column:
        """A property, or a field of the context, of every event."""
        column: Column = (self.log.context if context else self.log.column)(self.name, path)
        return column if self.place is None else take(column, self.place)

    def source(self) -> Column:
        """The `sourceId` of every event's call."""
        column: Column = self.log.source(self.name)
        return column if self.place is None else take(column, self.place)

    def parent_column(self, path: tuple[str, ...]) -> Column:
        """A property of the parent of every event."""
        assert isinstance(self.parent, Events)
        assert self.parent_at is not None
        return take(self.parent.column(path), self.parent_at)

    def journey_column(self, text: str) -> Column:
        """What `journey(text)` is for whoever each event is asked for."""
        assert self.parent is not None
        assert self.parent_at is not None
        parent = self.parent
        return take(parent.value(text) if isinstance(parent, Bound) else parent.journey_column(text), self.parent_at)

    def select(self, at: AnyArray, key: str | None = None) -> Events:
        """The events at the given places (or where a mask is true)."""
        if at.dtype == np.bool_:
            at = np.flatnonzero(at)

        def chosen(array: AnyArray | None) -> AnyArray | None:
            return None if array is None else array[at]

        return replace(
            self,
            key=key,
            place=at if self.place is None else self.place[at],
            owners=chosen(self.owners),
            sinces=chosen(self.sinces),
            parent_at=chosen(self.parent_at),
        )


@dataclass(frozen=True, eq=False)
class Bound:
    """People asked with values of their own, the context of a journey: subject i is `owner[i]` of the people, and
    `value(text)` what `journey(text)` is for each."""

    root: Root
    owner: Profiles
    value: Callable[[str], Column]

    key: None = None

    @property
    def n(self) -> int:
        return len(self.owner)

    @property
    def since(self) -> Instants:
        return self.root.since[self.owner]


Frame: TypeAlias = Root | Events | Bound


def take(column: Column, at: AnyArray) -> Column:
    """The column at the given places."""
    return Values(_taken(column.kind, at), _taken(column.number, at), _taken(column.code, at), column.texts)


def _taken(array: AnyArray, at: AnyArray) -> AnyArray:
    """The array at the given places; one value for all stays one."""
    if array.strides == (0,) and len(array) and at.dtype != np.bool_:
        return np.broadcast_to(array[0], len(at))
    return array[at]


def take_or_absent(column: Column, at: AnyArray) -> Column:
    """The column at the given places, absent where a place is negative."""
    if not len(column.kind):
        return absent(len(at))
    found = take(column, np.maximum(at, 0))
    return Values(np.where(at < 0, np.uint8(ABSENT), found.kind), found.number, found.code, found.texts)


def absent(n: int) -> Column:
    """n values that are not there."""
    return Values(np.zeros(n, np.uint8), np.full(n, np.nan), np.full(n, -1, np.int32), ())


def merged(first: Column, second: Column, where: AnyArray) -> Column:
    """`second` at the places of the mask, `first` elsewhere."""
    shift = len(first.texts)
    code = np.where(where, np.where(second.code >= 0, second.code + shift, -1), first.code).astype(np.int32)
    return Values(
        np.where(where, second.kind, first.kind),
        np.where(where, second.number, first.number),
        code,
        [*first.texts, *second.texts],
    )


def replaced(column: Column, at: AnyArray, by: Column) -> Column:
    """The column with the values of `by` at the given places."""
    place = np.full(len(column.kind), -1, np.int64)
    place[at] = np.arange(len(at))
    return merged(column, take_or_absent(by, place), place >= 0)
