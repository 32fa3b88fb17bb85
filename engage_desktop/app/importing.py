"""Importing logs into a workspace: all of it or nothing, whatever stops it, a killed process included.

The store is built beside the old one and swapped in as a whole; that swap is the moment at which an
import counts. A journal says meanwhile which sources are being added and which store was there before,
so that the next import or opening can tell on which side of the swap a killed one fell, and mend it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app.replay import Log, LogSource, Progress, file_reports, hash_file
from engage_desktop.app.workspace import CAMPAIGNS, EVENTS, IMPORT_LOCK, SOURCES, need_folder
from engage_desktop.document.atomic import write_text
from engage_desktop.domain.errors import InputError, UserError
from engage_desktop.domain.workspace import Identity

if TYPE_CHECKING:
    from engage_desktop.events import FileOptions

IMPORT_RECORD = "import.json"
JOURNAL = ".importing.json"
Mapping = dict[str, str]


def workspace_identity(workspace: Path) -> Identity | None:
    """The identity rules of the workspace's design; None where it has none or cannot be read."""
    from engage_desktop.document import load

    try:
        campaigns, _ = load(workspace / CAMPAIGNS)
    except InputError:
        return None
    return campaigns.identity if campaigns else None


def import_logs(
    workspace: Path,
    paths: Sequence[Path],
    *,
    identity: Identity | None = None,
    mapping: Mapping | None = None,
    options: FileOptions | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Log:
    """Add logs and build the store anew over all of them, since identity is a matter of the whole
    log (D-6). When it fails or is stopped, the workspace is as it was."""
    need_logs(paths)
    told = {"mapping": mapping or {}, "options": options.as_json() if options else {}}
    with _sole_import(workspace):
        _mend(workspace)
        known = _known_sources(workspace)
        copies = _names_for(paths, workspace / SOURCES, known)
        try:
            _write_journal(workspace, copies, None)
            for path, copy in zip(paths, copies, strict=True):
                _copy_source(path, copy)
            sources = [
                *known,
                *({"file": copy.name, "name": copy.name[5:], **told} for copy in copies),
            ]
            sources = [{**one, "sha256": hash_file(workspace / SOURCES / one["file"])} for one in sources]
            _write_journal(workspace, copies, sources)
            _build(workspace, sources, identity, progress, cancelled)
        except InputError as error:
            raise InputError(_in_terms_of(str(error), copies, paths)) from error
        finally:
            _mend(workspace)
    log = open_workspace_log(workspace)
    assert log is not None
    return log


def need_logs(paths: Sequence[Path]) -> None:
    """Raise InputError for a log that is not there or cannot be read."""
    for path in paths:
        try:
            with path.open("rb"):
                pass
        except IsADirectoryError as error:
            raise InputError(f"{path} is a folder, not a log. Name the files inside it.") from error
        except FileNotFoundError as error:
            raise InputError(f"{path}: no such file. Check the path of the log.") from error
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error.strerror}). Check its name and permissions.") from error


def open_workspace_log(workspace: Path) -> Log | None:
    """The log of a workspace, or None where none was imported yet."""
    from engage_desktop.events import EventStore

    need_folder(workspace)
    folder = workspace / EVENTS
    if (workspace / JOURNAL).exists():  # being imported into just now, or the import was killed
        with _sole_import(workspace):
            _mend(workspace)
    if not folder.exists():
        return None
    store = EventStore.open(folder)
    report: dict[str, Any] = store.meta.get("report") or {}
    sources = tuple(LogSource(one["name"], one["sha256"]) for one in _record(workspace))
    read, rejected, duplicates = (report.get(name, 0) for name in ("read", "rejected", "duplicates"))
    return Log(store, sources, read, rejected, duplicates, file_reports(report, source_name))


def source_name(file: str) -> str:
    """The name a log had before it was copied into `sources/` under a number."""
    path = Path(file)
    return path.name[5:] if path.parent.name == SOURCES else file


def _sole_import(workspace: Path) -> AbstractContextManager[None]:
    from engage_desktop.store.lock import sole

    return sole(
        workspace / IMPORT_LOCK,
        f"{workspace}: another program is importing into this workspace. Wait until it is done.",
    )


