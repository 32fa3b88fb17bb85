"""Journeys in waves: what is written is seen from a microsecond later on, and both ways of running agree (D-37, D-51)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop import engine
from tests.engine.logs import DAY, T0, campaigns, store_of, tables, track
from tests.random_cases.compare import store_of as imported
from tests.random_cases.generate import generate

DAILY, MANY = range(40), range(2_000)


def _both_ways(seed: int) -> tuple[engine.Run, engine.Run]:
    case = generate(seed)
    store = imported(case.records, case.campaigns)
    plan = engine.compile_campaigns(case.campaigns, case.lists)
    fold = engine.simulate(plan, store, window=case.window, seed=case.seed)
    waves = engine.simulate(plan, store, window=case.window, seed=case.seed, coupled=True)
    tables = [engine.to_arrow(one, store) for one in (fold, waves)]
    assert all(tables[0][name].equals(tables[1][name]) for name in tables[0]), f"case {seed}"
    return fold, waves


@pytest.mark.parametrize("seed", DAILY)
def test_fold_and_waves_have_the_same_rows(seed: int) -> None:
    _both_ways(seed)


@pytest.mark.prove
def test_fold_and_waves_have_the_same_rows_of_many() -> None:
    visits = sum(len(_both_ways(seed)[0].visits["step"]) for seed in MANY)
    assert visits > 10 * len(MANY)


def _set(key: str, value: Any, then: str | None = None) -> dict[str, Any]:
    return {"key": key, "type": "set_trait", "trait": "x", "value": value} | ({"next": then} if then else {})


def test_an_echo_of_a_wrong_guess_dies_out(tmp_path: Path) -> None:
    """D-37, D-51: x is set, so the wait for its absence lasts for ever. With nothing known yet it seems over a microsecond
    later; what is set then would end the next guess's wait a microsecond after that, and so on."""
    wait = {"key": "w", "type": "wait", "condition": "trait('x').absent()", "next": "n"}
    design = campaigns(
        journeys=[{"key": "j", "name": "j", "entry": {"type": "event", "event": "A"}, "start": "s",
                   "steps": [_set("s", 0, "w"), wait, _set("n", None)]}],
    )  # fmt: skip
    store = store_of([track("u", "A", "2024-01-01T00:00:00Z")], tmp_path)
    run = engine.simulate(engine.compile_campaigns(design), store, window=(T0, T0 + DAY))
    assert [(row["step"], row["left_at"]) for row in tables(run, store)["visits"]] == [("s", T0), ("w", None)]
    assert run.counts["writes"] == 1


def test_a_long_chain_is_followed_to_its_end(tmp_path: Path) -> None:
    """D-37: of forty events every other one finds the trait that the one before it set, and removes it."""
    split = {
        "key": "d",
        "type": "split",
        "branches": [{"key": "is", "condition": "trait('x') = 1", "next": "n"}],
        "otherwise": "s",
    }
    design = campaigns(
        journeys=[{"key": "j", "name": "j", "entry": {"type": "event", "event": "A"}, "start": "d",
                   "steps": [split, _set("s", 1), _set("n", None)]}],
    )  # fmt: skip
    calls = [track(user, "A", f"2024-01-01T00:{minute:02}:00Z") for user in "uv" for minute in range(40)]
    store = store_of(calls, tmp_path)
    run = engine.simulate(engine.compile_campaigns(design), store, window=(T0, T0 + DAY))
    taken = [row["branch"] for row in tables(run, store)["visits"] if row["step"] == "d"]
    assert taken == ["otherwise", "is"] * 40


def test_the_limit_counts_all_journeys_together(tmp_path: Path) -> None:
    """D-37, D-54: 13 instances of each of two journeys write in one second: 25 writes stand, the last of them is a's or b's
    by the order of campaigns, and one is dropped. Nobody reads anything, so only the limit couples them."""
    one = {"entry": {"type": "event", "event": "A"}, "start": "s", "steps": [_set("s", 1)]}
    design = campaigns(journeys=[{"key": key, "name": key, **one} for key in ("b", "a")])
    store = store_of([track("u", "A", "2024-01-01T00:00:00Z") | {"messageId": str(n)} for n in range(13)], tmp_path)
    run = engine.simulate(engine.compile_campaigns(design), store, window=(T0, T0 + DAY))
    assert (run.counts["writes"], run.counts["writes_dropped"]) == (25, 1)
    assert run.made is not None
    assert np.bincount(run.made.writes.campaign).tolist() == [13, 12]


def test_buckets_do_not_part_those_who_read_each_other(tmp_path: Path) -> None:
    """D-25, AU-23: v's audience asks for u, with whom v shares an account; u sets what it asks for."""
    group = {"type": "group", "groupId": "g", "timestamp": "2024-01-01T00:00:00Z", "traits": {}}
    store = store_of(
        [group | {"userId": "u"}, group | {"userId": "v"}, track("u", "A", "2024-01-01T01:00:00Z")], tmp_path
    )
    design = campaigns(
        audiences=[{"key": "firm", "name": "f", "level": "account", "definition": "ANY trait('x') = 1"},
                   {"key": "near", "name": "n", "definition": "audience('firm')", "include_anonymous": True}],
        journeys=[{"key": "j", "name": "j", "entry": {"type": "event", "event": "A"}, "start": "s", "steps": [_set("s", 1)]},
                  {"key": "k", "name": "k", "entry": {"type": "audience", "audience": "near"}, "start": "e",
                   "steps": [{"key": "e", "type": "end"}]}],
    )  # fmt: skip
    plan = engine.compile_campaigns(design)
    rows = [tables(engine.simulate(plan, store, window=(T0, T0 + DAY), buckets=n), store) for n in (1, 2)]
    assert rows[0] == rows[1]
    entered = [(row["profile"], row["entered_at"]) for row in rows[0]["instances"] if row["journey"] == "k"]
    assert entered == [("u", T0 + DAY // 24 + 1), ("v", T0 + DAY // 24 + 1)]
