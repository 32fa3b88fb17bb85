"""What a sync would send: the difference to what the destination has, and nothing D-39 forbids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app.delivering import deliver, ledger
from engage_desktop.app.replay import Replay, open_logs, replay
from engage_desktop.delivery.planning import campaigns_for
from engage_desktop.document import loads
from engage_desktop.domain.errors import UserError
from engage_desktop.store import Workspace
from tests.cli import shop
from tests.delivery.servers import Receiver


def replay_of(folder: Path, **changes: Any) -> Replay:
    _, log = shop.write(folder)
    campaigns, problems = loads(json.dumps(shop.design() | changes))
    assert campaigns is not None, problems
    return replay(campaigns, open_logs([log], campaigns))


def design_for(url: str, definition: str, **sync: Any) -> dict[str, Any]:
    return {
        "audiences": [{"key": "buyers", "name": "Buyers", "definition": definition, "sync": [{"destination": "hook", "as": "identify", **sync}]}],
        "destinations": [
            {"key": "hook", "type": "webhook", "settings": {"url": url}, "sandbox": True},
            {"key": "files", "type": "file", "settings": {"folder": "out"}},
        ],
    }  # fmt: skip


EVER, TWICE = f"event('{shop.ORDER}').count() >= 1", f"event('{shop.ORDER}').count() >= 2"


def told(receiver: Receiver) -> list[tuple[str, bool]]:
    return [(body["userId"], body["traits"]["buyers"]) for body in receiver.taken]


def test_second_sync_sends_only_the_difference(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    deliver(replay_of(tmp_path, **design_for(receiver.url, EVER)), "hook", workspace)
    assert sorted(told(receiver)) == [("ann", True), ("bob", True)]
    deliver(replay_of(tmp_path, **design_for(receiver.url, EVER)), "hook", workspace)
    assert len(receiver.taken) == 2
    deliver(replay_of(tmp_path, **design_for(receiver.url, TWICE)), "hook", workspace)
    assert told(receiver)[2:] == [("bob", False)]
    # There and back again: the same membership as at first, yet a change the receiver must not take for a repetition.
    deliver(replay_of(tmp_path, **design_for(receiver.url, EVER)), "hook", workspace)
    assert told(receiver)[3:] == [("bob", True)]
    assert len(set(receiver.message_ids)) == 4


def test_payload_is_that_of_the_reference(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    plan = ledger(replay_of(tmp_path, **design_for(receiver.url, TWICE)), "hook", workspace).plan
    (call,) = plan.calls
    assert call.payload == {
        "type": "identify",
        "userId": "ann",
        "traits": {"buyers": True, "email": "ann@example.org"},
        "messageId": call.message_id,
        "timestamp": "2024-01-05T10:00:00Z",
        "context": {
            "personas": {
                "computation_class": "audience", "computation_id": "aud_buyers", "computation_key": "buyers",
                "namespace": "spa_local", "space_id": "spa_local",
            }
        },
        "integrations": {"All": False, "hook": True},
    }  # fmt: skip


def test_an_exit_sends_what_happened(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    """V-14, J2-32, D-20: the entry event, and the one that ended the instance, also under the name of the exit; who is
    taken by age has only the first. A journey that sends on exit needs an approval too."""
    exits = [
        {"key": "again", "name": "Bought again", "event": shop.ORDER, "send": {"destination": "hook"}},
        {"key": "old", "after": "10d", "send": {"destination": "hook"}},
    ]
    wait = {"key": "w", "type": "delay", "duration": "30d"}
    journey = {"key": "next", "name": "Next", "entry": {"type": "event", "event": shop.ORDER, "reentry": {"mode": "once"}},
               "exits": exits, "start": "w", "steps": [wait]}  # fmt: skip
    parts = design_for(receiver.url, EVER) | {"audiences": [], "messages": [], "journeys": [journey]}
    replayed = replay_of(tmp_path, **parts)
    assert campaigns_for(replayed.run, "hook") == [("journey", "next")]
    again, old = ledger(replayed, "hook", workspace).plan.calls
    assert (again.profile, again.subject, again.change) == ("ann", "next/exit:again", "sent")
    assert (old.profile, old.subject) == ("bob", "next/exit:old")
    assert (again.payload["event"], old.payload["event"]) == ("Bought again", "exit:old")
    assert again.payload["properties"]["journey_context"] == {
        shop.ORDER: {"revenue": 30},
        f"{shop.ORDER} - again": {"revenue": 70},
    }
    assert old.payload["properties"]["journey_context"] == {shop.ORDER: {"revenue": 12.5}}
    rows = replayed.tables["deliveries"].to_pylist()
    assert [(row["step"], row["message_id"]) for row in rows] == [
        ("exit:again", again.message_id),
        ("exit:old", old.message_id),
    ]


def test_an_exit_sends_the_events_it_meant_where_the_run_made_others(
    tmp_path: Path, workspace: Workspace, receiver: Receiver
) -> None:
    """D-20, D-28, D-39: what is made, by assumption too, stands among the events of the log and moves none of them."""
    exits = [{"key": "again", "event": shop.ORDER, "send": {"destination": "hook"}}]
    entry = {"type": "event", "event": shop.ORDER, "reentry": {"mode": "once"}}
    wait = {"key": "w", "type": "delay", "duration": "30d"}
    hold = {"key": "h", "type": "hold", "timeout": "30d", "on_timeout": "w",
            "branches": [{"key": "opened", "event": "Email Opened", "next": "w"}]}  # fmt: skip
    journeys = [
        {"key": "next", "name": "Next", "entry": entry, "exits": exits, "start": "h", "steps": [hold, wait]},
        {"key": "mail", "name": "Mail", "entry": entry, "start": "m",
         "steps": [{"key": "m", "type": "message", "message": "m"}]},
    ]  # fmt: skip
    answers = {"delivered": {"likely": 1}, "opened": {"likely": 1}}
    parts = design_for(receiver.url, EVER) | {"audiences": [], "journeys": journeys}
    parts["messages"] = [{"key": "m", "channel": "email", "body": "Hello", "responses": answers}]
    parts["policies"] = {"subscription": {"unknown": "assume"}}
    replayed = replay_of(tmp_path, **parts)
    assert replayed.run.counts["responses"] > 0
    (again,) = ledger(replayed, "hook", workspace).plan.calls
    assert again.payload["properties"]["journey_context"] == {
        shop.ORDER: {"revenue": 30},
        f"{shop.ORDER} - again": {"revenue": 70},
    }


def test_step_rows_of_the_past_go_to_sandboxes_only(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    replayed = replay_of(tmp_path, **design_for(receiver.url, EVER))
    found = ledger(replayed, "files", workspace)
    assert found.plan.calls == ()
    assert found.plan.withheld == {"past step, not a sandbox": 3}


def test_assumed_rows_never_leave(tmp_path: Path, workspace: Workspace) -> None:
    """bob's subscription is unknown and assumed; the send step after his message rests on it (D-27, D-39)."""
    design = shop.design()
    design["journeys"][0]["steps"][2]["when_not_sent"] = "leave"
    changes = {"journeys": design["journeys"], "policies": {"subscription": {"unknown": "assume"}}}
    found = ledger(replay_of(tmp_path, **changes), "files", workspace)
    sends = [call for call in found.plan.calls if call.change == "sent"]
    assert [call.profile for call in sends] == ["ann", "ann"]
    assert found.plan.withheld == {"assumed": 1}


