"""Which journeys read what a run makes, and in which order they can run (D-25, D-37).

A journey that reads nothing written, or only what others wrote that read nothing of it, runs once, after them. Those
that stand in a circle run together, and all do where the fate of a message may move somebody (`engine/waves.py`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage_desktop.domain.condition import Trait
from engage_desktop.engine.definitions import AskUsers, Computed, Meaning, Member
from engage_desktop.engine.sends import messages_of
from engage_desktop.engine.steps.set_trait import SetTraitStep

if TYPE_CHECKING:
    from engage_desktop.engine.broadcasts import PlanBroadcast
    from engage_desktop.engine.plan import Plan, PlanJourney

ZONE = "timezone"  # read by every clock that is a person's own (D-30)


@dataclass(frozen=True)
class Reads:
    """User traits and names of events that something reads, directly or through what it names."""

    traits: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    of_others: frozenset[str] = frozenset()
    """The traits and events of them that are also read of other people, through accounts."""

    @property
    def all(self) -> frozenset[str]:
        return self.traits | self.events


@dataclass(frozen=True)
class Component:
    """Journeys that run together; `circular` where one reads what it or another of them writes."""

    journeys: tuple[PlanJourney, ...]
    circular: bool


def written_by(journey: PlanJourney) -> frozenset[str]:
    """The traits a journey may set."""
    return frozenset(step.compiled.trait for step in journey.steps if isinstance(step.compiled, SetTraitStep))


def named_in(what: object) -> frozenset[str]:
    """The user traits that something names itself, not through audiences and computed traits."""
    return _Reader({}).read(what).traits


def read_by(what: object, meanings: Mapping[str, Meaning]) -> Reads:
    """The user traits that a condition, a step or a whole journey depends on."""
    return _Reader(meanings).read(what)


class _Reader:
    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self.meanings = meanings
        self.traits: set[str] = set()
        self.events: set[str] = set()
        self.of_others: set[str] = set()
        self.seen: set[tuple[str, bool]] = set()

    def read(self, what: object) -> Reads:
        self._visit(what, "user", others=False)
        return Reads(frozenset(self.traits), frozenset(self.events), frozenset(self.of_others))

    def _visit(self, one: object, level: str, *, others: bool) -> None:
        if getattr(one, "own_zone", False):
            self._add(ZONE, others=others)
        event = getattr(one, "event", None)
        if isinstance(event, str):  # an entry, an exit, a branch of a hold, a stream
            self.events.add(event)
            if others or level == "account":
                self.of_others.add(event)
        if isinstance(one, Trait):
            if level == "user":
                self._add(one.path[0], others=others)
        elif isinstance(one, Member | Computed):
            meaning = self.meanings.get(one.digest)
            if meaning is not None and (one.digest, others) not in self.seen:
                self.seen.add((one.digest, others))
                self._visit(meaning, one.level, others=others)
        elif isinstance(one, AskUsers):
            self._visit(one.item, "user", others=True)
        elif isinstance(one, tuple):
            for item in one:
                self._visit(item, level, others=others)
        elif dataclasses.is_dataclass(one):
            for field in dataclasses.fields(one):
                self._visit(getattr(one, field.name), level, others=others)

    def _add(self, trait: str, *, others: bool) -> None:
        self.traits.add(trait)
        if others:
            self.of_others.add(trait)


def in_order(journeys: Sequence[PlanJourney], meanings: Mapping[str, Meaning]) -> list[Component]:
    """The journeys in an order in which each comes after all whose writes it reads, circles together."""
    writes = [written_by(one) for one in journeys]
    if not any(writes):
        return [Component(tuple(journeys), circular=False)] if journeys else []
    import networkx as nx

    reads = [read_by(one, meanings).traits for one in journeys]
    limited = [one.journey.enforce_limits for one in journeys]  # whose instances are counted together (J2-39)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(journeys)))
    graph.add_edges_from(
        (writer, reader)
        for writer in range(len(journeys))
        for reader in range(len(journeys))
        if writes[writer] & reads[reader] or (limited[writer] and limited[reader] and writer != reader)
    )
    circles = nx.condensation(graph)
    found = []
    for circle in nx.lexicographical_topological_sort(circles, key=lambda one: min(circles.nodes[one]["members"])):
        members = sorted(circles.nodes[circle]["members"])
        circular = any(graph.has_edge(one, other) for one in members for other in members)
        found.append(Component(tuple(journeys[one] for one in members), circular))
    return found


def is_coupled(journeys: Iterable[PlanJourney]) -> bool:
    """Whether any of them writes what conditions may read: then a change of one may change another."""
    return any(map(written_by, journeys))


def makes(journey: PlanJourney) -> frozenset[str]:
    """The names of the events that its messages may make."""
    return frozenset().union(*(step.compiled.message.events for step in messages_of(journey)))


def feeds_back(plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> bool:
    """Whether what becomes of messages may move somebody: an event that they make is heard, or a cap drops one that says
    leave."""
    if any(leaves_at_a_cap(plan, one) for one in journeys):
        return True
    made = frozenset().union(*map(makes, journeys), *(one.message.events for b in broadcasts for one in b.variants))
    return any(not made.isdisjoint(read_by(one, plan.meanings).events) for one in (*journeys, *broadcasts))


def leaves_at_a_cap(plan: Plan, journey: PlanJourney) -> bool:
    """Whether a cap that drops a message may end an instance."""
    return any(
        step.compiled.leave
        and any(cap.channel in (None, step.compiled.message.spec.channel) for cap in plan.policies.caps)
        for step in messages_of(journey)
    )


def stands_alone(plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> bool:
    """Whether each journey's rows depend on the log and on it alone, messages too."""
    if is_coupled(journeys) or broadcasts:
        return False
    messages = [step.compiled.message for one in journeys for step in messages_of(one)]
    if messages and (plan.policies.caps or plan.policies.quiet or any(one.responses is not None for one in messages)):
        return False
    return not feeds_back(plan, journeys, broadcasts)


def hears_itself(plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> bool:
    """Whether anything, of the plan also an audience or a computed trait, asks for the events that messages of some
    campaigns make."""
    names = frozenset().union(*map(makes, journeys), *(one.message.events for b in broadcasts for one in b.variants))
    asked: list[object] = [*journeys, *broadcasts, *(one.member for one in plan.audiences)]
    asked += [one.value for one in plan.traits]
    return any(not names.isdisjoint(read_by(one, plan.meanings).events) for one in asked)


def goes_by_turns(plan: Plan) -> bool:
    """Whether a broadcast has a throughput: then people depend on each other."""
    return any(one.broadcast.throughput is not None for one in plan.broadcasts)
