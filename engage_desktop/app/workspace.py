"""The workspace folder: a design, its logs and its runs.

campaigns.json  campaigns.layout.json   the design
sources/        the logs as they were given, in the order of their numbers
events/         the event store built from them
runs/           runs that were saved
workspace.db    approvals, activity, the outbox
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app.replay import Log, LogSource, Progress, Replay, hash_file, write_run
from engage_desktop.document import save
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import EPOCH
from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.domain.workspace import Identity, Workspace

if TYPE_CHECKING:
    from engage_desktop.events import ImportReport

EVENTS, SOURCES, RUNS, CAMPAIGNS = "events", "sources", "runs", "campaigns.json"
IMPORT_RECORD = "import.json"


def need_folder(workspace: Path) -> None:
    if not workspace.is_dir():
        raise InputError(
            f"{workspace}: no such workspace folder. Create it with: engage import LOG --workspace {workspace}"
        )


def create_workspace(workspace: Path, name: str) -> None:
    """An empty workspace with a design that holds nothing yet; an existing one is left alone."""
    try:
        workspace.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{workspace}: the folder cannot be made ({error.strerror}). Choose a place you may write to."
        ) from error
    if not (workspace / CAMPAIGNS).exists():
        save(Campaigns(format="engage-campaigns/1", workspace=Workspace(name=name)), workspace / CAMPAIGNS)


def open_workspace_log(workspace: Path) -> Log | None:
    """The log of a workspace, or None where none was imported yet."""
    from engage_desktop.events import EventStore

    need_folder(workspace)
    folder = workspace / EVENTS
    if not folder.exists():
        return None
    store = EventStore.open(folder)
    record = _read_record(workspace)
    sources = tuple(LogSource(one["name"], one["sha256"]) for one in record.get("sources", ()))
    return Log(store, sources, record.get("read", 0), record.get("rejected", 0), record.get("duplicates", 0))


def import_logs(
    workspace: Path,
    paths: Sequence[Path],
    *,
    identity: Identity | None = None,
    mapping: dict[str, str] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Log:
    """Add logs and build the store anew over all of them, since identity is a matter of the whole
    log (D-6). When it fails or is stopped, the workspace is as it was."""
    added: list[Path] = []
    sources = workspace / SOURCES
    try:
        for path in paths:
            if not path.is_file():
                raise InputError(f"{path}: no such file. Check the path of the log.")
        try:
            sources.mkdir(parents=True, exist_ok=True)
            for path in paths:
                added.append(_copy_source(path, sources))
        except OSError as error:
            raise UserError(
                f"{sources}: the log cannot be copied into the workspace ({error.strerror}). Free space or check permissions."
            ) from error
        _build(workspace, identity, mapping, progress, cancelled)
    except BaseException:
        for path in added:
            path.unlink(missing_ok=True)
        raise
    log = open_workspace_log(workspace)
    assert log is not None
    return log


def _copy_source(path: Path, sources: Path) -> Path:
    number = 1 + max((int(one.name[:4]) for one in sources.iterdir() if one.name[:4].isdigit()), default=0)
    target = sources / f"{number:04d}-{path.name}"
    try:
        shutil.copyfile(path, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def source_files(workspace: Path) -> list[Path]:
    """The logs of a workspace in the order they were added."""
    folder = workspace / SOURCES
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _build(
    workspace: Path,
    identity: Identity | None,
    mapping: dict[str, str] | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    from engage_desktop.events import build_store

    files = source_files(workspace)
    _, report = build_store(
        files, workspace / EVENTS, identity=identity, mapping=mapping, progress=progress, cancelled=cancelled
    )
    _write_record(workspace, files, report)


def _write_record(workspace: Path, files: Sequence[Path], report: ImportReport) -> None:
    record = {
        "sources": [{"name": path.name[5:], "sha256": hash_file(path)} for path in files],
        "read": report.read,
        "rejected": report.rejected,
        "duplicates": report.duplicates,
    }
    (workspace / EVENTS / IMPORT_RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _read_record(workspace: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((workspace / EVENTS / IMPORT_RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


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
        except (OSError, ValueError):
            continue
        counts = body.get("counts", {})
        line = ", ".join(f"{counts.get(name, 0):,} {name}" for name in ("instances", "visits", "messages"))
        found.append(
            (folder.name, int((written - EPOCH).total_seconds() * 1_000_000), f"{line}, seed {body.get('seed', 0)}")
        )
    return found
