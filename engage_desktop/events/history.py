"""Values over time: traits, addresses and subscription states of people, traits of accounts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import ABSENT, MISSING, Column
from engage_desktop.events.stored import StoredTable
from engage_desktop.events.table import path_parts


class TraitHistory(NamedTuple):
    """Values over time. Entries start[p] .. start[p + 1] belong to profile (or account) p, in the order of
    D-2; each holds from its `time` on, of several at one instant the last. ABSENT = removed."""

    start: NDArray[np.int64]
    time: NDArray[np.int64]
    column: Column
    place: NDArray[np.int64]
    """Ascending: of traits and addresses the position among all calls in the order (profile, D-2)."""


def history(
    owners: int, place: NDArray[Any], owner: NDArray[np.int32], time: NDArray[np.int64], column: Column
) -> TraitHistory:
    """A history of entries sorted by place, and so by owner, of which there are `owners`."""
    start = np.searchsorted(owner, np.arange(owners + 1)).astype(np.int64)
    return TraitHistory(start, time, column, place.astype(np.int64))


def trait_history(
    owners: int,
    table: StoredTable,
    path: str | tuple[str, ...],
    place: NDArray[Any],
    owner: NDArray[np.int32],
    time: NDArray[np.int64],
) -> TraitHistory:
    """Every value that the calls of `table`, sorted by place, gave a trait (D-7). A call that sets a nested
    object sets all its fields (D-41)."""
    parts = path_parts(path)
    set_ = np.nonzero(table.column(parts[:1], MISSING).kind != MISSING)[0]
    column = table.column(parts, MISSING).take(set_)
    kind = np.where(column.kind == MISSING, np.uint8(ABSENT), column.kind)
    column = Column(kind, column.number, column.code, column.texts)
    return history(owners, place[set_], owner[set_], time[set_], column)
