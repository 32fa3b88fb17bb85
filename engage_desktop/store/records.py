"""What a workspace remembers besides the outbox: versions of the design, runs, and who did what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from engage_desktop.store.database import Database
from engage_desktop.store.models import ActivityRow, RunRow, VersionRow


@dataclass(frozen=True, slots=True)
class Version:
    id: int
    sha256: str
    saved_at: int
    author: str
    name: str | None


class Versions:
    """Saved states of the campaign file, newest last; the text is kept as it was saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, text: str, *, author: str, at: int, name: str | None = None) -> Version:
        """Keep a canonical text. The same text as the newest version is not kept twice unless it is given a name."""
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        newest = select(VersionRow).order_by(VersionRow.id.desc()).limit(1)
        with self._database.write() as connection:
            last = connection.execute(newest).first()
            if last is not None and last.sha256 == sha256 and name is None:
                return _version(last)
            row = {"text": text, "sha256": sha256, "saved_at": at, "author": author, "name": name}
            number = connection.execute(insert(VersionRow).values(**row)).inserted_primary_key
            return Version(number[0] if number else 0, sha256, at, author, name)

    def all(self) -> list[Version]:
        with self._database.read() as connection:
            return [_version(row) for row in connection.execute(select(VersionRow).order_by(VersionRow.id))]

    def text(self, version_id: int) -> str | None:
        """The canonical text of a version, or None where there is no such version."""
        with self._database.read() as connection:
            return connection.scalar(select(VersionRow.text).where(VersionRow.id == version_id))


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A finished simulation. `folder` is its name below `runs/`; the window is `from_at <= t <= to_at` (D-17)."""

    folder: str
    campaigns_sha256: str
    log_sha256: str
    seed: int
    from_at: int
    to_at: int
    counts: dict[str, Any]
    author: str
    at: int


class Runs:
    """Runs of a workspace, newest last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: RunRecord) -> None:
        """Remember a run; its folder's earlier record, if any, is replaced."""
        values = {name: getattr(run, name) for name in RunRecord.__slots__}
        with self._database.write() as connection:
            connection.execute(delete(RunRow).where(RunRow.folder == run.folder))
            connection.execute(insert(RunRow).values(**values))

    def all(self) -> list[RunRecord]:
        with self._database.read() as connection:
            rows = connection.execute(select(RunRow).order_by(RunRow.id))
            return [RunRecord(*(getattr(row, name) for name in RunRecord.__slots__)) for row in rows]


@dataclass(frozen=True, slots=True)
class Activity:
    at: int
    who: str
    action: str
    subject: str
    detail: dict[str, Any]


class ActivityLog:
    """Who did what when. Entries are added and read, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, action: str, subject: str, *, who: str, at: int, detail: dict[str, Any] | None = None) -> None:
        row = {"at": at, "who": who, "action": action, "subject": subject, "detail": detail or {}}
        with self._database.write() as connection:
            connection.execute(insert(ActivityRow).values(**row))

    def latest(self, limit: int = 200) -> list[Activity]:
        """Newest first."""
        newest = select(ActivityRow).order_by(ActivityRow.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [
                Activity(row.at, row.who, row.action, row.subject, row.detail) for row in connection.execute(newest)
            ]


def _version(row: Any) -> Version:
    return Version(row.id, row.sha256, row.saved_at, row.author, row.name)
