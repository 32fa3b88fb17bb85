"""`fork`: every branch waits for its own condition and sends the instance down a path of its own (D-14, D-54)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.step import Fork
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.steps.base import CONDITION, INSTANT, Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class ForkStep:
    conditions: tuple[Node, ...]
    waits: bool = True

    def depart(self, tokens: Tokens, view: View, branch: int = 0) -> Departures:
        """When a branch takes each token along; the others are asked one by one."""
        time, at_once = view.first_holding(self.conditions[branch], tokens)
        return Departures(branch, np.where(at_once, np.int8(INSTANT), np.int8(CONDITION)), time)


def compile_fork(step: Fork, compiler: StepCompiler) -> ForkStep:
    return ForkStep(
        tuple(compiler.condition(branch.condition, f"branches.{branch.key}.condition") for branch in step.branches)
    )
