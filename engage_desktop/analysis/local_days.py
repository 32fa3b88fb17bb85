"""Instants as days and ISO weeks of a zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.calendar import DAY_US, offsets

_MONDAY = 3
"""The epoch was a Thursday: the Monday before it lies three days back."""


def local_days(instants: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Whole days since 1 January 1970 as the zone's clock shows them."""
    if not len(instants):
        return np.empty(0, np.int64)
    days: NDArray[np.int64] = offsets(zone, instants).local(instants) // DAY_US
    return days


def weeks(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weeks, from Monday on, counted from the one of the epoch."""
    found: NDArray[np.int64] = (days + _MONDAY) // 7
    return found


def monday(week: int) -> int:
    """The day on which a week begins."""
    return week * 7 - _MONDAY
