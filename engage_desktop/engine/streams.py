"""What a stream of the query language shows: its events, and during which instants each is seen (D-3, D-43)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Context,
    Instant,
    JourneyValue,
    Not,
    Or,
    Property,
    Stream,
)
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import (
    NEVER,
    AnyArray,
    Instants,
    Mask,
    Rows,
    expand,
    first_of_each,
    segment_offsets,
    upper_bound,
)
from engage_desktop.engine.dates import holding, instants_in
from engage_desktop.engine.definitions import Constant, Node, asks_parent, is_constant, is_fixed, literals_of
from engage_desktop.engine.frames import Bound, Events, Frame, Root
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.pieces import Pieces
from engage_desktop.engine.source import TEXT, Column
from engage_desktop.engine.values import column_holds, pairs_hold

if TYPE_CHECKING:
    from engage_desktop.engine.conditions import Conditions


class Filter(NamedTuple):
    """The `where` of a stream by how it is asked: of the event alone, of it beside its parent, at every instant."""

    own: Node | None
    beside_parent: Node | None
    moving: Node | None


class Streams:
    """Streams of one log. Pieces of people's whole streams are rebuilt when asked; their events are cached."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.log = conditions.log

    # -- events ----------------------------------------------------------------------------

    def all_of(self, name: str, root: Root) -> Events:
        """Every event of a name in the streams of people or accounts."""
        if root.level == "account":
            cache = self.conditions.cache
            return cache.get(
                f"events account {name!r}", lambda: self.conditions.links.events(name), lambda one: one.nbytes
            )
        return Events(self.log, name, root, f"user>{name!r}", None)

    def _own(self, stream: Stream, root: Root) -> Events:
        """The events of a stream that pass what can be asked of them alone."""
        own = split(stream.where).own
        if own is None and not stream.exclude:
            return self.all_of(stream.event, root)
        key = f"{root.key}>{stream.event!r} {own!r} {stream.exclude!r}"

        def compute() -> Events:
            events = self.all_of(stream.event, root)
            keep = np.ones(events.n, np.bool_) if own is None else self.mask(own, events)
            if stream.exclude:
                keep &= ~_from_sources(events, stream.exclude)
            return events.select(keep, key)

        return self.conditions.cache.get(f"events {key}", compute, lambda one: one.nbytes)

    def events(self, stream: Stream, frame: Frame) -> Events:
        """The events of a stream in a frame that pass all that does not move with the instant: those of people or
        accounts, or for parent events those of the same person after each parent (D-2, D-3)."""
        if isinstance(frame, Root):
            return self._own(stream, frame)
        child = self._own(stream, self.conditions.people)
        if isinstance(frame, Bound):  # the whole history of the person
            offsets = segment_offsets(child.profile, self.log.n_profiles)
            own = frame.owner.astype(np.int64)
            first, last = offsets[own], offsets[own + 1]
        else:
            first, last = self._after(stream, frame, child)
        at, parent_at = expand(first, np.maximum(last - first, 0))
        since = np.maximum(child.time[at], frame.since[parent_at])
        owner = frame.owner[parent_at]
        place = at if child.place is None else child.place[at]
        pairs = Events(self.log, stream.event, frame.root, None, place, owner, since, frame, parent_at)
        beside = split(stream.where).beside_parent
        return pairs if beside is None else pairs.select(self.mask(beside, pairs))

    def _after(self, stream: Stream, parents: Events, child: Events) -> tuple[Rows, Rows]:
        """The range of `child` that lies after each parent and in the windows that count from it."""
        rows = parents.rows.astype(np.uint32) + np.uint32(1)
        first = np.searchsorted(child.rows, rows, "left").astype(np.int64)
        offsets = segment_offsets(child.profile, self.log.n_profiles)
        last = offsets[parents.profile.astype(np.int64) + 1]
        low, high = bounds(stream, parent=True)
        if any(window.parent and window.b is not None for window in stream.windows):  # between() is open at its start
            first = np.maximum(first, upper_bound(child.time, np.minimum(first, last), last, parents.time + low))
        if high is not None:
            last = upper_bound(child.time, np.minimum(first, last), last, parents.time + high)
        return first, last

    # -- visibility ------------------------------------------------------------------------

    def pieces(self, stream: Stream, frame: Frame) -> Pieces:
        """During which instants each event of the stream is seen. A session is settled here where it can be."""
        events = self.events(stream, frame)
        low, high = bounds(stream, parent=False)
        moving = split(stream.where).moving
        if moving is None:
            event = np.arange(events.n)
            start = np.maximum(events.since, events.time + low) if low else events.since
            end = np.full(events.n, NEVER, np.int64) if high is None else events.time + high
        else:
            seen = self.conditions.intervals(moving, events)
            event = seen.profile.astype(np.int64)
            start = np.maximum(seen.start, events.time[event] + low) if low else seen.start
            end = seen.end if high is None else np.minimum(seen.end, events.time[event] + high)
        if stream.session is not None and self.settles_sessions(stream, frame):
            end = np.minimum(end, _session_ends(events, stream.session.us))
        keep = start < end
        return Pieces(events, event, start, end) if keep.all() else Pieces(events, event[keep], start[keep], end[keep])

    def visible(self, stream: Stream, root: Root, at: int) -> Events:
        """The events of the stream that are seen at one instant; of a session that is not settled those of all."""
        if stream.session is not None or root.level == "account" or split(stream.where).moving is not None:
            pieces = self.pieces(stream, root)
            return pieces.events.select(pieces.event[(pieces.start <= at) & (pieces.end > at)])
        events = self.all_of(stream.event, root)
        low, high = bounds(stream, parent=False)
        seen = events.time <= at - low
        if high is not None:
            seen &= events.time > at - high
        events = events.select(seen)
        own = split(stream.where).own
        if own is not None:
            events = events.select(self.mask(own, events))
        return events.select(~_from_sources(events, stream.exclude)) if stream.exclude else events

    def settles_sessions(self, stream: Stream, frame: Frame) -> bool:
        """Whether sessions are the same at every instant: nothing but time adds or takes events."""
        return isinstance(frame, Root) and frame.level == "user" and split(stream.where).moving is None

    def at_least(self, stream: Stream, count: int, frame: Frame) -> Intervals:
        """When at least `count` (>= 1) events of the stream are seen."""
        if frame.key is None:
            return self._at_least(stream, count, frame)
        key = f"count {frame.key} {count} {stream!r}"
        return self.conditions.cache.get(key, lambda: self._at_least(stream, count, frame), lambda one: one.nbytes)

    def _at_least(self, stream: Stream, count: int, frame: Frame) -> Intervals:
        parts = split(stream.where)
        if parts.moving is None and isinstance(frame, Root) and frame.level == "user":
            events = self._own(stream, frame)
            return sets.at_least(events.owner, events.time, count, *bounds(stream, parent=False), frame.n)
        plain = bounds(stream, parent=False) == (0, None)
        if parts.moving is None and parts.beside_parent is None and plain and isinstance(frame, Events):
            return self._nth_after(stream, count, frame)
        pieces = self.pieces(stream, frame)
        return sets.covered(pieces.subject, pieces.start, pieces.end, frame.n, count)

    def _nth_after(self, stream: Stream, count: int, parents: Events) -> Intervals:
        """A parent has `count` children from the count-th one on, if that lies in the parent's windows."""
        child = self._own(stream, self.conditions.people)
        first, last = self._after(stream, parents, child)
        nth = first + (count - 1)
        at = np.flatnonzero(nth < last)
        start = np.maximum(child.time[nth[at]], parents.since[at])
        return Intervals(at.astype(np.int32), start, np.full(len(at), NEVER, np.int64), parents.n)

    # -- what can be asked of an event alone -----------------------------------------------

    def mask(self, node: Node, events: Events) -> Mask:
        """A condition of `is_fixed` for every event."""
        match node:
            case And(items) | Or(items):
                found = self.mask(items[0], events).copy()
                for item in items[1:]:
                    if isinstance(node, And):
                        found &= self.mask(item, events)
                    else:
                        found |= self.mask(item, events)
                return found
            case Not(item):
                return ~self.mask(item, events)
            case Constant(value):
                return np.full(events.n, value, np.bool_)
            case Compare(left, op, values) if all(map(is_constant, values)):
                return column_holds(self.column(left, events), op, literals_of(values))
            case Compare(left, op, (right,)):
                return pairs_hold(self.column(left, events), op, self.column(right, events))
            case CompareDate(left, op, Instant() as value):
                place, instant = instants_in(self.column(left, events))
                start, end = holding(op, value, instant)
                mask = np.zeros(events.n, np.bool_)
                mask[place[start < end]] = True
                return mask
        raise AssertionError(f"moving condition {node!r}")

    def column(self, side: object, events: Events) -> Column:
        """A property of every event, of its parent, or a field of its context."""
        match side:
            case Property(path, True):
                return events.parent_column(path)
            case Property(path):
                return events.column(path)
            case Context(path):
                return events.column(path, context=True)
            case JourneyValue(text):
                return events.journey_column(text)
        raise AssertionError(f"no property {side!r}")