def _names_for(paths: Sequence[Path], sources: Path, known: Sequence[dict[str, Any]]) -> list[Path]:
    """Where each log is copied to: under the next free number."""
    there = [str(one["file"]) for one in known]
    there += [path.name for path in sources.iterdir()] if sources.is_dir() else []
    last = max((int(name[:4]) for name in there if name[:4].isdecimal()), default=0)
    return [sources / f"{last + i:04d}-{path.name}" for i, path in enumerate(paths, 1)]


def _copy_source(path: Path, copy: Path) -> None:
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    except OSError as error:
        raise UserError(
            f"{path} cannot be copied into {copy.parent} ({error.strerror}). Free space there, or check permissions."
        ) from error


def _build(
    workspace: Path,
    sources: Sequence[dict[str, Any]],
    identity: Identity | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    from engage_desktop.events import build_store, known_options

    build_store(
        [workspace / SOURCES / one["file"] for one in sources],
        workspace / EVENTS,
        identity=identity,
        mapping=[one["mapping"] for one in sources],
        options=[known_options(one.get("options")) for one in sources],
        progress=progress,
        cancelled=cancelled,
    )


def _record(workspace: Path) -> list[dict[str, Any]]:
    """What the store was built from, one entry a source; empty where its record is lost or damaged."""
    try:
        sources = json.loads((workspace / EVENTS / IMPORT_RECORD).read_text(encoding="utf-8"))["sources"]
        if all(isinstance(one[field], str) for one in sources for field in ("name", "sha256")):
            return list(sources)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return []


def _known_sources(workspace: Path) -> list[dict[str, Any]]:
    """The logs the store was built from, in their order; raises InputError for one that is lost.
    Without a record all that lies in `sources/` under a number."""
    folder, record = workspace / SOURCES, _record(workspace)
    if not record or any("file" not in one for one in record):
        names = sorted(path.name for path in folder.glob("[0-9][0-9][0-9][0-9]-*"))
        return [{"file": name, "name": name[5:], "mapping": {}} for name in names]
    for one in record:
        if not (folder / one["file"]).is_file():
            raise InputError(
                f"{folder / one['file']} is gone, and the log of this workspace cannot be built anew without it. "
                "Put it back, or import all logs into a new workspace."
            )
    return record


def _store_mark(workspace: Path) -> list[int]:
    """Changes when another store takes the place of the one there."""
    try:
        state = (workspace / EVENTS / "manifest.json").stat()
    except OSError:
        return []
    return [state.st_ino, state.st_mtime_ns]


def _write_journal(workspace: Path, copies: Sequence[Path], sources: list[dict[str, Any]] | None) -> None:
    body = {"before": _store_mark(workspace), "added": [copy.name for copy in copies], "sources": sources}
    write_text(workspace / JOURNAL, json.dumps(body) + "\n")


def _mend(workspace: Path) -> None:
    """Bring an import to its end, one way or the other; only under the lock.

    The new store is in place: write down what it was built from. It is not: its copies go.
    """
    for old in workspace.glob(f".{EVENTS}.*.old"):
        if not (workspace / EVENTS).exists():
            old.rename(workspace / EVENTS)  # killed between the two halves of the swap
        else:
            shutil.rmtree(old, ignore_errors=True)
    for half in workspace.glob(f".{EVENTS}.*.part"):
        shutil.rmtree(half, ignore_errors=True)
    try:
        journal = json.loads((workspace / JOURNAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if journal["before"] == _store_mark(workspace):
        for name in journal["added"]:
            (workspace / SOURCES / name).unlink(missing_ok=True)
    else:
        write_text(workspace / EVENTS / IMPORT_RECORD, json.dumps({"sources": journal["sources"]}, indent=2) + "\n")
    (workspace / JOURNAL).unlink(missing_ok=True)


def _in_terms_of(text: str, copies: Sequence[Path], paths: Sequence[Path]) -> str:
    """The sentence about the person's own file instead of the copy, which is gone."""
    for copy, path in zip(copies, paths, strict=False):
        text = text.replace(str(copy), str(path))
    return text
