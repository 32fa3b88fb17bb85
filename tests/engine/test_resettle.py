"""After an edit with all campaigns only those are played again whose way is another; tables take their rows in place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.campaign_designs import EDITED, campaigns, edited
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog
from engage_desktop.engine import LeafCache, Run, compile_campaigns, exchange, resettle, simulate
from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.exchange import patched
from engage_desktop.engine.run import TABLES, Table
from engage_desktop.engine.splice import resimulate

WINDOW = (START_US, START_US + DAYS * DAY_US)
TEXTS = {"branch", "detail", "identifier"}
"""Codes of a list that each run has of its own."""


def test_only_those_who_go_another_way_are_played(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the run without assumptions and in the whole one, and nobody because messages were brought to their ends."""
    log, cache = SyntheticLog(60_000, 6_000), LeafCache()
    first, second = compile_campaigns(campaigns()), compile_campaigns(edited())
    before = simulate(first, log, window=WINDOW, seed=7, cache=cache, edits=True)
    full = simulate(second, log, window=WINDOW, seed=7, cache=cache)
    found = []
    moved = resettle._Again.moved

    def told(self: resettle._Again) -> AnyArray:
        found.append(np.flatnonzero(moved(self)).tolist())
        return moved(self)

    monkeypatch.setattr(resettle._Again, "moved", told)
    after = resimulate(second, log, before, window=WINDOW, seed=7, cache=cache)
    ways = _visits(before), _visits(full)
    expected = sorted({profile for profile, *_ in ways[0] ^ ways[1]})
    assert 0 < len(expected) < 60
    assert found == [expected, expected]
    for name in TABLES:
        for column in TABLES[name]:
            assert column in TEXTS or np.array_equal(getattr(after, name)[column], getattr(full, name)[column])


def _visits(run: Run) -> set[tuple[int, ...]]:
    """The visits of the edited journey."""
    index = next(one.index for one in run.plan.journeys if one.journey.key == EDITED)
    mine = run.visits["journey"] == index
    names = ("profile", "instance", "seq", "step", "entered_at", "left_at")
    return set(zip(*(run.visits[name][mine].tolist() for name in names), strict=True))


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 2)), max_size=25)
RANKS = np.array([2, 0, 3, 1])


def _table(rows: list[tuple[int, int, int]]) -> Table:
    rows = sorted(rows, key=lambda one: (RANKS[one[0]], one[1]))
    owner, profile, value = (np.array([row[place] for row in rows], np.int32) for place in range(3))
    return {"owner": owner, "profile": profile, "value": value.astype(np.int64)}


@pytest.mark.parametrize("pieces", [0, 20_000])
@given(rows=ROWS, fresh=ROWS, people=st.sets(st.integers(0, 6)))
def test_rows_of_some_people_are_exchanged(
    pieces: int, rows: list[tuple[int, int, int]], fresh: list[tuple[int, int, int]], people: set[int]
) -> None:
    table, new = _table(rows), _table([one for one in fresh if one[1] in people])
    before = {name: column.copy() for name, column in table.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "_MOST_PIECES", pieces)
        found = patched(table, new, np.array(sorted(people), np.int32), "owner", RANKS)
    stay = [one for one in zip(*(table[name].tolist() for name in table), strict=True) if one[1] not in people]
    came = list(zip(*(new[name].tolist() for name in new), strict=True))
    expected = _table([*stay, *came])
    for name, column in expected.items():
        assert found[name].tolist() == column.tolist()
        assert found[name].dtype == column.dtype
        assert np.array_equal(table[name], before[name])  # the run before stays as it was


def test_what_stays_the_same_is_shared() -> None:
    table = _table([(0, 1, 1), (0, 2, 1), (1, 2, 0)])
    found = patched(table, _table([(0, 2, 2), (1, 2, 0)]), np.array([2], np.int32), "owner", RANKS)
    assert found["profile"] is table["profile"]
    assert found["value"].tolist() == [0, 1, 2]
