"""Lists of ad steps and audiences: the membership of the last instant, and real people only when meant (D-38, D-39)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app.delivering import deliver, ledger
from engage_desktop.app.replay import Replay, open_logs, replay
from engage_desktop.delivery.planning import campaigns_for
from engage_desktop.document import loads
from engage_desktop.domain.duration import UNIT_US, format_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.store import Workspace
from tests.cli import shop

NOW = time.time_ns() // 1_000
HOUR, DAY = UNIT_US["h"], UNIT_US["d"]


def replayed(folder: Path, ends: int = NOW - HOUR, **parts: Any) -> Replay:
    """ann, bob and cid come to the shop on the last three days; whose journey puts them on a list for 40 hours."""
    calls = [
        shop.call("identify", who, format_instant(ends - days * DAY), traits={"email": f"{who}@x.org"})
        for who, days in (("ann", 3), ("bob", 2), ("cid", 1))
    ]
    calls += [call | {"type": "track", "event": "Came"} for call in calls]
    calls += [shop.call("track", "ann", format_instant(ends), event="Seen")]
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in calls), encoding="utf-8")
    journey = {"key": "ads", "name": "Ads", "entry": {"type": "event", "event": "Came"}, "start": "show",
               "steps": [{"key": "show", "type": "ad", "destination": "d", "remove_after": "40h"}]}  # fmt: skip
    design = {
        "format": "engage-campaigns/1", "workspace": {"name": "W", "allow_list": ["cid@x.org"]},
        "destinations": [{"key": "d", "type": "file", "settings": {"folder": "out", "format": "jsonl"}}], "journeys": [journey],
    } | parts  # fmt: skip
    campaigns, problems = loads(json.dumps(design))
    assert campaigns is not None, problems
    return replay(campaigns, open_logs([log], campaigns))


SANDBOX = [{"key": "d", "type": "file", "settings": {"folder": "out", "format": "jsonl"}, "sandbox": True}]
AUDIENCE = [
    {
        "key": "came",
        "name": "Came",
        "definition": "event('Came').count() >= 1",
        "sync": [{"destination": "d", "as": "list"}],
    }
]


def approve(run: Replay, workspace: Workspace) -> None:
    for kind, key in campaigns_for(run.run, "d"):
        workspace.approvals.approve(run.campaigns, kind, key, who="Ada", at=0)  # type: ignore[arg-type]  # one of the two


def test_a_list_of_a_step_holds_who_is_on_it_at_the_end(tmp_path: Path, workspace: Workspace) -> None:
    run = replayed(tmp_path, destinations=SANDBOX)
    first = ledger(run, "d", workspace).plan.calls
    rows = {(row["profile"], row["change"]): row["message_id"] for row in run.tables["deliveries"].to_pylist()}
    assert set(rows) == {("ann", "added"), ("ann", "removed"), ("bob", "added"), ("bob", "removed"), ("cid", "added")}
    (call,) = first
    assert (call.profile, call.subject, call.message_id) == ("cid", "ads/show", rows["cid", "added"])
    assert call.payload["type"] == "list"
    assert (call.payload["action"], call.payload["list"], call.payload["ads__show"]) == ("add", "ads__show", True)
    workspace.outbox.set_delivered("d", "ads/show", {"ann": 0, "cid": 0})
    (call,) = ledger(run, "d", workspace).plan.calls
    assert (call.profile, call.change, call.message_id) == ("ann", "removed", rows["ann", "removed"])
    deliver(run, "d", workspace)
    assert ledger(run, "d", workspace).plan.calls == ()


def test_a_list_below_its_minimum_is_left_alone(tmp_path: Path, workspace: Workspace) -> None:
    short = [SANDBOX[0] | {"minimum": 2}]
    found = ledger(replayed(tmp_path, destinations=short), "d", workspace).plan
    assert (found.calls, found.withheld) == ((), {"list below its minimum": 1})


def test_a_draft_adds_nobody(tmp_path: Path, workspace: Workspace) -> None:
    run = replayed(tmp_path)
    assert campaigns_for(run.run, "d") == [("journey", "ads")]
    with pytest.raises(UserError, match="journey ads is a draft"):
        deliver(run, "d", workspace, recipients=1)


@pytest.mark.parametrize("parts", [{}, {"audiences": AUDIENCE, "journeys": []}])
def test_real_people_only_when_their_number_was_typed(tmp_path: Path, workspace: Workspace, parts: dict[str, Any]) -> None:  # fmt: skip
    """D-39: approved, a log of today, the number typed; otherwise the allow-list alone."""
    run = replayed(tmp_path, **parts)
    approve(run, workspace)
    everybody = 3 if parts else 1
    found = ledger(run, "d", workspace)
    assert [call.profile for call in found.plan.calls] == ["cid"]
    assert (found.plan.for_lists, found.plan.withheld) == (everybody, {"not on the allow-list": 2} if parts else {})
    with pytest.raises(UserError, match=f"7 recipients were typed, but lists would be added {everybody} people"):
        deliver(run, "d", workspace, recipients=7)
    assert deliver(run, "d", workspace, recipients=everybody).sent == everybody


def test_a_log_of_the_past_reaches_the_allow_list_alone(tmp_path: Path, workspace: Workspace) -> None:
    run = replayed(tmp_path, ends=NOW - DAY - HOUR, audiences=AUDIENCE, journeys=[])
    approve(run, workspace)
    with pytest.raises(UserError, match="more than a day from now"):
        deliver(run, "d", workspace, recipients=3)
    assert not (workspace.folder / "out").exists()
    assert deliver(run, "d", workspace).sent == 1


def test_anybody_is_taken_off_a_list(tmp_path: Path, workspace: Workspace) -> None:
    run = replayed(tmp_path)
    approve(run, workspace)
    workspace.outbox.set_delivered("d", "ads/show", {"ann": 0, "bob": 0, "cid": 0})
    assert [(call.profile, call.change) for call in ledger(run, "d", workspace).plan.calls] == [("ann", "removed"), ("bob", "removed")]  # fmt: skip
