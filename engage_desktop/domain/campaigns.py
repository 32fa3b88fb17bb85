"""The campaign file as a whole (`engage-campaigns/1`) and its layout companion."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from engage_desktop.domain.base import Key, Model
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.layout import LAYOUT_FORMAT, JourneyLayout, Layout
from engage_desktop.domain.message import Broadcast, Destination, Message
from engage_desktop.domain.people import Audience, ComputedTrait
from engage_desktop.domain.workspace import Identity, Policies, Workspace

CAMPAIGNS_FORMAT = "engage-campaigns/1"
__all__ = [
    "CAMPAIGNS_FORMAT",
    "LAYOUT_FORMAT",
    "Campaigns",
    "JourneyLayout",
    "JourneyTest",
    "Layout",
]


class JourneyTest(Model):
    key: Key
    journey: Key
    events: tuple[dict[str, Any], ...] = ()
    at: str | None = None
    arms: dict[str, str] = {}
    expect: tuple[dict[str, Any], ...] = ()
    messages: tuple[dict[str, Any], ...] | None = None


class Campaigns(Model):
    """Everything of one workspace that is designed. Lists keep their authored order."""

    format: Literal["engage-campaigns/1"] = Field(...)
    workspace: Workspace
    identity: Identity | None = None
    traits: tuple[ComputedTrait, ...] = ()
    audiences: tuple[Audience, ...] = ()
    messages: tuple[Message, ...] = ()
    policies: Policies = Policies()
    destinations: tuple[Destination, ...] = ()
    journeys: tuple[Journey, ...] = ()
    broadcasts: tuple[Broadcast, ...] = ()
    tests: tuple[JourneyTest, ...] = ()

    def audience(self, key: str) -> Audience | None:
        return next((audience for audience in self.audiences if audience.key == key), None)

    def journey(self, key: str) -> Journey | None:
        return next((journey for journey in self.journeys if journey.key == key), None)

    def message(self, key: str) -> Message | None:
        return next((message for message in self.messages if message.key == key), None)

    def destination(self, key: str) -> Destination | None:
        return next((destination for destination in self.destinations if destination.key == key), None)
