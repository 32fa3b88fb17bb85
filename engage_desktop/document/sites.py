"""Every place of a campaign file that holds query language text or names an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey, ScheduleEntry
from engage_desktop.domain.message import Goal
from engage_desktop.domain.people import Level

Role = Literal["group", "trait", "where", "moment"]
"""What a text is asked for: who is meant (`group`), a computed trait, a filter on one event
(`where`), or a state at an instant inside a journey (`moment`)."""


class Site(NamedTuple):
    """A condition and where it stands. `journey_values` says whether `journey()` has a meaning,
    `level` whether users or accounts are described."""

    path: str
    text: str
    role: Role
    journey_values: bool = False
    level: Level = "user"


class EventName(NamedTuple):
    path: str
    name: str


def conditions(campaigns: Campaigns) -> Iterator[Site]:
    """All texts in file order."""
    for trait in campaigns.traits:
        yield Site(f"traits.{trait.key}.definition", trait.definition, "trait", level=trait.level)
    for audience in campaigns.audiences:
        if audience.definition is not None:
            yield Site(f"audiences.{audience.key}.definition", audience.definition, "group", level=audience.level)
    for message in campaigns.messages:
        yield from _goal(f"messages.{message.key}.goal", message.goal)
    for journey in campaigns.journeys:
        yield from journey_conditions(journey)
    for broadcast in campaigns.broadcasts:
        if broadcast.condition is not None:
            yield Site(f"broadcasts.{broadcast.key}.condition", broadcast.condition, "group")
        yield from _goal(f"broadcasts.{broadcast.key}.goal", broadcast.goal)


def journey_conditions(journey: Journey) -> Iterator[Site]:
    """The texts of one journey in file order."""
    root, entry = f"journeys.{journey.key}", journey.entry
    if getattr(entry, "where", None) is not None:
        yield Site(f"{root}.entry.where", getattr(entry, "where"), "where")  # noqa: B009 - only event entries
    if getattr(entry, "condition", None) is not None:
        yield Site(f"{root}.entry.condition", getattr(entry, "condition"), "group")  # noqa: B009
    for rule in journey.exits:
        if rule.where is not None:
            yield Site(f"{root}.exits.{rule.key}.where", rule.where, "where", True)
        if rule.condition is not None:
            yield Site(f"{root}.exits.{rule.key}.condition", rule.condition, "moment", True)
    yield from _goal(f"{root}.goal", journey.goal, True)
    for step in journey.steps:
        path = f"{root}.steps.{step.key}"
        if getattr(step, "condition", None) is not None:
            yield Site(f"{path}.condition", getattr(step, "condition"), "moment", True)  # noqa: B009 - waits only
        for branch in getattr(step, "branches", ()):
            here = f"{path}.branches.{branch.key}"
            if getattr(branch, "where", None) is not None:
                yield Site(f"{here}.where", branch.where, "where", True)
            if getattr(branch, "condition", None) is not None:
                yield Site(f"{here}.condition", branch.condition, "moment", True)


def event_names(campaigns: Campaigns) -> Iterator[EventName]:
    """Events named outside of query texts, in file order."""
    for message in campaigns.messages:
        if message.goal is not None:
            yield EventName(f"messages.{message.key}.goal.event", message.goal.event)
    for journey in campaigns.journeys:
        root = f"journeys.{journey.key}"
        event = getattr(journey.entry, "event", None)
        if event is not None and not isinstance(journey.entry, ScheduleEntry):
            yield EventName(f"{root}.entry.event", event)
        for rule in journey.exits:
            if rule.event is not None:
                yield EventName(f"{root}.exits.{rule.key}.event", rule.event)
        if journey.goal is not None:
            yield EventName(f"{root}.goal.event", journey.goal.event)
        for step in journey.steps:
            for branch in getattr(step, "branches", ()):
                if getattr(branch, "event", None) is not None:
                    yield EventName(f"{root}.steps.{step.key}.branches.{branch.key}.event", branch.event)
    for broadcast in campaigns.broadcasts:
        if broadcast.goal is not None:
            yield EventName(f"broadcasts.{broadcast.key}.goal.event", broadcast.goal.event)


def _goal(path: str, goal: Goal | None, journey_values: bool = False) -> Iterator[Site]:
    if goal is not None and goal.where is not None:
        yield Site(f"{path}.where", goal.where, "where", journey_values)
