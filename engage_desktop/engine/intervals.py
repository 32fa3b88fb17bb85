"""Sets of instants per profile as sorted half-open intervals, and their algebra (D-5).

Every set is canonical: intervals of a profile are disjoint, not empty and never touch.
Each operation is one pass of whole-array work, sort-free or a merge of sorted runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import (
    NEVER,
    AnyArray,
    Index,
    Instants,
    Mask,
    Profiles,
    Rows,
    expand,
    first_of_each,
    segment_offsets,
    upper_bound,
)


@dataclass(frozen=True, eq=False)
class Intervals:
    """`[start[i], end[i])` of `profile[i]`, sorted by (profile, start); end NEVER = open.

    `n_profiles` is the number of those asked about, the universe of `profile`: profiles of the
    store, or in the same way its accounts, or events inside a `where`.
    """

    profile: Profiles
    start: Instants
    end: Instants
    n_profiles: int

    def __len__(self) -> int:
        return len(self.profile)

    @property
    def nbytes(self) -> int:
        return self.profile.nbytes + self.start.nbytes + self.end.nbytes + 8 * (self.n_profiles + 1)

    @cached_property
    def offsets(self) -> Rows:
        """`offsets[p]:offsets[p + 1]` are the intervals of profile p."""
        return segment_offsets(self.profile, self.n_profiles)

    def _place(self, profile: AnyArray, at: Instants) -> Rows:
        """Index of the first interval of each profile that starts after `at`."""
        return upper_bound(self.start, self.offsets[profile], self.offsets[profile.astype(np.int64) + 1], at)

    def value(self, profile: AnyArray, at: Instants) -> Mask:
        """Whether `at[i]` lies in the set of `profile[i]`."""
        if not len(self):
            return np.zeros(len(profile), np.bool_)
        place = self._place(profile, at)
        inside = place > self.offsets[profile]
        inside &= self.end[np.maximum(place - 1, 0)] > at
        return inside

    def first_at_or_after(self, profile: AnyArray, at: Instants) -> Instants:
        """The first instant >= `at[i]` in the set of `profile[i]`, NEVER where there is none."""
        if not len(self):
            return np.full(len(profile), NEVER, np.int64)
        place = self._place(profile, at)
        inside = place > self.offsets[profile]
        inside &= self.end[np.maximum(place - 1, 0)] > at
        later = place < self.offsets[profile.astype(np.int64) + 1]
        following = np.where(later, self.start[np.minimum(place, len(self) - 1)], NEVER)
        return np.where(inside, at, following)

    def select(self, keep: Mask) -> Intervals:
        """The intervals at the places where `keep` is true."""
        return Intervals(self.profile[keep], self.start[keep], self.end[keep], self.n_profiles)


def empty(n_profiles: int) -> Intervals:
    return Intervals(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64), n_profiles)


def since(first: Instants) -> Intervals:
    """`[first[p], for ever)` for every profile whose `first` is not NEVER."""
    profile = np.flatnonzero(first != NEVER).astype(np.int32)
    return Intervals(profile, first[profile], np.full(len(profile), NEVER, np.int64), len(first))


def joined(profile: Profiles, start: Instants, end: Instants, n_profiles: int) -> Intervals:
    """The union of intervals sorted by (profile, start) whose ends ascend within a profile."""
    # Ends ascend, so interval i opens a new piece exactly when start[i] > end[i - 1].
    full = start < end
    if not full.all():
        profile, start, end = profile[full], start[full], end[full]
    if not len(profile):
        return empty(n_profiles)
    opens = first_of_each(profile)
    opens[1:] |= start[1:] > end[:-1]
    if opens.all():
        return Intervals(profile, start, end, n_profiles)
    first, last = _runs(opens)
    return Intervals(profile[first], start[first], end[last], n_profiles)


def _runs(opens: Mask) -> tuple[Index, Index]:
    """The first and last place of each run; a true one opens it, the first place always. There is at least one.

    Taking places costs less than a mask that turns often.
    """
    first = np.flatnonzero(opens)
    return first, np.append(first[1:], len(opens)) - 1


def union_of(profile: AnyArray, start: Instants, end: Instants, n_profiles: int) -> Intervals:
    """The union of intervals in any order; empty ones (start >= end) may be among them."""
    full = start < end
    if not full.all():
        profile, start, end = profile[full], start[full], end[full]
    if not len(profile):
        return empty(n_profiles)
    key, _, _ = one_key(profile, start)
    if key is None or not (key[1:] >= key[:-1]).all():
        order = merge_order(profile, start)
        profile, start, end = profile[order], start[order], end[order]
    return _joined_reach(profile.astype(np.int32, copy=False), start, end, n_profiles)


def _joined_reach(profile: Profiles, start: Instants, end: Instants, n_profiles: int) -> Intervals:
    """The union of intervals sorted by (profile, start), none of them empty."""
    # reach[i] = the latest end up to i within the profile; a piece opens where the reach before it is passed.
    reach = _latest_so_far(profile, end)
    opens = first_of_each(profile)
    opens[1:] |= start[1:] > reach[:-1]
    first, last = _runs(opens)
    return Intervals(profile[first], start[first], reach[last], n_profiles)


def _latest_so_far(profile: AnyArray, end: Instants) -> Instants:
    """The running maximum of `end` within each profile (ascending)."""
    key, span, low = one_key(profile, end)
    if key is None:  # a log of centuries: ranks instead of instants
        ends, rank = np.unique(end, return_inverse=True)
        reached = np.maximum.accumulate(profile.astype(np.int64) * len(ends) + rank) % len(ends)
        return np.asarray(ends[reached], np.int64)
    furthest = np.maximum.accumulate(key)
    furthest -= profile.astype(np.uint64) * np.uint64(span)
    reach: Instants = furthest.view(np.int64)
    reach += low
    reach[reach == low + span - 1] = NEVER
    return reach


def covered(profile: AnyArray, start: Instants, end: Instants, n_profiles: int, count: int) -> Intervals:
    """The instants at which at least `count` of the given pieces hold; pieces in any order."""
    if count == 1:
        return union_of(profile, start, end, n_profiles)
    full = start < end
    if not full.all():
        profile, start, end = profile[full], start[full], end[full]
    if len(profile) < count:
        return empty(n_profiles)
    # All starts before all ends of the same instant, so pieces that touch do not break the cover.
    who, when = np.concatenate([profile, profile]), np.concatenate([start, end])
    order = merge_order(who, when)
    step = np.where(order < len(profile), np.int8(1), np.int8(-1))
    cover = np.cumsum(step, dtype=np.int64)
    opens = order[(cover == count) & (step == 1)]
    closes = order[(cover == count - 1) & (step == -1)]
    found, begin, finish = who[opens], when[opens], when[closes]
    keep = begin < finish
    return Intervals(found[keep].astype(np.int32, copy=False), begin[keep], finish[keep], n_profiles)


def gather(these: Intervals, owner: AnyArray, first: Instants) -> Intervals:
    """For each i the part of owner[i]'s set at or after first[i], as the set of i."""
    n = len(owner)
    if not len(these):
        return empty(n)
    own = owner.astype(np.int64)
    last = these.offsets[own + 1]
    head = upper_bound(these.end, these.offsets[own], last, first)
    at, one = expand(head, last - head)
    start = np.maximum(these.start[at], first[one])
    return Intervals(one.astype(np.int32), start, these.end[at], n)


