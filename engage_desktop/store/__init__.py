"""The workspace on disk. Importing this loads SQLAlchemy: the window's start path imports it inside functions."""

from engage_desktop.store.approvals import Approval, Approvals, campaign_hash
from engage_desktop.store.outbox import Call, Claimed, Counts, Outbox
from engage_desktop.store.records import Activity, RunRecord, Version
from engage_desktop.store.workspace import Workspace

__all__ = [
    "Activity",
    "Approval",
    "Approvals",
    "Call",
    "Claimed",
    "Counts",
    "Outbox",
    "RunRecord",
    "Version",
    "Workspace",
    "campaign_hash",
]
