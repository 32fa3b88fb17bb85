"""What a step is to the engine: a function from arrivals to departures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import Instants, Mask, Rows

if TYPE_CHECKING:
    from engage_desktop.domain.step import SendMessage
    from engage_desktop.engine.definitions import Node, Side
    from engage_desktop.engine.policies import PlanPolicies
    from engage_desktop.engine.sends import PlanMessage
    from engage_desktop.engine.tokens import Tokens
    from engage_desktop.engine.view import View

INSTANT, EVENT, CONDITION, TIMER, ENTRY = range(5)
"""How a token leaves: at once on arrival, on an event, when a condition begins to hold, by a
timer. After the first, these are the phases of an instant in their order (D-12); in the last one
people enter by audience or schedule."""


@dataclass(eq=False)
class Departures:
    """Where and when each token would leave if nothing ended its instance first.

    All arrays are aligned to the tokens asked about. `output` indexes `domain.step.outputs`.
    `time` is NEVER where a token stays for ever. `row` is the event left on (how == EVENT).
    `how` may be one number for all. For `how == INSTANT`, `time` is not read and may be None.
    """

    output: NDArray[np.int8] | int
    how: NDArray[np.int8] | int = INSTANT
    time: Instants | None = None
    row: Rows | None = None
    leave: Mask | None = None
    """Tokens whose instance ends here and now instead of moving on (how is INSTANT)."""
    on_holdout: Mask | None = None
    """Tokens that from here on travel on a branch with role holdout."""
    messages: MessageRows | None = None


@dataclass(eq=False)
class MessageRows:
    """What becomes of one message per token when it is due: codes of `run.STATUSES`, `run.REASONS` (-1 = none), what
    those that wait wait for (else NEVER); `leave` tokens end at this instant, after all movement (D-49)."""

    status: NDArray[np.int8]
    reason: NDArray[np.int8]
    assumed: Mask
    leave: Mask | None
    next_at: Instants


class CompiledStep(Protocol):
    """A step with its texts understood. `waits` is False where every departure is INSTANT."""

    @property
    def waits(self) -> bool: ...

    def depart(self, tokens: Tokens, view: View) -> Departures:
        """Where each token goes, all at once."""
        ...


class StepCompiler(Protocol):
    """What a step may ask of the compiler. Faults are noted there, a harmless value comes back."""

    def condition(self, text: str, field: str) -> Node: ...
    def where(self, text: str | None, field: str) -> Node | None: ...
    def duration(self, text: str) -> int: ...
    def destination(self, key: str, field: str) -> None: ...
    def remembered(self, path: str) -> bool: ...
    def value(self, trait: str, field: str) -> Side: ...
    def written(self, trait: str, field: str) -> None: ...
    def fault(self, field: str, message: str, mend: str) -> None: ...
    @property
    def context(self) -> StepContext: ...


@dataclass(frozen=True)
class StepContext:
    """The surroundings a step may depend on."""

    journey_key: str
    entry_event: str | None
    identifier: tuple[str, ...] | None
    """Path of the property of the entry event that keeps instances apart."""
    policies: PlanPolicies
    message_of: Callable[[SendMessage], PlanMessage]