def concatenated(parts: Sequence[Intervals]) -> Intervals:
    """The sets of several groups of profiles, numbered on through all of them."""
    first = np.cumsum([0, *(one.n_profiles for one in parts)]).tolist()
    return Intervals(
        np.concatenate([one.profile + np.int32(shift) for one, shift in zip(parts, first[:-1], strict=True)]),
        np.concatenate([one.start for one in parts]),
        np.concatenate([one.end for one in parts]),
        first[-1],
    )


def always(mask: Mask, first: Instants) -> Intervals:
    """`[first[i], for ever)` for every i where the mask is true."""
    at = np.flatnonzero(mask)
    start = first[at]
    keep = start != NEVER
    return Intervals(at[keep].astype(np.int32), start[keep], np.full(int(keep.sum()), NEVER, np.int64), len(mask))


def at_least(
    profile: Profiles, time: Instants, count: int, low_us: int, high_us: int | None, n_profiles: int
) -> Intervals:
    """The instants at which at least `count` (>= 1) of the given events are seen.

    Events sorted by (profile, time); an event at t is seen during `[t + low, t + high)`, for
    ever where `high_us` is None.
    """
    # count >= k at x  <=>  some i: t[i+k-1] + low <= x < t[i] + high, i and i+k-1 of one profile.
    k = count
    if len(profile) < k:
        return empty(n_profiles)
    last = len(profile) - k + 1
    one = profile[:last] == profile[k - 1 :] if k > 1 else np.ones(last, np.bool_)
    if high_us is None:  # only the first k of a profile matter: it holds for ever from then on
        one[1:] &= profile[1:last] != profile[: last - 1]
        at = np.flatnonzero(one)
        return Intervals(profile[at], time[at + k - 1] + low_us, np.full(len(at), NEVER, np.int64), n_profiles)
    opened_by = closed_by = time
    if k > 1:  # those too far apart are never seen together: dropped before anything is put in its place
        one &= time[k - 1 :] - time[:last] < high_us - low_us
        at = np.flatnonzero(one)
        profile, opened_by, closed_by = profile[at], time[at + k - 1], time[at]
    if not len(profile) or low_us >= high_us:
        return empty(n_profiles)
    # Pieces are equally long: one opens where it is farther from the one before than that.
    opens = first_of_each(profile)
    opens[1:] |= opened_by[1:] - closed_by[:-1] > high_us - low_us
    begin, end = _runs(opens)
    return Intervals(profile[begin], opened_by[begin] + low_us, closed_by[end] + high_us, n_profiles)


