"""What campaigns ask of what a run makes: whose knowledge changed for which journeys, and who has to walk again (`waves`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engage_desktop.engine.arrays import Mask
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.coupling import leaves_at_a_cap, read_by, written_by
from engage_desktop.engine.generated import NOTHING, Made, rows_of
from engage_desktop.engine.guesses import Rows, who_differ
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.policy import FATES
from engage_desktop.engine.run import Table
from engage_desktop.engine.siblings import COLUMNS, NO_SETS

Sets = Mapping[str, Table]
Fates = Mapping[tuple[str, str], Table]
Pair = tuple[Rows, Rows]
NO_FATES: Table = {name: np.empty(0, np.int64) for name in FATES}


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of some people, numbered by their places: what they make, what instances set in their own instant
    (`View.sets`), which messages a cap drops (`View.fates`)."""

    made: Made = NOTHING
    sets: Sets = field(default_factory=dict)
    fates: Fates = field(default_factory=dict)


@dataclass(frozen=True)
class Listeners:
    """Journeys that ask for the same of what is made, by names of traits and events; those under limits stand together."""

    journeys: tuple[PlanJourney, ...]
    asks: frozenset[str]

    def stale(self, under: Known, known: Known, n: int) -> Mask:
        """Of each of `n` people whether their rows may be others under `known` than they were under the other."""
        keys = {one.journey.key for one in self.journeys}
        pairs = made_of_both(under.made, known.made, self.asks)
        pairs += [pair for key, pair in sets_of_both(under, known).items() if key in keys]
        pairs += [pair for (key, _), pair in fates_of_both(under, known).items() if key in keys]
        found = np.zeros(n, np.bool_)
        for one, other in pairs:
            found |= who_differ(one, other, n)
        return found


class Listening:
    """The campaigns of a circle. `names`: of the events that their messages may make, none where that is seen to later."""

    def __init__(
        self, plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast], names: frozenset[str]
    ) -> None:
        makes = names.union(*map(written_by, journeys))
        by_place: list[str] = []
        found: dict[tuple[frozenset[str], bool], list[PlanJourney]] = {}
        for one in journeys:
            asks = makes & read_by(one, plan.meanings).all
            limited = one.journey.enforce_limits
            if limited or one.own or leaves_at_a_cap(plan, one):
                by_place.append(one.journey.key)
                asks |= names  # their rows hold places among events: one that nobody asks for moves these
            found.setdefault((asks, limited), []).append(one)
        limits = [key for key in found if key[1]]
        if len(limits) > 1:  # whose instances are counted together (J2-39)
            some = [one for key in limits for one in found.pop(key)]
            found[frozenset[str]().union(*(asks for asks, _ in limits)), True] = some
        self.groups = tuple(Listeners(tuple(some), asks) for (asks, _), some in found.items())
        self.by_place = frozenset(by_place)
        """Keys of journeys whose rows tell where events stand."""
        others = [read_by(one, plan.meanings).all for one in broadcasts]
        self.asks = makes & frozenset[str]().union(*(group.asks for group in self.groups), *others)
        """What anybody asks for."""

    def pairs(self, known: Known, came_out: Known) -> list[Pair]:
        """What was known and what came out side by side, as far as anybody asks for it."""
        pairs = made_of_both(known.made, came_out.made, self.asks)
        return [*pairs, *sets_of_both(known, came_out).values(), *fates_of_both(known, came_out).values()]


def only(made: Made, asks: frozenset[str]) -> Made:
    """The part of what is made that is asked for."""
    traits = np.array([name in asks for name, _ in made.writes.what], np.bool_)
    names = np.array([name in asks for name in made.events.names], np.bool_)
    writes, events = made.writes, made.events
    if len(writes) and not traits.all():
        writes = writes.take(np.flatnonzero(traits[writes.which]))
    if len(events) and not names.all():
        events = events.take(np.flatnonzero(names[events.name]))
    return Made(writes, events)


def made_of_both(one: Made, other: Made, asks: frozenset[str]) -> list[Pair]:
    """The writes and the events that are asked for of two, side by side."""
    return [(mine, theirs) for mine, theirs in rows_of(only(one, asks), only(other, asks))]


def sets_of_both(one: Known, other: Known) -> dict[str, Pair]:
    """By key of the journey."""
    return {
        key: (_rows(one.sets.get(key, NO_SETS), COLUMNS), _rows(other.sets.get(key, NO_SETS), COLUMNS))
        for key in sorted({*one.sets, *other.sets})
    }


def fates_of_both(one: Known, other: Known) -> dict[tuple[str, str], Pair]:
    """By journey and step."""
    return {
        name: (_rows(one.fates.get(name, NO_FATES), FATES), _rows(other.fates.get(name, NO_FATES), FATES))
        for name in sorted({*one.fates, *other.fates})
    }


def _rows(table: Table, columns: Sequence[str]) -> Rows:
    """Person and instant first."""
    return (table["profile"], table["time"], *(table[name] for name in columns if name not in ("profile", "time")))
