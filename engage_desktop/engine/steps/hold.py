"""`hold`: the first matching event takes its branch, else the timeout (D-12, D-13, D-15)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.step import Hold
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.steps.base import EVENT, TIMER, Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View

MAX_PASSES = 100
"""A hold is passed at most so often; after that its loop branches are deaf (D-15, D-46)."""


@dataclass(frozen=True)
class HoldListener:
    event: str
    where: Node | None
    loop: bool
    any_identifier: bool = False


@dataclass(frozen=True)
class HoldStep:
    branches: tuple[HoldListener, ...]
    timeout_us: int
    identifier: tuple[str, ...] | None = None
    waits: bool = True

    def depart(self, tokens: Tokens, view: View, *, loops: bool = True) -> Departures:
        """`loops` False: loop branches are ignored, the hundredth pass is used up."""
        view.settle_rows(tokens)
        deadline = tokens.time + self.timeout_us
        best = np.full(len(tokens), view.no_row, np.int64)
        output = np.full(len(tokens), len(self.branches), np.int8)  # the timeout follows the branches
        for index, branch in enumerate(self.branches):
            if branch.loop and not loops:
                continue
            path = None if branch.any_identifier else self.identifier
            row = view.next_for_tokens(branch.event, branch.where, tokens, deadline, path)
            earlier = row < best  # an event of two branches takes the first in list order
            best[earlier] = row[earlier]
            output[earlier] = index
        time = view.time_of(best)
        late = time > deadline  # an event at the deadline still counts
        output[late] = len(self.branches)
        how = np.where(late, np.int8(TIMER), np.int8(EVENT))
        return Departures(output, how, np.minimum(time, deadline), best)


def compile_hold(step: Hold, compiler: StepCompiler) -> HoldStep:
    branches = tuple(
        HoldListener(
            branch.event,
            compiler.where(branch.where, f"branches.{branch.key}.where"),
            branch.loop,
            branch.any_identifier,
        )
        for branch in step.branches
    )
    return HoldStep(branches, compiler.duration(step.timeout), compiler.context.identifier)