def complement(these: Intervals, first: Instants) -> Intervals:
    """What `[first[p], for ever)` holds and `these` does not; `these` starts at `first` or later."""
    # The gaps of a profile: [first, start_0), [end_0, start_1), ..., [end_n, NEVER).
    n = these.n_profiles
    offsets = these.offsets
    heads = offsets[:-1] + np.arange(n)
    total = len(these) + n
    own = np.arange(len(these)) + these.profile
    start = np.empty(total, np.int64)
    end = np.empty(total, np.int64)
    start[heads] = first
    start[own + 1] = these.end
    end[own] = these.start
    end[offsets[1:] + np.arange(n)] = NEVER
    keep = start < end
    profile = np.repeat(np.arange(n, dtype=np.int32), np.diff(offsets) + 1)
    return Intervals(profile[keep], start[keep], end[keep], n)


def intersection(sets: Sequence[Intervals]) -> Intervals:
    """The instants that lie in every set."""
    if any(not len(one) for one in sets):
        return empty(sets[0].n_profiles)
    found, *others = sorted(sets, key=len)  # the smallest first: each step looks at what is left
    for one in others:
        # every pair that overlaps, in order, since intervals of one set are disjoint
        low, high = _overlapped(found, one)
        at, of = expand(low, high - low)
        start, end = np.maximum(found.start[of], one.start[at]), np.minimum(found.end[of], one.end[at])
        found = Intervals(found.profile[of], start, end, found.n_profiles)
    return found


def union(sets: Sequence[Intervals]) -> Intervals:
    """The instants that lie in any set."""
    found = sets[0]
    for one in sets[1:]:
        if not len(found) or not len(one):
            found = one if not len(found) else found
            continue
        low = _places(found, one.profile, one.start, found.start, "right")
        at = low + np.arange(len(one))  # where the other's intervals stand when both are merged
        mine = np.ones(len(found) + len(one), np.bool_)
        mine[at] = False

        def merged(first: AnyArray, second: AnyArray, at: AnyArray = at, mine: Mask = mine) -> AnyArray:
            both = np.empty(len(mine), first.dtype)
            both[at], both[mine] = second, first
            return both

        found = _joined_reach(
            merged(found.profile, one.profile),
            merged(found.start, one.start),
            merged(found.end, one.end),
            found.n_profiles,
        )
    return found


