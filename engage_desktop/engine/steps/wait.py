"""`wait`: until a condition holds, at once when it already does (D-13)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.step import Wait
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.steps.base import CONDITION, INSTANT, TIMER, Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class WaitStep:
    condition: Node
    timeout_us: int | None
    waits: bool = True

    def depart(self, tokens: Tokens, view: View) -> Departures:
        time, at_once = view.first_holding(self.condition, tokens)
        how = np.where(at_once, np.int8(INSTANT), np.int8(CONDITION))
        if self.timeout_us is None:
            return Departures(0, how, time)
        deadline = tokens.time + self.timeout_us
        late = time > deadline  # waits are looked at before timers (D-12)
        how[late] = TIMER
        output = np.where(late, np.int8(0), np.int8(1))  # outputs: timeout, next
        return Departures(output, how, np.minimum(time, deadline))


def compile_wait(step: Wait, compiler: StepCompiler) -> WaitStep:
    timeout = None if step.timeout is None else compiler.duration(step.timeout)
    return WaitStep(compiler.condition(step.condition, "condition"), timeout)
