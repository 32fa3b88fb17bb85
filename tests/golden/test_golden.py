"""Both the oracle and the engine give what the text gives by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.golden.cases import COLUMNS, Golden, load, rows, same_values
from tests.oracle import replay, trait_value
from tests.random_cases.compare import engine_tables, engine_trait_values

CASES = load()


def trait_steps(case: Golden) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Key, instant and the expected value of each profile or account."""
    for key, steps in case.trait_values.items():
        for at, expected in steps.items():
            yield key, at, expected


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert {table for case in CASES for table in case.expect} == set(COLUMNS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_oracle(case: Golden) -> None:
    tables = replay(case.records, case.campaigns, case.window, case.seed, lists=case.lists)
    assert {table: rows(tables, table) for table in case.expect} == case.expect, case.why
    for key, at, expected in trait_steps(case):
        found = trait_value(case.records, case.campaigns, key, at)
        assert same_values(expected, found), (key, at, expected, found, case.why)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_engine(case: Golden) -> None:
    tables = engine_tables(case.records, case.campaigns, case.window, case.seed, lists=case.lists)
    assert {table: rows(tables, table) for table in case.expect} == case.expect, case.why
    for key, at, expected in trait_steps(case):
        found = engine_trait_values(case.records, case.campaigns, key, at)
        assert same_values(expected, found), (key, at, expected, found, case.why)


def test_all_tables_are_looked_at() -> None:
    assert {table for case in CASES for table in case.expect} == set(COLUMNS)
