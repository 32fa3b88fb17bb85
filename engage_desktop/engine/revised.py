"""A plan with other messages or policies: the same design under other assumptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engage_desktop.engine.plan import Plan, PlanStep
from engage_desktop.engine.policies import PlanPolicies
from engage_desktop.engine.sends import PlanMessage
from engage_desktop.engine.steps.message import MessageStep

Change = Callable[[str, str, PlanMessage], PlanMessage]
"""Of the message of a step or variant: keys of the campaign and of the step, empty where a broadcast has one for all."""


def with_messages(plan: Plan, change: Change, policies: PlanPolicies | None = None) -> Plan:
    """The plan with every message replaced by what `change` makes of it, and with other policies where they are given."""
    policies = plan.policies if policies is None else policies

    def step(journey: str, one: PlanStep) -> PlanStep:
        if not isinstance(one.compiled, MessageStep):
            return one
        message = change(journey, one.key, one.compiled.message)
        return replace(one, compiled=replace(one.compiled, message=message, policies=policies))

    journeys = tuple(
        replace(one, steps=tuple(step(one.journey.key, each) for each in one.steps)) for one in plan.journeys
    )
    broadcasts = []
    for one in plan.broadcasts:
        keys = [variant.key for variant in one.broadcast.variants] or [""]
        variants = tuple(
            replace(variant, message=change(one.key, key, variant.message))
            for key, variant in zip(keys, one.variants, strict=True)
        )
        broadcasts.append(replace(one, policies=policies, variants=variants))
    return replace(plan, journeys=journeys, broadcasts=tuple(broadcasts), policies=policies)