def bounds(stream: Stream, *, parent: bool) -> tuple[int, int | None]:
    """An event at t is seen during `[t + low, t + high)`; a child after its parent's instant p lies in
    `(p + low, p + high]`, for ever where high is None. Several windows intersect (D-3, D-43)."""
    low, high = 0, None
    for window in stream.windows:
        if window.parent == parent:
            starts, ends = (window.a.us, window.b.us) if window.b is not None else (0, window.a.us)
            low, high = max(low, starts), ends if high is None else min(high, ends)
    return low, high


def split(where: Node | None) -> Filter:
    """Take the conjuncts of a `where` apart by how they are asked."""
    parts: tuple[list[Node], list[Node], list[Node]] = ([], [], [])
    for item in where.items if isinstance(where, And) else () if where is None else (where,):
        parts[2 if not is_fixed(item) else 1 if asks_parent(item) else 0].append(item)
    return Filter(*map(_all, parts))


def _all(items: Iterable[Node]) -> Node | None:
    found = tuple(items)
    if len(found) < 2:
        return found[0] if found else None
    return And(found)  # type: ignore[arg-type]  # Node widens Condition


def _from_sources(events: Events, sources: tuple[str, ...]) -> Mask:
    """Which events come from one of the sources."""
    column = events.source()
    named = np.array([text in sources for text in column.texts] or [False])
    code: AnyArray = np.asarray(column.code)
    found: Mask = (np.asarray(column.kind) == TEXT) & named[np.maximum(code, 0)]
    return found


def _session_ends(events: Events, gap_us: int) -> Instants:
    """When the session of each event is over: the first event of the next one (CT-4, D-43)."""
    n = events.n
    opens = first_of_each(events.owner)
    opens[1:] |= events.time[1:] - events.time[:-1] >= gap_us
    heads = np.flatnonzero(opens)
    following = np.append(heads[1:], n)
    session = np.cumsum(opens) - 1
    nxt = following[session]
    inside = nxt < n
    same = np.zeros(n, np.bool_)
    same[inside] = events.owner[nxt[inside]] == events.owner[inside]
    end = np.full(n, NEVER, np.int64)
    end[same] = events.time[nxt[same]]
    return end
