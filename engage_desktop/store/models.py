"""What `workspace.db` holds: one class a table.

Instants are int64 microseconds since the epoch (D-1). Designs are stored as canonical text,
never as a table a step; a bare campaign file needs no database at all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {int: BigInteger, str: Text, dict[str, Any]: JSON}


class Serial(Base):
    """A row numbered in the order it was written. SQLite numbers only plain INTEGER keys."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


class VersionRow(Serial):
    """A saved state of the campaign file: its canonical text and the hash of it."""

    __tablename__ = "versions"
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    saved_at: Mapped[int]
    author: Mapped[str]
    name: Mapped[str | None]


class ApprovalRow(Serial):
    """One decision about an audience, journey or broadcast; the last one counts."""

    __tablename__ = "approvals"
    __table_args__ = (Index(None, "kind", "key", "id"),)
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(63))
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    who: Mapped[str]
    at: Mapped[int]


class RunRow(Serial):
    """A finished simulation and where its tables are."""

    __tablename__ = "runs"
    folder: Mapped[str] = mapped_column(unique=True)
    campaigns_sha256: Mapped[str] = mapped_column(String(64))
    log_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int]
    from_at: Mapped[int]
    to_at: Mapped[int]
    counts: Mapped[dict[str, Any]]
    author: Mapped[str]
    at: Mapped[int]


class ActivityRow(Serial):
    """Who did what when; rows are only ever added."""

    __tablename__ = "activity"
    at: Mapped[int] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class DeliveredRow(Base):
    """A destination knows this profile as a member of this subject (an audience key) since then."""

    __tablename__ = "delivered"
    destination: Mapped[str] = mapped_column(String(63), primary_key=True)
    subject: Mapped[str] = mapped_column(String(127), primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[int]


class OutboxRow(Base):
    """A call that is to be made, or was. `ordinal` is the order of making."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "destination", "ordinal", sqlite_where=text("state = 'pending'")),
        Index("ix_outbox_line", "destination", "subject", "profile", "ordinal", sqlite_where=text("state = 'pending'")),
        Index("ix_outbox_state", "destination", "state"),
    )
    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ordinal: Mapped[int] = mapped_column(index=True)
    destination: Mapped[str] = mapped_column(String(63))
    subject: Mapped[str] = mapped_column(String(127))
    profile: Mapped[str]
    change: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[int]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    next_attempt_at: Mapped[int]
    sent_at: Mapped[int | None]
    last_error: Mapped[str | None]
    sandbox: Mapped[bool]
