"""`send`, `ad` and `end`: nothing to decide, the fold does what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.step import Ad, End, Send
from engage_desktop.engine.steps.base import Departures, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class SendStep:
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        return Departures(0)


@dataclass(frozen=True)
class AdStep:
    """On a list from arrival on, taken off it after a time whatever becomes of the instance."""

    remove_after_us: int | None
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        return Departures(0)


@dataclass(frozen=True)
class EndStep:
    """Its path ends as completed; `outcome` becomes the detail (D-50)."""

    outcome: str | None
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        return Departures(0)


def compile_send(step: Send, compiler: StepCompiler) -> SendStep:
    compiler.destination(step.destination, "destination")
    return SendStep()


def compile_ad(step: Ad, compiler: StepCompiler) -> AdStep:
    compiler.destination(step.destination, "destination")
    return AdStep(None if step.remove_after is None else compiler.duration(step.remove_after))


def compile_end(step: End, compiler: StepCompiler) -> EndStep:
    return EndStep(step.outcome)
