"""Conditions become intervals: leaves from event and trait columns, junctions by set algebra.

One `Conditions` serves one log; everything it computes is kept in the leaf cache by content.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engage_desktop.domain.condition import (
    And,
    Compare,
    Context,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Stream,
    Trait,
)
from engage_desktop.domain.errors import Cancelled
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, Instants, Mask, Profiles
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.definitions import Constant, Member, Node
from engage_desktop.engine.draw import ProfileHashes
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.source import Log
from engage_desktop.engine.values import Scalar, absent_holds, column_holds, number_of

MAX_STATE_ATOMS = 6
"""Traits and audiences that one `where` may name: each doubles the cases to compute."""


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


@dataclass(frozen=True)
class AudienceMeaning:
    condition: Node
    include_anonymous: bool


class Conditions:
    """Answers what conditions mean on one log. `meanings` gives audiences by digest."""

    def __init__(
        self,
        log: Log,
        meanings: Mapping[str, AudienceMeaning],
        cache: LeafCache | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.log = log
        self.n_profiles = log.n_profiles
        self._meanings = meanings
        self._cache = (cache if cache is not None else LeafCache()).serve(log)
        self._cancelled = cancelled
        self._names = frozenset(log.event_names)

    # -- conditions ------------------------------------------------------------------------

    def intervals(self, node: Node) -> Intervals:
        """The instants at which `node` holds, over the whole log and beyond its end (D-5)."""
        return self._cache.get(f"intervals {node!r}", lambda: self._intervals(node), lambda one: one.nbytes)

    def _intervals(self, node: Node) -> Intervals:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Stopped.")
        match node:
            case And(items):
                return self._and(items)
            case Or(items):
                return sets.union([self.intervals(item) for item in items])
            case Not(item):
                return sets.complement(self.intervals(item), self.log.since)
            case Constant(value):
                return sets.since(self.log.since) if value else sets.empty(self.n_profiles)
            case Member(_, digest):
                meaning = self._meanings[digest]
                eligible = self.log.eligible_since(meaning.include_anonymous)
                return sets.clip(self.intervals(meaning.condition), eligible)
            case Compare():
                return self._compare(node)
        raise AssertionError(f"unresolved condition {node!r}")

    def _and(self, items: tuple[Node, ...]) -> Intervals:
        """`x AND NOT y` as a difference: the complement of a small set is as large as the log."""
        negated = [self.intervals(item.item) for item in items if isinstance(item, Not)]
        plain = [self.intervals(item) for item in items if not isinstance(item, Not)]
        if not plain:
            return sets.complement(sets.union(negated), self.log.since)
        return sets.difference(sets.intersection(plain), sets.union(negated)) if negated else sets.intersection(plain)

    def _compare(self, node: Compare) -> Intervals:
        left = node.left
        literals = literals_of(node)
        if isinstance(left, Trait):
            return self._trait(left.path, node, literals)
        assert isinstance(left, Reduce)  # scope.py lets nothing else pass, and of reducers only count
        atoms = state_atoms(left.stream.where)
        if atoms:
            return self.intervals(_by_cases(node, left, atoms[0]))
        return self._count(left.stream, node.op, literals)

    def _trait(self, path: tuple[str, ...], node: Compare, literals: list[Scalar]) -> Intervals:
        # A value holds from its identify to the next one; before the first the trait is absent.
        history = self.log.trait(path)
        says = column_holds(history.column, node.op, literals)
        negated = absent_holds(node.op)
        profile = np.repeat(np.arange(self.n_profiles, dtype=np.int32), np.diff(history.start))
        start: Instants = np.asarray(history.time)
        end = np.full(len(start), NEVER, np.int64)
        if len(start):
            same = profile[1:] == profile[:-1]
            end[:-1][same] = start[1:][same]
        keep = ~says if negated else says
        found = sets.joined(profile[keep], start[keep], end[keep], self.n_profiles)
        return sets.complement(found, self.log.since) if negated else found

    # -- counts ----------------------------------------------------------------------------

    def _count(self, stream: Stream, op: str, literals: list[Scalar]) -> Intervals:
        def at_least(count: float) -> Intervals:
            if count <= 0:
                return self.intervals(Constant(True))
            if count > self.log.n_events:
                return sets.empty(self.n_profiles)
            return self._at_least(stream, int(count))

        def not_(these: Intervals) -> Intervals:
            return sets.complement(these, self.log.since)

        def exactly(count: float) -> Intervals:
            if count < 0 or count != math.floor(count):
                return sets.empty(self.n_profiles)
            if count == 0:
                return not_(at_least(1))
            return sets.difference(at_least(count), at_least(count + 1))

        if op in ("exists", "absent"):  # a count is always there
            return self.intervals(Constant(op == "exists"))
        numbers = [number for literal in literals if (number := number_of(literal)) is not None]
        if op in ("=", "!=", "one_of", "none_of"):
            equal = sets.union([sets.empty(self.n_profiles), *(exactly(number) for number in numbers)])
            return not_(equal) if op in ("!=", "none_of") else equal
        if not numbers:
            return sets.empty(self.n_profiles)
        number = numbers[0]
        if op == ">=":
            return at_least(math.ceil(number))
        if op == ">":
            return at_least(math.floor(number) + 1)
        return not_(at_least(math.ceil(number) if op == "<" else math.floor(number) + 1))

    def _at_least(self, stream: Stream, count: int) -> Intervals:
        # within N sees an event at t during [t, t + N), between A, B during [t + A, t + B) (D-3);
        # several windows intersect.
        low, high = 0, None
        for window in stream.windows:
            starts, ends = (window.a.us, window.b.us) if window.b is not None else (0, window.a.us)
            low, high = max(low, starts), ends if high is None else min(high, ends)
        key = f"count {count} {low} {high} {stream.event!r} {stream.where!r}"

        def compute() -> Intervals:
            events = self._stream(stream)
            return sets.at_least(events.profile, self.log.time[events.rows], count, low, high, self.n_profiles)

        return self._cache.get(key, compute, lambda one: one.nbytes)

    def profile_hashes(self) -> ProfileHashes:
        """H of the profiles' ids, kept from run to run."""
        return self._cache.get(
            "profile hashes", lambda: ProfileHashes(self.log.profile_ids), lambda _: 9 * self.n_profiles
        )

    # -- events ----------------------------------------------------------------------------

    def _stream(self, stream: Stream) -> EventRows:
        return self.events(stream.event, stream.where)

    def events(self, name: str, where: Node | None = None) -> EventRows:
        """The events of `name` at which `where` holds; traits, audiences and counts in it have
        their value at the instant of the event (D-9, D-43)."""
        key = f"events {name!r} {where!r}"
        return self._cache.get(key, lambda: self._events(name, where), lambda one: one.nbytes)

    def _events(self, name: str, where: Node | None) -> EventRows:
        n = self.log.n_events
        if name not in self._names:
            return EventRows(np.empty(0, np.uint32), np.empty(0, np.int32), n)
        rows, profile = self.log.rows(name), self.log.profiles(name)
        if where is None:
            return EventRows(rows, profile, n)
        mask = self.mask(name, where)
        return EventRows(rows[mask], profile[mask], n)

    def mask(self, name: str, where: Node) -> Mask:
        """`where` for every event of `name`, aligned to the log's `rows(name)`."""
        match where:
            case And(items) | Or(items):
                found = self.mask(name, items[0]).copy()
                for item in items[1:]:
                    if isinstance(where, And):
                        found &= self.mask(name, item)
                    else:
                        found |= self.mask(name, item)
                return found
            case Not(item):
                return ~self.mask(name, item)
            case Constant(value):
                return np.full(len(self.log.rows(name)), value, np.bool_)
            case Compare(Property(path), op, _):
                return column_holds(self.log.column(name, path), op, literals_of(where))
            case Compare(Context(path), op, _):
                return column_holds(self.log.context(name, path), op, literals_of(where))
            case _:
                return self.intervals(where).value(self.log.profiles(name), self.log.time[self.log.rows(name)])


