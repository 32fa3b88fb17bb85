"""Who reached the goal of a journey, and what it was worth, up to any instant.

A goal moves nobody (D-18), so it is read beside the run: the same reading as an experiment's
metric `goal`, counted from each entry instead of from a split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.metrics import event_ranges, matching_rows, numeric_values, parse_metric
from engage_desktop.analysis.playback import firsts
from engage_desktop.language.printer import split_path

if TYPE_CHECKING:
    from engage_desktop.domain.journey import Journey
    from engage_desktop.engine import Run
    from engage_desktop.engine.run import Table
    from engage_desktop.events import EventStore

Instants = NDArray[np.int64]
_DECIMALS = 10_000
_EXACT_UP_TO = float(2**53)


@dataclass(frozen=True, eq=False)
class GoalColumns:
    """`reached`: the first goal of each person who has one; `events`: goal events later than an entry
    and within its window, each once. Both sorted. `totals[n]` is the value of the first n events, None
    where the goal names no value."""

    reached: Instants
    events: Instants
    totals: NDArray[np.float64] | None


def goal_columns(journey: Journey, instances: Table, run: Run, store: EventStore) -> GoalColumns | None:
    """Find the goals of one journey's instances; None without a goal, UserError where it cannot be read.

    Goal events count with entered_at < timestamp <= entered_at + within, up to the run's end (D-3).
    """
    goal = journey.goal
    if goal is None:
        return None
    metric = parse_metric("goal", journey, store)
    rows, keep = matching_rows(metric, run, store)
    profile, since = instances["profile"], instances["entered_at"]
    end = np.full(len(since), run.window[1], np.int64)
    if metric.within_us is not None:
        end = np.minimum(end, since + metric.within_us)
    low, high = event_ranges(store, rows, profile, since), event_ranges(store, rows, profile, np.maximum(end, since))
    time = np.asarray(store.time)[rows]
    found = low < high
    covered = np.cumsum(
        np.bincount(low[found], minlength=len(rows) + 1) - np.bincount(high[found], minlength=len(rows) + 1)
    )[:-1]
    at = np.flatnonzero(covered)
    at = at[np.argsort(time[at], kind="stable")]
    totals = None
    if goal.value is not None:
        value = numeric_values(store, goal.event, split_path(goal.value))[0][keep][at]
        totals = np.concatenate([[0.0], _running(value)])
    return GoalColumns(np.sort(firsts(profile[found], time[low[found]])), time[at], totals)


def _running(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running sums, exact for values of at most four decimals (D-40)."""
    scaled = np.rint(value * _DECIMALS)
    if (scaled / _DECIMALS == value).all() and np.abs(scaled).sum() < _EXACT_UP_TO:
        return np.asarray(np.cumsum(scaled.astype(np.int64)) / _DECIMALS)
    return np.cumsum(value)
