"""What the contexts of calls say, one field at a time: of events, and of identify and the like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import Column

if TYPE_CHECKING:
    from engage_desktop.events.store import EventStore


class Said(NamedTuple):
    """Place, profile and time of calls that say something there, and what they say."""

    place: NDArray[np.int64]
    profile: NDArray[np.int32]
    time: NDArray[np.int64]
    column: Column


def said_in_contexts(store: EventStore, path: tuple[str, ...], *kinds: int) -> Iterator[Said]:
    """The calls whose context holds a value of one of these kinds at a path: a part for each event name that has any,
    each sorted by place."""
    for name in store.event_names:
        column = store.context(name, path)
        at = np.flatnonzero(np.isin(column.kind, kinds))
        if at.size:
            rows = store.rows(name)[at]
            place = store.place_of_row[rows].astype(np.int64)
            yield Said(place, store.profiles(name)[at], store.time[rows], column.take(at))
    column = store.silent_context(path)
    at = np.flatnonzero(np.isin(column.kind, kinds))
    if at.size:
        places, profiles, times = store.silent_calls()
        yield Said(places[at].astype(np.int64), profiles[at], times[at], column.take(at))
