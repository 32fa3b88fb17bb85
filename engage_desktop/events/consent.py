"""What people agreed to, as their calls tell it: `context.consent.categoryPreferences` (SB-10, D-54)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.events.column import NO_NUMBER, OBJECT, Codes, Column
from engage_desktop.events.contexts import said_in_contexts
from engage_desktop.events.history import TraitHistory
from engage_desktop.events.stored import distinct_objects

if TYPE_CHECKING:
    from engage_desktop.events.store import EventStore

_PATH = ("consent", "categoryPreferences")


def told_consent(store: EventStore) -> TraitHistory:
    """Every object, as JSON, that differs from the one before of the same person, whatever call carries it. What is
    no object says nothing."""
    codes = Codes()
    parts = [(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32))]
    for said in said_in_contexts(store, _PATH, OBJECT):
        column = distinct_objects(said.column)
        mine = np.array([codes[text] for text in column.texts], np.int32)
        parts.append((said.place, said.profile, said.time, mine[column.code]))
    place, profile, time, code = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(place, kind="stable")  # runs, one an event name
    changed = np.ones(len(order), np.bool_)
    changed[1:] = (np.diff(code[order]) != 0) | (np.diff(profile[order]) != 0)
    order = order[changed]
    n = len(order)
    column = Column(np.full(n, OBJECT, np.uint8), np.broadcast_to(NO_NUMBER, n), code[order], tuple(codes))
    return store.history(place[order], profile[order], time[order], column)
