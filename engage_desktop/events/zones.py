"""What zone people were in, as their calls tell it: `context.timezone` of calls of any kind (D-30, D-53)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import TEXT, Codes, Column
from engage_desktop.events.history import TraitHistory

if TYPE_CHECKING:
    from engage_desktop.events.store import EventStore

_PATH = ("timezone",)


def told_zones(store: EventStore) -> TraitHistory:
    """Every text in `context.timezone` that differs from the one before of the same person."""
    codes = Codes()
    parts: list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]] = []

    def add(place: NDArray[np.uint32], profile: NDArray[np.int32], time: NDArray[np.int64], column: Column) -> None:
        at = np.flatnonzero(column.kind == TEXT)
        if at.size:
            mine = np.fromiter(map(codes.__getitem__, column.texts), np.int32, len(column.texts))
            parts.append((place[at].astype(np.int64), profile[at], time[at], mine[column.code[at]]))

    for name in store.event_names:
        rows = store.rows(name)
        add(store.place_of_row[rows], store.profiles(name), store.times(name), store.context(name, _PATH))
    add(*store.silent_calls(), store.silent_context(_PATH))
    if not parts:
        parts = [(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32))]
    place, profile, time, code = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(place)
    changed = np.ones(len(order), np.bool_)
    changed[1:] = (np.diff(code[order]) != 0) | (np.diff(profile[order]) != 0)
    order = order[changed]
    column = Column(np.full(len(order), TEXT, np.uint8), np.full(len(order), np.nan), code[order], list(codes))
    return store.history(place[order], profile[order], time[order], column)
