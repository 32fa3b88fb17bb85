"""What a sync sends of an audience: its membership at the run's last instant, as a difference (D-38, D-39)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app.delivering import deliver, ledger
from engage_desktop.app.replay import Replay, open_logs, replay
from engage_desktop.document import loads
from engage_desktop.store import Workspace
from tests.cli import shop
from tests.delivery.servers import Receiver
from tests.delivery.test_delivered import TWO_ADDRESSES, batch, real_time, world
from tests.delivery.worlds import World

PLACE: dict[str, Any] = {"type": "webhook", "sandbox": True}


def replayed(one: World, folder: Path) -> Replay:
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in one.records()), encoding="utf-8")
    campaigns = one.campaigns()
    return replay(campaigns, open_logs([log], campaigns), window=one.window)


def at_receiver(one: World, receiver: Receiver) -> World:
    return replace(one, destinations={"d": PLACE | {"settings": {"url": receiver.url}} | one.destinations["d"]})


def told(receiver: Receiver) -> list[tuple[str, bool]]:
    return [(body["userId"], body["traits"]["a"]) for body in receiver.taken]


def test_batches_do_not_matter_to_a_sync(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    """D-39: what is delivered is the membership of the last instant, whatever tick it would wait for; its names are those
    of the run's table."""
    one = at_receiver(world({"u": [(-5, 12)], "v": [(3, None)], "w": [(29, None)]}, batch()), receiver)
    run = replayed(one, tmp_path)
    deliver(run, "d", workspace)
    assert told(receiver) == [("v", True), ("w", True)]
    names = {row["message_id"] for row in one.expected() if row["profile"] in "vw"}
    assert set(receiver.message_ids) == names


