"""Comparison of values (D-8, D-40, D-41, D-53): one by one and a column at a time.

`holds` is the rule; `column_holds` is the same rule over a column beside literals and
`pairs_hold` over two columns, numbers as arrays and every distinct text, list or object once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from engage_desktop.domain.condition import CompareOp, Instant
from engage_desktop.domain.duration import parse_instant
from engage_desktop.engine.arrays import AnyArray, Mask
from engage_desktop.engine.source import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT, Column
from engage_desktop.language.numbers import FULLY_NUMERIC, normal, number_text

Scalar: TypeAlias = str | int | float | bool | Instant

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_NEGATION: dict[str, CompareOp] = {"omits": "contains", "absent": "exists", "none_of": "one_of"}


def number_of(value: Any) -> float | None:
    """The number a value is or coerces to (fully numeric text, D-40), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and FULLY_NUMERIC.fullmatch(value):
        return float(value)
    return None


def text_of(value: Any) -> str:
    """Text form: shortest JSON of a number (5.0 is 5), `true`, `false`, JSON of an object (AU-10)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        return value
    return json.dumps(_tidy(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _tidy(value: Any) -> Any:
    """A null inside an object is an absent key; 5.0 inside a list or object is 5."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return list(map(_tidy, value))
    return normal(value) if isinstance(value, float) else value


def is_instant(value: Any, instant: Instant) -> bool:
    """Whether a value is a date with a zone and that very instant (D-42, D-53)."""
    try:
        return isinstance(value, str) and parse_instant(value) == instant.us
    except ValueError:
        return False


def equal(value: Any, literal: Any) -> bool:
    """Equality of D-40; anything it does not name is not equal."""
    if isinstance(literal, Instant):
        return is_instant(value, literal)
    if isinstance(value, str) and isinstance(literal, str):
        return value == literal
    if isinstance(value, bool) or isinstance(literal, bool):
        alike = isinstance(value, bool | str) and isinstance(literal, bool | str)
        return alike and text_of(value) == text_of(literal)
    mine, other = number_of(value), number_of(literal)
    return mine is not None and other is not None and mine == other


def _one_holds(value: Any, op: CompareOp, literals: Sequence[Any]) -> bool:
    """A positive operator on one present value that is no list."""
    if op in ("=", "one_of"):
        return any(equal(value, literal) for literal in literals)
    if op == "!=":
        return any(not equal(value, literal) for literal in literals)
    if op == "exists":
        return True
    if op in _ORDER:
        mine = number_of(value)
        others = [number for literal in literals if (number := number_of(literal)) is not None]
        return mine is not None and any(bool(_ORDER[op](mine, other)) for other in others)
    text = text_of(value)
    if op == "contains":
        return any(text_of(literal) in text for literal in literals)
    if op == "starts_with":
        return any(text.startswith(text_of(literal)) for literal in literals)
    return any(text.endswith(text_of(literal)) for literal in literals)


def elements(value: Any) -> list[Any]:
    """The present values of a value: none of null, all of a list (nested lists too)."""
    if value is None:
        return []
    if isinstance(value, list):
        return [element for item in value for element in elements(item)]
    return [value]


def absent_holds(op: CompareOp) -> bool:
    """What the operator says of an absent value (AU-9, D-8)."""
    return op in ("absent", "omits")


def holds(value: Any, op: CompareOp, literals: Sequence[Any]) -> bool:
    """Whether `value op literals`; `value` is JSON (None = absent)."""
    found = elements(value)
    if not found:
        return absent_holds(op)
    positive = _NEGATION.get(op)
    if positive is not None:
        return not any(_one_holds(element, positive, literals) for element in found)
    return any(_one_holds(element, op, literals) for element in found)


def _numbers_hold(numbers: AnyArray, op: CompareOp, literals: Sequence[Scalar]) -> Mask:
    """`holds` over an array of numbers."""
    if op in _ORDER:
        other = number_of(literals[0])
        if other is None:
            return np.zeros(len(numbers), np.bool_)
        found: Mask = _ORDER[op](numbers, other)
        return found
    if op in ("=", "!=", "one_of", "none_of"):
        found = np.zeros(len(numbers), np.bool_)
        for literal in literals:
            other = number_of(literal)
            if other is not None:
                found |= numbers == other
        return ~found if op in ("!=", "none_of") else found
    if op in ("exists", "absent"):
        return np.full(len(numbers), op == "exists", np.bool_)
    distinct, place = np.unique(numbers, return_inverse=True)
    table = np.fromiter((holds(number, op, literals) for number in distinct.tolist()), np.bool_, len(distinct))
    return table[place]


