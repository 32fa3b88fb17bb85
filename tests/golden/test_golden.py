"""Both the oracle and the engine give what the text gives by hand."""

from __future__ import annotations

import pytest

from tests.golden.cases import COLUMNS, Golden, load, rows
from tests.oracle import replay
from tests.random_cases.compare import engine_tables

CASES = load()


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert {table for case in CASES for table in case.expect} == set(COLUMNS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_oracle(case: Golden) -> None:
    tables = replay(case.records, case.campaigns, case.window, case.seed)
    assert {table: rows(tables, table) for table in case.expect} == case.expect, case.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_engine(case: Golden) -> None:
    tables = engine_tables(case.records, case.campaigns, case.window, case.seed)
    assert {table: rows(tables, table) for table in case.expect} == case.expect, case.why
