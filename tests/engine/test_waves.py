"""Journeys in waves: what is written is seen from a microsecond later on, and both ways of running agree (D-37, D-51)."""

from __future__ import annotations

import pytest

from engage_desktop import engine
from tests.random_cases.compare import store_of
from tests.random_cases.generate import generate

DAILY, MANY = range(40), range(2_000)


def _both_ways(seed: int) -> tuple[engine.Run, engine.Run]:
    case = generate(seed)
    store = store_of(case.records, case.campaigns)
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
