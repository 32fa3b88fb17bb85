"""Every listed mutant is caught by the goldens or by at most 300 random cases."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from engage_desktop import engine as product
from tests.golden.cases import Golden, load, rows, same_values
from tests.oracle import LAW, Rules, Tables, replay
from tests.random_cases.compare import engine_tables, engine_trait_values, same
from tests.random_cases.generate import Case, generate
from tests.random_cases.mutants import LAW_MUTANTS, PRODUCT_MUTANTS, LawMutant, ProductMutant, mutated, source

AT_MOST = 300
BESIDE = 20
"""Where a golden has caught a mutant, so many cases are looked at too: to see how soon they would have."""
GOLDENS = load()


@cache
def _case(seed: int) -> Case:
    return generate(seed)


@cache
def _law(seed: int) -> Tables:
    one = _case(seed)
    return replay(one.records, one.campaigns, one.window, one.seed, lists=one.lists)


def _caught_by(goldens: list[str], seed: int | None) -> None:
    print(f"{len(goldens)} goldens ({', '.join(goldens[:3])}), first random case {seed}")
    assert goldens or seed is not None


def _number(goldens: list[str]) -> int:
    return BESIDE if goldens else AT_MOST


def test_there_are_enough() -> None:
    assert len(PRODUCT_MUTANTS) >= 40
    assert len(LAW_MUTANTS) >= 10


@pytest.mark.parametrize("mutant", PRODUCT_MUTANTS, ids=lambda one: f"{one.rule} {one.says}")
def test_the_place_is_there(mutant: ProductMutant) -> None:
    """A changed module must not make a mutant empty."""
    assert mutant.new in source(mutant)


def test_the_unmutated_is_back_afterwards() -> None:
    with mutated(PRODUCT_MUTANTS[0]) as engine:
        assert engine is not product
    from engage_desktop import engine as again

    assert again is product


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", LAW_MUTANTS, ids=lambda one: f"{one.rule} {one.says}")
def test_mutant_of_the_law(mutant: LawMutant) -> None:
    rules: Rules = replace(LAW, **{mutant.flag: False})
    goldens = []
    for golden in GOLDENS:
        tables = replay(golden.records, golden.campaigns, golden.window, golden.seed, rules, golden.lists)
        if any(rows(tables, table) != expected for table, expected in golden.expect.items()):
            goldens.append(golden.name)
    _caught_by(
        goldens,
        next((seed for seed in range(_number(goldens)) if not same(_mutated_law(seed, rules), _law(seed))), None),
    )


def _mutated_law(seed: int, rules: Rules) -> Tables:
    one = _case(seed)
    return replay(one.records, one.campaigns, one.window, one.seed, rules, one.lists)


def _same_trait(golden: Golden, key: str, at: int, engine: Any) -> bool:
    found = engine_trait_values(golden.records, golden.campaigns, key, at, engine)
    return same_values(golden.trait_values[key][at], found)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", PRODUCT_MUTANTS, ids=lambda one: f"{one.rule} {one.says}")
def test_mutant_of_the_product(mutant: ProductMutant) -> None:
    goldens = []
    with mutated(mutant) as engine:
        for golden in GOLDENS:
            tables = engine_tables(golden.records, golden.campaigns, golden.window, golden.seed, engine, golden.lists)
            differs = any(rows(tables, table) != expected for table, expected in golden.expect.items())
            if differs or not all(
                _same_trait(golden, key, at, engine) for key in golden.trait_values for at in golden.trait_values[key]
            ):
                goldens.append(golden.name)
        first = None
        for seed in range(_number(goldens)):
            one = _case(seed)
            if not same(_law(seed), engine_tables(one.records, one.campaigns, one.window, one.seed, engine, one.lists)):
                first = seed
                break
    _caught_by(goldens, first)
