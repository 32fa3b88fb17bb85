"""Open `workspace.db`: pragmas, transactions, the schema brought up to date, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from engage_desktop.domain.errors import InputError

APPLICATION_ID = 0x454E4744
"""`ENGD`, written into the file's header: tells a workspace from any other SQLite file."""

HEAD = "0002"
"""The newest revision in `migrations/versions`; a test holds the two together."""

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_WAIT_S = 5.0


class Database:
    """Connections to one workspace database. Every `write()` is one transaction, whole or not at all."""

    def __init__(self, path: Path, *, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self.path = path
        self._lock_wait_s = lock_wait_s
        self._engine = _make_engine(path, lock_wait_s)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; never waits for a writer."""
        with self._sentences(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start, so what it reads stays true until it commits."""
        with (
            self._sentences(),
            self._engine.connect().execution_options(engage_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def prepare(self) -> None:
        """Bring the schema to `HEAD`, of an empty file too; raises InputError for a foreign, damaged or newer one."""
        with self._sentences():
            with self._engine.connect() as connection:
                application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
                tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            if application != APPLICATION_ID and tables:
                raise InputError(f"{self.path} is a database of another program. Choose a workspace folder.")
            if application == APPLICATION_ID and self._revision() == HEAD:
                return
            self._migrate()

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            there = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            if not connection.exec_driver_sql(there).scalar_one():
                return None
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return None if found is None else str(found)

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        revision = self._revision()
        if revision is not None and revision not in known:
            raise InputError(
                f"The workspace {self.path.parent} was written by a newer version of Engage Desktop. "
                "Install that version or open another workspace."
            )
        with self._engine.connect().execution_options(engage_write=True) as connection, connection.begin():
            # The mark is part of the same transaction: a file is a workspace with its tables or is not one.
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """What SQLite says in its own words becomes a sentence with a way out; programming errors stay as they are."""
        try:
            yield
        except DatabaseError as error:
            sentence = self._sentence(str(error.orig).lower())
            if sentence is None:
                raise
            raise InputError(sentence) from error

    def _sentence(self, said: str) -> str | None:
        folder = self.path.parent
        if "locked" in said or "busy" in said:
            return (
                f"The workspace {folder} is in use by another program, which kept it locked for more than "
                f"{self._lock_wait_s:g} seconds. Close that program or wait for it, then try again."
            )
        if "readonly" in said or "read-only" in said or "unable to open" in said:
            return (
                f"The workspace {folder} may not be written. Allow writing there, or copy it to a folder of your own."
            )
        if "full" in said:
            return f"The disk of the workspace {folder} is full. Free some space and try again; nothing was half saved."
        if "not a database" in said or "malformed" in said or "no such table" in said or "no such column" in said:
            return f"{self.path} is damaged or is no workspace database. Restore it from a copy, or create a new workspace."
        if "disk i/o" in said:
            return f"The disk of the workspace {folder} could not be read or written. Check the disk and try again."
        return None


def _make_engine(path: Path, lock_wait_s: float) -> Engine:
    engine = create_engine(
        f"sqlite:///{path.as_posix()}",
        poolclass=QueuePool,
        connect_args={"timeout": lock_wait_s, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `on_begin` says, not where the driver guesses
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("engage_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
