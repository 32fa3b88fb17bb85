"""The questions a step may ask of the log, for all its tokens at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engage_desktop.domain.condition import Trait
from engage_desktop.engine import calendar
from engage_desktop.engine import history as histories
from engage_desktop.engine.added import places_of
from engage_desktop.engine.arrays import (
    NEVER,
    AnyArray,
    Instants,
    Mask,
    Profiles,
    Rows,
    expand,
    segment_offsets,
    upper_bound,
)
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.context import Names, first_captures, remembered
from engage_desktop.engine.definitions import Node, Side, asks_journey
from engage_desktop.engine.frames import Bound, Events, replaced, take_or_absent
from engage_desktop.engine.identifiers import ByIdentifier, Identifiers
from engage_desktop.engine.moments import Moments
from engage_desktop.engine.own import Own, OwnView
from engage_desktop.engine.pipeline import Pipeline
from engage_desktop.engine.policies import PlanPolicies
from engage_desktop.engine.siblings import Siblings, places
from engage_desktop.engine.source import OBJECT, TEXT, Column, Log
from engage_desktop.engine.surplus import surplus_of
from engage_desktop.engine.tokens import Entries, Tokens
from engage_desktop.engine.values import text_of, value_at
from engage_desktop.events.column import Column as Values
from engage_desktop.events.table import path_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engage_desktop.engine.plan import PlanExit
    from engage_desktop.engine.run import Table

T = TypeVar("T")


class View:
    """A log and what conditions mean on it, as steps see them."""

    def __init__(self, log: Log, conditions: Conditions, seed: int, workspace_zone: str = "UTC") -> None:
        self.workspace_zone = workspace_zone
        self.log = log
        self.conditions = conditions
        self.seed = seed
        self.no_row: int = log.n_events
        """The row that stands for "no event"."""
        self.profile_hashes = conditions.profile_hashes()
        self.names: Names | None = None
        """What instances of the journey at hand may remember, ..."""
        self.own: Own | None = None
        """... and which traits they see set before others do, ..."""
        self.siblings: Siblings | None = None
        """... also those that other paths of theirs set."""
        self.sets: Mapping[str, Table] = {}
        """What instances of each journey set, as far as that is known (`siblings.COLUMNS`)."""
        self.fates: Mapping[tuple[str, str], Table] = {}
        """By journey and step the messages that a cap drops when they are due, as far as that is known (`policy.FATES`)."""
        self._identifiers: dict[tuple[str, ...], Identifiers] = {}
        self._by_identifier: dict[tuple[str, str, tuple[str, ...], bool], tuple[AnyArray, ByIdentifier]] = {}
        self.enforcing = False
        """Whether the journey at hand is deaf to the surplus of a second (J2-39)."""
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What `compute` makes of this log for all its people, kept for all generations of all journeys."""
        if key not in self._kept:
            self._kept[key] = compute()
        found: T = self._kept[key]
        return found

    # -- sending ---------------------------------------------------------------------------

    def pipeline(self, policies: PlanPolicies) -> Pipeline:
        return self.once("pipeline", lambda: Pipeline(policies, self))

    def capped(self, name: tuple[str, str], tokens: Tokens) -> Mask:
        """Whose message at a step of a journey is known to be dropped by a cap."""
        table = self.fates.get(name)
        if table is None:
            return np.zeros(len(tokens), np.bool_)
        entries = tokens.entries
        asked = (tokens.profile, tokens.time, tokens.entered_at, self.rank_of(entries)[tokens.instance])
        known = tuple(table[one] for one in ("profile", "time", "entered_at", "entry_rank"))
        found: Mask = places(known, asked) >= 0
        return found

    def rank_of(self, entries: Entries) -> AnyArray:
        """How many events of its person and instant came before the one that each instance was entered by, -1 where
        none was: unlike a row it means the same whatever else is added to the log."""
        if not entries.by_event:
            return np.full(len(entries), -1, np.int64)
        return self.rank_in_instant(entries.profile, entries.time, entries.row)

    def rank_in_instant(self, profile: Profiles, time: Instants, row: Rows) -> AnyArray:
        """The same of any events."""
        found: AnyArray = row - self.first_row_after(profile, time - 1)
        return found

    # -- events ----------------------------------------------------------------------------

    def settle_rows(self, tokens: Tokens) -> None:
        """Fill `row` of tokens that came after all events of their instant with the last of
        them (or the place before the profile's first), so that later rows are later events."""
        at = np.flatnonzero(~tokens.on_event)
        if at.size:
            tokens.row = tokens.row.copy()  # paths of one fork may share it
            tokens.row[at] = self.first_row_after(tokens.profile[at], tokens.time[at]) - 1

    def first_row_after(self, profile: Profiles, time: Instants) -> Rows:
        """Row of the first event of each profile later than `time`; its end where there is none."""
        place = profile.astype(np.int64)
        start = self.log.profile_start
        return upper_bound(self.log.time, start[place], start[place + 1], time)

    @cached_property
    def surplus(self) -> Mask | None:
        """By row: which events are too many in their second; None where none is."""
        return surplus_of(self.log)

    def heard(self, name: str, where: Node | None) -> EventRows:
        """The events of a name that pass `where` and that the journey at hand hears."""
        events = self.conditions.events(name, where)
        if not self.enforcing or self.surplus is None:
            return events
        keep = ~self.surplus[events.rows]
        return EventRows(events.rows[keep], events.profile[keep], events.n_events)

    def next_event(self, events: EventRows, profile: Profiles, row: Rows) -> Rows:
        """The first of `events` of each profile later than `row`, else `no_row`."""
        if not len(events.rows):
            return np.full(len(profile), self.no_row, np.int64)
        place = np.searchsorted(events.rows, (row + 1).astype(np.uint32), "left")
        found = place < len(events.rows)
        place[~found] = 0
        found &= events.profile[place] == profile
        return np.where(found, events.rows[place], self.no_row).astype(np.int64, copy=False)

    def identifiers(self, path: tuple[str, ...]) -> Identifiers:
        """The values of a property that keeps instances apart."""
        return self._identifiers.setdefault(path, Identifiers(self.log, path))

    def next_event_of(
        self, name: str, where: Node | None, path: tuple[str, ...], profile: Profiles, code: AnyArray, row: Rows
    ) -> Rows:
        """The first matching event of each profile later than `row` that carries the identifier, else `no_row`."""
        key = (name, repr(where), path, self.enforcing)
        if key not in self._by_identifier:
            events = self.heard(name, where)
            own = self.identifiers(path).of(name)[np.searchsorted(self.log.rows(name), events.rows)]
            keep = own >= 0
            self._by_identifier[key] = (
                events.rows[keep],
                ByIdentifier(events.profile[keep], own[keep], events.rows[keep]),
            )
        rows, search = self._by_identifier[key]
        place = search.next(profile, code, row + 1)
        found = np.full(len(profile), self.no_row, np.int64)
        found[place >= 0] = rows[place[place >= 0]]
        return found

    def place_of(self, profile: Profiles, row: Rows | None) -> AnyArray:
        """The place of each row as `places_of` tells it; -1 where there is no row."""
        if row is None:
            return np.full(len(profile), -1, np.int32)
        found: AnyArray = places_of(self.log, profile, row).astype(np.int32)
        return found

    def time_of(self, row: Rows) -> Instants:
        """The instant of each row, NEVER for `no_row`."""
        if not self.no_row:
            return np.full(len(row), NEVER, np.int64)
        return np.where(row < self.no_row, self.log.time[np.minimum(row, self.no_row - 1)], NEVER)

    # -- conditions ------------------------------------------------------------------------

    def holds_at(self, node: Node, profile: Profiles, time: Instants) -> Mask:
        """Whether `node` holds of each profile at its instant (D-4)."""
        return self.conditions.intervals(node).value(profile, time)

    def holds(self, node: Node, tokens: Tokens) -> Mask:
        """Whether `node` holds of each token now."""
        if not asks_journey(node):
            found = self.holds_at(node, tokens.profile, tokens.time)
        else:
            found = self.conditions.intervals(node, self._bound(tokens)).value(np.arange(len(tokens)), tokens.time)
        own = self._own(node, tokens)
        if own is not None:
            found[own.at] = own.holds(node)
        return found

    def first_holding(self, node: Node, tokens: Tokens) -> tuple[Instants, Mask]:
        """The first instant from now on at which `node` holds of each token, NEVER where there is none; and whether it
        holds on arrival, not only later in that instant."""
        found = self.public_first_holding(node, tokens)
        at_once = found == tokens.time
        return (found if self.siblings is None else self.siblings.asked_again(found, node, tokens)), at_once

    def public_first_holding(self, node: Node, tokens: Tokens) -> Instants:
        """The same but for what other paths of their instances set meanwhile, which all see a microsecond later."""
        now, own = tokens.time, self._own(node, tokens)
        if own is not None:  # what everybody sees is not asked about this instant, but about the next one
            now = now.copy()
            now[own.at] += 1
        if not asks_journey(node):
            found = self.conditions.intervals(node).first_at_or_after(tokens.profile, now)
        else:
            these = self.conditions.intervals(node, self._bound(tokens))
            found = these.first_at_or_after(np.arange(len(tokens)), now)
        if own is not None:
            at_once = own.at[own.holds(node)]
            found[at_once] = tokens.time[at_once]
        return found

    def exits_at_once(self, node: Node, tokens: Tokens) -> Mask:
        """Which tokens an exit rule by condition takes because of what they have just set (D-50: by the entry event alone)."""
        found = np.zeros(len(tokens), np.bool_)
        own = self._own(node, tokens, exits=True)
        if own is not None:
            found[own.at] = own.holds(node)
        return found

    def _own(self, node: object, tokens: Tokens, *, exits: bool = False) -> OwnTokens | None:
        """The tokens that see a condition or value in their own way, None where there are none."""
        at = np.empty(0, np.int64) if self.own is None else self.own.who(node, tokens)
        if self.own is None or not at.size:
            return None
        some = tokens.take(at)
        return OwnTokens(at, some, self.own.view_of(some, self.conditions), self, exits)

    def first_holding_of(self, node: Node, entries: Entries, names: Names | None) -> Instants:
        """The same from entry on, with the entry event alone remembered (D-50)."""
        if names is None or not asks_journey(node):
            return self.conditions.intervals(node).first_at_or_after(entries.profile, entries.time)
        found = self.conditions.intervals(node, self._bound_entries(entries, names))
        return found.first_at_or_after(np.arange(len(entries)), entries.time)

    # -- context ---------------------------------------------------------------------------

    def remembered(self, tokens: Tokens, text: str) -> Column:
        """What `journey(text)` is for each token."""
        assert self.names is not None
        assert tokens.captures is not None
        return remembered(self.names, text, tokens.captures, self)

    def _bound(self, tokens: Tokens) -> Bound:
        return Bound(self.conditions.people, tokens.profile, lambda text: self.remembered(tokens, text))

    def _bound_entries(self, entries: Entries, names: Names) -> Bound:
        rows = first_captures(names, entries)
        return Bound(self.conditions.people, entries.profile, lambda text: remembered(names, text, rows, self))

    def next_for_entries(
        self, rule: PlanExit, entries: Entries, after: Rows, identifier: tuple[str, ...] | None
    ) -> Rows:
        """The first event of an exit rule for each instance later than a row."""
        assert rule.event is not None
        own = entries.identifier if rule.match_identifier and identifier is not None else None
        if rule.where is not None and self.names is not None and asks_journey(rule.where):
            bound = self._bound_entries(entries, self.names)
            end = np.full(len(entries), NEVER, np.int64)
            return self.next_heard(rule.event, rule.where, bound, after, end, own, identifier)
        if own is not None and identifier is not None:
            return self.next_event_of(rule.event, rule.where, identifier, entries.profile, own, after)
        return self.next_event(self.heard(rule.event, rule.where), entries.profile, after)

    def next_for_tokens(
        self, name: str, where: Node | None, tokens: Tokens, until: Instants, identifier: tuple[str, ...] | None
    ) -> Rows:
        """The first event that each token hears after its row; one later than `until` may be given or not."""
        mine = None if where is None else self._own(where, tokens)
        if mine is not None and where is not None:
            return self._next_own(name, where, tokens, until, identifier, mine)
        own = None if identifier is None else tokens.identifier
        if where is not None and asks_journey(where):
            return self.next_heard(name, where, self._bound(tokens), tokens.row, until, own, identifier)
        if own is not None and identifier is not None:
            return self.next_event_of(name, where, identifier, tokens.profile, own, tokens.row)
        return self.next_event(self.heard(name, where), tokens.profile, tokens.row)

    def _next_own(
        self,
        name: str,
        where: Node,
        tokens: Tokens,
        until: Instants,
        identifier: tuple[str, ...] | None,
        own: OwnTokens,
    ) -> Rows:
        """The same where some tokens hear the events that are left of their instant in their own way."""
        others, some, public = tokens.take(slice(None)), own.tokens, self.own  # type: ignore[arg-type]  # a slice copies
        last = self.first_row_after(some.profile, some.time) - 1
        others.row = others.row.copy()
        others.row[own.at] = last  # later ones as everybody does
        self.own = None
        found = self.next_for_tokens(name, where, others, until, identifier)
        self.own = public
        events = self.conditions.streams.all_of(name, self.conditions.people)
        first = np.searchsorted(events.rows, (some.row + 1).astype(np.uint32), "left")
        count = np.searchsorted(events.rows, (last + 1).astype(np.uint32), "left") - first
        place, asked = expand(first, np.maximum(count, 0))
        if len(place):
            bound = own.view.bound(own.remembered)
            since = np.asarray(self.log.times(name))[place]
            owner = asked.astype(np.int32)
            pairs = Events(self.log, name, own.view.conditions.people, None, place, owner, since, bound, asked)
            says = own.view.heard(where, pairs)
            if identifier is not None:
                says &= self.identifiers(identifier).of(name)[place] == some.identifier[asked]
            if self.enforcing and self.surplus is not None:
                says &= ~self.surplus[pairs.rows]
            heard = np.flatnonzero(says)
            who, at = np.unique(asked[heard], return_index=True)
            found[own.at[who]] = pairs.rows[heard[at]]
        return found

    def next_heard(
        self,
        name: str,
        where: Node,
        bound: Bound,
        after: Rows,
        until: Instants,
        identifier: AnyArray | None,
        path: tuple[str, ...] | None,
    ) -> Rows:
        """The first event of each of the bound later than a row and not after an instant at which `where`, which
        reads the context, holds, with the identifier where one is asked; else `no_row`."""
        events = self.conditions.streams.all_of(name, self.conditions.people)
        own = bound.owner.astype(np.int64)
        last = segment_offsets(events.profile, self.log.n_profiles)[own + 1]
        first = np.minimum(np.searchsorted(events.rows, (after + 1).astype(np.uint32), "left"), last)
        last = upper_bound(events.time, first, last, until)
        place, asked = expand(first, last - first)
        since = np.asarray(self.log.times(name))[place]
        pairs = Events(self.log, name, self.conditions.people, None, place, bound.owner[asked], since, bound, asked)
        says = Moments(self.conditions, pairs.owner, since, pairs).holds(where)
        if identifier is not None and path is not None:
            says = says & (self.identifiers(path).of(name)[place] == identifier[asked])
        if self.enforcing and self.surplus is not None:
            says = says & ~self.surplus[pairs.rows]
        heard = np.flatnonzero(says)
        found = np.full(bound.n, self.no_row, np.int64)
        who, at = np.unique(asked[heard], return_index=True)
        found[who] = pairs.rows[heard[at]]
        return found

    # -- zones -----------------------------------------------------------------------------

    def zones(self, tokens: Tokens, *, own: bool) -> tuple[list[str], AnyArray]:
        """Zone names, and for each token which of them is its own (D-30), else the workspace's."""
        names, zone = self.zones_of(tokens.profile, tokens.time, own=own)
        mine = self._own(_ZONE, tokens) if own else None
        if mine is not None:
            told = mine.value(_ZONE)
            valid = np.array([calendar.zone_named(text) is not None for text in told.texts] or [False])
            known = (np.asarray(told.kind) == TEXT) & valid[np.maximum(np.asarray(told.code), 0)]
            others, plain = self._zones(mine.tokens.profile, mine.tokens.time, [self.conditions.valid_zones()])
            zone[mine.at] = np.where(known, np.asarray(told.code) + len(names), plain + len(names) + len(told.texts))
            names = [*names, *told.texts, *others]
        return names, zone

    def zones_of(self, profile: Profiles, time: Instants, *, own: bool) -> tuple[list[str], AnyArray]:
        """Zone names, and for each profile at its instant which of them is its own (D-30), else the workspace's."""
        return self._zones(profile, time, self.once(("zones",), self._told_zones) if own else [])

    def _told_zones(self) -> list[histories.History]:
        """What calls tell, then what traits tell."""
        return [self.conditions.valid_zones(), histories.of_trait(self.log.trait(("timezone",)))]

    def _zones(self, profile: Profiles, time: Instants, told: list[histories.History]) -> tuple[list[str], AnyArray]:
        """The last of some histories that names a zone has the last word."""
        names = [self.workspace_zone]
        zone = np.zeros(len(profile), np.int64)
        for history in told:
            column = take_or_absent(history.column, histories.place_at(history, profile, time))
            valid = np.array([calendar.zone_named(text) is not None for text in column.texts] or [False])
            code = np.maximum(np.asarray(column.code), 0)
            known = (np.asarray(column.kind) == TEXT) & valid[code]
            zone[known] = code[known] + len(names)
            names += list(column.texts)
        return names, zone

    def all_zones(self) -> list[str]:
        """Every zone that somebody may be in."""
        told = (*self.conditions.valid_zones().column.texts, *self.log.trait(("timezone",)).column.texts)
        return list(
            dict.fromkeys([self.workspace_zone, *(name for name in told if calendar.zone_named(name) is not None)])
        )

    def value(self, side: Side, tokens: Tokens) -> Column:
        """A trait of each token now."""
        found = Moments(self.conditions, tokens.profile, tokens.time).value(side)
        own = self._own(side, tokens)
        return found if own is None else replaced(found, own.at, own.value(side))

    def property_of(self, name: str, path: tuple[str, ...], row: Rows) -> Column:
        """A property of the events of a name at the given rows, absent where a row is -1 or another event's."""
        rows = np.asarray(self.log.rows(name))
        place = np.searchsorted(rows, np.maximum(row, 0).astype(np.uint32))
        place = np.where((row >= 0) & (place < len(rows)), place, -1)
        if len(rows):
            place[(place >= 0) & (rows[np.maximum(place, 0)] != row)] = -1
        return take_or_absent(self.log.column(name, path), place)

    def properties_of(self, name: str, row: Rows) -> Column:
        """All properties of the events at the given rows, each as an object; absent where a row is -1."""
        used, inverse = np.unique(row, return_inverse=True)
        paths = [path_parts(path)[:1] for path in self.log.properties(name)]
        columns = {path: self.property_of(name, path, used) for path in dict.fromkeys(paths)}
        found = [{path[0]: value_at(column, place) for path, column in columns.items()} for place in range(len(used))]
        code = np.where(used < 0, -1, np.arange(len(used)))[inverse].astype(np.int32)
        kind = np.where(code >= 0, np.uint8(OBJECT), np.uint8(0))
        return Values(kind, np.full(len(row), np.nan), code, [text_of(one) for one in found])


class OwnTokens:
    """Tokens (at the places `at` among others) that have just set what they are asked about."""

    def __init__(self, at: AnyArray, tokens: Tokens, view: OwnView, outer: View, exits: bool) -> None:
        self.at, self.tokens, self.view, self._outer, self._exits = at, tokens, view, outer, exits

    def remembered(self, text: str) -> Column:
        """What `journey(text)` is for each of them."""
        names, tokens = self._outer.names, self.tokens
        assert names is not None
        assert tokens.captures is not None
        rows = first_captures(names, tokens.entries)[tokens.instance] if self._exits else tokens.captures
        return remembered(names, text, rows, self._outer)

    def holds(self, node: Node) -> Mask:
        return self.view.holds(node, self.remembered)

    def value(self, side: Side) -> Column:
        return self.view.value(side)


_ZONE = Trait(("timezone",))
