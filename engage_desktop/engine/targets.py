"""Values that a comparison would have (not) held for, the nearest first; candidates are tried by the rule itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from engage_desktop.domain.condition import CompareOp, DateOp, Duration, Instant
from engage_desktop.engine.dates import holding
from engage_desktop.engine.values import elements, holds, number_of, text_of
from engage_desktop.events.instants import parse_instants

DAY_US = 86_400_000_000
_PATTERN = "contains", "omits", "starts_with", "ends_with"


def values_for(op: CompareOp, literals: Sequence[Any], want: bool) -> list[Any]:
    """Values of which `value op literals` is `want`; None stands for no value at all."""
    found = [value for value in _near(op, literals) if holds(value, op, literals) == want]
    return [value for i, value in enumerate(found) if not any(_same(value, one) for one in found[:i])]


def counts_for(op: CompareOp, literals: Sequence[Any], want: bool, now: int, most: int) -> list[int]:
    """Counts up to `most` of which the comparison is `want`, the nearest to `now` on either side."""
    numbers = [number for literal in literals if (number := number_of(literal)) is not None]
    near = {0, now - 1, now + 1}
    for number in numbers:
        if math.isfinite(number) and abs(number) <= most + 1:
            near |= {math.floor(number) + shift for shift in (-1, 0, 1, 2)}
    if op in _PATTERN:
        near |= set(range(min(most, 30)))
    right = [count for count in near if 0 <= count <= most and count != now and holds(count, op, literals) == want]
    more, fewer = [one for one in right if one > now], [one for one in right if one < now]
    return ([min(more)] if more else []) + ([max(fewer)] if fewer else [])


def dates_for(op: DateOp, value: Instant | Duration, at: int, want: bool) -> list[Any]:
    """Texts of dates (or None) for which a date operator is `want` at an instant."""
    if not want:
        near: Iterable[int | None] = [None, at, at - 400 * DAY_US, at + 400 * DAY_US]
    elif isinstance(value, Instant):
        near = [value.us]
    else:
        near = [at, at - value.us, at + value.us]
    return [
        None if one is None else iso(one) for one in near if one is None or holds_date(iso(one), op, value, at) == want
    ]


def holds_date(text: Any, op: DateOp, value: Instant | Duration, at: int) -> bool:
    """A date operator of one value at an instant (D-42)."""
    texts = [one for one in elements(text) if isinstance(one, str)]
    if not texts:
        return False
    start, end = holding(op, value, np.asarray(parse_instants(texts)))
    return bool(((start <= at) & (at < end)).any())


def iso(at: int) -> str:
    """An instant as a log would write it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return moment.isoformat().replace("+00:00", "Z")


def _near(op: CompareOp, literals: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for literal in literals:
        if isinstance(literal, Instant):
            found += [iso(literal.us), iso(literal.us + DAY_US)]
            continue
        found.append(literal)
        if isinstance(literal, bool):
            found.append(not literal)
        elif (number := number_of(literal)) is not None:
            found += [_whole(number + shift) for shift in (1, -1, 0.5, -0.5)]
        if op in _PATTERN:
            found.append(text_of(literal))
    return [*found, "yes", None, 1, ""]


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
