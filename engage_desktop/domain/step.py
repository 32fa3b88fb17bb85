"""The step types of a journey: one class each, one discriminated union.

`outputs(step)` is the one place that knows which exits a step has; canvas, validation,
layout and engine all ask it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engage_desktop.domain.base import ConditionText, DurationText, Key, Model, Number
from engage_desktop.domain.response import Responses

StepCategory = Literal["timing", "logic", "action", "end"]


class StepBase(Model):
    key: Key
    type: str
    name: str | None = None
    next: Key | None = None


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


Step = Annotated[
    Delay | DelayUntil | Hold | Wait | Split | Fork | RandomSplit | SendMessage | Ad | Send | SetTrait | End,
    Field(discriminator="type"),
]
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
    for branch in getattr(step, "branches", ()):
        loop = bool(getattr(branch, "loop", False))
        target = step.key if loop else branch.next
        found.append(Output("branch", branch.key, branch.name or branch.key, target, loop))
    if isinstance(step, Hold) or (isinstance(step, Wait) and step.timeout is not None):
        found.append(Output("timeout", "timeout", "timeout", step.on_timeout))
    if isinstance(step, Split):
        found.append(Output("otherwise", "otherwise", "otherwise", step.otherwise))
    if has_next(step):
        found.append(Output("next", None, "", step.next))
    return tuple(found)


def has_next(step: StepBase) -> bool:
    """Whether the step goes on by `next` (a step with branches does not; an end ends)."""
    return not isinstance(step, Hold | Split | Fork | RandomSplit | End)
