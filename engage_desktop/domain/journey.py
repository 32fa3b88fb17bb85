"""Journeys: who enters, what ends them, and the steps between."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from engage_desktop.domain.base import ConditionText, DurationText, InstantText, Key, Model
from engage_desktop.domain.message import Goal
from engage_desktop.domain.step import Step, StepBase

ReentryMode = Literal["once", "every", "after_exit"]


class Reentry(Model):
    mode: ReentryMode
    identifier: str | None = None
    cool_down: DurationText | None = None


class EventEntry(Model):
    """Entry when an event arrives; without `reentry` every occurrence enters."""

    type: Literal["event"] = Field(...)
    event: str
    where: ConditionText | None = None
    audience: Key | None = None
    reentry: Reentry = Reentry(mode="every")


class AudienceEntry(Model):
    """Entry when membership (or a condition) begins; without `reentry` once."""

    type: Literal["audience"] = Field(...)
    condition: ConditionText | None = None
    audience: Key | None = None
    include_existing: bool = False
    reentry: Reentry = Reentry(mode="once")


class ScheduleEntry(Model):
    type: Literal["schedule"] = Field(...)
    at: str
    every: DurationText | None = None
    weekdays: tuple[str, ...] = ()
    time: str | None = None
    zone: Literal["workspace", "profile"] = "workspace"
    condition: ConditionText | None = None
    reentry: Reentry | None = None


Entry = Annotated[EventEntry | AudienceEntry | ScheduleEntry, Field(discriminator="type")]


class ExitSend(Model):
    destination: Key
    mapping: dict[str, str] = {}


class Exit(Model):
    """One exit rule: by event, by condition, or by age (`after`)."""

    key: Key
    name: str | None = None
    event: str | None = None
    where: ConditionText | None = None
    match_identifier: bool = False
    condition: ConditionText | None = None
    after: DurationText | None = None
    send: ExitSend | None = None


class Journey(Model):
    key: Key
    name: str
    description: str | None = None
    stage: Key | None = None
    target: Literal["segment-v1", "segment-v2"] | None = None
    enforce_limits: bool = False
    priority: int = 0
    starts: InstantText | None = None
    ends: InstantText | None = None
    entry: Entry
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None
    start: Key | None
    steps: tuple[Step, ...]

    @cached_property
    def by_key(self) -> dict[str, StepBase]:
        """Steps by key (the first of a duplicate)."""
        return {step.key: step for step in reversed(self.steps)}
