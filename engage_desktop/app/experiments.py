"""`engage experiment`: the arms of a split of a run, or of a test run elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.app.replay import Replay


def experiment_of_replay(
    replayed: Replay, journey: str, step: str, metric: str, within: str | None, control: str | None = None
) -> dict[str, Any]:
    """The JSON shape of `engage experiment` for a split of a finished replay."""
    from engage_desktop.analysis.experiment import experiment

    try:
        within_us = None if within is None else parse_duration(within)
    except ValueError as error:
        raise UserError(f"--within: {error}") from None
    return experiment(replayed.run, replayed.log.store, journey, step, metric, within_us, control).as_json()


def experiment_of_run(
    folder: Path,
    journey: str,
    step: str,
    metric: str,
    within: str | None,
    *,
    logs: Sequence[Path],
    workspace: Path | None,
    control: str | None,
) -> dict[str, Any]:
    """The same for a run that was written."""
    from engage_desktop.app.reopen import reopen_run

    return experiment_of_replay(
        reopen_run(folder, logs=logs, workspace=workspace), journey, step, metric, within, control
    )


def experiment_of_table(table: Path, arm: str, metric: str, control: str | None) -> dict[str, Any]:
    """The same for a table of one row a person with a column for the arm and one for the metric."""
    from engage_desktop.analysis.experiment_table import experiment_table

    return experiment_table(table, arm, metric, control).as_json()


def lines(body: dict[str, Any]) -> list[str]:
    """The result for a terminal."""
    found = [f"Metric   {body['metric']} ({body['kind']}{': ' + body['name'] if body['name'] else ''})", body["note"]]
    found += body["remarks"]
    width = max(len(arm["arm"]) for arm in body["arms"])
    found += [f"{arm['arm']:<{width}}  n {arm['n']:>9,}  mean {_number(arm['mean'])}" for arm in body["arms"]]
    for one in body["comparisons"]:
        found.append(
            f"{one['a']} - {one['b']}: difference {_number(one['absolute'])} {_interval(one['absolute_ci'])}, "
            f"relative {_percent(one['relative'])} {_interval(one['relative_ci'], percent=True)}, p {_p(one['p_adjusted'] if one['p_adjusted'] is not None else one['p'])}"
            + (f" ({one['reason']})" if one["reason"] else "")
        )
    srm = body["srm"]
    found.append(f"Sample ratio: chi2 {_number(srm['chi2'])}, p {_p(srm['p'])}")
    return found


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:+.2f} %"


def _interval(pair: Sequence[float | None] | None, *, percent: bool = False) -> str:
    if pair is None:
        return ""
    show = _percent if percent else _number
    return f"[{show(pair[0])}, {show(pair[1])}]"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "< 1e-15" if value < 1e-15 else f"{value:.4g}"
