"""The workspace folder: a design, its logs and its runs.

campaigns.json  campaigns.layout.json   the design
sources/        the logs as they were given, in the order of their numbers
events/         the event store built from them
runs/           runs that were saved
workspace.db    approvals, activity, the outbox
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

from engage_desktop.app.replay import Replay, write_run
from engage_desktop.document import save
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import EPOCH
from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.domain.workspace import Workspace

EVENTS, SOURCES, RUNS, CAMPAIGNS = "events", "sources", "runs", "campaigns.json"
IMPORT_LOCK = ".importing.lock"


def need_folder(workspace: Path) -> None:
    if not workspace.is_dir():
        raise InputError(
            f"{workspace}: no such workspace folder. Create it with: engage import LOG --workspace {workspace}"
        )


def create_workspace(workspace: Path, name: str) -> bool:
    """An empty workspace with a design that holds nothing yet; an existing one is left alone.
    True when the folder was made for it."""
    made = not workspace.exists()
    try:
        workspace.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{workspace}: the folder cannot be made ({error.strerror}). Choose a place you may write to."
        ) from error
    if not (workspace / CAMPAIGNS).exists():
        try:
            save(Campaigns(format="engage-campaigns/1", workspace=Workspace(name=name)), workspace / CAMPAIGNS)
        except UserError:
            if made:
                discard_workspace(workspace)
            raise
    return made


def discard_workspace(workspace: Path) -> None:
    """Take back a workspace that was just made and holds nothing; whatever else lies there stays."""
    with contextlib.suppress(OSError):
        for file in (CAMPAIGNS, IMPORT_LOCK):
            (workspace / file).unlink(missing_ok=True)
        for folder in (workspace / SOURCES, workspace):
            if folder.is_dir():
                folder.rmdir()


def save_run(workspace: Path, replayed: Replay) -> Path:
    """Write the run under runs/, named by the moment."""
    stem = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = workspace / RUNS / stem
    number = 1
    while folder.exists():
        number += 1
        folder = workspace / RUNS / f"{stem}-{number}"
    write_run(replayed, folder)
    return folder


def list_runs(workspace: Path) -> list[tuple[str, int, str]]:
    """(folder name, written at, one line of counts) of every whole run, newest first."""
    found = []
    for folder in sorted((workspace / RUNS).glob("*"), reverse=True):
        record = folder / "run.json"
        try:
            body = json.loads(record.read_text(encoding="utf-8"))
            written = datetime.fromtimestamp(record.stat().st_mtime, UTC)
            counts = dict(body.get("counts", {}))
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            continue
        line = ", ".join(f"{counts.get(name, 0):,} {name}" for name in ("instances", "visits", "messages"))
        found.append(
            (folder.name, int((written - EPOCH).total_seconds() * 1_000_000), f"{line}, seed {body.get('seed', 0)}")
        )
    return found
