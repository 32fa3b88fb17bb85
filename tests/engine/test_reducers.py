"""Reducers and pieces against brute force: every segment reduced by itself in plain Python (D-8, D-40, D-41)."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.condition import Cast, Reduce, ReduceKind, Stream
from engage_desktop.engine.pieces import Cover, last_session
from engage_desktop.engine.reducers import reduce_cover
from engage_desktop.engine.values import number_of, text_of, value_at
from engage_desktop.events.column import ABSENT, BOOL, LIST, NUMBER, TEXT, Column

SEGMENTS = 7
SCALARS: list[Any] = [
    None, 0, 1, 2, 2.5, -1, 0.1, 0.2, 0.3, 1e-7, 1e16, 123456789.1234, 9007199254740993.0, "2", "2.0", "10", "x", "pro", "", True, False,
]  # fmt: skip
VALUES = st.one_of(st.sampled_from(SCALARS), st.lists(st.sampled_from(SCALARS), max_size=3))
KINDS: list[tuple[ReduceKind, Cast | None]] = [
    ("count", None), ("sum", None), ("avg", None), ("min", None), ("max", None), ("min", "string"), ("max", "string"),
    ("mode", None), ("mode", "number"), ("mode", "array"), ("first", None), ("last", None), ("unique", None),
    ("unique_count", None),
]  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Any], list[tuple[int, int, int]]]:
    """Values of events, and pieces (event, first segment, last segment)."""
    values = draw(st.lists(VALUES, max_size=6))
    pieces = []
    for event in range(len(values)):
        at = 0
        for _ in range(draw(st.integers(0, 2))):  # one event's pieces do not overlap
            if at < SEGMENTS:
                first = draw(st.integers(at, SEGMENTS - 1))
                at = draw(st.integers(first + 1, SEGMENTS)) + 1
                pieces.append((event, first, at - 1))
    return values, pieces


def column_of(values: list[Any]) -> Column:
    texts: list[str] = []
    kind, number, code = [], [], []
    for value in values:
        is_text = isinstance(value, str | list)
        kind.append({type(None): ABSENT, bool: BOOL, str: TEXT, list: LIST}.get(type(value), NUMBER))
        number.append(float(value) if isinstance(value, int | float) else np.nan)
        code.append(len(texts) if is_text else -1)
        if is_text:
            texts.append(value if isinstance(value, str) else json.dumps(value))
    return Column(np.array(kind, np.uint8), np.array(number, np.float64), np.array(code, np.int32), texts)


def flat(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [inner for item in value for inner in flat(item)]
    return [] if value is None else [value]


def by_hand(kind: ReduceKind, cast: Cast | None, least: int, events: list[Any]) -> Any:
    """The value of the visible events in their order, None = absent."""
    if kind == "count":
        return len(events)
    if kind == "mode" and cast == "array":
        found = [flat(value) if isinstance(value, list) else value for value in events if flat(value)]
    else:
        found = [value for event in events for value in flat(event)]
    numbers = [number for value in found if (number := number_of(value)) is not None]
    if kind in ("sum", "avg"):
        if not numbers:
            return None
        if all(-int(Decimal(repr(number)).as_tuple().exponent) <= 4 for number in numbers):
            total = float(sum(Fraction(Decimal(repr(number))) for number in numbers))
        else:
            total = 0.0
            for number in numbers:
                total += number
        return total if kind == "sum" else total / len(numbers)
    if kind in ("min", "max"):
        pool: list[Any] = [text_of(value) for value in found] if cast == "string" else numbers
        return (min if kind == "min" else max)(pool) if pool else None
    if kind in ("first", "last"):
        return found[0 if kind == "first" else -1] if found else None
    if kind == "mode":
        pool = numbers if cast == "number" else found
        often = {text: [text_of(value) for value in pool].count(text) for text in map(text_of, pool)}
        best = min(((-number, text) for text, number in often.items() if number >= least), default=None)
        if best is None:
            return None
        if cast is None:
            return best[1]
        return next(
            value if cast == "number" or isinstance(value, list) else best[1]
            for value in pool
            if text_of(value) == best[1]
        )
    distinct = sorted(set(map(text_of, found)))
    return len(distinct) if kind == "unique_count" else (distinct or None)


def plain(column: Column) -> list[Any]:
    return [value_at(column, at) for at in range(len(column.kind))]


@pytest.mark.parametrize(("kind", "cast"), KINDS)
@settings(max_examples=120, deadline=None)
@given(worlds(), st.integers(1, 2))
def test_every_segment(
    kind: ReduceKind, cast: Cast | None, world: tuple[list[Any], list[tuple[int, int, int]]], least: int
) -> None:
    values, pieces = world
    event, first, last = (np.array([piece[k] for piece in pieces], np.int64) for k in range(3))
    cover = Cover(SEGMENTS, event, first, last)
    reduce = Reduce(kind, Stream("A"), ("p",) if kind != "count" else (), cast=cast, least=least)
    found = plain(reduce_cover(reduce, cover, column_of(values) if kind != "count" else None))
    expected = [
        by_hand(kind, cast, least, [values[one] for one, a, b in sorted(pieces) if a <= at < b])
        for at in range(SEGMENTS)
    ]
    assert found == expected
    assert [type(value) is bool for value in found] == [type(value) is bool for value in expected]


@settings(max_examples=150, deadline=None)
@given(worlds(), st.data())
def test_last_session(world: tuple[list[Any], list[tuple[int, int, int]]], data: st.DataObject) -> None:
    """Of what lies over a segment the run at the end without a long gap is left (D-43)."""
    values, pieces = world
    n = len(values)
    time = np.array(sorted(data.draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))), np.int64)
    event, first, last = (np.array([piece[k] for piece in pieces], np.int64) for k in range(3))
    left = last_session(Cover(SEGMENTS, event, first, last), time, 3)
    found: list[list[int]] = [[] for _ in range(SEGMENTS)]
    for one, a, b in zip(left.event.tolist(), left.first.tolist(), left.last.tolist(), strict=True):
        assert b == a + 1
        found[a].append(one)
    for at in range(SEGMENTS):
        seen = [one for one, a, b in sorted(pieces) if a <= at < b]
        run: list[int] = []
        for one in seen:
            if run and time[one] - time[run[-1]] >= 3:
                run = []
            run.append(one)
        assert sorted(found[at]) == run


def test_a_column_of_json() -> None:
    """The helper of this file says what it was given."""
    values = [None, 1, "x", True, [1, None, "x"], 2.5]
    column = column_of(values)
    assert [value_at(column, at) for at in range(6)] == values
    assert column.kind[4] == LIST
    assert column.kind[0] == ABSENT
    assert json.loads(column.texts[int(column.code[4])]) == [1, None, "x"]
