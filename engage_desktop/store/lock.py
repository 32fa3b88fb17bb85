"""One at a time, between programs: a lock that goes with the process that held it, however that ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from engage_desktop.domain.errors import UserError


@contextmanager
def sole(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock file at `path`; raises UserError(refusal) when another process or thread holds it.

    SQLite's own file lock does it: the same on every system, and the system lets go of it when a process dies.
    """
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(closing(sqlite3.connect(path, timeout=0, isolation_level=None)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise UserError(refusal) from error
            raise UserError(
                f"{path.parent} may not be written ({error}). Allow writing there, or use a folder of your own."
            ) from error
        yield
        connection.execute("ROLLBACK")
