"""Interval kernels against brute force: every instant of a small world looked at by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, upper_bound
from engage_desktop.engine.intervals import Intervals

PEOPLE, LAST = 3, 24
SPREAD = st.sampled_from([1, 2**58])
"""Distance between two instants of the small world; the wide one does not fit one sort key."""


def draw_sets() -> st.SearchStrategy[list[set[int]]]:
    """For each profile the instants inside, LAST standing for all later ones."""
    return st.lists(st.sets(st.integers(0, LAST)), min_size=PEOPLE, max_size=PEOPLE)


def of(points: list[set[int]], spread: int = 1) -> Intervals:
    """Canonical intervals of point sets."""
    rows = []
    for profile, inside in enumerate(points):
        start = None
        for at in range(LAST + 1):
            if at in inside and start is None:
                start = at
            if at not in inside and start is not None:
                rows.append((profile, _at(start, spread), _at(at, spread)))
                start = None
        if start is not None:
            rows.append((profile, _at(start, spread), NEVER))
    profile, start, end = zip(*rows, strict=True) if rows else ((), (), ())
    return Intervals(np.array(profile, np.int32), np.array(start, np.int64), np.array(end, np.int64), PEOPLE)


def _at(point: int, spread: int) -> int:
    return point * spread


def points_of(found: Intervals, spread: int = 1) -> list[set[int]]:
    """The other way round, and that the intervals are canonical."""
    points: list[set[int]] = [set() for _ in range(PEOPLE)]
    before = (-1, -1)
    for profile, start, end in zip(found.profile.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        assert start < end
        assert (profile, start) > before  # sorted, disjoint and not even touching (D-5)
        before = (profile, end)
        points[profile] |= {at for at in range(LAST + 1) if start <= _at(at, spread) < end}
    return points


@settings(max_examples=150, deadline=None)
@given(draw_sets(), draw_sets(), draw_sets(), SPREAD)
def test_algebra(a: list[set[int]], b: list[set[int]], c: list[set[int]], spread: int) -> None:
    one, two, three = of(a, spread), of(b, spread), of(c, spread)
    both = points_of(sets.intersection([one, two]), spread)
    assert both == [x & y for x, y in zip(a, b, strict=True)]
    every = points_of(sets.intersection([one, two, three]), spread)
    assert every == [x & y & z for x, y, z in zip(a, b, c, strict=True)]
    some = points_of(sets.union([one, two, three]), spread)
    assert some == [x | y | z for x, y, z in zip(a, b, c, strict=True)]
    assert points_of(sets.difference(one, two), spread) == [x - y for x, y in zip(a, b, strict=True)]


@settings(max_examples=100, deadline=None)
@given(draw_sets(), st.lists(st.one_of(st.integers(0, LAST), st.just(NEVER)), min_size=PEOPLE, max_size=PEOPLE))
def test_complement_and_clip_begin_with_the_profile(points: list[set[int]], first: list[int]) -> None:
    alive = [set(range(at, LAST + 1)) if at != NEVER else set() for at in first]
    inside = [x & y for x, y in zip(points, alive, strict=True)]
    begins = np.array(first, np.int64)
    assert points_of(sets.clip(of(points), begins)) == inside
    assert points_of(sets.complement(of(inside), begins)) == [y - x for x, y in zip(inside, alive, strict=True)]
    assert points_of(sets.since(begins)) == alive


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, LAST - 1)), max_size=14),
    st.integers(1, 4),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(0, 9)),
)
def test_count_at_least(events: list[tuple[int, int]], count: int, low: int, length: int | None) -> None:
    """D-3: `(now - B, now - A]` seen from each instant."""
    events.sort()
    profile = np.array([who for who, _ in events], np.int32)
    time = np.array([when for _, when in events], np.int64)
    high = None if length is None else low + length
    found = points_of(sets.at_least(profile, time, count, low, high, PEOPLE))
    for who in range(PEOPLE):
        for now in range(LAST):
            seen = [t for p, t in events if p == who and t <= now - low and (high is None or t > now - high)]
            assert (now in found[who]) == (len(seen) >= count), (who, now)


@settings(max_examples=100, deadline=None)
@given(draw_sets(), st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, LAST)), min_size=1, max_size=12))
def test_reading_at_an_instant(points: list[set[int]], asked: list[tuple[int, int]]) -> None:
    found = of(points)
    profile = np.array([who for who, _ in asked], np.int32)
    at = np.array([when for _, when in asked], np.int64)
    assert found.value(profile, at).tolist() == [when in points[who] for who, when in asked]
    later = [min((x for x in points[who] if x >= when), default=NEVER) for who, when in asked]
    assert found.first_at_or_after(profile, at).tolist() == later


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9)), min_size=1, max_size=5), st.data())
def test_upper_bound(segments: list[list[int]], data: st.DataObject) -> None:
    values = np.array([value for segment in segments for value in sorted(segment)], np.int64)
    bounds = np.cumsum([0, *map(len, segments)])
    which = data.draw(st.lists(st.integers(0, len(segments) - 1), min_size=1, max_size=9))
    keys = data.draw(st.lists(st.integers(-1, 10), min_size=len(which), max_size=len(which)))
    found = upper_bound(values, bounds[which], bounds[np.array(which) + 1], np.array(keys, np.int64))
    assert found.tolist() == [
        int(bounds[at]) + sum(value <= key for value in segments[at]) for at, key in zip(which, keys, strict=True)
    ]


@pytest.mark.parametrize("operation", [sets.intersection, sets.union])
def test_nothing_of_nothing(operation: object) -> None:
    nothing = sets.empty(PEOPLE)
    assert len(operation([nothing, nothing])) == 0  # type: ignore[operator]  # both take a list of sets
    assert nothing.value(np.zeros(2, np.int32), np.zeros(2, np.int64)).tolist() == [False, False]


def draw_pieces() -> st.SearchStrategy[list[tuple[int, int, int]]]:
    """(profile, start, end) in any order, empty ones too; an end above LAST stands for NEVER."""
    return st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, LAST), st.integers(0, LAST + 1)), max_size=12)


@settings(max_examples=300, deadline=None)
@given(draw_pieces(), st.integers(1, 3), SPREAD)
def test_pieces_lie_over_each_other(pieces: list[tuple[int, int, int]], count: int, spread: int) -> None:
    """`covered`: at each instant at least `count` pieces of the profile."""
    pieces.sort(key=lambda piece: piece[0])
    profile = np.array([piece[0] for piece in pieces], np.int32)
    start = np.array([piece[1] * spread for piece in pieces], np.int64)
    end = np.array([NEVER if piece[2] > LAST else piece[2] * spread for piece in pieces], np.int64)
    expected = [
        {at for at in range(LAST + 1) if sum(who == one and a <= at < b for one, a, b in pieces) >= count}
        for who in range(PEOPLE)
    ]
    assert points_of(sets.covered(profile, start, end, PEOPLE, count), spread) == expected


@settings(max_examples=150, deadline=None)
@given(draw_sets(), st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, LAST)), max_size=6), SPREAD)
def test_gathered(a: list[set[int]], who: list[tuple[int, int]], spread: int) -> None:
    """The part of somebody's set from an instant on, for each of several."""
    found = sets.gather(
        of(a, spread),
        np.array([one for one, _ in who], np.int32),
        np.array([first * spread for _, first in who], np.int64),
    )
    inside = [set() for _ in who]
    for at, start, end in zip(found.profile.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        assert start < end
        inside[at] |= {point for point in range(LAST + 1) if start <= point * spread < end}
    assert inside == [{point for point in a[one] if point >= first} for one, first in who]
