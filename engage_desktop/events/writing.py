"""Writing the columns of a log into a store, rows in their final order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.arrays import Sink
from engage_desktop.events.column import ColumnArrays, ColumnBuilder
from engage_desktop.events.log import Group
from engage_desktop.events.sorting import stable_order
from engage_desktop.events.table import TableBuilder, path_text


def group_order(
    group: Group, place_of: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int32]]:
    """Positions in the group's own order of those calls that stay, sorted by place; their places and context rows."""
    seqs = np.concatenate(group.seqs) if group.seqs else np.empty(0, dtype=np.int32)
    rows = np.concatenate(group.contexts) if group.contexts else np.zeros(len(seqs), dtype=np.int32)
    group.seqs, group.contexts = [], []
    places = place_of[seqs]
    kept = np.nonzero(places >= 0)[0]
    by = kept[stable_order(places[kept])]
    return by, places[by], rows[by]


def write_table(
    sink: Sink, key: str, table: TableBuilder, by: NDArray[np.intp], *, keep_missing: bool = False
) -> dict[str, dict[str, Any]]:
    """Columns under `key`, taken at `by`; returns by path what the manifest must know."""
    described: dict[str, dict[str, Any]] = {}
    for k, path in enumerate(sorted(table.columns)):
        entry = write_column(sink, f"{key}{k}", table.columns.pop(path), table.count, by, keep_missing=keep_missing)
        if entry is not None:
            described[path_text(path)] = entry
    return described


def write_column(
    sink: Sink, key: str, builder: ColumnBuilder, count: int, by: NDArray[np.intp], *, keep_missing: bool = False
) -> dict[str, Any] | None:
    """A column of `count` rows, taken at `by`; None if it holds nothing."""
    if not builder.pieces:
        return None
    column = builder.finish(count).take(by, keep_missing=keep_missing)
    if column is None:
        return None
    if column.code is not None:
        sink.put_texts(f"{key}.text", list(builder.codes))
    return _put_column(sink, key, column, f"{key}.text")


def write_contexts(
    sink: Sink, table: TableBuilder, targets: list[tuple[str, dict[str, Any], NDArray[np.int32]]]
) -> None:
    """Every context column for every (key, description to fill, rows of `table`); they share their texts."""
    for k, path in enumerate(sorted(table.columns)):
        builder = table.columns.pop(path)
        arrays = builder.finish(table.count)
        if arrays.code is not None:
            sink.put_texts(f"c{k}.text", list(builder.codes))
        for key, described, rows in targets:
            column = arrays.take(rows)
            if column is not None:
                described[path_text(path)] = _put_column(sink, f"{key}{k}", column, f"c{k}.text")


def _put_column(sink: Sink, key: str, column: ColumnArrays, texts: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": key}
    if isinstance(column.kind, int):
        entry["kind"] = column.kind
    else:
        sink.put(f"{key}.kind", column.kind)
    if column.number is not None:
        entry["number"] = True
        sink.put(f"{key}.number", column.number)
    if column.code is not None:
        entry["text"] = texts
        sink.put(f"{key}.code", column.code)
    return entry
