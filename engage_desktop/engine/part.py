"""Conditions of some people of a log, read off what is already known of all: a selection costs less than a search."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import numpy as np

from engage_desktop.engine import history as histories
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, AnyArray, Profiles
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.definitions import Meaning
from engage_desktop.engine.draw import Hashes, ProfileHashes
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.subset import Subset

T = TypeVar("T")


_OF_PEOPLE = ("intervals user ", "history user ", "count user ", "events ")
"""How keys begin that say something of each person; accounts and events as subjects have others."""


def conditions_of(
    part: Subset, whole: Conditions, meanings: Mapping[str, Meaning], cancelled: Callable[[], bool] | None = None
) -> Conditions:
    """What `whole` says of its log, of these people of it alone; accounts are asked of the whole log."""
    return Conditions(part, meanings, _PartCache(part, whole), cancelled, accounts=whole.intervals)


class _PartCache(LeafCache):
    """Takes from the cache of the whole log what is there, and keeps the rest itself."""

    def __init__(self, part: Subset, whole: Conditions) -> None:
        super().__init__()
        self._part, self._whole = part, whole

    def get(self, key: Hashable, compute: Callable[[], T], size: Callable[[T], int]) -> T:
        return super().get(key, lambda: self._taken(key, compute), size)

    def _taken(self, key: Hashable, compute: Callable[[], T]) -> T:
        found: Any = None
        if key == "profile hashes":
            found = PartHashes(self._part.people, self._whole.profile_hashes())
        elif isinstance(key, str) and key.startswith(_OF_PEOPLE) and not _of_accounts(key):
            found = self._of(self._whole.cache.known(key))
        return compute() if found is None else found

    def _of(self, known: Any) -> Any:
        part = self._part
        always = np.full(part.n_profiles, -NEVER, np.int64)
        match known:
            case Intervals():
                return sets.gather(known, part.people, always)
            case History():
                return histories.gather(known, part.people, always)
            case EventRows(rows, profile):
                place, own = part.places(profile)
                return EventRows(part.rows_here(rows[place], own), own, part.n_events)
        return None


def _of_accounts(key: str) -> bool:
    """An audience of accounts is one of accounts, whoever asks."""
    return key.startswith("intervals user Member(") and key.endswith("level='account')")


class PartHashes(ProfileHashes):
    """H of the ids of these people, computed once for the whole log."""

    def __init__(self, people: AnyArray, whole: ProfileHashes) -> None:
        self._people, self._whole = people, whole

    def of(self, profile: Profiles) -> Hashes:
        return self._whole.of(self._people[profile])
