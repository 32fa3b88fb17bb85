"""What the benchmark compares is the same answer: D-3, D-5, D-8, D-10, D-40, AU-17, AU-18, CT-4."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pyarrow as pa
import pytest

from benchmarks import formulations_duckdb, formulations_polars
from benchmarks.formulations_ours import Engine
from benchmarks.questions import QUESTIONS, answer
from benchmarks.synthetic_log import SyntheticLog
from tests.benchmarks.brute_force import answers

HOUR_US = 3_600_000_000
LOGS = {
    "fine": lambda: SyntheticLog(10_000, 1_000),
    "many ties": lambda: SyntheticLog(10_000, 300, seed=2, tick_us=6 * HOUR_US),
    "small": lambda: SyntheticLog(2_000, 100, seed=6, tick_us=6 * HOUR_US),
}
ALL = [
    (question, library, name)
    for library, formulations in (
        ("DuckDB", formulations_duckdb.FORMULATIONS),
        ("Polars", formulations_polars.FORMULATIONS),
    )
    for question, ways in formulations.items()
    for name in ways
]


@cache
def log(name: str) -> SyntheticLog:
    return LOGS[name]()


@cache
def database(name: str) -> formulations_duckdb.Database:
    return formulations_duckdb.Database(log(name))


@cache
def frames(name: str) -> formulations_polars.Frames:
    return formulations_polars.Frames.of(log(name))


@cache
def expected(name: str) -> dict[str, pa.Table]:
    return {question: answer(question, table) for question, table in answers(log(name)).items()}


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize(("question", "library", "way"), ALL)
def test_every_formulation_gives_the_answer_of_the_brute_force(question: str, library: str, way: str, name: str):
    if library == "DuckDB":
        found = database(name).ask(formulations_duckdb.FORMULATIONS[question][way])
    else:
        found = formulations_polars.FORMULATIONS[question][way](frames(name)).to_arrow()
    assert answer(question, found).to_pylist() == expected(name)[question].to_pylist()


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_engine_gives_the_answer_of_the_brute_force(question: str, name: str):
    engine = Engine(log(name))
    found = answer(question, engine.table(question, engine.ask(question)))
    assert found.to_pylist() == expected(name)[question].to_pylist()


@pytest.mark.parametrize("name", LOGS)
def test_the_answers_are_worth_comparing(name: str):
    """D-5, D-10, CT-4: each has rows, spans that touch none of their own person, and absent traits."""
    found = expected(name)
    assert set(found) == set(QUESTIONS)
    assert all(table.num_rows > 5 for table in found.values())
    for question in ("spans", "funnel"):
        spans = found[question].to_pylist()
        for before, after in pairwise(spans):
            assert before["person"] < after["person"] or before["end_us"] < after["start_us"]
    for trait in found["traits"].column_names[1:]:
        absent = found["traits"].column(trait).null_count
        assert absent == 0 if trait in ("orders", "categories_30d") else 0 < absent < found["traits"].num_rows
