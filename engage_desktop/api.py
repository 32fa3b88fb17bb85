"""From Python: open a run as DataFrames, simulate as the command does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame


def open_run(path: Path | str) -> dict[str, DataFrame]:
    """The tables of a run by name, columns as in `formats.md`; raises InputError when it is not whole."""
    import pandas as pd

    from engage_desktop.app.reopen import read_run

    folder = Path(path)
    read_run(folder)
    return {table.stem: pd.read_parquet(table) for table in sorted(folder.glob("*.parquet"))}


def simulate(
    campaigns: Path | str,
    logs: Sequence[Path | str],
    out: Path | str,
    *,
    from_: str | None = None,
    to: str | None = None,
    seed: int = 0,
    only: Sequence[str] = (),
    replicates: int = 0,
) -> dict[str, Any]:
    """Do what `engage simulate` does; returns what it prints with `--json`. Instants are ISO 8601
    with zone. Raises UserError with one sentence."""
    from engage_desktop.app.lists import read_lists
    from engage_desktop.app.replay import open_logs, read_design, replay, write_run
    from engage_desktop.domain.duration import parse_instant

    design, problems = read_design(Path(campaigns))
    lists = read_lists(design, Path(campaigns).parent)
    log = open_logs([Path(one) for one in logs], design)
    window = (None if from_ is None else parse_instant(from_), None if to is None else parse_instant(to))
    made = replay(
        design, log, lists=lists, window=window, seed=seed, only=only, problems=problems, replicates=replicates
    )
    return write_run(made, Path(out))
