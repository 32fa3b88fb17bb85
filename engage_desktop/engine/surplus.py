"""Events beyond what a person may do in a second: journeys with enforced limits do not hear them (J2-39)."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.added import AddedLog
from engage_desktop.engine.arrays import Mask
from engage_desktop.engine.source import Log

MOST_EVENTS = 25
"""Of one person in one whole UTC second; the newest are surplus (AMB-19)."""


def surplus_of(log: Log) -> Mask | None:
    """By row: is it beyond the 25th event of its person's second? None where no row is. What a run made is not counted."""
    if isinstance(log, AddedLog):
        logged = surplus_of(log.log)
        if logged is None:
            return None
        found = np.zeros(log.n_events, np.bool_)
        found[log.rows_of_log(np.flatnonzero(logged))] = True
        return found
    # row i is surplus <=> row i - 25 is of the same person and second, for a person's rows ascend in time
    second = np.asarray(log.time) // 1_000_000
    late = np.flatnonzero(second[MOST_EVENTS:] == second[:-MOST_EVENTS]) + MOST_EVENTS
    start = np.asarray(log.profile_start)
    late = late[late - MOST_EVENTS >= start[np.searchsorted(start, late, "right") - 1]]
    if not late.size:
        return None
    found = np.zeros(len(second), np.bool_)
    found[late] = True
    return found
