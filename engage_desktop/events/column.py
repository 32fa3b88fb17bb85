"""Tagged columns: the only place that knows what types a value of a log can have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.call import MAX_DIGITS, is_huge

ABSENT: Final = 0
NUMBER: Final = 1
TEXT: Final = 2
BOOL: Final = 3
LIST: Final = 4
OBJECT: Final = 5
MISSING: Final = 255
"""Inside this layer only: the key was not there at all, while ABSENT stands for null."""

_encode_list: Final = msgspec.json.Encoder(order="sorted").encode
_MANY_DIGITS: Final = re.compile(f"[0-9]{{{MAX_DIGITS + 1}}}")
NO_NUMBER: Final = np.float64(np.nan)
NO_VALUE: Final[Any] = type("NoValue", (), {"__slots__": ()})()
_KIND_OF = {
    type(None): ABSENT,
    int: NUMBER,
    float: NUMBER,
    str: TEXT,
    bool: BOOL,
    list: LIST,
    dict: OBJECT,
    type(NO_VALUE): MISSING,
}


@dataclass(frozen=True, slots=True)
class Column:
    """Values aligned to some rows. `number` holds NUMBER and BOOL (0/1) values and NaN elsewhere
    or is all NaN; `code` indexes `texts` for TEXT, LIST and OBJECT (the last two as JSON), else -1."""

    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    code: NDArray[np.int32]
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, at: NDArray[Any]) -> Column:
        """The column at the given positions (or where a mask is true)."""
        return Column(self.kind[at], self.number[at], self.code[at], self.texts)

    def value(self, i: int) -> str | float | bool | None:
        """The value at position i: text (JSON for lists and objects), number, boolean or None."""
        kind = self.kind[i]
        if kind in (TEXT, LIST, OBJECT):
            return self.texts[int(self.code[i])]
        if kind == NUMBER:
            return float(self.number[i])
        return bool(self.number[i]) if kind == BOOL else None


class Codes(dict[Any, int]):
    """Text to code, counting up from 0 in order of first sight."""

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code


@dataclass(slots=True)
class Piece:
    """Part of a column: rows [start, start + count). A uniform kind is an int; None = no such values."""

    start: int
    count: int
    kind: int | NDArray[np.uint8]
    number: NDArray[np.float64] | None
    code: NDArray[np.int32] | None


def encode_values(values: list[Any], start: int, codes: Codes) -> Piece:
    """Values of one key as a piece; an object only leaves its kind, its fields are columns of their own.
    Raises OverflowError if a whole number lies beyond a double's range."""
    count = len(values)
    types = set(map(type, values))
    if types == {str}:
        return Piece(start, count, TEXT, None, np.fromiter(map(codes.__getitem__, values), np.int32, count))
    if types <= {int, float}:
        return Piece(start, count, NUMBER, np.array(values, dtype=np.float64), None)
    kind = np.fromiter(map(_KIND_OF.__getitem__, map(type, values)), np.uint8, count)
    number = code = None
    if types & {int, float, bool}:
        at = np.nonzero((kind == NUMBER) | (kind == BOOL))[0]
        number = np.full(count, np.nan)
        number[at] = np.array([values[i] for i in at.tolist()], dtype=np.float64)
    if types & {str, list}:
        at = np.nonzero((kind == TEXT) | (kind == LIST))[0]
        texts = [values[i] for i in at.tolist()]
        if list in types:
            texts = [text if type(text) is str else _list_text(text) for text in texts]
        code = np.full(count, -1, dtype=np.int32)
        code[at] = np.fromiter(map(codes.__getitem__, texts), np.int32, len(at))
    return Piece(start, count, int(kind[0]) if len(types) == 1 else kind, number, code)


def _list_text(value: list[Any]) -> str:
    text = _encode_list(value).decode()
    if len(text) > MAX_DIGITS and _MANY_DIGITS.search(text) and is_huge(value):
        raise OverflowError
    return text


class ColumnBuilder:
    """Pieces of one column in the order of its rows; rows without a piece are MISSING."""

    __slots__ = ("codes", "pieces")

    def __init__(self) -> None:
        self.codes = Codes()
        self.pieces: list[Piece] = []

    def finish(self, count: int) -> ColumnArrays:
        """The column of `count` rows; the pieces are given up."""
        kinds = {piece.kind if isinstance(piece.kind, int) else -1 for piece in self.pieces}
        covered = sum(piece.count for piece in self.pieces) == count
        uniform = kinds.pop() if len(kinds) == 1 and covered else -1
        kind: int | NDArray[np.uint8] = uniform
        if uniform == -1:
            kind = np.full(count, MISSING, dtype=np.uint8)
            for piece in self.pieces:
                kind[piece.start : piece.start + piece.count] = piece.kind
        number = code = None
        if any(piece.number is not None for piece in self.pieces):
            number = np.full(count, np.nan)
            for piece in self.pieces:
                if piece.number is not None:
                    number[piece.start : piece.start + piece.count] = piece.number
        if any(piece.code is not None for piece in self.pieces):
            code = np.full(count, -1, dtype=np.int32)
            for piece in self.pieces:
                if piece.code is not None:
                    code[piece.start : piece.start + piece.count] = piece.code
        self.pieces = []
        return ColumnArrays(kind, number, code)


@dataclass(frozen=True, slots=True)
class ColumnArrays:
    """A finished column as it is stored: uniform parts are left out."""

    kind: int | NDArray[np.uint8]
    number: NDArray[np.float64] | None
    code: NDArray[np.int32] | None

    def take(self, at: NDArray[Any], *, keep_missing: bool = False) -> ColumnArrays | None:
        """The rows at `at`; MISSING becomes ABSENT unless kept. None if no row has anything."""
        if isinstance(self.kind, int):
            return ColumnArrays(self.kind, *_take(self.number, self.code, at))
        kind = self.kind[at]
        if not (kind != MISSING).any():
            return None
        if not keep_missing:
            kind[kind == MISSING] = ABSENT
        return ColumnArrays(kind, *_take(self.number, self.code, at))


def _take(
    number: NDArray[np.float64] | None, code: NDArray[np.int32] | None, at: NDArray[Any]
) -> tuple[NDArray[np.float64] | None, NDArray[np.int32] | None]:
    return None if number is None else number[at], None if code is None else code[at]
