"""Every listed mutant is caught by the goldens or by at most 300 random cases."""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import FrameType
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
LONG_S = 30.0
"""Processor time of one case, mostly a hundred times what it takes: a mutant that needs more does not come back."""


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


class Endless(Exception):
    """A mutant has made a loop that does not end."""


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Endless

    faulthandler.cancel_dump_traceback_later()  # telling where a long mutant stands can end the process
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONG_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


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
    goldens: list[str] = []
    first = None
    with mutated(mutant) as engine:
        try:
            for golden in GOLDENS:
                with _bounded():
                    if _changed(golden, engine):
                        goldens.append(golden.name)
            for seed in range(_number(goldens)):
                one, law = _case(seed), _law(seed)
                with _bounded():
                    found = engine_tables(one.records, one.campaigns, one.window, one.seed, engine, one.lists)
                if not same(law, found):
                    first = seed
                    break
        except Endless:
            print("it does not come back;", end=" ")
            return
    _caught_by(goldens, first)


def _changed(golden: Golden, engine: Any) -> bool:
    tables = engine_tables(golden.records, golden.campaigns, golden.window, golden.seed, engine, golden.lists)
    return any(rows(tables, table) != expected for table, expected in golden.expect.items()) or not all(
        _same_trait(golden, key, at, engine) for key in golden.trait_values for at in golden.trait_values[key]
    )
