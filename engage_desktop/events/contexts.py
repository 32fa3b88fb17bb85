"""What the contexts of calls say, one field at a time: of events, and of identify and the like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import LIST, NO_NUMBER, OBJECT, TEXT, Codes, Column
from engage_desktop.events.history import TraitHistory
from engage_desktop.events.stored import distinct_objects

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


def texts_in_contexts(store: EventStore, path: tuple[str, ...]) -> Iterator[tuple[int, int, int, str]]:
    """Place, profile, time and text of every call whose context holds a text or list there."""
    for said in said_in_contexts(store, path, TEXT, LIST):
        texts = list(said.column.texts)
        for place, profile, time, code in zip(
            said.place.tolist(), said.profile.tolist(), said.time.tolist(), said.column.code.tolist(), strict=True
        ):
            yield place, profile, time, texts[code]


def told_in_contexts(store: EventStore, path: tuple[str, ...], kind: int) -> TraitHistory:
    """What people's calls of any kind say at a path: every text, or object as JSON, that differs from the one before of
    the same person. A value of another kind says nothing."""
    codes = Codes()
    parts = [(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32))]
    for said in said_in_contexts(store, path, kind):
        column = distinct_objects(said.column) if kind == OBJECT else said.column
        mine = np.fromiter(map(codes.__getitem__, column.texts), np.int32, len(column.texts))
        parts.append((said.place, said.profile, said.time, mine[column.code]))
    place, profile, time, code = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(place, kind="stable")  # runs, one an event name
    changed = np.ones(len(order), np.bool_)
    changed[1:] = (np.diff(code[order]) != 0) | (np.diff(profile[order]) != 0)
    order = order[changed]
    n = len(order)
    column = Column(np.full(n, kind, np.uint8), np.broadcast_to(NO_NUMBER, n), code[order], tuple(codes))
    return store.history(place[order], profile[order], time[order], column)
