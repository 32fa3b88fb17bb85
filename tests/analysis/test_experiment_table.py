"""A test that was run elsewhere, read from a table."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engage_desktop.analysis.experiment_table import experiment_table
from engage_desktop.domain.errors import InputError

VISITS = {"No E-Mail": (21306, 2262), "Mens E-Mail": (21307, 3894), "Womens E-Mail": (21387, 3238)}
"""Sizes and visits of Kevin Hillstrom's e-mail test (MineThatData, 2008)."""


def hillstrom_visits(path: Path) -> Path:
    lines = ["segment,visit"]
    for arm, (n, visits) in VISITS.items():
        lines += [f"{arm},1"] * visits + [f"{arm},0"] * (n - visits)
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def table(folder: Path, text: str) -> Path:
    path = folder / "test.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_published_figures_from_a_file(tmp_path: Path) -> None:
    found = experiment_table(hillstrom_visits(tmp_path / "hillstrom.csv.gz"), "segment", "visit", control="No E-Mail")
    assert [(arm.key, arm.summary.n) for arm in found.arms] == [
        ("Mens E-Mail", 21307),
        ("No E-Mail", 21306),
        ("Womens E-Mail", 21387),
    ]
    assert [(item.a, item.b) for item in found.comparisons] == [
        ("Mens E-Mail", "No E-Mail"),
        ("Womens E-Mail", "No E-Mail"),
    ]
    mens = found.comparisons[0]
    assert mens.difference.absolute_ci == pytest.approx((0.06995314760976148, 0.083225979693301), abs=5e-7)
    assert mens.difference.relative_ci == pytest.approx((0.6409271105309076, 0.8071163547824611), abs=1e-6)
    assert mens.p_adjusted == pytest.approx(2 * mens.difference.p, rel=1e-9)
    assert found.srm.p == pytest.approx(0.9036929575604196, abs=1e-9)


def test_a_table_is_taken_at_its_word_and_named(tmp_path: Path) -> None:
    """D-27: learned, from a named experiment."""
    found = experiment_table(table(tmp_path, "arm,spend\na,1\na,2\nb,3\nb,5\n"), "arm", "spend")
    assert (found.kind, found.name) == ("learned", "test.csv")
    assert "taken at its word" in found.note
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["comparisons"][0]["absolute"] == -2.5


def test_parquet_and_booleans(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "test.parquet"
    pq.write_table(pa.table({"arm": [1, 1, 2, 2, 2], "bought": [True, False, True, True, None]}), path)
    found = experiment_table(path, "arm", "bought")
    assert [(arm.key, arm.summary.n, arm.summary.mean) for arm in found.arms] == [("1", 2, 0.5), ("2", 2, 1.0)]
    assert found.comparisons[0].difference.interval == "newcombe"
    assert "1 rows without an arm or a value were left out." in found.remarks


def test_weights_are_those_intended(tmp_path: Path) -> None:
    path = table(tmp_path, "arm,spend\n" + "a,1\n" * 90 + "b,2\n" * 10)
    assert experiment_table(path, "arm", "spend").srm.level == "red"
    assert experiment_table(path, "arm", "spend", weights={"a": 9, "b": 1}).srm.level == "ok"


def test_a_text_far_down_is_named_with_its_row(tmp_path: Path) -> None:
    path = table(tmp_path, "arm,spend\n" + "a,1\nb,2\n" * 30_000 + "a,oops\n")
    with pytest.raises(InputError, match="row 60001 of column 'spend' holds 'oops'"):
        experiment_table(path, "arm", "spend")


def test_a_file_name_is_no_pattern(tmp_path: Path) -> None:
    path = tmp_path / "run[1].csv"
    path.write_text("arm,spend\na,1\na,4\nb,2\nb,2\n")
    (tmp_path / "run1.csv").write_text("arm,spend\na,9\n")
    assert sum(arm.summary.n for arm in experiment_table(path, "arm", "spend").arms) == 4


def test_columns_with_quotes_and_semicolons(tmp_path: Path) -> None:
    path = table(tmp_path, 'the "arm";sp end\na;1\na;4\nb;2\nb;2\n')
    assert experiment_table(path, 'the "arm"', "sp end").comparisons[0].difference.absolute == 0.5


WRONG = [
    ("arm,spend\na,1\nb,2\n", ("group", "spend", None), "test.csv has no column 'group'; it has arm, spend."),
    ("arm,spend\na,1\nb,2\n", ("arm", "visit", None), "test.csv has no column 'visit'; it has arm, spend."),
    ("arm,spend\na,1\nb,many\n", ("arm", "spend", None), "test.csv: row 2 of column 'spend' holds 'many', which is no number."),
    ("arm,spend\na,1\na,2\n", ("arm", "spend", None), "test.csv: the column 'arm' names 1 arm; a comparison needs two."),
    ("arm,spend\na,1\nb,2\n", ("arm", "spend", "c"), "test.csv: the column 'arm' has no arm 'c'; it has a, b."),
    ("arm,spend\na,inf\nb,2\n", ("arm", "spend", None), "test.csv: column 'spend' holds a value that is infinite or no number."),
    (
        "arm,spend\n" + "".join(f"p{number},1\n" for number in range(60)),
        ("arm", "spend", None),
        "test.csv: the column 'arm' holds 60 different values; is it the column of the arm?",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked", "sentence"), WRONG)
def test_tables_that_cannot_be_used(
    tmp_path: Path, text: str, asked: tuple[str, str, str | None], sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        experiment_table(table(tmp_path, text), *asked)
    assert str(caught.value) == sentence


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        experiment_table(tmp_path / "none.csv", "arm", "spend")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"broken\.parquet cannot be read as Parquet"):
        experiment_table(broken, "arm", "spend")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(InputError, match=r"empty\.csv"):
        experiment_table(empty, "arm", "spend")


def test_weights_name_each_arm_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="The weights must name each arm"):
        experiment_table(table(tmp_path, "arm,spend\na,1\nb,2\n"), "arm", "spend", weights={"a": 1})