def literals_of(node: Compare) -> list[Scalar]:
    return [value.value for value in node.values if isinstance(value, Literal)]


def state_atoms(where: Node | None) -> list[Node]:
    """Comparisons of traits and audiences inside a `where`, each once, in reading order."""
    found: dict[str, Node] = {}

    def visit(node: Node) -> None:
        match node:
            case And(items) | Or(items):
                for item in items:
                    visit(item)
            case Not(item):
                visit(item)
            case Member() | Compare(Trait()) | Compare(Literal(), _, (Trait(),)):
                found.setdefault(repr(node), node)

    if where is not None:
        visit(where)
    return list(found.values())


def _by_cases(node: Compare, left: Reduce, atom: Node) -> Node:
    """`node` as (atom and node with atom true) or (not atom and node with atom false).

    A trait inside `where` has its value at the instant of evaluation (D-9), the same for all
    events of the stream, so it may be taken out.
    """

    def case(value: bool) -> Compare:
        where = _put(left.stream.where, repr(atom), Constant(value))
        return replace(node, left=replace(left, stream=replace(left.stream, where=where)))  # type: ignore[arg-type]  # Node

    return Or((And((atom, case(True))), And((Not(atom), case(False)))))  # type: ignore[arg-type]  # Node widens Condition


def _put(node: Node | None, atom: str, constant: Constant) -> Node | None:
    match node:
        case And(items):
            return And(tuple(_put(item, atom, constant) for item in items))  # type: ignore[misc]  # Node widens Condition
        case Or(items):
            return Or(tuple(_put(item, atom, constant) for item in items))  # type: ignore[misc]  # Node widens Condition
        case Not(item):
            return Not(_put(item, atom, constant))  # type: ignore[arg-type]  # Node widens Condition
        case _:
            return constant if repr(node) == atom else node
