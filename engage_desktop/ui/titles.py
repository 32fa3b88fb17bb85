"""Names of things as tabs, lists and choices show them. Qt-free."""

from __future__ import annotations

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.message import Broadcast, Message
from engage_desktop.domain.people import Audience, ComputedTrait
from engage_desktop.domain.step import SendMessage
from engage_desktop.domain.workspace import DEFAULT_STAGES

POLICIES = "policies"
"""Kind and key of the one tab that shows the policies of the workspace."""
KEYS = "keys"
"""Kind and key of the one tab that shows the keys of all actions."""


def found_title(campaigns: Campaigns, kind: str, key: str) -> str | None:
    """What the tab of a thing says; None where the thing is gone."""
    if kind == POLICIES:
        return "Policies"
    if kind == KEYS:
        return "Keyboard shortcuts"
    kinds: dict[str, tuple[Journey | Audience | ComputedTrait | Broadcast | Message, ...]] = {
        "journey": campaigns.journeys,
        "audience": campaigns.audiences,
        "trait": campaigns.traits,
        "broadcast": campaigns.broadcasts,
        "message": campaigns.messages,
    }
    return next((item.name or item.key for item in kinds[kind] if item.key == key), None)


def people_choices(campaigns: Campaigns) -> list[tuple[str, str]]:
    """(name, key) of the audiences of people: messages go to nobody else."""
    return [(audience.name, audience.key) for audience in campaigns.audiences if audience.level == "user"]


def message_choices(campaigns: Campaigns) -> list[tuple[str, str]]:
    """(name, key) of the messages."""
    return [(message.name or message.key, message.key) for message in campaigns.messages]


def message_name(campaigns: Campaigns, key: str) -> str:
    message = campaigns.message(key)
    return (message.name if message is not None else None) or key


def sent_by(campaigns: Campaigns, message: str) -> list[str]:
    """Names of the journeys and broadcasts that send a message."""
    journeys = [
        journey.name
        for journey in campaigns.journeys
        if any(isinstance(step, SendMessage) and step.message == message for step in journey.steps)
    ]
    return journeys + [
        broadcast.name
        for broadcast in campaigns.broadcasts
        if message in (broadcast.message, *(variant.message for variant in broadcast.variants))
    ]


def stage_names(campaigns: Campaigns) -> dict[str, str]:
    """Stage keys in lifecycle order with their names."""
    own = {stage.key: stage.name for stage in campaigns.workspace.stages}
    return own or {key: key.replace("_", " ").capitalize() for key in DEFAULT_STAGES}
