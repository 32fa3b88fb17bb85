"""What an instance set in this very instant: it sees that at once, everybody else a microsecond later (D-37, D-51).

Tokens carry, for each trait that their journey both sets and names, the step that set it last in the instant they are
at. Whoever asks a condition that names such a trait for such a token asks it of a log in which the write stands at
once; audiences and computed traits inside the condition stay what everybody sees.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.condition import And, Compare, Not, Or, Trait
from engage_desktop.engine import history as histories
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import AnyArray, Instants, Mask, Profiles
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.coupling import named_in
from engage_desktop.engine.definitions import (
    Computed,
    Member,
    Node,
    OfAccounts,
    Side,
    asks_journey,
    is_constant,
    literals_of,
)
from engage_desktop.engine.frames import Bound, Events, merged, take_or_absent
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.moments import Moments
from engage_desktop.engine.source import Column, Log
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.tokens import Tokens
from engage_desktop.engine.values import column_holds
from engage_desktop.engine.writes import Writes, column_of, shown

if TYPE_CHECKING:
    from engage_desktop.engine.plan import PlanJourney


class Own:
    """The traits that a journey sets and names."""

    def __init__(self, journey: PlanJourney) -> None:
        self.traits = journey.own
        steps = [step.compiled for step in journey.steps]
        self.what = tuple((one.trait, one.value) if isinstance(one, SetTraitStep) else ("", None) for one in steps)
        self._named: dict[str, AnyArray] = {}

    def none(self, n: int) -> AnyArray:
        """Of n tokens, that none has set anything yet."""
        return np.full((n, len(self.traits)), -1, np.int16)

    def note(self, own: AnyArray, place: int) -> AnyArray:
        """Tokens that pass the step at `place`, as far as anybody here names what it sets."""
        trait = self.what[place][0]
        if trait not in self.traits:
            return own
        found = own.copy()
        found[:, self.traits.index(trait)] = place
        return found

    def who(self, what: object, tokens: Tokens) -> AnyArray:
        """The places of tokens that have just set a trait which a condition or value names itself."""
        if tokens.own is None:
            return np.empty(0, np.int64)
        key = repr(what)
        if key not in self._named:
            named = named_in(what)
            self._named[key] = np.array([at for at, trait in enumerate(self.traits) if trait in named], np.int64)
        return np.flatnonzero((tokens.own[:, self._named[key]] >= 0).any(axis=1))

    def view_of(self, tokens: Tokens, public: Conditions) -> OwnView:
        """What these tokens see, each at its own instant."""
        assert tokens.own is not None
        return OwnView(self, tokens.profile, tokens.time, tokens.own, public)


class OwnView:
    """Subject i is `profile[i]` with what its token set; asked only about `time[i]`."""

    def __init__(self, own: Own, profile: Profiles, time: Instants, places: AnyArray, public: Conditions) -> None:
        """`places[i, j]`: the step that set the trait j last, -1 for none."""
        self.traits, self.what = own.traits, own.what
        self.profile, self.time, self.places, self.public = profile, time, places, public

    @cached_property
    def conditions(self) -> Conditions:
        """Conditions over a log of these subjects, in which the writes stand at once."""
        token, trait = np.nonzero(self.places >= 0)
        which = self.places[token, trait].astype(np.int32)
        campaign = np.zeros(len(token), np.int16)
        writes = Writes(token.astype(np.int32), self.time[token], campaign, which, self.what)
        log: Log = shown(Subset(self.public.log, self.profile), writes)
        given = _Named(self.public, self.profile)
        return Conditions(log, self.public.meanings, LeafCache(), given=given, accounts=self.public.accounts)

    def bound(self, value: Callable[[str], Column]) -> Bound:
        return Bound(self.conditions.people, np.arange(len(self.time), dtype=np.int32), value)

    def holds(self, node: Node, value: Callable[[str], Column]) -> Mask:
        """Whether `node` holds of each subject now; `value` is what `journey()` is for it."""
        match node:
            case And(items) | Or(items):
                combine = np.logical_and if isinstance(node, And) else np.logical_or
                found: Mask = combine.reduce([self.holds(item, value) for item in items])
                return found
            case Not(item):
                return ~self.holds(item, value)
            case Compare(Trait() as left, op, values) if all(map(is_constant, values)):
                return column_holds(self.value(left), op, literals_of(values))
        if not asks_journey(node) and named_in(node).isdisjoint(self.traits):
            return self.public.intervals(node).value(self.profile, self.time)
        # what is left looks into the past with the trait in mind: ask it of a log of its own
        frame = self.bound(value) if asks_journey(node) else None
        return self.conditions.intervals(node, frame).value(np.arange(len(self.time)), self.time)

    def value(self, side: Side) -> Column:
        """A trait, or anything named, of each subject now."""
        found = Moments(self.public, self.profile, self.time).value(side)
        if not isinstance(side, Trait) or side.path[0] not in self.traits:
            return found
        mine = self.places[:, self.traits.index(side.path[0])]
        values = column_of([None if len(side.path) > 1 else value for _, value in self.what])
        return merged(found, take_or_absent(values, mine), mine >= 0)

    def heard(self, where: Node, pairs: Events) -> Mask:
        """Whether a filter lets each event pass; its owner is a subject."""
        return Moments(self.conditions, pairs.owner, pairs.since, pairs).holds(where)


class _Named:
    """Audiences and computed traits as everybody sees them."""

    def __init__(self, public: Conditions, profile: Profiles) -> None:
        self.public, self.profile = public, profile
        self.since = public.people.since[profile]

    def intervals(self, node: Node) -> Intervals | None:
        if isinstance(node, Member | OfAccounts):
            return sets.gather(self.public.intervals(node), self.profile, self.since)
        return None

    def history(self, side: Side) -> History | None:
        if isinstance(side, Member | OfAccounts | Computed):
            return histories.gather(self.public.history(side), self.profile, self.since)
        return None

    def events(self, name: str, where: Node | None) -> EventRows | None:
        return None
