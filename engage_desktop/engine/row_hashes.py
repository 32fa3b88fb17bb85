"""Rows of several columns as one number each, and people's rows as one sum: to see quickly whose rows are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.draw import Hashes, mix_array


def row_hashes(columns: Sequence[AnyArray]) -> Hashes:
    """Equal for equal rows."""
    found = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        found = mix_array(found ^ column.astype(np.int64).view(np.uint64))
    return found


def sums_of_people(profile: AnyArray, hashes: Hashes, n: int) -> AnyArray:
    """Of each person the sum over their rows, whatever the order; rows may stand anywhere."""
    low = np.bincount(profile, (hashes & np.uint64(0xFFFFFF)).astype(np.float64), minlength=n)
    high = np.bincount(profile, ((hashes >> np.uint64(24)) & np.uint64(0xFFFFFF)).astype(np.float64), minlength=n)
    found: AnyArray = low + 1j * high  # whole numbers far below 2^53: exact
    return found
