"""What the journey benchmark compares are the same rows: D-5, D-11..D-14, D-16..D-19, D-21, D-31, D-46, D-50."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import journey_simpy
from benchmarks.bench_journeys import SEED, WINDOW, same, same_runs, visits
from benchmarks.journey_designs import KEY, STEP_KEYS, edited, frequent, journey
from benchmarks.journey_duckdb import JourneyDatabase
from benchmarks.measuring import Line, table
from benchmarks.synthetic_log import SyntheticLog
from benchmarks.synthetic_store import write_store
from engage_desktop.engine import Run, compile_campaigns, simulate
from engage_desktop.engine.draw import hashes_of, uniforms

EVENTS, PEOPLE = 60_000, 3_000


@cache
def log() -> SyntheticLog:
    return SyntheticLog(EVENTS, PEOPLE)


@cache
def ours() -> Run:
    return simulate(compile_campaigns(journey()), log(), window=WINDOW, seed=SEED)


@cache
def draws() -> Any:
    return uniforms(SEED, [KEY, "coin"], hashes_of(log().profile_ids))


@pytest.mark.parametrize("way", ["tables", "statement"])
def test_the_sql_gives_the_visits_of_the_engine(way: str):
    database = JourneyDatabase(log(), draws())
    getattr(database, way)()
    assert same(visits(ours()), database.visits())


def test_the_processes_give_the_visits_of_the_engine():
    people = range(0, PEOPLE, 2)
    given = journey_simpy.events_of(log(), people)
    rows = journey_simpy.run(given, {person: float(draws()[person]) for person in people})
    mine = visits(ours())
    chosen = mine["person"] % 2 == 0
    assert [list(row) for row in zip(*(column[chosen].tolist() for column in mine.values()), strict=True)] == rows


def test_the_rows_are_worth_comparing():
    """Every step, every way out of it, every exit, and somebody still inside at the end of the run."""
    mine = visits(ours())
    ways = {
        (STEP_KEYS[step], branch) for step, branch in zip(mine["step"].tolist(), mine["branch"].tolist(), strict=True)
    }
    assert ways >= {
        ("pause", None), ("look", "seen"), ("look", "read"), ("look", "timeout"), ("worth", "filling"),
        ("worth", "otherwise"), ("quiet", None), ("quiet", "timeout"), ("coin", "mail"), ("coin", "soon"),
        ("coin", "control"), ("morning", None), ("evening", None), ("nudge", None), ("answer", "clicked"),
        ("answer", "back"), ("answer", "timeout"), ("warm", "hot"), ("warm", "otherwise"), ("tell", None), ("done", None),
    }  # fmt: skip
    details = {ours().texts[code] for code in np.unique(ours().instances["detail"]).tolist() if code >= 0}
    assert details == {"bought", "keeps_coming", "too_long", "reached"}
    assert (mine["left_at"] == 2**63 - 1).any()


@pytest.mark.parametrize("column", ["person", "n", "seq", "step", "entered", "left_at", "branch"])
def test_one_other_value_is_another_table(column: str):
    mine = visits(ours())
    other = {name: values.copy() for name, values in mine.items()}
    other[column][7] = "elsewhere" if column == "branch" else other[column][7] + 1
    assert same(mine, mine)
    assert not same(mine, other)


@pytest.mark.parametrize("where", ["late step", "middle step", "entry number"])
def test_an_edit_changes_rows(where: str):
    after = simulate(compile_campaigns(edited(where)), log(), window=WINDOW, seed=SEED)
    assert len(after.visits["step"])
    assert not same_runs(ours(), after)


@pytest.mark.parametrize("mode", ["every", "after_exit"])
def test_the_frequent_entry_lets_people_in_again(mode: str):
    found = simulate(compile_campaigns(frequent(mode)), log(), window=WINDOW, seed=SEED)
    assert found.instances["instance"].max() > 2


def test_a_store_of_one_block_is_the_log_it_was_drawn_from(tmp_path: Path):
    store = write_store(tmp_path / "events", EVENTS, block_events=EVENTS)
    plan = compile_campaigns(journey())
    drawn = simulate(plan, SyntheticLog(EVENTS, EVENTS // 10), window=WINDOW, seed=SEED)
    written = simulate(plan, store, window=WINDOW, seed=SEED)
    assert len(written.messages["status"])
    assert same_runs(written, drawn)
    assert same_runs(written, simulate(plan, store, window=WINDOW, seed=SEED, buckets=7))


def test_a_store_of_three_blocks_holds_each(tmp_path: Path):
    """Each block's people stand below those of the block before, identify calls before their first events."""
    size = EVENTS // 3
    store = write_store(tmp_path / "events", EVENTS, block_events=size)
    people = size // 10
    found = simulate(compile_campaigns(journey()), store, window=WINDOW, seed=SEED)
    for block in range(3):
        alone = simulate(
            compile_campaigns(journey()), SyntheticLog(size, people, 20110307 + block), window=WINDOW, seed=SEED
        )
        own = found.memberships["profile"] // people == block
        for name, column in alone.memberships.items():
            shift = block * people if name == "profile" else 0
            assert (found.memberships[name][own] == column + shift).all()
    places = np.concatenate([np.asarray(store.place_of_row), store.silent_calls()[0]])
    assert (np.sort(places) == np.arange(EVENTS + 3 * people)).all()
    assert store.index_of(store.profile_ids[4_321]) == 4_321
    assert store.trait("plan").column.texts[store.trait("plan").column.code[people + 1]] == "free plus"


def test_a_line_says_whether_it_is_held():
    lines = [
        Line("a", "1 s", "b 4 s", 0.25, 0.3),
        Line("a", "1 s", "b 2 s", 0.5, 0.3),
        Line("a", "9/s", "b 1/s", 9, 5, at_least=True),
        Line("a", "1 s", "b 4 s", 0.25, 0.3, equal=False),
    ]
    ends = [row.split(" | ")[-1] for row in table(lines).splitlines()[2:]]
    assert ends == ["yes |", "**no** |", "yes |", "**ROWS DIFFER** |"]
