"""Whose turn it is when of a broadcast only so many go in an hour (D-26)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.engine.broadcasts import in_turn

HOUR = 3_600_000_000
MINUTE = HOUR // 60


def turns(due: list[int], per_hour: int) -> list[int]:
    return in_turn(np.array(due, np.int64), per_hour).tolist()


@pytest.mark.parametrize(
    ("due", "per_hour", "expected"),
    [
        ([], 3, []),
        ([0, 0, 0, 0], 2, [0, 30, 60, 90]),
        ([0, 0, 5, 5], 6, [0, 10, 20, 30]),  # who comes while others wait goes behind them
        ([0, 0, 20, 20], 6, [0, 10, 20, 30]),  # in the instant of the next turn it is still the same queue
        ([0, 0, 25, 25], 6, [0, 10, 25, 35]),  # where nobody is left to wait a new one begins
        ([0, 1, 2], 60, [0, 1, 2]),
    ],
)
def test_by_hand(due: list[int], per_hour: int, expected: list[int]) -> None:
    assert turns([at * MINUTE for at in due], per_hour) == [at * MINUTE for at in expected]


def test_shares_of_an_hour_that_do_not_come_out_even_do_not_add_up() -> None:
    """Each from the queue's beginning, rounded down: the seventh comes after a whole hour."""
    assert turns([0] * 8, 7) == [place * HOUR // 7 for place in range(8)]


@given(st.lists(st.integers(0, 90), max_size=30), st.integers(1, 50))
def test_nobody_is_early_and_no_hour_has_more(minutes: list[int], per_hour: int) -> None:
    due = sorted(at * MINUTE for at in minutes)
    found = turns(due, per_hour)
    assert found == sorted(found)
    assert all(at >= wanted for at, wanted in zip(found, due, strict=True))
    expected: list[int] = []
    begin = place = 0
    for at in due:
        if not expected or begin + place * HOUR // per_hour < at:
            begin, place = at, 0
        expected.append(begin + place * HOUR // per_hour)
        place += 1
    assert found == expected
    assert all(later - first >= HOUR - 1 for first, later in zip(found, found[per_hour:], strict=False))
