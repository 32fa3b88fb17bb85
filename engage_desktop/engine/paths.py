"""Several paths of one instance: which comes first, when all have ended, and what one's leave takes from the others.

Only journeys with a fork need it; elsewhere an instance is one token and ends when that does (D-14, D-46, D-50).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Mask, first_of_each
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.run import COMPLETED, EXITED, Table
from engage_desktop.engine.steps.base import EVENT, INSTANT
from engage_desktop.engine.steps.fork import ForkStep
from engage_desktop.engine.tokens import Tokens

AFTER_ALL = 127
"""The phase of the sending policy: after all movement of an instant (D-49)."""
_BITS, _TOP = 6, 54
"""Of a rank: room for 63 branches a fork, nine forks one in another."""


@dataclass(eq=False)
class Paths:
    """Bookkeeping of one walk of n instances."""

    journey: PlanJourney
    n: int
    inside: Mask = field(init=False)
    """Instances of which some path is still inside at the run's end."""

    def __post_init__(self) -> None:
        self.inside = np.zeros(self.n, np.bool_)
        self._ended: list[tuple[AnyArray, ...]] = []
        self._stops: list[tuple[AnyArray, ...]] = []
        self._depth = _fork_depths(self.journey)

    def branch(self, tokens: Tokens, place: int, branch: int) -> None:
        """Put tokens on a branch of the fork at `place`: of two paths in one moment the earlier branch comes first."""
        assert tokens.rank is not None
        tokens.rank = tokens.rank + (np.int64(branch + 1) << np.int64(_TOP - _BITS * self._depth[place]))

    def first_arrivals(self, tokens: Tokens) -> tuple[Tokens, Tokens]:
        """Those who reach a step as the first of their instance, and the paths that end there (D-14)."""
        order = np.lexsort((*_moment(tokens), tokens.instance))
        first = np.zeros(len(tokens), np.bool_)
        first[order[first_of_each(tokens.instance[order])]] = True
        if first.all():
            return tokens, tokens.take(~first)
        return tokens.take(first), tokens.take(~first)

    def ended(self, tokens: Tokens, outcome: int, *, by_step: bool) -> None:
        """A path is over. `outcome` is a code of the run's texts, `by_step` whether an end step gave it."""
        n = len(tokens)
        said = np.full(n, by_step, np.bool_), np.full(n, outcome, np.int32)
        row = np.where(tokens.on_event, tokens.row, -1)
        self._ended.append((tokens.instance, *_moment(tokens), row, *said, tokens.assumed))

    def dropped(self, tokens: Tokens, leave: Mask, rank: int) -> None:
        """A leave of the sending policy takes instances after all movement of its instant; `rank` orders those of one."""
        n = int(leave.sum())
        late = np.full(n, AFTER_ALL, np.int64)
        self._stops.append((tokens.instance[leave], np.full(n, -1), np.full(n, rank), late, late, tokens.time[leave]))

    def stopped(self, tokens: Tokens, detail: AnyArray | int) -> None:
        """An exit on arrival, or a leave in the midst of movement: what comes later in that very instant is nothing.
        `detail` is the code of what the instance then ended by."""
        self._stops.append((tokens.instance, np.broadcast_to(detail, len(tokens)), *_moment(tokens)))

    # -- at the end of the walk --------------------------------------------------------------

    def first_stops(self) -> Table:
        """Of each instance the earliest: its moment as columns `instance detail rank row phase time`."""
        names = ("instance", "detail", "rank", "row", "phase", "time")
        if not self._stops:
            return {name: np.empty(0, np.int64) for name in names}
        parts = [np.concatenate(parts).astype(np.int64) for parts in zip(*self._stops, strict=True)]
        instance, _, *moment = parts
        order = np.lexsort((*moment, instance))
        order = order[first_of_each(instance[order])]
        return {name: part[order] for name, part in zip(names, parts, strict=True)}

    def settle(self, time: AnyArray, row: AnyArray, outcome: AnyArray, detail: AnyArray, assumed: AnyArray) -> None:
        """Instances whose paths have all ended are completed with the last of them (D-14, D-50)."""
        if not self._ended:
            return
        parts = [np.concatenate(parts) for parts in zip(*self._ended, strict=True)]
        instance, *moment, rows, by_step, said, was_assumed = parts
        open_ = self.inside | (outcome == EXITED)
        order = np.lexsort((*moment, instance))
        last = order[np.append(first_of_each(instance[order])[1:], True)]
        last = last[~open_[instance[last]]]
        done = instance[last]
        time[done], row[done], outcome[done], detail[done] = moment[-1][last], rows[last], COMPLETED, -1
        told = order[by_step[order]]
        told = told[np.append(first_of_each(instance[told])[1:], True)] if len(told) else told
        told = told[~open_[instance[told]]]
        detail[instance[told]] = said[told]
        np.logical_or.at(assumed, instance, was_assumed)


def _moment(tokens: Tokens) -> tuple[AnyArray, AnyArray, AnyArray, AnyArray]:
    """Keys of a moment, the last one first (as lexsort has it): branch order, event, phase, instant (D-12, D-50)."""
    assert tokens.rank is not None
    assert tokens.phase is not None
    row = np.where(tokens.phase == EVENT, tokens.row, 0)
    return tokens.rank, row, tokens.phase, tokens.time


def _fork_depths(journey: PlanJourney) -> list[int]:
    """How many forks may lie before each step; steps are in topological order."""
    depth = [0] * len(journey.steps)
    for place, step in enumerate(journey.steps):
        below = depth[place] + isinstance(step.compiled, ForkStep)
        for target in step.targets:
            if target > place:
                depth[target] = max(depth[target], below)
    return depth


def moment_columns(tokens: Tokens, how: AnyArray | int = INSTANT, row: AnyArray | None = None) -> Table:
    """The moment in which tokens arrived, or with `how` (and the event's `row`) that in which they leave."""
    assert tokens.phase is not None
    phase = np.where(np.asarray(how) == INSTANT, tokens.phase, how)
    event = tokens.row if row is None else np.where(np.asarray(how) == INSTANT, tokens.row, row)
    return {"rank": tokens.rank, "row": np.where(phase == EVENT, event, 0), "phase": phase}  # type: ignore[dict-item]  # not None


def later(table: Table, stops: Table, n: int, time: str, prefix: str = "") -> Mask:
    """Which rows of a table lie later than the stop of their instance; `prefix` of the columns of their moment."""
    place = np.full(n, -1, np.int64)
    place[stops["instance"]] = np.arange(len(stops["instance"]))
    at = place[table["instance"]]
    found = np.zeros(len(at), np.bool_)
    same = at >= 0
    for column, name in (
        (time, "time"),
        (prefix + "phase", "phase"),
        (prefix + "row", "row"),
        (prefix + "rank", "rank"),
    ):
        mine, limit = table[column], stops[name][np.maximum(at, 0)] if len(stops[name]) else table[column]
        found |= same & (mine > limit)
        same = same & (mine == limit)
    return found


def without(table: Table, gone: Mask) -> Table:
    return table if not gone.any() else {name: column[~gone] for name, column in table.items()}
