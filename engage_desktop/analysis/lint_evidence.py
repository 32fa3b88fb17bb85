"""What lints look at: one run, its log, and what conditions mean on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.playback import JourneyColumns
from engage_desktop.domain.errors import Cancelled
from engage_desktop.domain.problem import Problem
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.coupling import makes
from engage_desktop.engine.waves import touched

if TYPE_CHECKING:
    from engage_desktop.domain.step import StepBase
    from engage_desktop.engine import LeafCache, Run
    from engage_desktop.engine.definitions import Node
    from engage_desktop.engine.intervals import Intervals
    from engage_desktop.engine.plan import PlanJourney
    from engage_desktop.engine.run import Table
    from engage_desktop.events import EventStore

Mask = NDArray[np.bool_]
Instants = NDArray[np.int64]
FEWEST = 10
"""People without whom nothing is said of what nobody does: that three did not do it is chance."""


@dataclass(frozen=True, eq=False)
class Found:
    """A problem of a design on this log, the people it names (profiles, ascending, each once), and for each the instant
    that is meant."""

    problem: Problem
    people: NDArray[np.int32]
    at: Instants


NOBODY = (np.zeros(0, np.int32), np.zeros(0, np.int64))


def people_of(profile: NDArray[Any], at: Instants) -> tuple[NDArray[np.int32], Instants]:
    """Each person once, with the earliest instant."""
    order = np.lexsort((at, profile))
    who, when = profile[order], at[order]
    first = np.concatenate([[True], who[1:] != who[:-1]]) if len(who) else np.zeros(0, np.bool_)
    return who[first].astype(np.int32), when[first].astype(np.int64)


class Evidence:
    """Reads are made once and kept. `cancelled` is asked before each of the longer ones."""

    def __init__(
        self, run: Run, store: EventStore, cache: LeafCache | None, cancelled: Callable[[], bool] | None
    ) -> None:
        self.run, self.store, self._cancelled = run, store, cancelled
        self.campaigns = run.plan.campaigns
        self.plain = Conditions(store, run.plan.meanings, cache, cancelled)
        self._columns: dict[int, JourneyColumns] = {}

    def go_on(self) -> None:
        """Raises Cancelled where a newer design waits."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Stopped.")

    @property
    def journeys(self) -> Iterator[tuple[PlanJourney, JourneyColumns]]:
        """Those that ran, in file order."""
        for one in self.run.plan.journeys:
            if self.run.only is None or one.journey.key in self.run.only:
                self.go_on()
                if one.index not in self._columns:
                    self._columns[one.index] = JourneyColumns(self.run, one.index)
                yield one, self._columns[one.index]

    @cached_property
    def _written(self) -> Conditions:
        """With what the run set and made."""
        assert self.run.made is not None
        return Conditions(self.run.made.shown(self.store), self.run.plan.meanings, None, self._cancelled)

    def conditions_on(self, event: str) -> Conditions:
        """Over the log in which all events of a name stand: those that messages make too."""
        return self._written if event in self.made_names and self.run.made is not None else self.plain

    def is_written(self, node: Node) -> bool:
        """Whether a condition depends on what the run set or made."""
        made = self.run.made
        return made is not None and touched(node, self.run.plan.meanings, made)

    def intervals(self, node: Node) -> Intervals:
        """When a condition about people holds, as everybody saw it in the run."""
        return (self._written if self.is_written(node) else self.plain).intervals(node)

    @cached_property
    def made_names(self) -> frozenset[str]:
        """Of the events that messages may make; their properties are the run's (D-54)."""
        plan = self.run.plan
        sent = (variant.message.events for one in plan.broadcasts for variant in one.variants)
        return frozenset().union(*map(makes, plan.journeys), *sent)

    @property
    def event_names(self) -> frozenset[str]:
        """Of the log, and of what messages may make."""
        return self.made_names | set(self.store.event_names)

    def code(self, branch: str) -> int:
        """Of a branch key in the run's tables; one that no row has where nobody took it."""
        return self.run.texts.index(branch) if branch in self.run.texts else -2

    def in_window(self, time: Instants) -> Mask:
        mask: Mask = (time >= self.run.window[0]) & (time <= self.run.window[1])
        return mask


class ByStep:
    """A table of one journey with its rows of each step at hand: asked step by step, a mask each would look at all."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._order = np.argsort(table["step"], kind="stable")
        skipped = int((table["step"] < 0).sum())
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(table["step"][table["step"] >= 0]))]) + skipped

    def rows(self, index: int) -> NDArray[np.intp]:
        """Ascending."""
        last = len(self._ends) - 1
        return self._order[self._ends[min(index, last)] : self._ends[min(index + 1, last)]]


def named(step: StepBase) -> str:
    """How sentences name a step."""
    return f"“{step.name or step.key}”"


def instance_keys(table: Table) -> NDArray[np.int64]:
    """One number for each instance of one journey."""
    keys: NDArray[np.int64] = table["profile"].astype(np.int64) << 32 | table["instance"]
    return keys


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
