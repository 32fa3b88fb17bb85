"""Approvals: a campaign is a draft, or approved exactly as it stands.

An approval is bound to the hash of the canonical text of what was approved and of everything it reads. Any change
there makes it a draft again by itself; taking the change back makes it approved again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.store.database import Database
from engage_desktop.store.models import ActivityRow, ApprovalRow
from engage_desktop.store.reading import Kind, reads

State = Literal["draft", "approved"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a campaign stands. `outdated`: it was approved, then it or something it reads changed."""

    state: State
    outdated: bool = False
    who: str | None = None
    at: int | None = None


def campaign_hash(campaigns: Campaigns, kind: Kind, key: str) -> str:
    """SHA-256 (hex) of the canonical text of a campaign and of all it reads, in order of kind and key."""
    from engage_desktop.document.canonical import to_data, to_text

    digest = hashlib.sha256()
    for (part_kind, part_key), part in sorted(reads(campaigns, kind, key).items()):
        digest.update(f"{part_kind} {part_key}\n{to_text(to_data(part))}".encode())
    return digest.hexdigest()


class Approvals:
    """Decisions about the campaigns of one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(self, campaigns: Campaigns, kind: Kind, key: str, *, who: str, at: int) -> Approval:
        """Approve a campaign as it stands; raises UserError without a name or such a campaign."""
        return self._decide(campaigns, kind, key, "approved", who, at)

    def withdraw(self, campaigns: Campaigns, kind: Kind, key: str, *, who: str, at: int) -> Approval:
        """Make a campaign a draft again."""
        return self._decide(campaigns, kind, key, "draft", who, at)

    def state(self, campaigns: Campaigns, kind: Kind, key: str) -> Approval:
        """Whether a campaign is approved as it stands in `campaigns`."""
        with self._database.read() as connection:
            last = _last(connection, kind, key)
        if last is None or last.state != "approved":
            return Approval("draft")
        if last.content_hash != campaign_hash(campaigns, kind, key):
            return Approval("draft", outdated=True, who=last.who, at=last.at)
        return Approval("approved", who=last.who, at=last.at)

    def is_approved(self, campaigns: Campaigns, kind: Kind, key: str) -> bool:
        return self.state(campaigns, kind, key).state == "approved"

    def _decide(self, campaigns: Campaigns, kind: Kind, key: str, state: State, who: str, at: int) -> Approval:
        if not who.strip():
            raise UserError(f"The {kind} '{key}' needs the name of who decides. Give a name.")
        content_hash = campaign_hash(campaigns, kind, key)
        row = {"kind": kind, "key": key, "content_hash": content_hash, "state": state, "who": who, "at": at}
        action = "approved" if state == "approved" else "withdrew approval"
        entry = {"at": at, "who": who, "action": action, "subject": f"{kind} {key}", "detail": {"hash": content_hash}}
        with self._database.write() as connection:
            connection.execute(insert(ApprovalRow).values(**row))
            connection.execute(insert(ActivityRow).values(**entry))
        return Approval(state, who=who, at=at)


def _last(connection: Connection, kind: Kind, key: str) -> ApprovalRow | None:
    decisions = select(ApprovalRow).where(ApprovalRow.kind == kind, ApprovalRow.key == key)
    found: ApprovalRow | None = connection.execute(decisions.order_by(ApprovalRow.id.desc()).limit(1)).first()  # type: ignore[assignment]  # a row has the attributes of the class
    return found
