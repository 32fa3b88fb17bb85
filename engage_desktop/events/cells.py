"""Texts of CSV cells as values: which are numbers, and whether the decimal sign is a point or a comma."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

Value = str | float | bool | None
_BOOLEANS = {"true": True, "false": False, "TRUE": True, "FALSE": False, "True": True, "False": False}
_POINT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_COMMA = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:,[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_COMMA_GROUPS = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]{1,15})?")
_POINT_GROUPS = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]{1,15}")
_DECIMAL = re.compile(r"-?([0-9]+)([.,])([0-9]+)")


def decimal_signs(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> tuple[str | None, dict[int, str]]:
    """The decimal sign of a file, None where no cell proves one, and that of each column that proves its own.

    `12,5` proves a comma and `12.5` a point; `1,234` proves nothing, for it may be a number in the thousands.
    A column with proofs of both goes with the file, and the file with the more frequent proof, ties with the point."""
    seen: dict[int, Counter[str]] = {column: Counter() for column in columns}
    for row in rows:
        for column in columns:
            if column < len(row) and (found := _DECIMAL.fullmatch(row[column])):
                whole, sign, digits = found.groups()
                if len(digits) != 3 or len(whole) > 3 or whole.startswith("0"):
                    seen[column][sign] += 1
    total = sum(seen.values(), Counter())
    if not total:
        return None, {}
    own = {column: next(iter(counts)) for column, counts in seen.items() if len(counts) == 1}
    return ("," if total[","] > total["."] else "."), own


def reader_of(decimal: str | None) -> Callable[[str], Value]:
    """How cells of a column are read; with None, where no decimal sign is known, both signs are taken."""
    return {".": with_point, ",": with_comma, None: _with_either}[decimal]


def with_point(cell: str) -> Value:
    """Numbers and booleans as such; an empty cell is None. Codes such as 007 stay text."""
    if not cell:
        return None
    if cell in _BOOLEANS:
        return _BOOLEANS[cell]
    if _POINT.fullmatch(cell):
        return float(cell)
    return float(cell.replace(",", "")) if _POINT_GROUPS.fullmatch(cell) else cell


def with_comma(cell: str) -> Value:
    """The same for `12,5` and `1.234,50`. `1.234` is a thousand here: as text it would later count as one."""
    if not cell:
        return None
    if cell in _BOOLEANS:
        return _BOOLEANS[cell]
    if _COMMA.fullmatch(cell):
        return float(cell.replace(",", "."))
    return float(cell.replace(".", "").replace(",", ".")) if _COMMA_GROUPS.fullmatch(cell) else cell


def _with_either(cell: str) -> Value:
    value = with_point(cell)
    if isinstance(value, str) and (found := _DECIMAL.fullmatch(value)) and len(found[3]) != 3:
        return with_comma(value)
    return value
