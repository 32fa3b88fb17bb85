"""`split`: the first branch whose condition holds on arrival, else otherwise (D-14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.step import Split
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.steps.base import Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class SplitStep:
    conditions: tuple[Node, ...]
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        output = np.full(len(tokens), len(self.conditions), np.int8)  # otherwise follows the branches
        for index in reversed(range(len(self.conditions))):
            output[view.holds(self.conditions[index], tokens)] = index
        return Departures(output)


def compile_split(step: Split, compiler: StepCompiler) -> SplitStep:
    return SplitStep(
        tuple(compiler.condition(branch.condition, f"branches.{branch.key}.condition") for branch in step.branches)
    )
