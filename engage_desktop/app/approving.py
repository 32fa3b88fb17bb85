"""Who has agreed to what: journeys, audiences and broadcasts, each exactly as it stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app.person import current_user
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError

if TYPE_CHECKING:
    from engage_desktop.store import Approval, Workspace
    from engage_desktop.store.reading import Kind


def approvable(campaigns: Campaigns) -> Iterator[tuple[Kind, str]]:
    """Kind and key of all that can be approved, in the order of lists."""
    yield from (("journey", one.key) for one in campaigns.journeys)
    yield from (("audience", one.key) for one in campaigns.audiences)
    yield from (("broadcast", one.key) for one in campaigns.broadcasts)


def standings(campaigns: Campaigns, workspace: Workspace) -> dict[tuple[str, str], tuple[Approval, str]]:
    """Of each its state and the hash of what an approval covers, as the design is now."""
    from engage_desktop.store import campaign_hash

    return {
        (kind, key): (workspace.approvals.state(campaigns, kind, key), campaign_hash(campaigns, kind, key))
        for kind, key in approvable(campaigns)
    }


def decide(
    campaigns: Campaigns, workspace: Workspace, kind: str, key: str, *, approve: bool, who: str | None = None
) -> None:
    """Approve one as it stands, or make it a draft again; raises UserError naming what there is."""
    known = [f"{one} {its}" for one, its in approvable(campaigns)]
    if f"{kind} {key}" not in known:
        raise UserError(f"There is no {kind} {key!r} in this design. Use one of: {', '.join(known) or 'none'}.")
    does = workspace.approvals.approve if approve else workspace.approvals.withdraw
    does(campaigns, kind, key, who=who or current_user(), at=time.time_ns() // 1_000)  # type: ignore[arg-type]  # one of those known


def rows(campaigns: Campaigns, workspace: Workspace) -> list[dict[str, Any]]:
    """What `engage approve --json` prints of each."""
    return [
        {
            "kind": kind, "key": key, "state": approval.state, "outdated": approval.outdated, "who": approval.who,
            "at": None if approval.at is None else format_instant(approval.at), "hash": digest,
        }
        for (kind, key), (approval, digest) in standings(campaigns, workspace).items()
    ]  # fmt: skip


def approve_in(
    folder: Path, kind: str | None, key: str | None, *, approve: bool, who: str | None
) -> list[dict[str, Any]]:
    """`engage approve`: decide about one campaign of a workspace, if one is named; returns how all stand then."""
    from engage_desktop.app.replay import read_design
    from engage_desktop.app.workspace import CAMPAIGNS, need_folder
    from engage_desktop.store import Workspace

    need_folder(folder)
    campaigns, _ = read_design(folder / CAMPAIGNS)
    with Workspace.open(folder, create=True) as workspace:
        if kind is not None and key is not None:
            decide(campaigns, workspace, kind, key, approve=approve, who=who)
        return rows(campaigns, workspace)
