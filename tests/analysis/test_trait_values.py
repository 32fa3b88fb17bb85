"""The spread of a computed trait's values (CT-*, D-40, D-41) against direct counts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.analysis.trait_values import distribution, value_at
from engage_desktop.events import Column
from engage_desktop.events.column import ABSENT, BOOL, LIST, NUMBER, OBJECT, TEXT


def column(*values: object) -> Column:
    """A column of Python values as the store holds them; None is absent."""
    texts: list[str] = []
    kinds, numbers, codes = [], [], []
    for value in values:
        kind = {type(None): ABSENT, bool: BOOL, str: TEXT, list: LIST, dict: OBJECT}.get(type(value), NUMBER)
        text = value if isinstance(value, str) else json.dumps(value) if kind in (LIST, OBJECT) else None
        if text is not None and text not in texts:
            texts.append(text)
        kinds.append(kind)
        numbers.append(float(value) if kind in (BOOL, NUMBER) else np.nan)  # type: ignore[arg-type]  # numbers only
        codes.append(-1 if text is None else texts.index(text))
    return Column(np.array(kinds, np.uint8), np.array(numbers, float), np.array(codes, np.int32), texts)


def test_counts_have_a_bar_each() -> None:
    found = distribution(column(0, 2, None, 2, 3, None))
    assert found.with_value == 4
    assert found.numbers is not None
    assert [(one.low, one.high, one.count) for one in found.numbers.bins] == [
        (0, 0, 1),
        (1, 1, 0),
        (2, 2, 2),
        (3, 3, 1),
    ]
    assert (found.numbers.low, found.numbers.median, found.numbers.mean, found.numbers.high) == (0, 2, 1.75, 3)
    assert (found.top, found.distinct) == ((), 0)


def test_values_that_are_no_numbers_are_counted_most_frequent_first() -> None:
    found = distribution(column("toys", "books", "toys", True, False, True, 5, {"a": 1}, None), most=3)
    assert found.top == (("toys", 2), ("true", 2), ("books", 1))
    assert found.distinct == 5
    assert found.with_value == 8
    assert found.numbers is not None
    assert found.numbers.count == 1


def test_of_a_list_every_element_counts_once_a_person() -> None:
    """D-41, D-40: elements by their text form."""
    values = column(["toys", "books"], ["toys", "toys", 5.0], ["5"], [], [True, {"b": 2, "a": 1}])
    found = distribution(values)
    assert dict(found.top) == {"toys": 2, "5": 2, "books": 1, "true": 1, '{"a":1,"b":2}': 1}
    assert found.with_value == 5
    assert value_at(values, 1) == ("toys", "toys", "5")
    assert value_at(values, 3) == ()


def test_a_value_is_given_as_it_is() -> None:
    values = column(1.5, "a", True, {"a": 1}, None)
    assert [value_at(values, at) for at in range(5)] == [1.5, "a", True, '{"a": 1}', None]


def test_a_long_tail_is_one_last_bar() -> None:
    found = distribution(column(*range(1, 1000), 100_000)).numbers
    assert found is not None
    *bars, last = found.bins
    assert (last.low, last.high, last.count) == (1000, 100_000, 1)
    assert {one.high - one.low for one in bars} == {50}


def test_nobody_with_a_value_has_no_spread() -> None:
    found = distribution(column(None, None))
    assert (found.with_value, found.numbers, found.top) == (0, None, ())


@pytest.mark.parametrize("values", [(1e300, -1e300), (1e308, -1e308), (1e16, 1e16 + 2), (5e-324, 0.0), (np.inf, 1.0)])
def test_extreme_numbers_still_have_a_picture(values: tuple[float, ...]) -> None:
    found = distribution(column(*values)).numbers
    assert found is not None
    assert sum(one.count for one in found.bins) == found.count == sum(np.isfinite(values))


@given(st.lists(st.floats(-1e9, 1e9) | st.integers(-50, 10**6), min_size=1, max_size=60))
def test_every_number_lies_in_exactly_its_bar(values: list[float]) -> None:
    found = distribution(column(*values)).numbers
    assert found is not None
    assert sum(one.count for one in found.bins) == len(values)
    *bars, last = found.bins
    for one in bars:
        inside = [
            value for value in values if (value == one.low if one.low == one.high else one.low <= value < one.high)
        ]
        assert len(inside) == one.count
    assert len([value for value in values if last.low <= value <= last.high]) == last.count
