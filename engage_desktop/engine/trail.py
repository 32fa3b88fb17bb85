"""Who arrived where on a walk, kept so that an edit of a step begins there and not at the entry (`resume`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from engage_desktop.engine.exits import ExitTimes
from engage_desktop.engine.left_behind import WalkResult
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.steps.fork import ForkStep
from engage_desktop.engine.tokens import Entries, Tokens
from engage_desktop.engine.walk import Walk

MOST_BYTES = 128 * 1024 * 1024
"""Of arrivals that a walk may keep, and of those before it that a run has: more are forgotten, and edits then begin at
the entry."""


class Arrival(NamedTuple):
    """Tokens that came from one step (None: from the entry) to another, by key."""

    origin: str | None
    target: str
    tokens: Tokens


@dataclass(frozen=True, eq=False)
class Trail:
    """The entries of a walk, numbered as the rows of `instances`, their exits, and all arrivals but those of loops."""

    entries: Entries
    exits: ExitTimes
    arrivals: tuple[Arrival, ...]

    @property
    def nbytes(self) -> int:
        return sum(map(_bytes_of, (self.entries, self.exits, *(one.tokens for one in self.arrivals))))


def _bytes_of(columns: object) -> int:
    return sum(one.nbytes for one in vars(columns).values() if isinstance(one, np.ndarray))


def has_room(trails: Mapping[str, Trail]) -> bool:
    """Whether a run that keeps these may keep another."""
    return sum(one.nbytes for one in trails.values()) < MOST_BYTES


def leaves_trail(journey: PlanJourney) -> bool:
    """Whether all instances set out together, each on one path, and none looks at another."""
    one_walk = journey.entry.mode != "after_exit" and journey.entry.identifier is None
    forks = any(isinstance(step.compiled, ForkStep) for step in journey.steps)
    return one_walk and not (forks or journey.own or journey.journey.enforce_limits)


class TracedWalk(Walk):
    """A walk that remembers the arrivals as long as there is room."""

    def __init__(self, *asked: Any) -> None:
        super().__init__(*asked)
        self.arrivals: list[Arrival] | None = []
        self._room = MOST_BYTES

    def run(self) -> WalkResult:
        result = super().run()
        if self.arrivals is not None:
            result.trail = Trail(self.entries, self.exits, tuple(self.arrivals))
        return result

    def _arrive(self, tokens: Tokens, target: int, origin: int, *, first: bool = False) -> list[Tokens]:
        before = len(self.pending[target]) if target >= 0 else 0
        back = super()._arrive(tokens, target, origin, first=first)
        if target >= 0 and len(self.pending[target]) > before and self.arrivals is not None:
            arrived = self.pending[target][-1]
            self._room -= _bytes_of(arrived)
            where = None if origin < 0 else self.journey.journey.steps[origin].key
            self.arrivals.append(Arrival(where, self.journey.steps[target].key, arrived))
            if self._room < 0:
                self.arrivals = None
        return back
