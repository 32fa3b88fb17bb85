"""What the forms of a journey offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engage_desktop.document.context import stored_names
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import Choices
from engage_desktop.ui.inspector.log_names import LogNames


@dataclass(frozen=True)
class Surroundings:
    """`events` counts the log's events by name, `event_properties` names theirs, `log_traits` are the log's traits;
    `at_us` is the instant of the clock; `names` are what query texts are offered."""

    campaigns: Campaigns
    journey: Journey
    events: Mapping[str, int] = field(default_factory=dict)
    event_properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    log_traits: tuple[str, ...] = ()
    at_us: int = 0
    names: LogNames = field(default_factory=LogNames)

    def targets(self, step: str) -> Choices:
        """Where an output may lead, with the end of the path first."""
        found: list[tuple[str, Any]] = [("Ends here", None)]
        names = {item.key: step_title(item, self.campaigns) for item in self.journey.steps}
        return [*found, *((f"→ {names[key]}", key) for key in edits.targets(self.journey, step))]

    @property
    def likeliest_event(self) -> str:
        return max(self.events, key=lambda name: self.events[name], default="")

    @cached_property
    def entry_properties(self) -> tuple[str, ...]:
        """Properties of the entry event."""
        entry = self.journey.entry
        return self.event_properties.get(entry.event, ()) if isinstance(entry, EventEntry) else ()

    @property
    def property_counts(self) -> Mapping[str, int]:
        """How many events carry them: properties of the entry event."""
        entry = self.journey.entry
        return self.names.properties.get(entry.event, {}) if isinstance(entry, EventEntry) else {}

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """Properties of the entry event, then paths of what the journey remembers of its holds (D-20)."""
        names = stored_names(self.journey)
        if isinstance(self.journey.entry, EventEntry):
            names.pop(self.journey.entry.event)
        paths = [f"{name}.{path}" for name, event in names.items() for path in self.event_properties.get(event, ())]
        return (*self.entry_properties, *paths)

    @cached_property
    def traits(self) -> tuple[str, ...]:
        """Traits of the log, then those the design computes for people."""
        computed = [trait.key for trait in self.campaigns.traits if trait.level == "user"]
        return tuple(dict.fromkeys((*self.log_traits, *computed)))
