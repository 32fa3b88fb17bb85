"""Workspace settings, identity rules and policies."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engage_desktop.domain.base import DurationText, Key, Model, Number

DEFAULT_STAGES = ("awareness", "nurture", "drive_intent", "repeat_purchase")
Channel = Literal["email", "sms", "push", "whatsapp"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "whatsapp")


class Stage(Model):
    key: Key
    name: str
    audience: Key | None = None


class Workspace(Model):
    name: str
    timezone: str = "UTC"
    allow_list: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


class IdentifierRule(Model):
    type: str
    limit: int | None = None
    per: DurationText | None = None
    priority: int | None = None


class Identity(Model):
    identifiers: tuple[IdentifierRule, ...] = ()
    blocked: tuple[str, ...] = ()


class UnknownPolicy(Model):
    """What a message does where the log knows nothing (D-23)."""

    unknown: Literal["hold", "assume"] = "hold"


class Holdout(Model):
    percent: Number
    audience: Key | None = None


class QuietHours(Model):
    channel: Channel
    from_: str = Field(alias="from")
    to: str
    inside: Literal["wait", "drop"] = "wait"


class Cap(Model):
    channel: Channel | None = None
    max: int
    per: DurationText
    when_capped: Literal["drop", "defer"] = "drop"


class Policies(Model):
    subscription: UnknownPolicy = UnknownPolicy()
    address: UnknownPolicy = UnknownPolicy()
    suppression: tuple[Key, ...] = ()
    holdout: Holdout | None = None
    consent: dict[str, str] = {}
    quiet_hours: tuple[QuietHours, ...] = ()
    send_window: QuietHours | None = None
    caps: tuple[Cap, ...] = ()
    max_wait: DurationText = "7d"
