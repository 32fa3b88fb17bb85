"""`engage approve`: agree to a campaign as it stands, or take that back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from engage_desktop.domain.errors import UserError


def approve(
    workspace: Annotated[Path, typer.Option("--workspace", help="Workspace folder.", readable=False)],
    kind: Annotated[
        str | None, typer.Argument(help="journey, audience or broadcast; with none, all are listed.")
    ] = None,
    key: Annotated[str | None, typer.Argument(help="Its key.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Make it a draft again.")] = False,
    who: Annotated[
        str | None, typer.Option("--as", help="Name of who decides; default the one the system knows.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")
    ] = False,
) -> None:
    """Approve a journey, an audience or a broadcast of a workspace exactly as it stands, and list how all stand.

    An approval is bound to the hash of the text and of all that it reads: an edit makes it a draft again, and no draft is
    delivered but to a sandbox.

    Example: engage approve broadcast spring --workspace shop
    """
    from engage_desktop.app.approving import approve_in

    if (kind is None) != (key is None):
        raise typer.BadParameter("Give kind and key, such as: broadcast spring.", param_hint="KEY")
    if withdraw and key is None:
        raise UserError("--withdraw: say of what, such as: broadcast spring.")
    found = approve_in(workspace, kind, key, approve=not withdraw, who=who)
    if as_json:
        print(json.dumps({"campaigns": found}, ensure_ascii=False))
        return
    for one in found:
        by = f", by {one['who']} at {one['at']}" if one["state"] == "approved" else ""
        changed = " (changed since it was approved)" if one["outdated"] else ""
        print(f"{one['kind']:<9}  {one['key']}: {one['state']}{by}{changed}")
    if not found:
        print("There is nothing to approve yet.")
