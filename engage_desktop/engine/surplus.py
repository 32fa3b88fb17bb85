"""Events beyond what a person may do in a second: journeys with enforced limits do not hear them (J2-39)."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.added import AddedLog
from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Rows
from engage_desktop.engine.few import Few
from engage_desktop.engine.source import Log

MOST_EVENTS = 25
"""Of one person in one whole UTC second; the newest are surplus (AMB-19)."""


def surplus_of(log: Log) -> Mask | None:
    """By row: is it beyond the 25th event of its person's second? None where no row is. What a run made is not counted."""
    if isinstance(log, AddedLog):
        logged = surplus_of(log.log)
        late = None if logged is None else log.rows_of_log(np.flatnonzero(logged))
    elif isinstance(log, Few):
        own = log.rows_not_made()
        late = _late(np.asarray(log.time)[own], np.searchsorted(own, log.profile_start))
        late = None if late is None else own[late]
    else:
        late = _late(np.asarray(log.time), np.asarray(log.profile_start))
    if late is None:
        return None
    found = np.zeros(log.n_events, np.bool_)
    found[late] = True
    return found


def _late(time: Instants, start: AnyArray) -> Rows | None:
    """Row i is surplus if row i - 25 is of the same person and second, for a person's rows ascend in time."""
    second = time // 1_000_000
    late = np.flatnonzero(second[MOST_EVENTS:] == second[:-MOST_EVENTS]) + MOST_EVENTS
    late = late[late - MOST_EVENTS >= start[np.searchsorted(start, late, "right") - 1]]
    return late if late.size else None
