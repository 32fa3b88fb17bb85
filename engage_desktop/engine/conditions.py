"""Conditions become sets of instants: leaves from events and traits, junctions by set algebra (D-5).

One `Conditions` serves one log; everything it computes about people, accounts and whole streams
is kept in the leaf cache by content. What a stream shows is in `streams`.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    CompareOp,
    Context,
    JourneyValue,
    Not,
    Or,
    Property,
    Reduce,
    Stream,
    Trait,
)
from engage_desktop.domain.errors import Cancelled
from engage_desktop.engine import history as histories
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, Mask, Profiles
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.calendar import zone_named
from engage_desktop.engine.definitions import (
    AskUsers,
    AudienceMeaning,
    Computed,
    Constant,
    Listed,
    Meaning,
    Member,
    Node,
    OfAccounts,
    Side,
    TraitMeaning,
    asks_event,
    asks_journey,
    is_constant,
    is_fixed,
    literals_of,
)
from engage_desktop.engine.draw import ProfileHashes, profile_hashes
from engage_desktop.engine.frames import Bound, Events, Frame, Root
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.links import Links
from engage_desktop.engine.pieces import last_session, segments
from engage_desktop.engine.reducers import reduce_cover
from engage_desktop.engine.source import Log
from engage_desktop.engine.streams import Streams
from engage_desktop.engine.values import Scalar, number_of


@dataclass(frozen=True, eq=False)
class EventRows:
    """The matching events of one name: global rows ascending and their profiles."""

    rows: np.ndarray[tuple[int], np.dtype[np.uint32]]
    profile: Profiles
    n_events: int
    """Also the row that stands for "none"."""

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self.profile.nbytes


class Given(Protocol):
    """What is known of people before their log is looked at; None where it is not."""

    def intervals(self, node: Node) -> Intervals | None: ...
    def history(self, side: Side) -> History | None: ...
    def events(self, name: str, where: Node | None) -> EventRows | None: ...


class Conditions:
    """Answers what conditions mean on one log. `meanings` gives audiences and traits by digest."""

    def __init__(
        self,
        log: Log,
        meanings: Mapping[str, Meaning],
        cache: LeafCache | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        accounts: Callable[[Node], Intervals] | None = None,
        people: Callable[[Node], Intervals] | None = None,
        given: Given | None = None,
    ) -> None:
        """`accounts` answers for account audiences where the log is but a bucket of people, `people` for users where
        those of the whole log are asked bucket by bucket; `given` what is known of people already."""
        self.accounts = accounts
        self.given = given
        self.meanings = meanings
        self._people = people
        self.log = log
        self.n_profiles = log.n_profiles
        self.people = Root("user", np.asarray(log.since))
        self.cache = (cache if cache is not None else LeafCache()).serve(log)
        self.links = Links(log, self.cache)
        self.streams = Streams(weakref.proxy(self))  # no circle, so that what a run used goes when it is over
        self.cancelled = cancelled

    def root(self, level: str) -> Root:
        """The people of the log, or its accounts."""
        return self.people if level == "user" else self.links.accounts

    # -- conditions ------------------------------------------------------------------------

    def intervals(self, node: Node, frame: Frame | None = None) -> Intervals:
        """The instants at which `node` holds, over the whole log and beyond its end (D-5)."""
        frame = self.people if frame is None else frame
        if frame.key is None:
            return self._intervals(node, frame)
        known = self.given.intervals(node) if self.given is not None and frame is self.people else None
        if known is not None:
            return known
        key = f"intervals {frame.key} {node!r}"
        return self.cache.get(key, lambda: self._intervals(node, frame), lambda one: one.nbytes)

    def _intervals(self, node: Node, frame: Frame) -> Intervals:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("Stopped.")
        match node:
            case Constant(value):
                return sets.since(frame.since) if value else sets.empty(frame.n)
            case And(items):
                return self._and(items, frame)
            case Or(items):
                return sets.union([self.intervals(item, frame) for item in items])
            case Not(item):
                return sets.complement(self.intervals(item, frame), frame.since)
        if isinstance(frame, Bound) and not asks_journey(node):
            return sets.gather(self.intervals(node), frame.owner, frame.since)
        if isinstance(frame, Events):
            if is_fixed(node):
                return sets.always(self.streams.mask(node, frame), frame.since)
            if not asks_event(node):
                return sets.gather(self.intervals(node, frame.root), frame.owner, frame.since)
        match node:
            case Member(level="account") if self.accounts is not None:
                return self.accounts(node)
            case Member(_, digest, level):
                meaning = self.meanings[digest]
                assert isinstance(meaning, AudienceMeaning)
                found = self.intervals(meaning.condition, self.root(level))
                eligible = self.log.eligible_since(meaning.include_anonymous) if level == "user" else None
                return found if eligible is None else sets.clip(found, eligible)
            case Listed(ids) if isinstance(frame, Root) and frame.level == "account":
                return sets.always(np.array([one in ids for one in self.log.account_ids], np.bool_), frame.since)
            case Listed(ids):
                profile, since = self.log.named(ids)
                return sets.union_of(profile, since, np.full(len(since), NEVER, np.int64), frame.n)
            case OfAccounts(member):
                return self.links.to_people(self.intervals(member))
            case AskUsers():
                return self._ask(node)
            case Compare(left, op, values):
                return self._compare(left, op, values, frame)
            case CompareDate(left, date_op, date):
                return histories.where_date(self.history(left, frame), date_op, date)
        raise AssertionError(f"unresolved condition {node!r}")

    def _and(self, items: tuple[Node, ...], frame: Frame) -> Intervals:
        """`x AND NOT y` as a difference: the complement of a small set is as large as the log."""
        negated = [self.intervals(item.item, frame) for item in items if isinstance(item, Not)]
        plain = [self.intervals(item, frame) for item in items if not isinstance(item, Not)]
        if not plain:
            return sets.complement(sets.union(negated), frame.since)
        return sets.difference(sets.intersection(plain), sets.union(negated)) if negated else sets.intersection(plain)

    def _ask(self, node: AskUsers) -> Intervals:
        links, eligible = self.links, np.asarray(self.log.eligible_since(node.include_anonymous))
        item = (self._people or self.intervals)(node.item)
        if node.quantifier == "all":
            everyone = sets.since(eligible)
            failing = sets.difference(everyone, item)
            return sets.difference(links.to_accounts(everyone), links.to_accounts(failing))
        some = links.to_accounts(sets.clip(item, eligible))
        return some if node.quantifier == "any" else sets.complement(some, links.accounts.since)

    # -- comparisons -----------------------------------------------------------------------

    def _compare(self, left: Side, op: CompareOp, values: tuple[Side, ...], frame: Frame) -> Intervals:
        if not all(map(is_constant, values)):
            return histories.where_pairs(self.history(left, frame), op, self.history(values[0], frame))
        literals = literals_of(values)
        known = self.given is not None and isinstance(left, Computed)
        reduce = self.definition(left) if isinstance(frame, Root) and not known else left
        plain = isinstance(reduce, Reduce) and reduce.kind == "count" and reduce.stream.session is None
        if plain and op not in ("contains", "omits", "starts_with", "ends_with"):  # those look into a trait's text form
            return self._count(reduce.stream, op, literals, frame)
        return histories.where_column(self.history(left, frame), op, literals, frame.since)

    def definition(self, side: Side) -> Side:
        """A computed trait as the reducer it is."""
        if not isinstance(side, Computed):
            return side
        meaning = self.meanings[side.digest]
        assert isinstance(meaning, TraitMeaning)
        return meaning.reduce

    def history(self, side: Side, frame: Frame | None = None) -> History:
        """A value over time for each subject."""
        frame = self.people if frame is None else frame
        if not isinstance(frame, Root):
            match side:
                case JourneyValue(text) if isinstance(frame, Bound):
                    return histories.fixed(frame.value(text), frame.since)
                case Property() | Context() | JourneyValue() if isinstance(frame, Events):
                    return histories.fixed(self.streams.column(side, frame), frame.since)
                case Reduce():
                    return self._reduced(side, frame)
            return histories.gather(self.history(side, frame.root), frame.owner, frame.since)
        known = self.given.history(side) if self.given is not None and frame is self.people else None
        if known is not None:
            return known
        key = f"history {frame.key} {side!r}"
        return self.cache.get(key, lambda: self._history(side, frame), lambda one: one.nbytes)

    def _history(self, side: Side, root: Root) -> History:
        match side:
            case Trait(path):
                return histories.of_trait((self.log.trait if root.level == "user" else self.log.account_trait)(path))
            case Reduce():
                return self._reduced(side, root)
            case Computed():
                return self._reduced(self.definition(side), root)
            case Member() | OfAccounts():
                return histories.of_set(self.intervals(side, root), root.since)
        raise AssertionError(f"no value {side!r}")

    def _reduced(self, reduce: Reduce, frame: Frame) -> History:
        pieces = self.streams.pieces(reduce.stream, frame)
        counts = reduce.kind in ("count", "unique_count")  # of nothing they are 0 (D-8)
        parts, cover = segments(pieces, frame.since, whole=counts)
        if reduce.stream.session is not None and not self.streams.settles_sessions(reduce.stream, frame):
            cover = last_session(cover, pieces.events.time, reduce.stream.session.us)
        column = pieces.events.column(reduce.path, reduce.context) if reduce.path else None
        return History(parts.start, parts.time, reduce_cover(reduce, cover, column))

    # -- counts ----------------------------------------------------------------------------

    def _count(self, stream: Stream, op: str, literals: list[Scalar], frame: Frame) -> Intervals:
        def at_least(count: float) -> Intervals:
            if count <= 0:
                return self.intervals(Constant(True), frame)
            if count > self.log.n_events:
                return sets.empty(frame.n)
            return self.streams.at_least(stream, int(count), frame)

        def not_(these: Intervals) -> Intervals:
            return sets.complement(these, frame.since)

        def exactly(count: float) -> Intervals:
            if count < 0 or count != math.floor(count):
                return sets.empty(frame.n)
            if count == 0:
                return not_(at_least(1))
            return sets.difference(at_least(count), at_least(count + 1))

        if op in ("exists", "absent"):  # a count is always there
            return self.intervals(Constant(op == "exists"), frame)
        numbers = [number for literal in literals if (number := number_of(literal)) is not None]
        if op in ("=", "!=", "one_of", "none_of"):
            equal = sets.union([sets.empty(frame.n), *(exactly(number) for number in numbers)])
            return not_(equal) if op in ("!=", "none_of") else equal
        if not numbers:
            return sets.empty(frame.n)
        number = numbers[0]
        if op == ">=":
            return at_least(math.ceil(number))
        if op == ">":
            return at_least(math.floor(number) + 1)
        return not_(at_least(math.ceil(number) if op == "<" else math.floor(number) + 1))

    # -- events ----------------------------------------------------------------------------

    def valid_zones(self) -> History:
        """What calls told of zones, names that are none left out: an earlier one then stands (D-47)."""
        told = histories.of_trait(self.log.zones)
        valid = np.array([zone_named(text) is not None for text in told.column.texts] or [False])
        keep = valid[np.maximum(np.asarray(told.column.code), 0)] if len(told.time) else np.zeros(0, np.bool_)
        return told if keep.all() else histories.selected(told, keep)

    def profile_hashes(self) -> ProfileHashes:
        """H of the profiles' ids, kept with the log from run to run."""
        return self.cache.get("profile hashes", lambda: profile_hashes(self.log), lambda _: 0)

    def events(self, name: str, where: Node | None = None) -> EventRows:
        """The events of `name` at which `where` holds; everything in it has its value at the instant
        of the event, a nested event() the whole history up to it (D-9, D-43)."""
        known = None if self.given is None else self.given.events(name, where)
        if known is not None:
            return known
        key = f"events {name!r} {where!r}"
        return self.cache.get(key, lambda: self._events(name, where), lambda one: one.nbytes)

    def _events(self, name: str, where: Node | None) -> EventRows:
        rows, profile = self.log.rows(name), self.log.profiles(name)
        if where is None:
            return EventRows(rows, profile, self.log.n_events)
        at = np.flatnonzero(self.mask(name, where))
        return EventRows(rows[at], profile[at], self.log.n_events)

    def mask(self, name: str, where: Node) -> Mask:
        """An own `where` for every event of `name`, aligned to the log's `rows(name)`."""
        from engage_desktop.engine.moments import Moments

        events = self.streams.all_of(name, self.people)
        return Moments(self, events.profile, events.time, events).holds(where)
