"""Open a run that was written: replay its own design over the same log.

A run is a function of its inputs, so the tables need not be read back; the log must be the same,
which its content hashes prove.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engage_desktop.app.replay import RUN_FORMAT, Log, Replay, open_logs, replay
from engage_desktop.app.workspace import EVENTS, RUNS, open_workspace_log
from engage_desktop.document import loads
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.errors import DesignError, InputError


def read_run(folder: Path) -> dict[str, Any]:
    """run.json of a whole run; raises InputError."""
    try:
        body = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{folder}: no run is here, or it was not written to its end (run.json is missing). Simulate again."
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / 'run.json'}: cannot be read ({error}). Simulate again.") from error
    if body.get("format") != RUN_FORMAT:
        raise InputError(f"{folder / 'run.json'}: this is not a run of this program (format {body.get('format')!r}).")
    return dict(body)


def reopen_run(folder: Path, *, logs: Sequence[Path] = (), workspace: Path | None = None) -> Replay:
    """The run again, from the log named, or that of the workspace it was saved in."""
    body = read_run(folder)
    campaigns, problems = loads(json.dumps(body["campaigns"]))
    if campaigns is None:
        raise DesignError(problems)
    log = _same_log(folder, body, logs, workspace)
    return replay(
        campaigns,
        log,
        window=(parse_instant(body["from"]), parse_instant(body["to"])),
        seed=body["seed"],
        only=body.get("only", ()),
    )


def _saved_in(folder: Path) -> Path | None:
    runs = folder.resolve().parent
    return runs.parent if runs.name == RUNS and (runs.parent / EVENTS).is_dir() else None


def own_workspace(folder: Path) -> Path:
    """The workspace a run was saved in; raises InputError where it lies elsewhere."""
    found = _saved_in(folder)
    if found is None:
        raise InputError(f"{folder}: this run does not lie in a workspace. Name the workspace with --workspace.")
    return found


def _same_log(folder: Path, body: dict[str, Any], logs: Sequence[Path], workspace: Path | None) -> Log:
    workspace = workspace or _saved_in(folder)
    log = open_logs(logs, None) if logs else open_workspace_log(workspace) if workspace else None
    if log is None:
        raise InputError(
            f"{folder}: which log does this run belong to? Name it with --log, or its workspace with --workspace."
        )
    wanted = [source["sha256"] for source in body["inputs"]["logs"]]
    if [source.sha256 for source in log.sources] != wanted:
        names = ", ".join(source["name"] for source in body["inputs"]["logs"])
        raise InputError(
            f"{folder}: the run was made from another log ({names}) than the one given. Name that log, or simulate again."
        )
    return log
