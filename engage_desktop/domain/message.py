"""Messages, their assumed responses (D-28), destinations and broadcasts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from engage_desktop.domain.base import ConditionText, DurationText, Key, Model, Number
from engage_desktop.domain.response import Responses
from engage_desktop.domain.workspace import Channel


class Goal(Model):
    event: str
    where: ConditionText | None = None
    within: DurationText | None = None
    value: str | None = None


class Message(Model):
    key: Key
    name: str | None = None
    channel: Channel
    send_to: Literal["subscribed", "all"] = "subscribed"
    subscription_group: str | None = None
    from_: str | None = Field(default=None, alias="from")
    reply_to: str | None = None
    subject: str | None = None
    preheader: str | None = None
    title: str | None = None
    body: str | None = None
    text: str | None = None
    media_url: str | None = None
    action: str | None = None
    goal: Goal | None = None
    responses: Responses | None = None
    price: Number | None = None


class Destination(Model):
    """Where results go. `settings` belongs to the destination type and is checked by it."""

    key: Key
    name: str | None = None
    type: str
    settings: dict[str, Any] = {}
    sandbox: bool = False
    rate: Number | None = None
    consent_category: str | None = None
    minimum: int | None = None


class Variant(Model):
    key: Key
    percent: Number
    message: Key | None = None
    role: Literal["holdout"] | None = None


class Broadcast(Model):
    key: Key
    name: str
    stage: Key | None = None
    audience: Key | None = None
    condition: ConditionText | None = None
    exclude: tuple[Key, ...] = ()
    message: Key | None = None
    variants: tuple[Variant, ...] = ()
    at: str
    zone: Literal["workspace", "profile"] = "workspace"
    throughput: int | None = None
    priority: int = 0
    goal: Goal | None = None
