"""Array types and the few searches everything in the engine is made of.

Instants are int64 microseconds, rows are positions in the log sorted by (profile, D-2), and
every search is a whole-array operation: nothing here loops over profiles.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

NEVER = 2**63 - 1
"""The instant of what does not happen: an open end, a timer that is not set."""

Instants: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.int64]
Profiles: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]
Index: TypeAlias = NDArray[np.intp]
AnyArray: TypeAlias = NDArray[Any]


def upper_bound(values: AnyArray, low: AnyArray, high: AnyArray, key: AnyArray) -> Rows:
    """First index i of `[low, high)` with `values[i] > key`, else `high`; one search a query.

    values[low[j]:high[j]] ascends; all queries arrays of one length. Cost: log of the longest
    segment, over the queries still open.
    """
    # low <= answer <= high always; every round halves high - low.
    left = low.astype(np.int64)
    right = high.astype(np.int64)
    todo = np.flatnonzero(left < right)
    while todo.size:
        lo, hi = left[todo], right[todo]
        middle = (lo + hi) >> 1
        greater = values[middle] > key[todo]
        right[todo] = np.where(greater, middle, hi)
        left[todo] = np.where(greater, lo, middle + 1)
        todo = todo[left[todo] < right[todo]]
    return left


def segment_offsets(profile: Profiles, n_profiles: int) -> Rows:
    """`offsets[p]:offsets[p + 1]` are the places of profile p in the ascending `profile`."""
    offsets = np.zeros(n_profiles + 1, np.int64)
    np.cumsum(np.bincount(profile, minlength=n_profiles), out=offsets[1:])
    return offsets


def first_of_each(ascending: AnyArray) -> Mask:
    """True where a value differs from the one before it."""
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first


def heads_of(one: AnyArray, other: AnyArray) -> Mask:
    """True where either differs from what stands before it."""
    heads = first_of_each(one)
    heads[1:] |= other[1:] != other[:-1]
    return heads


def numbered(one: AnyArray, other: AnyArray) -> AnyArray:
    """0, 1, ... within each run in which both stay the same."""
    first = np.flatnonzero(heads_of(one, other))
    found: AnyArray = np.arange(len(one)) - np.repeat(first, np.diff(np.append(first, len(one))))
    return found


def ordered(group: AnyArray, *keys: AnyArray) -> Rows:
    """The stable order by (group, key, key, ...) of rows that come in few runs by group and mostly stand right within
    one: then it takes a merge, where a sort by all takes ten times as long."""
    order = np.argsort(group, kind="stable")  # of such numbers by merging runs
    sorted_ = [one[order] for one in (group, *keys)]
    same, behind = sorted_[0][1:] == sorted_[0][:-1], np.zeros(max(len(order) - 1, 0), np.bool_)
    for key in sorted_[1:]:
        behind |= same & (key[1:] < key[:-1])
        same &= key[1:] == key[:-1]
    if behind.any():
        wrong = np.unique(sorted_[0][1:][behind])
        place = np.minimum(np.searchsorted(wrong, sorted_[0]), len(wrong) - 1)
        at = np.flatnonzero(wrong[place] == sorted_[0])
        order[at] = order[at][np.lexsort([one[at] for one in reversed(sorted_)])]
    return order


def expand(first: AnyArray, count: AnyArray) -> tuple[Rows, Rows]:
    """The places first[i], first[i] + 1, ... (count[i] of them) one after the other, and the i of each."""
    total = int(count.sum())
    one = np.repeat(np.arange(len(count)), count)
    if not total:
        return np.empty(0, np.int64), one
    shift = first - (np.cumsum(count) - count)
    return np.arange(total) + shift[one], one
