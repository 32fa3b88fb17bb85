"""Pieces of visibility: during which instants each event of a stream is seen, and what lies over each other.

A piece is `[start, end)` of one event of one subject. The instants at which anything changes cut a
subject's time into segments; every piece covers a run of whole segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, AnyArray, Index, Instants, Rows, expand, first_of_each, segment_offsets
from engage_desktop.engine.frames import Events


@dataclass(frozen=True, eq=False)
class Pieces:
    """`event[i]` (ascending, a place in `events`) is seen during `[start[i], end[i])`; none is empty."""

    events: Events
    event: Index
    start: Instants
    end: Instants

    def __len__(self) -> int:
        return len(self.event)

    @property
    def subject(self) -> AnyArray:
        return self.events.subject[self.event]


@dataclass(frozen=True, eq=False)
class Segments:
    """Segment j is `[time[j], time[j + 1])` of `subject[j]`, the last of a subject without end;
    `start[s]:start[s + 1]` are those of subject s."""

    subject: AnyArray
    time: Instants
    start: Rows


@dataclass(frozen=True, eq=False)
class Cover:
    """Something over the segments `[first[i], last[i])`, of `n` in all: event `event[i]`, or what stands for it.

    `events` None: every event in its order; `lasts` None: one segment each. What follows from that is made when asked.
    """

    n: int
    events: Index | None
    first: Rows
    lasts: Rows | None

    @cached_property
    def event(self) -> Index:
        return np.arange(len(self.first)) if self.events is None else self.events

    @cached_property
    def last(self) -> Rows:
        return self.first + 1 if self.lasts is None else self.lasts

    @property
    def single(self) -> bool:
        return self.lasts is None

    def of(self, values: AnyArray) -> AnyArray:
        """What the events carry: one value for each of what lies over segments."""
        return values if self.events is None else values[self.events]

    def select(self, at: AnyArray) -> Cover:
        """What stands at the given places (or where a mask is true)."""
        if at.dtype == np.bool_:
            at = np.flatnonzero(at)
        event = at if self.events is None else self.events[at]
        return Cover(self.n, event, self.first[at], None if self.lasts is None else self.lasts[at])


def segments(pieces: Pieces, since: Instants, *, whole: bool) -> tuple[Segments, Cover]:
    """The segments that pieces cut, and what each piece covers; `whole`: the time before the first piece too."""
    n, size = len(since), len(pieces)
    subject = pieces.subject.astype(np.int64)
    who = np.concatenate([subject, subject, np.arange(n if whole else 0)])
    when = np.concatenate([pieces.start, pieces.end, since if whole else since[:0]])
    open_ = when == NEVER
    rank = np.full(len(who), -1, np.int64)
    at = np.flatnonzero(~open_)
    order = at[sets.any_order(who[at], when[at])] if at.size else at
    new = first_of_each(who[order]) | first_of_each(when[order]) if at.size else np.zeros(0, np.bool_)
    rank[order] = np.cumsum(new) - 1
    heads = order[new]
    start = segment_offsets(who[heads], n)
    last = np.where(open_[size : 2 * size], start[subject + 1], rank[size : 2 * size])
    return Segments(who[heads], when[heads], start), Cover(len(heads), pieces.event, rank[:size], last)


def over_subjects(subject: AnyArray, n: int) -> Cover:
    """At one instant: event i lies over its subject, the subjects themselves are the segments."""
    first = subject.astype(np.int64)
    return Cover(n, None, first, None)


def last_session(cover: Cover, time: Instants, gap_us: int) -> Cover:
    """What is left of a cover when only the latest session of each segment counts: the run of events
    that ends with the last one and has no gap of `gap_us` or more (D-43)."""
    # One row a (segment, event), events in order; a row stays if no long gap comes after it.
    at, one = expand(cover.first, cover.last - cover.first)
    event = cover.event[one]
    order = np.lexsort((event, at))
    at, event = at[order], event[order]
    if not len(at):
        return Cover(cover.n, event, at, at)
    breaks = np.zeros(len(at), np.int64)
    breaks[1:] = (at[1:] == at[:-1]) & (time[event[1:]] - time[event[:-1]] >= gap_us)
    run = np.cumsum(breaks)
    last_of = np.append(np.flatnonzero(at[1:] != at[:-1]), len(at) - 1)
    final = np.full(cover.n, -1, np.int64)
    final[at[last_of]] = run[last_of]
    keep = run == final[at]
    at, event = at[keep], event[keep]
    return Cover(cover.n, event, at, None)


def depth(cover: Cover) -> AnyArray:
    """How many lie over each segment, int64."""
    if cover.single:
        return np.bincount(cover.first, minlength=cover.n)
    change = np.bincount(cover.first, minlength=cover.n + 1) - np.bincount(cover.last, minlength=cover.n + 1)
    return np.cumsum(change[:-1])


def stack(cover: Cover, weight: AnyArray) -> AnyArray:
    """The sum of the integer weights that lie over each segment."""
    change = np.zeros(cover.n + 1, weight.dtype)
    np.add.at(change, cover.first, weight)
    if cover.single:
        return change[:-1]
    np.subtract.at(change, cover.last, weight)
    total: AnyArray = np.cumsum(change[:-1])
    return total


NOTHING = -(2**63)


def highest(cover: Cover, key: AnyArray) -> AnyArray:
    """The largest of the int64 keys that lie over each segment, NOTHING where none does."""
    # Twice the largest power of two that fits spans a cover; powers are then halved down to single segments.
    best = np.full(cover.n, NOTHING, np.int64)
    if cover.single:
        np.maximum.at(best, cover.first, key)
        return best
    length = cover.last - cover.first
    if not len(length):
        return best
    level = np.frexp(length)[1] - 1  # floor(log2 length)
    order = np.argsort(level, kind="stable")
    bounds = np.searchsorted(level[order], np.arange(int(level.max()) + 2))
    for power in range(len(bounds) - 2, -1, -1):
        at = order[bounds[power] : bounds[power + 1]]
        np.maximum.at(best, cover.first[at], key[at])
        if power:
            np.maximum.at(best, cover.last[at] - (1 << power), key[at])
            half = 1 << (power - 1)
            spread = best.copy()
            np.maximum(spread[half:], best[:-half], out=spread[half:])
            best = spread
    return best
