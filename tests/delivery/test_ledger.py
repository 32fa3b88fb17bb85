"""The deliveries table: realtime and batch changes against a brute-force twin (D-38)."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.delivery.ledger import NEVER, audience_changes
from engage_desktop.domain.people import Sync

SECOND = 1_000_000


@st.composite
def memberships(draw: st.DrawFn) -> dict[int, list[tuple[int, int]]]:
    """Disjoint intervals of a few people on a coarse grid, the last one perhaps open; seconds."""
    found = {}
    for person in range(draw(st.integers(0, 4))):
        marks = sorted(draw(st.sets(st.integers(-5, 30), max_size=8)))
        pairs = list(zip(marks[::2], marks[1::2], strict=False))
        if len(marks) % 2:
            pairs.append((marks[-1], NEVER))
        found[person] = pairs
    return found


def columns(people: dict[int, list[tuple[int, int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [(who, start, end) for who, pairs in people.items() for start, end in pairs]
    profile = np.array([row[0] for row in rows], np.int32)
    start = np.array([row[1] * SECOND for row in rows], np.int64)
    end = np.array([NEVER if row[2] == NEVER else row[2] * SECOND for row in rows], np.int64)
    return profile, start, end


def inside(pairs: list[tuple[int, int]], second: float) -> bool:
    return any(start <= second < end for start, end in pairs)


@settings(max_examples=300, deadline=None)
@given(memberships(), st.integers(1, 7), st.integers(0, 5), st.booleans())
def test_batches_carry_the_net_change_since_the_last_one(
    people: dict[int, list[tuple[int, int]]], every: int, first: int, backfill: bool
) -> None:
    sync = Sync.model_validate(
        {
            "destination": "d",
            "as": "track",
            "mode": "batch",
            "every": f"{every}s",
            "first": f"{first}s",
            "backfill": backfill,
        }
    )
    changes = audience_changes(sync, (0, 25 * SECOND), *columns(people))
    direct = []
    for who, pairs in people.items():
        # Without backfill a membership from before the window is not known to the destination at all.
        seen = pairs if backfill else [pair for pair in pairs if pair[0] >= 0]
        before = False
        for number, tick in enumerate(range(first, 26, every)):
            now = inside(seen, tick)
            if now != before:
                direct.append((who, "entered" if now else "exited", tick * SECOND, number))
            before = now
    assert sorted((who, change, due, batch) for who, change, _, due, batch in changes) == sorted(direct)


@settings(max_examples=200, deadline=None)
@given(memberships(), st.booleans())
def test_realtime_is_one_call_a_change(people: dict[int, list[tuple[int, int]]], backfill: bool) -> None:
    sync = Sync.model_validate({"destination": "d", "as": "track", "backfill": backfill})
    changes = audience_changes(sync, (0, 20 * SECOND), *columns(people))
    direct = []
    for who, pairs in people.items():
        for start, end in pairs:
            if start > 20 or end <= 0 or (start < 0 and not backfill):
                continue
            direct.append((who, "entered", start, max(start, 0)))
            if end <= 20:
                direct.append((who, "exited", end, end))
    found = [(who, change, at // SECOND, due // SECOND) for who, change, at, due, _ in changes]
    assert sorted(found) == sorted(direct)
