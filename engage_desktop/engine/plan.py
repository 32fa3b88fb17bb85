"""A compiled design: what a run needs, with every text already understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.message import Message
from engage_desktop.engine.arrays import NEVER
from engage_desktop.engine.context import Names
from engage_desktop.engine.definitions import Computed, Meaning, Member, Node
from engage_desktop.engine.policies import NO_POLICIES, PlanPolicies
from engage_desktop.engine.schedule import Schedule
from engage_desktop.engine.steps.base import CompiledStep

if TYPE_CHECKING:
    from engage_desktop.engine.broadcasts import PlanBroadcast


@dataclass(frozen=True)
class PlanAudience:
    """`index` is the place in `campaigns.audiences`."""

    index: int
    key: str
    member: Member


@dataclass(frozen=True)
class PlanTrait:
    """`index` is the place in `campaigns.traits`."""

    index: int
    key: str
    value: Computed


@dataclass(frozen=True)
class PlanEntry:
    """Who enters. By event: `event`, `where`, and the state `filter` at its instant; else by
    beginnings of `condition` (an audience is one too)."""

    mode: str
    cool_down_us: int
    event: str | None = None
    where: Node | None = None
    filter: Node | None = None
    condition: Node | None = None
    include_existing: bool = False
    identifier: tuple[str, ...] | None = None
    schedule: Schedule | None = None
    """Everybody there at its occurrences, or those of whom `condition` holds."""


@dataclass(frozen=True)
class PlanExit:
    """An exit rule: by event, by condition, or by age."""

    key: str
    event: str | None = None
    where: Node | None = None
    condition: Node | None = None
    after_us: int | None = None
    match_identifier: bool = False


@dataclass(frozen=True)
class PlanStep:
    """A step in place: `targets[i]` is the index in `PlanJourney.steps` that output i leads to
    (-1 = the path ends), `branches[i]` what `visits.branch` shows for it."""

    index: int
    key: str
    compiled: CompiledStep
    targets: tuple[int, ...]
    branches: tuple[str | None, ...]


@dataclass(frozen=True)
class PlanJourney:
    """`steps` are those reachable from `start`, in reversed post-order (D-46), so `start` is the first."""

    index: int
    journey: Journey
    entry: PlanEntry
    exits: tuple[PlanExit, ...]
    steps: tuple[PlanStep, ...]
    context: Names | None = None
    """What instances remember; None where nothing reads it."""
    own: tuple[str, ...] = ()
    """Traits that it sets and names itself: its instances see them before others do (D-51)."""
    starts: int = -NEVER
    ends: int = NEVER


@dataclass(frozen=True)
class Plan:
    """`compile_campaigns` makes it; `meanings` gives every audience's and computed trait's definition by
    digest. Is the `Names` that further conditions are resolved with."""

    campaigns: Campaigns
    audiences: tuple[PlanAudience, ...]
    journeys: tuple[PlanJourney, ...]
    meanings: Mapping[str, Meaning]
    messages: Mapping[str, Message] = field(default_factory=dict)
    traits: tuple[PlanTrait, ...] = ()
    policies: PlanPolicies = NO_POLICIES
    broadcasts: tuple[PlanBroadcast, ...] = ()

    def audience(self, key: str) -> PlanAudience | None:
        return next((audience for audience in self.audiences if audience.key == key), None)

    def trait(self, key: str) -> PlanTrait | None:
        return next((trait for trait in self.traits if trait.key == key), None)

    def member(self, key: str) -> Member | None:
        audience = self.audience(key)
        return None if audience is None else audience.member

    def computed(self, key: str) -> Computed | None:
        trait = self.trait(key)
        return None if trait is None else trait.value
