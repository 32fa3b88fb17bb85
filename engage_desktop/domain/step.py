"""The step types of a journey: one class each, one discriminated union.

`outputs(step)` is the one place that knows which exits a step has; canvas, validation,
layout and engine all ask it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, Tag, ValidationError
from pydantic_core import PydanticCustomError

from engage_desktop.domain.base import ConditionText, DurationText, Key, Model, Number
from engage_desktop.domain.response import Responses
from engage_desktop.domain.step_base import StepBase as StepBase
from engage_desktop.domain.unknown_step import UnknownStep

StepCategory = Literal["timing", "logic", "action", "end"]


class Delay(StepBase):
    type: Literal["delay"] = Field(...)
    duration: DurationText


class DelayUntil(StepBase):
    type: Literal["delay_until"] = Field(...)
    time: str | None = None
    weekdays: tuple[str, ...] = ()
    at: str | None = None
    property: str | None = None
    trait: str | None = None
    offset: str | None = None
    zone: Literal["profile", "workspace"] = "profile"
    past: Literal["pass", "leave"] = "pass"


class HoldBranch(Model):
    key: Key
    name: str | None = None
    event: str
    where: ConditionText | None = None
    any_identifier: bool = False
    loop: bool = False
    next: Key | None = None


class Hold(StepBase):
    type: Literal["hold"] = Field(...)
    branches: tuple[HoldBranch, ...] = ()
    timeout: DurationText
    on_timeout: Key | None = None


class Wait(StepBase):
    type: Literal["wait"] = Field(...)
    condition: ConditionText
    timeout: DurationText | None = None
    on_timeout: Key | None = None


class ConditionBranch(Model):
    key: Key
    name: str | None = None
    condition: ConditionText
    next: Key | None = None


class Split(StepBase):
    type: Literal["split"] = Field(...)
    branches: tuple[ConditionBranch, ...] = ()
    otherwise: Key | None = None


class Fork(StepBase):
    type: Literal["fork"] = Field(...)
    branches: tuple[ConditionBranch, ...] = ()


class RandomBranch(Model):
    key: Key
    name: str | None = None
    percent: Number
    role: Literal["holdout"] | None = None
    next: Key | None = None


class RandomSplit(StepBase):
    type: Literal["random"] = Field(...)
    branches: tuple[RandomBranch, ...] = ()
    sticky: bool = True


class SendMessage(StepBase):
    type: Literal["message"] = Field(...)
    message: Key
    priority: int | None = None
    when_not_sent: Literal["continue", "leave"] = "continue"
    responses: Responses | None = None


class Ad(StepBase):
    type: Literal["ad"] = Field(...)
    destination: Key
    remove_after: DurationText | None = None


class Send(StepBase):
    type: Literal["send"] = Field(...)
    destination: Key
    event_name: str | None = None
    traits: tuple[str, ...] = ()
    mapping: dict[str, Any] = {}


class SetTrait(StepBase):
    type: Literal["set_trait"] = Field(...)
    trait: str
    value: str | int | float | bool | None = None


class End(StepBase):
    type: Literal["end"] = Field(...)
    outcome: str | None = None


STEP_TYPES: dict[str, type[StepBase]] = {
    "delay": Delay,
    "delay_until": DelayUntil,
    "hold": Hold,
    "wait": Wait,
    "split": Split,
    "fork": Fork,
    "random": RandomSplit,
    "message": SendMessage,
    "ad": Ad,
    "send": Send,
    "set_trait": SetTrait,
    "end": End,
}


def _newer(value: Any) -> Any:
    """Let pass what is a step of a newer version, so that what is wrong in one of ours stays wrong."""
    if isinstance(value, UnknownStep):
        return value
    known = (
        STEP_TYPES.get(value["type"]) if isinstance(value, Mapping) and isinstance(value.get("type"), str) else Delay
    )
    if known is not None:
        try:
            known.model_validate_json(json.dumps(value))
        except ValidationError as error:
            if all(one["type"] == "unknown_key" for one in error.errors(include_url=False)):
                return value
        raise PydanticCustomError(NOT_NEWER, "is no step of a newer version")
    return value


NOT_NEWER = "not_newer"
"""The fault that a step is also none of a newer version: of no interest beside what is wrong in it."""
Step = Annotated[
    Annotated[
        Delay | DelayUntil | Hold | Wait | Split | Fork | RandomSplit | SendMessage | Ad | Send | SetTrait | End,
        Field(discriminator="type"),
        Tag("known"),
    ]
    | Annotated[UnknownStep, BeforeValidator(_newer), Tag("unknown")],
    Field(union_mode="left_to_right"),
]
CATEGORY: dict[str, StepCategory] = {
    "delay": "timing",
    "delay_until": "timing",
    "hold": "timing",
    "wait": "timing",
    "split": "logic",
    "fork": "logic",
    "random": "logic",
    "message": "action",
    "ad": "action",
    "send": "action",
    "set_trait": "action",
    "end": "end",
}

OutputKind = Literal["next", "branch", "timeout", "otherwise"]


class Output(NamedTuple):
    """One exit of a step. `branch` is what `visits.branch` shows when it is taken: the branch
    key, `timeout`, `otherwise`, or None. `target` is a step key or None (the path ends).
    A loop-back (D-15) has `loop` set and the step itself as target."""

    kind: OutputKind
    branch: str | None
    label: str
    target: str | None
    loop: bool = False


def outputs(step: StepBase) -> tuple[Output, ...]:
    """Every exit of `step` in branch order: branches, on_timeout, otherwise, next (D-46)."""
    found: list[Output] = []
    # Fields lie in `__dict__`; to ask pydantic for one that is not there costs more than all the rest.
    for branch in step.__dict__.get("branches", ()):
        loop = bool(branch.__dict__.get("loop", False))
        target = step.key if loop else branch.next
        found.append(Output("branch", branch.key, branch.name or branch.key, target, loop))
    if isinstance(step, Hold) or (isinstance(step, Wait) and step.timeout is not None):
        found.append(Output("timeout", "timeout", "timeout", step.on_timeout))
    if isinstance(step, Split):
        found.append(Output("otherwise", "otherwise", "otherwise", step.otherwise))
    if isinstance(step, UnknownStep):
        found += _understood(step)
    elif has_next(step):
        found.append(Output("next", None, "", step.next))
    return tuple(found)


def _understood(step: UnknownStep) -> list[Output]:
    """Wires beside the branches of a step that is not known; one that goes nowhere has a plain way on."""
    found = [Output("timeout", "timeout", "timeout", step.on_timeout)] if step.on_timeout else []
    found += [Output("otherwise", "otherwise", "otherwise", step.otherwise)] if step.otherwise else []
    goes_on = step.next is not None or not (found or step.branches or step.written.get("next"))
    return [*found, Output("next", None, "", step.next)] if goes_on else found


def has_next(step: StepBase) -> bool:
    """Whether the step goes on by `next` (a step with branches does not; an end ends)."""
    return not isinstance(step, Hold | Split | Fork | RandomSplit | End)
