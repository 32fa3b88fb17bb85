"""A test that was run elsewhere: one row a person, a column for the arm, a column for the metric."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engage_desktop.analysis.experiment import Arm, Experiment, compare
from engage_desktop.analysis.statistics import arms_from_values, sample_ratio
from engage_desktop.domain.errors import InputError

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

MAX_ARMS = 50


def experiment_table(
    path: Path | str, arm: str, metric: str, control: str | None = None, *, weights: Mapping[str, float] | None = None
) -> Experiment:
    """Compare the arms of a CSV or Parquet table (also .gz, .zst); raise InputError for what cannot be used.

    A metric of only 0 and 1 (or true and false) is a rate. `weights` are the intended shares, equal by default.
    """
    path = Path(path)
    names, values, missing = _read(path, arm, metric)
    keys = sorted(set(names.tolist()))
    if len(keys) < 2:
        raise InputError(f"{path.name}: the column {arm!r} names {len(keys)} arm; a comparison needs two.")
    if len(keys) > MAX_ARMS:
        raise InputError(
            f"{path.name}: the column {arm!r} holds {len(keys)} different values; is it the column of the arm?"
        )
    if control is not None and control not in keys:
        raise InputError(f"{path.name}: the column {arm!r} has no arm {control!r}; it has {', '.join(keys)}.")
    if weights is not None and set(weights) != set(keys):
        raise InputError(f"The weights must name each arm of {path.name} once: {', '.join(keys)}.")
    shares = [1.0 if weights is None else float(weights[key]) for key in keys]
    summaries = arms_from_values({key: values[names == key] for key in keys})
    rate = bool(np.isin(values, (0.0, 1.0)).all())
    remarks = (
        [] if weights is not None else ["No weights were given, so equal ones are assumed for the sample-ratio check."]
    )
    if missing:
        remarks.append(f"{missing} rows without an arm or a value were left out.")
    return Experiment(
        metric=metric,
        kind="learned",
        name=path.name,
        note=f"{path.name} is taken at its word: its arms were drawn at random, one row a person.",
        arms=tuple(Arm(key, summaries[key], share, key == control) for key, share in zip(keys, shares, strict=True)),
        comparisons=compare(list(summaries.items()), control, rate=rate),
        srm=sample_ratio([summary.n for summary in summaries.values()], shares),
        remarks=tuple(remarks),
    )


def _read(path: Path, arm: str, metric: str) -> tuple[NDArray[Any], NDArray[np.float64], int]:
    """Return arm and value of every complete row, and how many rows are incomplete."""
    import duckdb

    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    parquet = path.suffix.lower() in (".parquet", ".pq")
    with duckdb.connect() as connection:
        source = "read_parquet(?)" if parquet else "read_csv(?, header = true, all_varchar = true)"
        name = _literal(path)
        try:
            columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}", [name]).fetchall()]
        except duckdb.Error as error:
            kind = "Parquet" if parquet else "CSV"
            raise InputError(f"{path.name} cannot be read as {kind}: {str(error).splitlines()[0]}") from None
        for column in (arm, metric):
            if column not in columns:
                raise InputError(f"{path.name} has no column {column!r}; it has {', '.join(columns)}.")
        return _columns(connection, path, f"SELECT {{}} FROM {source}", arm, metric)


def _columns(
    connection: duckdb.DuckDBPyConnection, path: Path, select: str, arm: str, metric: str
) -> tuple[NDArray[Any], NDArray[np.float64], int]:
    import duckdb

    a, m = (_quoted(column) for column in (arm, metric))
    text = f"nullif(trim(CAST({m} AS VARCHAR)), '')"
    number = f"coalesce(TRY_CAST({m} AS DOUBLE), CAST(TRY_CAST({text} AS BOOLEAN) AS DOUBLE))"
    query = select.format(f"CAST({a} AS VARCHAR) AS arm, {number} AS value, {text} AS text")
    try:
        found = connection.execute(query, [_literal(path)]).fetchnumpy()
    except duckdb.Error as error:
        raise InputError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None
    arms, value, texts = (np.ma.asarray(found[name]) for name in ("arm", "value", "text"))
    no_value, no_arm = np.ma.getmaskarray(value), np.ma.getmaskarray(arms)
    no_text = np.ma.getmaskarray(texts)
    for place in np.flatnonzero(no_value & ~no_text)[:1].tolist():
        raise InputError(
            f"{path.name}: row {place + 1} of column {metric!r} holds {texts[place]!r}, which is no number."
        )
    keep = ~(no_value | no_arm)
    kept = np.asarray(value.data, np.float64)[keep]
    if not np.isfinite(kept).all():
        raise InputError(f"{path.name}: column {metric!r} holds a value that is infinite or no number.")
    return np.asarray(arms.data)[keep], kept, int(np.count_nonzero(~keep))


def _literal(path: Path) -> str:
    """Return a pattern that matches this one file: DuckDB reads every name as a pattern."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path))


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
