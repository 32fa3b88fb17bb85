"""When a block of calls happened and was received (D-2, D-47, EV-1)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call
from engage_desktop.events.instants import INVALID, MISSING_TIME, parse_instants
from engage_desktop.events.rejects import NO_TIME, Fault, bad_time

AT_START: Final = INVALID + 2
"""In place of an instant: the first one of all logs read together, known only at their end."""
_AHEAD_US: Final = 86_400_000_000


def times_of(
    calls: list[Call], faults: dict[int, Fault], *, undated: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Timestamp and receivedAt, int64 each, each standing in for the other where that one is missing
    (D-2, D-47). What cannot be told goes into `faults`, by position. `undated`: all are AT_START."""
    if undated:
        return np.full(len(calls), AT_START), np.full(len(calls), AT_START)
    time = parse_instants([call.timestamp for call in calls])
    received = parse_instants([call.receivedAt for call in calls])
    for i in np.nonzero(time == INVALID)[0].tolist():
        faults.setdefault(i, bad_time("timestamp", calls[i].timestamp))
    for i in np.nonzero(received == INVALID)[0].tolist():
        faults.setdefault(i, bad_time("receivedAt", calls[i].receivedAt))
    missing = time == MISSING_TIME
    if missing.any():
        time = np.where(missing, received, time)
        at = np.nonzero(missing & (received != MISSING_TIME) & (received != INVALID))[0]
        time[at] -= _skew([calls[i] for i in at.tolist()])
    received = np.where(received == MISSING_TIME, time, received)
    for i in np.nonzero(time == MISSING_TIME)[0].tolist():
        faults.setdefault(i, NO_TIME)
    return time, received


def _skew(calls: list[Call]) -> NDArray[np.int64]:
    """EV-1: sentAt - originalTimestamp, how long a call waited by its own clock; 0 where either is not known."""
    sent, original = (
        parse_instants([text if isinstance(text, str) else None for text in texts])
        for texts in ([call.sentAt for call in calls], [call.originalTimestamp for call in calls])
    )
    known = (sent > MISSING_TIME) & (original > MISSING_TIME)
    return np.where(known, sent - original, 0)


def ahead(time: NDArray[np.int64], received: NDArray[np.int64]) -> NDArray[np.intp]:
    """Positions of calls dated more than a day after they were received: a wrong clock, or a made-up date."""
    return np.nonzero(time - received > _AHEAD_US)[0]


def place_at_start(
    time: NDArray[np.int64], received: NDArray[np.int64], file: str | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the calls without a time of their own the first instant of the others. `file` is the first that
    holds such calls, for the sentence when there are no others."""
    undated = time == AT_START
    if not undated.any():
        return time, received
    if undated.all():
        raise InputError(
            f"{file} holds people without a time, and no log was read with it from whose first instant they could "
            "count. Import it together with an event log, or give it a `timestamp` column. If its rows are events, "
            "name the column of the event: --map your_column=event."
        )
    first = time[~undated].min()
    return np.where(undated, first, time), np.where(undated, first, received)
