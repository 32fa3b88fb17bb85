"""Reducers: the events of a stream made one value (CT-*, D-8, D-40, D-41). None is an absent value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engage_desktop.domain.condition import Reduce
from tests.oracle.scope import Refused
from tests.oracle.values import Values, elements, text


def reduce(node: Reduce, raw: list[Any], values: Values) -> Any:
    """The value of `node` over the property of each event in order, as it stands there."""
    rules = values.rules
    if not rules.missing_is_skipped and node.kind in ("first", "last"):
        raw = raw[:1] if node.kind == "first" else raw[-1:]
    found = [element for value in raw for element in _elements(value, rules.lists_flatten)]
    match node.kind:
        case "count":
            return len(raw) if raw or rules.count_of_nothing_is_zero else None
        case "first":
            return found[0] if found else None
        case "last":
            return _last(raw, found, rules.last_of_a_list_is_its_last)
        case "sum" | "avg":
            return _sum(node.kind, _numbers(found, values), values)
        case "min" | "max":
            return _extreme(node, found, values)
        case "mode":
            return _mode(node, raw, found, values)
        case "unique" | "unique_count":
            distinct = _groups(found, rules.one_value_a_text_form)
            texts = [text(group[0]) for group in distinct]
            if node.kind == "unique_count":
                return len(texts)
            return (sorted(texts) if rules.unique_is_sorted else texts) or None
    raise Refused(node.kind)


def _elements(value: Any, flatten: bool) -> list[Any]:
    return elements(value) if flatten or not isinstance(value, list) else []


def _last(raw: list[Any], found: list[Any], of_list: bool) -> Any:
    if of_list or not found:
        return found[-1] if found else None
    return next(elements(value)[0] for value in reversed(raw) if elements(value))


def _numbers(found: list[Any], values: Values) -> list[float]:
    return [number for number in map(values.number, found) if number is not None]


def _sum(kind: str, numbers: list[float], values: Values) -> float | None:
    """D-40: exact when every value has at most 4 decimals, rounded once; else doubles in the order of D-2."""
    if not numbers:
        return None if values.rules.nothing_is_absent else 0.0
    written = [Decimal(repr(number)).normalize() for number in numbers]
    few_decimals = all(int(one.as_tuple().exponent) >= -4 for one in written)
    if (few_decimals and values.rules.sum_is_exact) or not values.rules.sum_of_long_decimals_in_order:
        total = float(sum(map(Fraction, written)))
    else:
        total = 0.0
        for number in numbers:
            total += number
    return total if kind == "sum" else total / len(numbers)


def _extreme(node: Reduce, found: list[Any], values: Values) -> Any:
    pick: Callable[[Any], Any] = min if node.kind == "min" else max
    if node.cast == "string" and values.rules.string_extremes_by_text:
        texts = [text(value) for value in found]
        return pick(texts) if texts else None
    numbers = _numbers(found, values)
    if not numbers:
        return None if values.rules.nothing_is_absent else 0.0
    return pick(numbers)


def _mode(node: Reduce, raw: list[Any], found: list[Any], values: Values) -> Any:
    """The most frequent value seen often enough; ties go to the alphabetically first text form."""
    rules = values.rules
    if node.cast == "number":
        candidates: list[Any] = list(_numbers(found, values))
    elif node.cast == "array" and rules.array_is_one_value:  # a list is one value, nulls and `[]` are none
        whole = [
            [element for element in value if element is not None] if isinstance(value, list) else value for value in raw
        ]
        candidates = [value for value in whole if value is not None and value != []]
    else:
        candidates = found
    least = node.least if rules.mode_at_least_twice or node.least != 2 else 1
    groups = [
        group for group in _groups(candidates, rules.one_value_a_text_form)
        if len(group) > least or (len(group) == least and rules.least_is_enough)
    ]  # fmt: skip
    if not groups:
        return None
    most = max(map(len, groups))
    tied = [group[0] for group in groups if len(group) == most]
    if rules.ties_alphabetical:
        by_number = node.cast == "number" and not rules.ties_on_text_form
        tied.sort(key=None if by_number else text)
    winner = tied[0]
    return winner if node.cast == "number" or isinstance(winner, list) else text(winner)


def _groups(found: list[Any], by_text: bool) -> list[list[Any]]:
    """Equal values together, in order of first occurrence."""
    groups: dict[Any, list[Any]] = {}
    for value in found:
        key = text(value) if by_text and not isinstance(value, list) else (type(value).__name__, text(value))
        groups.setdefault(key, []).append(value)
    return list(groups.values())