def test_without_backfill_the_old_members_are_left_out(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:  # fmt: skip
    members: dict[str, list[tuple[int, int | None]]] = {"u": [(-5, None)], "v": [(0, None)], "w": [(3, None)]}
    one = at_receiver(world(members, real_time(backfill=False)), receiver)
    deliver(replayed(one, tmp_path), "d", workspace)
    assert told(receiver) == [("v", True), ("w", True)]


def test_a_short_list_is_not_added_to(tmp_path: Path, workspace: Workspace) -> None:
    """D-38: additions wait for the minimum; who is on the list all the same is taken off it."""
    one = world({"u": [(1, None)], "v": [(2, 25)]}, real_time(**{"as": "list"}), minimum=2, sandbox=True)
    run = replayed(one, tmp_path)
    found = ledger(run, "d", workspace)
    assert (found.plan.calls, found.plan.withheld) == ((), {"list below its minimum": 1})
    workspace.outbox.set_delivered("d", "a", {"v": 0})
    (call,) = ledger(run, "d", workspace).plan.calls
    assert (call.profile, call.change, call.payload["action"]) == ("v", "removed", "remove")


def test_resend_tells_all_members_once_a_run(tmp_path: Path, workspace: Workspace, receiver: Receiver) -> None:
    one = at_receiver(world({"u": [(1, None)], "v": [(2, None)]}, batch(resend=True)), receiver)
    deliver(replayed(one, tmp_path), "d", workspace)
    deliver(replayed(one, tmp_path), "d", workspace)  # once, the second time only repeats the same instant
    deliver(replayed(one, tmp_path), "d", workspace)
    assert told(receiver) == [("u", True), ("v", True)] * 2
    deliver(replayed(replace(one, until=40), tmp_path), "d", workspace)
    assert told(receiver)[4:] == [("u", True), ("v", True)]
    assert len(set(receiver.message_ids)) == 6


@pytest.mark.parametrize(
    ("ids", "entered"),
    [("first", ["one@x.org"]), ("last", ["two@x.org"]), ("all", ["one@x.org", "two@x.org"])],
)
def test_identifiers_are_those_chosen(
    tmp_path: Path, workspace: Workspace, receiver: Receiver, ids: str, entered: list[str]
) -> None:
    """DS-15, DS-16, V-17: who leaves is told of under every address."""
    one = at_receiver(world({"u": [(7, None)]}, real_time(ids=ids), people=TWO_ADDRESSES), receiver)
    deliver(replayed(one, tmp_path), "d", workspace)
    assert [body["traits"]["email"] for body in receiver.taken] == entered
    gone = replace(one, members={"a": {"u": [(7, 27)]}})
    deliver(replayed(gone, tmp_path), "d", workspace)
    left = [body["traits"] for body in receiver.taken[len(entered) :]]
    assert left == [{"a": False, "email": f"{name}@x.org"} for name in ("one", "two", "three")]
    assert len(set(receiver.message_ids)) == len(receiver.taken)


def test_an_account_is_told_by_a_group_call(tmp_path: Path, workspace: Workspace) -> None:
    log = tmp_path / "log.jsonl"
    group = {"type": "group", "groupId": "acme", "traits": {"plan": "pro"}}
    calls = [shop.call("track", "ann", "2024-01-02T10:00:00Z", event="Seen"), shop.call("identify", "ann", "2024-01-01T00:00:00Z") | group,
             shop.call("identify", "bob", "2024-01-01T00:00:00Z") | group | {"groupId": "tiny", "traits": {"plan": "free"}}]  # fmt: skip
    log.write_text("".join(json.dumps(one) + "\n" for one in calls), encoding="utf-8")
    design = {
        "format": "engage-campaigns/1", "workspace": {"name": "W"},
        "traits": [{"key": "seen", "name": "Seen", "level": "account", "definition": "event('Seen').count()"}],
        "audiences": [{"key": "pros", "name": "Pros", "level": "account", "definition": "trait('plan') = 'pro'",
                       "sync": [{"destination": "d", "as": "identify", "traits": ["plan", "seen"]}]}],
        "destinations": [{"key": "d", "type": "file", "settings": {"folder": "out"}, "sandbox": True}],
    }  # fmt: skip
    campaigns, problems = loads(json.dumps(design))
    assert campaigns is not None, problems
    run = replay(campaigns, open_logs([log], campaigns))
    (call,) = ledger(run, "d", workspace).plan.calls
    assert (call.profile, call.payload["type"], call.payload["groupId"]) == ("acme", "group", "acme")
    assert call.payload["traits"] == {"pros": True, "plan": "pro", "seen": 1}
    (row,) = run.tables["deliveries"].to_pylist()
    assert (row["profile"], row["message_id"]) == ("acme", call.message_id)
    workspace.outbox.set_delivered("d", "pros", {"acme": 0, "tiny": 0, "gone": 0})
    (call,) = ledger(run, "d", workspace).plan.calls
    assert (call.profile, call.change, call.payload["traits"]["pros"]) == ("tiny", "exited", False)


def test_computed_traits_travel_along(tmp_path: Path, workspace: Workspace) -> None:
    """DS-7, J2-25: of a step their value at its instant, of an audience that at the run's last one."""
    design = shop.design()
    traits = [{"key": "orders", "name": "Orders", "definition": f"event('{shop.ORDER}').count()"}]
    design["journeys"][0]["steps"][3]["traits"] = ["orders"]
    design["audiences"][0] |= {"definition": f"event('{shop.ORDER}').count() >= 1"}
    design["audiences"][0]["sync"][0]["traits"] = ["orders"]
    _, log = shop.write(tmp_path)
    campaigns, problems = loads(json.dumps(design | {"traits": traits}))
    assert campaigns is not None, problems
    calls = ledger(replay(campaigns, open_logs([log], campaigns)), "files", workspace).plan.calls
    of_steps = [(call.profile, call.payload["properties"]["orders"]) for call in calls if call.change == "sent"]
    assert of_steps == [("ann", 1), ("bob", 1), ("ann", 2)]
    of_audience = {call.profile: call.payload["traits"]["orders"] for call in calls if call.change == "entered"}
    assert of_audience == {"ann": 2, "bob": 1}
