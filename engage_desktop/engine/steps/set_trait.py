"""`set_trait`: the step itself takes no time; what it writes is read from its visits (D-37, D-51, `engine/writes.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage_desktop.domain.step import SetTrait
from engage_desktop.engine.steps.base import Departures, StepCompiler

if TYPE_CHECKING:
    from engage_desktop.engine.tokens import Tokens
    from engage_desktop.engine.view import View  # which sees what is set, and so knows this step


@dataclass(frozen=True)
class SetTraitStep:
    """Writes a user trait as a whole; a `value` of None removes it."""

    trait: str
    value: str | float | bool | None
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        return Departures(0)


def compile_set_trait(step: SetTrait, compiler: StepCompiler) -> SetTraitStep:
    compiler.written(step.trait, "trait")
    return SetTraitStep(step.trait, step.value)