def difference(these: Intervals, others: Intervals) -> Intervals:
    """The instants that lie in `these` and not in `others`."""
    if not len(these) or not len(others):
        return these
    # Of an interval with m others in it m + 1 gaps are left, some of them empty.
    low, high = _overlapped(these, others)
    at, of = expand(low, high - low + 1)
    first, last = at == low[of], at == high[of]
    start = np.where(first, these.start[of], others.end[np.maximum(at - 1, 0)])
    end = np.where(last, these.end[of], others.start[np.minimum(at, len(others) - 1)])
    keep = start < end
    return Intervals(these.profile[of][keep], start[keep], end[keep], these.n_profiles)


def _overlapped(these: Intervals, others: Intervals) -> tuple[Rows, Rows]:
    """The range of `others` that overlaps each interval of `these`; empty ranges may lie anywhere."""
    if not len(these) or not len(others):
        return np.zeros(len(these), np.int64), np.zeros(len(these), np.int64)
    low = _places(others, these.profile, these.start, others.end, "right")
    high = _places(others, these.profile, these.end, others.start, "left")
    return low, np.maximum(low, high)


def _places(sets: Intervals, profile: Profiles, at: Instants, edges: Instants, side: Literal["left", "right"]) -> Rows:
    """Where each (profile, at), sorted, would stand among the set's `edges` (its starts or its ends)."""
    bound = _span((edges, at), max(int(sets.profile[-1]), int(profile[-1])))
    if bound is None:
        key = at if side == "right" else at - 1
        return upper_bound(edges, sets.offsets[profile], sets.offsets[profile.astype(np.int64) + 1], key)
    keys = _keys(sets.profile, edges, *bound), _keys(profile, at, *bound)
    return np.searchsorted(keys[0], keys[1], side).astype(np.int64, copy=False)


def clip(these: Intervals, first: Instants) -> Intervals:
    """The part at or after `first[p]` (NEVER: nothing of that profile)."""
    start = np.maximum(these.start, first[these.profile])
    keep = start < these.end
    return Intervals(these.profile[keep], start[keep], these.end[keep], these.n_profiles)


def merge_order(profile: AnyArray, time: Instants) -> AnyArray:
    """Stable order by (profile, time)."""
    key, _, _ = one_key(profile, time)
    return np.lexsort((time, profile)) if key is None else np.argsort(key, kind="stable")


def any_order(profile: AnyArray, time: Instants) -> AnyArray:
    """An order by (profile, time); which of equal ones comes first does not matter."""
    key, _, _ = one_key(profile, time)
    return np.lexsort((time, profile)) if key is None else np.argsort(key)


def _span(times: tuple[Instants, ...], last: int) -> tuple[int, int] | None:
    """`low` and `span` for keys `profile * span + (time - low)` of all these times, profiles up to `last`;
    None where they do not fit 64 bits. NEVER is the last of a profile."""
    low = min(int(one.min()) for one in times)
    if low == NEVER:
        low = 0
    high = max(int(one.max(where=one != NEVER, initial=low)) for one in times)
    return None if (last + 1) * (high - low + 2) >= 2**64 else (low, high - low + 2)


def _keys(profile: AnyArray, time: Instants, low: int, span: int) -> NDArray[np.uint64]:
    own = np.minimum(time, low + span - 1)
    own -= low
    key = own.view(np.uint64)
    key += profile.astype(np.uint64) * np.uint64(span)
    return key


def one_key(profile: AnyArray, time: Instants) -> tuple[NDArray[np.uint64] | None, int, int]:
    """uint64 keys that sort like (profile, time), with their span and low; None where they do not fit."""
    bound = _span((time,), int(profile.max())) if len(profile) else None
    if bound is None:
        return None, 0, 0
    low, span = bound
    return _keys(profile, time, low, span), span, low
