"""What a wave goes on with (D-37): what came out up to the first difference is right, an echo of a wrong guess is dropped."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine import NEVER
from engage_desktop.engine.guesses import first_difference, in_both, to_go_on_with


def rows(*pairs: tuple[int, int, int]) -> tuple[np.ndarray, ...]:
    """Person, instant, and one number more."""
    return tuple(np.array(pairs, np.int64).reshape(len(pairs), 3).T)


def test_rows_are_compared_as_wholes_and_counted() -> None:
    known, made = rows((0, 5, 1), (0, 5, 1), (1, 5, 1)), rows((0, 5, 1), (1, 5, 1), (1, 5, 2))
    assert [one.tolist() for one in in_both(known, made)] == [[False, False, True], [False, True, False]]


def test_the_first_difference_counts_what_is_missing_too() -> None:
    known, made = rows((0, 5, 1), (0, 9, 1), (1, 5, 1)), rows((0, 5, 1), (1, 5, 1), (2, 7, 1))
    assert first_difference([(known, made)], 4).tolist() == [9, NEVER, 7, NEVER]
    assert first_difference([(known, made), (rows((0, 6, 1)), rows())], 4).tolist() == [6, NEVER, 7, NEVER]


def test_what_is_right_or_stood_still_is_kept() -> None:
    known, made = rows((0, 5, 1), (0, 9, 1), (0, 20, 1)), rows((0, 5, 1), (0, 10, 1), (0, 20, 1))
    until = first_difference([(known, made)], 1)
    assert until.tolist() == [9]
    assert to_go_on_with(known, made, until).tolist() == [True, False, True]
