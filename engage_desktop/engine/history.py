"""Values over time: step functions per subject, and when a comparison of them holds (D-5, D-7, D-8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engage_desktop.domain.condition import CompareOp, DateOp, Duration, Instant
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Mask, Rows, expand, upper_bound
from engage_desktop.engine.dates import holding, instants_in
from engage_desktop.engine.frames import take, take_or_absent
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.source import BOOL, Column, TraitHistory
from engage_desktop.engine.values import Scalar, absent_holds, column_holds, pairs_hold
from engage_desktop.events.column import Column as Values


@dataclass(frozen=True, eq=False)
class History:
    """Entry i is the value from `time[i]` to the next entry of the same subject, of several at one
    instant the last; `start[s]:start[s + 1]` are those of subject s. Before the first: absent."""

    start: Rows
    time: Instants
    column: Column

    @property
    def nbytes(self) -> int:
        return self.start.nbytes + 2 * self.time.nbytes + 13 * len(self.time)

    @property
    def subject(self) -> AnyArray:
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    @property
    def end(self) -> Instants:
        """Until when each entry holds."""
        end = np.full(len(self.time), NEVER, np.int64)
        if len(end):
            end[:-1] = self.time[1:]
            last = self.start[1:][np.diff(self.start) > 0] - 1
            end[last] = NEVER
        return end


def of_trait(history: TraitHistory) -> History:
    return History(np.asarray(history.start), np.asarray(history.time), history.column)


def fixed(column: Column, since: Instants) -> History:
    """One value for ever: entry i from since[i] on."""
    return History(np.arange(len(since) + 1, dtype=np.int64), since, column)


def of_set(these: Intervals, since: Instants) -> History:
    """A set as a boolean: true inside, false outside, from `since` on."""
    n = these.n_profiles
    who = np.concatenate([np.arange(n), these.profile, these.profile])
    when = np.concatenate([since, these.end, these.start])
    says = np.concatenate([np.zeros(n + len(these), np.bool_), np.ones(len(these), np.bool_)])
    keep = when != NEVER
    who, when, says = who[keep], when[keep], says[keep]
    order = sets.merge_order(who, when) if len(who) else np.empty(0, np.int64)
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(who, minlength=n), out=start[1:])
    return History(start, when[order], booleans(says[order]))


def booleans(says: Mask) -> Column:
    return Values(np.full(len(says), BOOL, np.uint8), says.astype(np.float64), np.full(len(says), -1, np.int32), ())


def gather(history: History, owner: AnyArray, first: Instants) -> History:
    """The history of owner[i] from first[i] on, as the history of i."""
    own = owner.astype(np.int64)
    low, last = history.start[own], history.start[own + 1]
    head = np.maximum(upper_bound(history.time, low, last, first) - 1, low)
    count = last - head
    at, one = expand(head, count)
    start = np.zeros(len(owner) + 1, np.int64)
    np.cumsum(count, out=start[1:])
    return History(start, np.maximum(history.time[at], first[one]), take(history.column, at))


def selected(history: History, keep: Mask) -> History:
    """The entries at which `keep` is true; each then holds to the next one kept."""
    kept = np.append(0, np.cumsum(keep))
    return History(kept[history.start], history.time[keep], take(history.column, keep))


def place_at(history: History, subject: AnyArray, at: Instants) -> Rows:
    """The entry in force for each subject at its instant, -1 where there is none yet."""
    own = subject.astype(np.int64)
    low = history.start[own]
    found = upper_bound(history.time, low, history.start[own + 1], at) - 1
    return np.where(found >= low, found, -1)


# -- when something holds ------------------------------------------------------------------


def where_column(history: History, op: CompareOp, literals: list[Scalar], since: Instants) -> Intervals:
    """When `value op literals` holds; an absent value has its say from `since` on."""
    says = column_holds(history.column, op, literals)
    negated = absent_holds(op)
    keep = ~says if negated else says
    found = sets.joined(history.subject[keep], history.time[keep], history.end[keep], len(since))
    return sets.complement(found, since) if negated else found


def where_pairs(left: History, op: CompareOp, right: History) -> Intervals:
    """When `left op right` holds of two histories of the same subjects."""
    # Walk the entries of both in order; at each the entry in force on either side is the last one met.
    n = len(left.start) - 1
    who = np.concatenate([left.subject, right.subject])
    when = np.concatenate([left.time, right.time])
    if not len(who):
        return sets.empty(n)
    order = sets.merge_order(who, when)
    who, when = who[order], when[order]
    mine = order < len(left.time)
    places = []
    for history, index in ((left, np.where(mine, order, -1)), (right, np.where(mine, -1, order - len(left.time)))):
        place = np.maximum.accumulate(index)
        places.append(np.where(place >= history.start[who], place, -1))
    says = pairs_hold(take_or_absent(left.column, places[0]), op, take_or_absent(right.column, places[1]))
    end = np.full(len(who), NEVER, np.int64)
    same = who[1:] == who[:-1]
    end[:-1][same] = when[1:][same]
    return sets.joined(who[says], when[says], end[says], n)


def where_date(history: History, op: DateOp, value: Instant | Duration) -> Intervals:
    """When a date operator holds of any date in the value in force (D-41, D-42)."""
    place, instant = instants_in(history.column)
    start, end = holding(op, value, instant)
    start, end = np.maximum(start, history.time[place]), np.minimum(end, history.end[place])
    return sets.union_of(history.subject[place], start, end, len(history.start) - 1)
