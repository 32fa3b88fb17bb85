"""What a walk leaves behind: how instances ended, and the rows of messages and deliveries that steps make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Rows
from engage_desktop.engine.plan import PlanJourney, PlanStep
from engage_desktop.engine.run import SENT, Table
from engage_desktop.engine.steps.base import MessageRows
from engage_desktop.engine.tokens import Tokens

if TYPE_CHECKING:
    from engage_desktop.engine.trail import Trail
    from engage_desktop.engine.view import View


@dataclass(eq=False)
class Ends:
    """How each instance of a walk ended. `row` is the event it ended on, -1 where it ended in a
    later phase of `time`; `time` NEVER while active."""

    time: Instants
    row: Rows
    outcome: NDArray[np.int8]
    detail: NDArray[np.int32]
    assumed: Mask
    by_rule: Mask
    """Exited by a rule of the journey, not by a leave."""
    after_all: Mask | None = None
    """Taken after all movement of their instant (`exits.left_by_policy`); set when all is settled."""


@dataclass(eq=False)
class WalkResult:
    """Ends by instance; visit, message, delivery and wire batches whose `instance` indexes the entries."""

    ends: Ends
    visits: list[Table] = field(default_factory=list)
    messages: list[Table] = field(default_factory=list)
    deliveries: list[Table] = field(default_factory=list)
    wires: list[Table] = field(default_factory=list)
    """Outputs taken, of journeys with forks only: elsewhere the visits say it."""
    sets: list[Table] = field(default_factory=list)
    """Traits set, where several paths of an instance may see it (`siblings`)."""
    trail: Trail | None = None
    """Who arrived where, of a walk that remembers it (`trail`)."""


def message_rows(step: PlanStep, tokens: Tokens, rows: MessageRows) -> Table:
    """Messages due where tokens arrive."""
    return {
        "instance": tokens.instance,
        "step": np.full(len(tokens), step.index, np.int16),
        "due_at": tokens.time,
        "sent_at": np.where(rows.status == SENT, tokens.time, NEVER),
        "status": rows.status,
        "reason": rows.reason,
        "kind": (rows.assumed | tokens.assumed).astype(np.int8),
        "leans": tokens.assumed,
        "next_at": rows.next_at,
    }


def delivery_rows(view: View, step: PlanStep, tokens: Tokens, at: Instants, change: int) -> Table:
    """What a destination is told of tokens that arrive at a step."""
    return {
        "instance": tokens.instance,
        "step": np.full(len(tokens), step.index, np.int16),
        "changed_at": at,
        "caused_at": tokens.time,
        "entered_at": tokens.entered_at,
        "kind": tokens.assumed.astype(np.int8),
        "change": np.full(len(tokens), change, np.int8),
        "entry_event": view.place_of(tokens.profile, tokens.entry_row),
        "exit_event": view.place_of(tokens.profile, None),
    }


def after_message(step: PlanStep, moved: Tokens, rows: MessageRows, at: AnyArray, ranks: AnyArray) -> Mask | None:
    """A dropped message may end the instance after this instant; one that goes on only by assumption makes all that
    follows assumed. Returns which of the tokens moved are to leave, None where none is. `ranks`: see `leave_ranks`."""
    if rows.leave is None:
        return None
    leave = rows.leave[at]
    moved.assumed = moved.assumed | (rows.assumed[at] & ~leave)
    if not leave.any():
        return None
    if moved.leave_at is None or moved.leave_step is None:
        moved.leave_at = np.full(len(moved), NEVER, np.int64)
        moved.leave_step = np.full(len(moved), -1, np.int16)
    # Of two dropped in one instant the one that the policy looks at first is named (D-24).
    named = leave & ((moved.leave_step < 0) | (ranks[step.index] < ranks[moved.leave_step]))
    moved.leave_at = np.where(named, moved.time, moved.leave_at)
    moved.leave_step = np.where(named, np.int16(step.index), moved.leave_step)
    return leave


def leave_ranks(journey: PlanJourney) -> AnyArray:
    """Order in which the policy looks at messages of one instance due at one instant, by step."""
    steps = journey.journey.steps
    priority = [getattr(step, "priority", None) for step in steps]
    own = [journey.journey.priority if one is None else one for one in priority]
    order = sorted(range(len(steps)), key=lambda at: (-own[at], steps[at].key))
    ranks = np.zeros(len(steps) + 1, np.int32)
    ranks[order] = np.arange(len(steps))
    return ranks
