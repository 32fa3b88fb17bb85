"""`delay`: a fixed time, then on."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.step import Delay
from engage_desktop.engine.steps.base import TIMER, Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class DelayStep:
    duration_us: int
    waits: bool = True

    def depart(self, tokens: Tokens, view: View) -> Departures:
        return Departures(0, TIMER, tokens.time + self.duration_us)


def compile_delay(step: Delay, compiler: StepCompiler) -> DelayStep:
    return DelayStep(compiler.duration(step.duration))