def test_approval_opens_the_door_and_a_change_closes_it(
    tmp_path: Path, workspace: Workspace, receiver: Receiver
) -> None:
    design = design_for(receiver.url, EVER)
    design["destinations"][0]["sandbox"] = False
    replayed = replay_of(tmp_path, **design)
    with pytest.raises(UserError, match="audience buyers is a draft"):
        deliver(replayed, "hook", workspace)
    workspace.approvals.approve(replayed.campaigns, "audience", "buyers", who="Ada", at=0)
    assert deliver(replayed, "hook", workspace).sent == 2
    design["audiences"][0]["definition"] = TWICE
    with pytest.raises(UserError, match="is a draft"):
        deliver(replay_of(tmp_path, **design), "hook", workspace)


def test_only_one_program_sends_at_a_time(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    with workspace.sole_sender("hook"), pytest.raises(UserError, match="Another sync"):
        deliver(replay_of(tmp_path, **design_for(receiver.url, EVER)), "hook", workspace)
    assert receiver.taken == []


def test_ledger_reckons_the_time_at_the_rate(tmp_path: Path, workspace: Workspace) -> None:
    design = design_for("http://127.0.0.1:9/in", EVER)
    design["destinations"][0]["rate"] = 0.5
    assert ledger(replay_of(tmp_path, **design), "hook", workspace).seconds_at_rate == 2.0
