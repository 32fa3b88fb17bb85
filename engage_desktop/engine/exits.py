"""When each instance is taken out by an exit rule: known before it takes a step (D-18, D-50)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import NEVER, Instants, Rows
from engage_desktop.engine.plan import PlanExit
from engage_desktop.engine.tokens import Entries
from engage_desktop.engine.view import View


@dataclass(frozen=True, eq=False)
class ExitTimes:
    """Per instance the first exit by event (`row`, its `row_time`) and the first by condition
    or age (`deadline`); `row_rule`, `deadline_rule` index the journey's exits. None where the
    journey has no such rule. An absent exit is `no_row` and NEVER."""

    row: Rows | None
    row_time: Instants | None
    row_rule: NDArray[np.int8] | None
    deadline: Instants | None
    deadline_rule: NDArray[np.int8] | None


def exit_times(
    exits: tuple[PlanExit, ...], entries: Entries, view: View, identifier: tuple[str, ...] | None = None
) -> ExitTimes:
    """The exits of all instances; an event counts when it is later than the entry (D-13, D-18)."""
    n = len(entries)
    row = row_time = row_rule = deadline = deadline_rule = None
    for index, rule in enumerate(exits):
        if rule.event is not None:
            if row is None or row_rule is None:
                row, row_rule = np.full(n, view.no_row, np.int64), np.zeros(n, np.int8)
                after = entries.row if entries.by_event else view.first_row_after(entries.profile, entries.time) - 1
            found = view.next_for_entries(rule, entries, after, identifier)
            earlier = found < row  # of rules for one event the first in list order
            row[earlier] = found[earlier]
            row_rule[earlier] = index
            continue
        if deadline is None or deadline_rule is None:
            deadline, deadline_rule = np.full(n, NEVER, np.int64), np.zeros(n, np.int8)
        if rule.condition is not None:
            at = view.first_holding_of(rule.condition, entries, view.names)
        else:
            at = entries.time + (rule.after_us or 0)
        sooner = at < deadline
        deadline[sooner] = at[sooner]
        deadline_rule[sooner] = index
    if row is not None:
        row_time = view.time_of(row)
    return ExitTimes(row, row_time, row_rule, deadline, deadline_rule)
