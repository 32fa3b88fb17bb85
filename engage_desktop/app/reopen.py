"""Open a run that was written: replay its own design over the same log.

A run is a function of its inputs, so the tables need not be read back; the log must be the same,
which its content hashes prove.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engage_desktop.app.importing import open_workspace_log
from engage_desktop.app.lists import kept_lists
from engage_desktop.app.replay import RUN_FILE, RUN_FORMAT, Log, LogSource, Replay, campaign_keys, open_logs, replay
from engage_desktop.app.workspace import EVENTS, RUNS
from engage_desktop.document import content_hash, loads
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.errors import InputError


@dataclass(frozen=True)
class RunRecord:
    """What run.json says a run was made of. `window` in int64 microseconds UTC, both ends included."""

    campaigns: Campaigns
    window: tuple[int, int]
    seed: int
    only: tuple[str, ...]
    logs: tuple[LogSource, ...]


def read_run(folder: Path) -> RunRecord:
    """run.json of a whole run; raises InputError."""
    path = folder / RUN_FILE
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{folder}: no run is here, or it was not written to its end ({RUN_FILE} is missing). Simulate again."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check the path and its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: this is not JSON text as a run has it. Simulate again.") from error
    if not isinstance(body, dict) or body.get("format") != RUN_FORMAT:
        raise InputError(f"{path}: this is not a run of this program. Name the folder of a run, or simulate again.")
    try:
        return _record(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: it was changed by hand or is damaged. Simulate again.") from error


def _record(body: dict[str, Any]) -> RunRecord:
    """Raise any of several errors for a body that no run has."""
    inputs, only = body["inputs"], body.get("only", [])
    campaigns, _ = loads(json.dumps(body["campaigns"]))
    if campaigns is None or content_hash(campaigns) != inputs["campaigns"]:
        raise ValueError("not the design of the run")
    window = parse_instant(body["from"]), parse_instant(body["to"])
    if (
        window[0] > window[1]
        or type(body["seed"]) is not int
        or not isinstance(only, list)
        or not campaign_keys(campaigns).issuperset(only)
    ):
        raise ValueError("not the window, seed or selection of a run")
    logs = tuple(LogSource(str(source["name"]), str(source["sha256"])) for source in inputs["logs"])
    return RunRecord(campaigns, window, body["seed"], tuple(only), logs)


def reopen_run(folder: Path, *, logs: Sequence[Path] = (), workspace: Path | None = None) -> Replay:
    """The run again, from the log named, or that of the workspace it was saved in."""
    record = read_run(folder)
    log = _same_log(folder, record, logs, workspace)
    lists = kept_lists(record.campaigns, folder)
    return replay(record.campaigns, log, lists=lists, window=record.window, seed=record.seed, only=record.only)


def _saved_in(folder: Path) -> Path | None:
    runs = folder.resolve().parent
    return runs.parent if runs.name == RUNS and (runs.parent / EVENTS).is_dir() else None


def own_workspace(folder: Path) -> Path:
    """The workspace a run was saved in; raises InputError where it lies elsewhere."""
    found = _saved_in(folder)
    if found is None:
        raise InputError(f"{folder}: this run does not lie in a workspace. Name the workspace with --workspace.")
    return found


def _same_log(folder: Path, record: RunRecord, logs: Sequence[Path], workspace: Path | None) -> Log:
    workspace = workspace or _saved_in(folder)
    log = open_logs(logs, record.campaigns) if logs else open_workspace_log(workspace) if workspace else None
    if log is None:
        raise InputError(
            f"{folder}: which log does this run belong to? Name it with --log, or its workspace with --workspace."
        )
    if [source.sha256 for source in log.sources] != [source.sha256 for source in record.logs]:
        names = ", ".join(source.name for source in record.logs)
        raise InputError(
            f"{folder}: the run was made from another log ({names}) than the one given. Name that log, or simulate again."
        )
    return log
