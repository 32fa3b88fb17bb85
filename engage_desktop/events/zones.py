"""What zone people were in, as their calls tell it: `context.timezone` of calls of any kind (D-30, D-53)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.events.column import TEXT, Codes, Column
from engage_desktop.events.contexts import said_in_contexts
from engage_desktop.events.history import TraitHistory

if TYPE_CHECKING:
    from engage_desktop.events.store import EventStore

_PATH = ("timezone",)


def told_zones(store: EventStore) -> TraitHistory:
    """Every text in `context.timezone` that differs from the one before of the same person."""
    codes = Codes()
    parts = [(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32))]
    for said in said_in_contexts(store, _PATH, TEXT):
        mine = np.fromiter(map(codes.__getitem__, said.column.texts), np.int32, len(said.column.texts))
        parts.append((said.place, said.profile, said.time, mine[said.column.code]))
    place, profile, time, code = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(place)
    changed = np.ones(len(order), np.bool_)
    changed[1:] = (np.diff(code[order]) != 0) | (np.diff(profile[order]) != 0)
    order = order[changed]
    column = Column(np.full(len(order), TEXT, np.uint8), np.full(len(order), np.nan), code[order], list(codes))
    return store.history(place[order], profile[order], time[order], column)
