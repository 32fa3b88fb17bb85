"""What is known of a person before a wave, beside what came out of it: who is done, and what to go on with.

A row is a tuple of numbers over several columns, the first of them a person, the second an instant.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask
from engage_desktop.engine.row_hashes import row_hashes, sums_of_people

Rows = Sequence[AnyArray]


def in_both(known: Rows, made: Rows) -> tuple[Mask, Mask]:
    """For each row of either whether it is one of the other too; equal rows of one are counted. Of people who have the
    same rows in both nothing is compared."""
    differs = who_differ(known, made, int(max(known[0].max(initial=-1), made[0].max(initial=-1))) + 1)
    some, others = np.flatnonzero(differs[known[0]]), np.flatnonzero(differs[made[0]])
    found, there = np.ones(len(known[0]), np.bool_), np.ones(len(made[0]), np.bool_)
    if some.size or others.size:
        found[some], there[others] = _in_both([one[some] for one in known], [one[others] for one in made])
    return found, there


def who_differ(one: Rows, other: Rows, n: int) -> Mask:
    """Which of n people have other rows in the one than in the other."""
    found: Mask = sums_of_people(one[0], row_hashes(one), n) != sums_of_people(other[0], row_hashes(other), n)
    return found


def _in_both(known: Rows, made: Rows) -> tuple[Mask, Mask]:
    n = len(known[0])
    columns = [np.concatenate([one, other]) for one, other in zip(known, made, strict=True)]
    order = np.lexsort(columns[::-1])
    new = np.ones(len(order), np.bool_)
    if len(order):
        new[1:] = False
        for column in columns:
            new[1:] |= column[order][1:] != column[order][:-1]
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(new) - 1
    size = int(new.sum())
    balanced = np.bincount(group[:n], minlength=size) == np.bincount(group[n:], minlength=size)
    both: Mask = balanced[group]
    return both[:n], both[n:]


def first_difference(pairs: Sequence[tuple[Rows, Rows]], n_people: int) -> Instants:
    """For each person the first instant of a row that is known and was not made or the other way; NEVER where all is
    the same. What was made up to it is right."""
    found = np.full(n_people, NEVER, np.int64)
    for known, made in pairs:
        for rows, both in zip((known, made), in_both(known, made), strict=True):
            np.minimum.at(found, rows[0][~both], rows[1][~both])
    return found


def to_go_on_with(known: Rows, made: Rows, right_until: Instants) -> Mask:
    """The rows made that are right, or that did not move when something before them did.

    One that moves is often the echo of a guess that was wrong, and would move on for ever by a microsecond a wave.
    """
    _, stood = in_both(known, made)
    kept: Mask = stood | (made[1] <= right_until[made[0]])
    return kept
