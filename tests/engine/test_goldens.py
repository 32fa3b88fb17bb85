"""The engine gives what was worked out by hand from the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.logs import replay
from tests.golden.cases import COLUMNS, Golden, load
from tests.golden.cases import rows as public_rows


@pytest.mark.parametrize("case", [one for one in load() if not one.not_yet], ids=lambda case: case.name)
def test_golden(case: Golden, tmp_path: Path) -> None:
    tables = replay(case.records, case.campaigns, case.window, tmp_path, case.seed, lists=case.lists)
    assert {table: public_rows(tables, table) for table in case.expect} == case.expect, case.why


def test_all_tables_are_looked_at() -> None:
    assert {table for case in load() for table in case.expect} == set(COLUMNS)
