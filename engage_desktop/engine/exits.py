"""When each instance is taken out by an exit rule: known before it takes a step (D-18, D-50).

Under enforced limits a year of age is one more rule, after the journey's own (J2-38).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import SendMessage
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Rows
from engage_desktop.engine.plan import PlanExit, PlanJourney
from engage_desktop.engine.run import ASSUMED, DROPPED, ENTRY_SENT, EXITED, EXPIRED, Table, Texts
from engage_desktop.engine.tokens import Entries
from engage_desktop.engine.view import View

if TYPE_CHECKING:
    from engage_desktop.engine.left_behind import WalkResult

LONGEST_US = 365 * 86_400_000_000
"""An instance is not older than that where limits are enforced (J2-38)."""
_EXPIRY = PlanExit("", after_us=LONGEST_US)
_EXPIRED = -2
"""Stands for the text of the expiry while instances walk: it is an exit until all is settled."""


def rules_of(journey: PlanJourney) -> tuple[PlanExit, ...]:
    """What takes instances out, in the order in which rules of one instant are looked at."""
    return (*journey.exits, _EXPIRY) if journey.journey.enforce_limits else journey.exits


def texts_of(rules: tuple[PlanExit, ...], texts: Texts) -> NDArray[np.int32]:
    """What `detail` says of each rule, by code; never empty."""
    codes = [_EXPIRED if rule is _EXPIRY else texts.code(rule.key) for rule in rules]
    return np.array(codes or [-1], np.int32)


def expire(outcome: AnyArray, detail: AnyArray) -> None:
    """Say of those whom the expiry took that they expired; it has no detail (D-21)."""
    old = detail == _EXPIRED
    outcome[old], detail[old] = EXPIRED, -1


def left_by_policy(journey: Journey, outcome: AnyArray, detail: AnyArray, code: Callable[[str], int]) -> Mask:
    """Which instances a dropped message took: after all movement of their instant (D-49). `code` of a text of the run."""
    leaves = [one.key for one in journey.steps if isinstance(one, SendMessage) and one.when_not_sent == "leave"]
    if not leaves:
        return np.zeros(len(outcome), np.bool_)
    found: Mask = (outcome == EXITED) & np.isin(detail, [code(f"step:{key}") for key in leaves])
    return found


def sends(journey: PlanJourney, entries: Entries, result: WalkResult, view: View, texts: Texts) -> Iterator[Table]:
    """What exit rules tell their destinations of those whom they took (J2-32), as rows of `deliveries`."""
    if all(rule.send is None for rule in journey.journey.exits):
        return
    ends = result.ends
    assumed = _by_assumption(journey, result)
    for place, rule in enumerate(journey.journey.exits):
        if rule.send is not None:
            gone = np.flatnonzero((ends.outcome == EXITED) & (ends.detail == texts.code(rule.key)))
            profile, time = entries.profile[gone], ends.time[gone]
            yield {
                "instance": gone,
                "step": np.full(len(gone), -1 - place, np.int16),
                "changed_at": time,
                "entered_at": entries.time[gone],
                "kind": assumed[gone].astype(np.int8),
                "change": np.full(len(gone), ENTRY_SENT, np.int8),
                "entry_event": view.place_of(profile, entries.row[gone] if entries.by_event else None),
                "exit_event": view.place_of(profile, ends.row[gone] if rule.event is not None else None),
            }


def _by_assumption(journey: PlanJourney, result: WalkResult) -> Mask:
    """The instances that a dropped message would have ended before: it was not dropped, but by assumption alone (D-27)."""
    found = np.zeros(len(result.ends.time), np.bool_)
    leaves = np.array([getattr(step, "when_not_sent", "") == "leave" for step in journey.journey.steps], np.bool_)
    for rows in result.messages:
        leant = leaves[rows["step"]] & (rows["kind"] == ASSUMED) & (rows["status"] != DROPPED)
        leant &= rows["due_at"] < result.ends.time[rows["instance"]]
        found[rows["instance"][leant]] = True
    return found


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
            if view.siblings is not None:
                at = view.siblings.exits(rule.condition, at)
        else:
            at = entries.time + (rule.after_us or 0)
        sooner = at < deadline
        deadline[sooner] = at[sooner]
        deadline_rule[sooner] = index
    if row is not None:
        row_time = view.time_of(row)
    return ExitTimes(row, row_time, row_rule, deadline, deadline_rule)
