"""Building the columns of nested objects, flattened by path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.call import encode
from engage_desktop.events.column import MISSING, NO_VALUE, ColumnBuilder, Piece, encode_values

Path = tuple[str, ...]
DEPTH = 20
"""Objects nested deeper than this are kept as JSON text."""


def path_text(path: Path) -> str:
    """`("address", "city")` as `address.city`; a dot inside a part is written `\\.`."""
    return ".".join(part.replace("\\", "\\\\").replace(".", "\\.") for part in path)


def path_parts(path: str | Path) -> Path:
    """The inverse of `path_text`; a tuple is returned as it is."""
    if not isinstance(path, str):
        return tuple(path)
    if "\\" not in path:
        return tuple(path.split("."))
    parts, part, escaped = [], "", False
    for char in path:
        if escaped:
            part, escaped = part + char, False
        elif char == "\\":
            escaped = True
        elif char == ".":
            parts.append(part)
            part = ""
        else:
            part += char
    return (*parts, part)


class Batch(NamedTuple):
    """Rows that wait to be appended to a table."""

    rows: int
    pieces: list[tuple[Path, Piece]]


class TableBuilder:
    """Columns by path over rows that arrive in batches. Objects become columns `a.b`, the object
    itself keeps a column that only knows where it was."""

    __slots__ = ("columns", "count")

    def __init__(self) -> None:
        self.columns: dict[Path, ColumnBuilder] = {}
        self.count = 0

    def encode(self, objects: Sequence[dict[str, Any] | None]) -> Batch:
        """The next rows, one an object, not yet appended; raises OverflowError (see `encode_values`)."""
        return Batch(len(objects), self._pieces((), objects))

    def append(self, batch: Batch) -> None:
        for path, piece in batch.pieces:
            self.columns[path].pieces.append(piece)
        self.count += batch.rows

    def _pieces(self, prefix: Path, objects: Sequence[dict[str, Any] | None]) -> list[tuple[Path, Piece]]:
        given = [value or {} for value in objects]
        keys = dict.fromkeys(chain.from_iterable(given))
        found: list[tuple[Path, Piece]] = []
        wide = len(keys) * len(given) > 8 * sum(map(len, given)) + 4096
        for key, values in self._by_key_sparse(given) if wide else self._by_key(keys, given):
            path = (*prefix, key)
            if len(path) == DEPTH:
                values = [encode(value).decode() if type(value) is dict else value for value in values]
            column = self.columns.get(path)
            if column is None:
                column = self.columns[path] = ColumnBuilder()
            found.append((path, encode_values(values, self.count, column.codes)))
            if dict in set(map(type, values)):
                found += self._nested(path, values)
        return found

    def _by_key(self, keys: dict[str, None], given: list[dict[str, Any]]) -> Any:
        for key in keys:
            yield key, [value.get(key, NO_VALUE) for value in given]

    def _by_key_sparse(self, given: list[dict[str, Any]]) -> Any:
        """The same where most objects lack most keys: one pass over what is there."""
        at: dict[str, tuple[list[int], list[Any]]] = {}
        for i, value in enumerate(given):
            for key, item in value.items():
                places, items = at.setdefault(key, ([], []))
                places.append(i)
                items.append(item)
        for key, (places, items) in at.items():
            values: list[Any] = list(repeat(NO_VALUE, len(given)))
            for i, item in zip(places, items, strict=True):
                values[i] = item
            yield key, values

    def _nested(self, path: Path, values: list[Any]) -> list[tuple[Path, Piece]]:
        places = [i for i, value in enumerate(values) if type(value) is dict]
        if len(places) == len(values):
            return self._pieces(path, values)
        nested = self._pieces(path, [values[i] for i in places])
        inside = np.array(places, dtype=np.intp)
        return [(where, _scatter(piece, inside, len(values))) for where, piece in nested]


def _scatter(piece: Piece, at: NDArray[np.intp], count: int) -> Piece:
    """The piece of `len(at)` values put at positions `at` of `count` rows."""
    kind = np.full(count, MISSING, dtype=np.uint8)
    kind[at] = piece.kind
    number = code = None
    if piece.number is not None:
        number = np.full(count, np.nan)
        number[at] = piece.number
    if piece.code is not None:
        code = np.full(count, -1, dtype=np.int32)
        code[at] = piece.code
    return Piece(piece.start, count, kind, number, code)
