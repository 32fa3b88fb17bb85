"""A workspace: a folder with `workspace.db`, the campaign file, `events/`, `runs/` and `sources/`."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from engage_desktop.domain.errors import InputError
from engage_desktop.store.approvals import Approvals
from engage_desktop.store.database import LOCK_WAIT_S, Database
from engage_desktop.store.lock import sole
from engage_desktop.store.outbox import Outbox
from engage_desktop.store.records import ActivityLog, Runs, Versions

DATABASE = "workspace.db"


class Workspace:
    """An open workspace folder. Use as a context manager or `close()` it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.versions = Versions(database)
        self.runs = Runs(database)
        self.activity = ActivityLog(database)
        self.approvals = Approvals(database)
        self.outbox = Outbox(database)

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = False, lock_wait_s: float = LOCK_WAIT_S) -> Workspace:
        """Open a workspace and bring its database up to date.

        With `create` a missing folder or one without a database becomes a workspace; what is in it stays.
        Raises InputError: not a workspace, read-only, locked, damaged, or written by a newer version.
        """
        folder = Path(folder)
        path = folder / DATABASE
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file. A workspace is a folder: name the folder it lies in.")
        if not create and not folder.exists():
            raise InputError(f"There is no folder {folder}. Check the name, or create a workspace there.")
        if not create and not path.is_file():
            raise InputError(
                f"{folder} is not a workspace: it has no {DATABASE}. Choose a workspace, or create one there."
            )
        try:
            for place in (folder, folder / "events", folder / "runs", folder / "sources"):
                place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"The workspace {folder} may not be written ({error.strerror}). Allow writing there, or use another folder."
            ) from None
        if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise InputError(
                f"The workspace {folder} may not be written. Allow writing there, or copy it to a folder of your own."
            )
        database = Database(path, lock_wait_s=lock_wait_s)
        try:
            database.prepare()
        except BaseException:
            database.close()
            raise
        return cls(folder, database)

    @staticmethod
    def is_workspace(folder: Path | str) -> bool:
        return (Path(folder) / DATABASE).is_file()

    def sole_sender(self, destination: str) -> AbstractContextManager[None]:
        """Hold while sending to `destination`; raises UserError when another program does so already."""
        return sole(
            self.folder / f".sending-{destination}.lock",
            f"Another sync to '{destination}' of the workspace {self.folder} is running. Wait for it to end, or cancel it there.",
        )

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