def _texts_hold(
    codes: AnyArray, texts: Sequence[str], as_json: bool, op: CompareOp, literals: Sequence[Scalar]
) -> Mask:
    """`holds` over texts by code, each distinct one looked at once."""
    if not len(codes):
        return np.zeros(0, np.bool_)
    used = np.zeros(len(texts), np.bool_)
    used[codes] = True
    wanted = np.flatnonzero(used).tolist()
    table = np.zeros(len(texts), np.bool_)
    if as_json:
        table[wanted] = [holds(json.loads(texts[code]), op, literals) for code in wanted]
    elif op == "=" and isinstance(literals[0], str):
        literal = literals[0]
        table[wanted] = [texts[code] == literal for code in wanted]
    else:
        table[wanted] = [holds(texts[code], op, literals) for code in wanted]
    return table[codes]


def _objects_hold(codes: AnyArray, texts: Sequence[str], op: CompareOp, literals: Sequence[Scalar]) -> Mask:
    """Objects are present, equal to no literal, and texts to the text operators (AU-10)."""
    if op in ("contains", "omits", "starts_with", "ends_with") and (codes >= 0).all():
        return _texts_hold(codes, texts, True, op, literals)
    return np.full(len(codes), op in ("exists", "!=", "none_of", "omits"), np.bool_)


def value_at(column: Column, place: int) -> Any:
    """One value of a column as JSON, None where it is absent."""
    kind = int(column.kind[place])
    if kind == NUMBER:
        return float(column.number[place])
    if kind == BOOL:
        return bool(column.number[place])
    if kind == ABSENT:
        return None
    text = column.texts[int(column.code[place])]
    return text if kind == TEXT else json.loads(text)


def pairs_hold(left: Column, op: CompareOp, right: Column) -> Mask:
    """`left[i] op right[i]` for one of the six symbols; both present, any pair of their elements."""
    kinds = np.asarray(left.kind), np.asarray(right.kind)
    found = np.zeros(len(kinds[0]), np.bool_)
    both = (kinds[0] != ABSENT) & (kinds[1] != ABSENT)
    numeric = (kinds[0] == NUMBER) & (kinds[1] == NUMBER)
    at = np.flatnonzero(numeric)
    if at.size:
        mine, other = np.asarray(left.number)[at], np.asarray(right.number)[at]
        compare: dict[str, Callable[[Any, Any], Any]] = {**_ORDER, "=": np.equal, "!=": np.not_equal}
        found[at] = compare[op](mine, other)
    at = np.flatnonzero(both & ~numeric)
    if at.size:
        # every distinct pair once
        keys = [_identity(column, at) for column in (left, right)]
        pair = keys[0] * np.int64(int(keys[1].max()) + 1) + keys[1]
        _, first, inverse = np.unique(pair, return_index=True, return_inverse=True)
        says = [_pair_holds(left, op, right, place) for place in at[first].tolist()]
        found[at] = np.array(says)[inverse]
    return found


def _pair_holds(left: Column, op: CompareOp, right: Column, place: int) -> bool:
    others = elements(value_at(right, place))
    return bool(others) and holds(value_at(left, place), op, others)


def _identity(column: Column, at: AnyArray) -> AnyArray:
    """int64 by place: equal numbers mean equal values (some equal values may have different ones)."""
    kind = np.asarray(column.kind)[at].astype(np.int64)
    coded = kind >= TEXT
    coded &= kind != BOOL
    plain = np.unique(np.nan_to_num(np.asarray(column.number)[at]), return_inverse=True)[1]
    return np.where(coded, np.asarray(column.code)[at].astype(np.int64), plain) * 8 + kind


def column_holds(column: Column, op: CompareOp, literals: Sequence[Scalar]) -> Mask:
    """`holds` for every value of a column; a new bool array aligned to it."""
    kind = np.asarray(column.kind)
    if not len(kind):
        return np.zeros(0, np.bool_)
    uniform = kind.strides == (0,) or int(kind.min()) == int(kind.max())
    present = [int(kind[0])] if uniform else np.flatnonzero(np.bincount(kind, minlength=6)).tolist()
    if present == [NUMBER]:
        return _numbers_hold(np.asarray(column.number), op, literals)
    if present == [TEXT]:
        return _texts_hold(np.asarray(column.code), column.texts, False, op, literals)
    found = np.full(len(kind), ABSENT in present and absent_holds(op), np.bool_)
    for one in present:
        at = kind == one
        if one == NUMBER:
            found[at] = _numbers_hold(np.asarray(column.number)[at], op, literals)
        elif one == BOOL:
            said = np.array([holds(False, op, literals), holds(True, op, literals)])
            found[at] = said[(np.asarray(column.number)[at] != 0).astype(np.intp)]
        elif one in (TEXT, LIST):
            found[at] = _texts_hold(np.asarray(column.code)[at], column.texts, one == LIST, op, literals)
        elif one == OBJECT:
            found[at] = _objects_hold(np.asarray(column.code)[at], column.texts, op, literals)
    return found
