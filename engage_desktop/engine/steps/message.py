"""`message`: the policy at the due instant; caps, and what comes after it, are `policy.settle`'s (D-22, D-49)."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.step import SendMessage
from engage_desktop.engine.policies import PlanPolicies
from engage_desktop.engine.run import DROPPED
from engage_desktop.engine.sends import PlanMessage
from engage_desktop.engine.steps.base import Departures, MessageRows, StepCompiler
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.view import View


@dataclass(frozen=True)
class MessageStep:
    message: PlanMessage
    policies: PlanPolicies
    leave: bool
    name: tuple[str, str]
    """Keys of journey and step."""
    waits: bool = False

    def depart(self, tokens: Tokens, view: View) -> Departures:
        found = view.pipeline(self.policies).due(self.message.spec, tokens.profile, tokens.time, tokens.holdout)
        leave = None
        if self.leave:
            leave = (found.status == DROPPED) | view.capped(self.name, tokens)  # held out is no drop (D-54)
        return Departures(0, messages=MessageRows(found.status, found.reason, found.assumed, leave, found.next_at))


def compile_message(step: SendMessage, compiler: StepCompiler) -> MessageStep:
    context = compiler.context
    name = (context.journey_key, step.key)
    return MessageStep(context.message_of(step), context.policies, step.when_not_sent == "leave", name)
