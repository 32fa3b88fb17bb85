"""Columns as a build wrote them, read back by path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.arrays import Arrays
from engage_desktop.events.column import ABSENT, LIST, MISSING, NO_NUMBER, NUMBER, OBJECT, Column
from engage_desktop.events.table import Path as ColumnPath
from engage_desktop.events.table import path_parts, path_text


class ObjectTexts(Sequence[str]):
    """JSON of objects, put together from the columns of their fields when asked."""

    def __init__(self, texts: Sequence[str], rows: NDArray[np.intp], fields: list[tuple[ColumnPath, Column]]) -> None:
        self._texts, self._rows, self._fields = texts, rows, fields

    def __len__(self) -> int:
        return len(self._texts) + len(self._rows)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if i < 0:
            i += len(self)
        if i < len(self._texts):
            return self._texts[i]
        row = int(self._rows[i - len(self._texts)])
        result: dict[str, Any] = {}
        for path, column in self._fields:  # parents come before their fields
            kind = column.kind[row]
            if kind in (ABSENT, MISSING):
                continue
            inside = result
            for part in path[:-1]:
                inside = inside[part]
            value: Any = column.value(row) if kind != OBJECT else {}
            if kind == LIST:
                value = json.loads(str(value))
            if kind == NUMBER and isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
                value = int(value)
            inside[path[-1]] = value
        return msgspec.json.encode(result).decode()

    def distinct(self, objects: NDArray[np.intp]) -> tuple[ObjectTexts, NDArray[np.int32]]:
        """Some of the texts, all of objects: each once, and of every one its place among these. None is put together."""
        rows = self._rows[objects - len(self._texts)]
        same = np.zeros(len(rows), np.int64)
        for _, field in self._fields:
            if field.kind.strides != (0,) or field.kind.any():
                of_field = _numbered(field.kind[rows].astype(np.int64))
                for part in (field.number, field.code):
                    if part.strides != (0,):
                        of_field = _numbered(of_field, part[rows])
                same = _numbered(same, of_field)
        _, first = np.unique(same, return_index=True)
        return ObjectTexts((), rows[first], self._fields), same.astype(np.int32)


def _numbered(*parts: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers from 0 on that are equal where all parts are."""
    found = np.zeros(len(parts[0]), np.int64)
    for part in parts:
        if part.dtype.kind == "f":
            number = np.nan_to_num(part, nan=-1.0)  # what is no number has another kind
            few = np.isin(number, (-1.0, 0.0, 1.0)).all()  # booleans: no need to sort
            part = number if few else np.unique(number, return_inverse=True)[1]
        part = part.astype(np.int64) - int(part.min(initial=0))
        found = found * (int(part.max(initial=0)) + 1) + part
        if int(found.max(initial=0)) < 1 << 22:  # no need to sort
            seen = np.bincount(found) > 0
            found = (np.cumsum(seen) - 1)[found]
        else:
            found = np.unique(found, return_inverse=True)[1]
    return found


def distinct_objects(column: Column) -> Column:
    """A column of nothing but objects, as `StoredTable` gives it, with one code for equal ones and no other texts."""
    assert isinstance(column.texts, ObjectTexts)
    texts, code = column.texts.distinct(column.code.astype(np.intp))
    return Column(column.kind, column.number, code, texts)


class StoredTable:
    """Columns of `count` rows over the arrays of a store; `described` is what the manifest says of each path."""

    def __init__(self, arrays: Arrays, described: dict[str, Any], count: int) -> None:
        self._arrays, self._described, self.count = arrays, described, count

    def column(self, parts: ColumnPath, missing: int = ABSENT) -> Column:
        """The column at a path, of kind `missing` everywhere where there is none."""
        key = path_text(parts)
        if key not in self._described:
            return constant(missing, self.count)
        column = self._plain(self._described[key])
        if not (column.kind == OBJECT).any():
            return column
        rows = np.nonzero(column.kind == OBJECT)[0]
        code = np.array(column.code)
        code[rows] = np.arange(len(rows)) + len(column.texts)
        inner = [(path_parts(path), entry) for path, entry in self._described.items() if path.startswith(key + ".")]
        fields = [(path[len(parts) :], self._plain(entry)) for path, entry in sorted(inner, key=lambda item: item[0])]
        return Column(column.kind, column.number, code, ObjectTexts(column.texts, rows, fields))

    def present(self) -> dict[str, int]:
        """How many rows hold a value, by path; objects count by their fields only."""
        found = {}
        for path, entry in self._described.items():
            kind = self._plain(entry).kind
            count = int(np.count_nonzero((kind != ABSENT) & (kind != OBJECT) & (kind != MISSING)))
            if count:
                found[path] = count
        return found

    def _plain(self, entry: dict[str, Any]) -> Column:
        """A column as stored: objects leave only their kind."""
        key, count = entry["key"], self.count
        get = self._arrays.get
        kind = np.broadcast_to(np.uint8(entry["kind"]), count) if "kind" in entry else get(f"{key}.kind")
        number = get(f"{key}.number") if "number" in entry else np.broadcast_to(NO_NUMBER, count)
        code = get(f"{key}.code") if "text" in entry else np.broadcast_to(np.int32(-1), count)
        return Column(kind, number, code, self._arrays.texts(entry["text"]) if "text" in entry else ())


def constant(kind: int, count: int) -> Column:
    """A column of one kind that holds no value."""
    return Column(
        np.broadcast_to(np.uint8(kind), count),
        np.broadcast_to(NO_NUMBER, count),
        np.broadcast_to(np.int32(-1), count),
        (),
    )
