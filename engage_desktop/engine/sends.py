"""A message as a campaign sends it: what decides about it, and which events it makes (D-23, D-28)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage_desktop.domain.message import Message
from engage_desktop.domain.response import Responses
from engage_desktop.engine.definitions import Node
from engage_desktop.engine.policies import MessageSpec, spec_of
from engage_desktop.engine.responses import PlanResponses, compile_responses, sent_event

if TYPE_CHECKING:
    from engage_desktop.engine.plan import PlanJourney
    from engage_desktop.engine.steps.message import MessageStep


@dataclass(frozen=True)
class PlanMessage:
    """The message of a step or of a variant of a broadcast."""

    key: str
    spec: MessageSpec
    responses: PlanResponses | None = None

    @property
    def events(self) -> frozenset[str]:
        """Names of the events it may make."""
        answers = frozenset[str]() if self.responses is None else self.responses.events
        return answers | {sent_event(self.spec.channel_name)}


def compile_message(
    message: Message | None, own: Responses | None, audience: Callable[[str, str], Node]
) -> PlanMessage:
    """`own`: the model of the step, which stands in place of the message's."""
    spec = spec_of(message)
    model = own if own is not None or message is None else message.responses
    responses = None if model is None else compile_responses(model, spec.channel_name, audience)
    return PlanMessage("" if message is None else message.key, spec, responses)


@dataclass(frozen=True)
class SendingStep:
    """A step that sends; `index` is its place in the journey's steps as authored."""

    index: int
    key: str
    compiled: MessageStep


def messages_of(journey: PlanJourney) -> list[SendingStep]:
    """The steps of a journey that send."""
    from engage_desktop.engine.steps.message import MessageStep

    return [
        SendingStep(step.index, step.key, step.compiled)
        for step in journey.steps
        if isinstance(step.compiled, MessageStep)
    ]
