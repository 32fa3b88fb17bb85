"""A destination with a category of consent is told of those who agree, by a sync as in the run's table (SB-10, D-54)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from engage_desktop.app.delivering import ledger
from engage_desktop.app.replay import open_logs, replay
from engage_desktop.document import loads
from engage_desktop.store import Workspace
from tests.cli import shop
from tests.delivery.test_delivered import agreeing, real_time, world
from tests.delivery.test_members import replayed
from tests.delivery.worlds import World, at

PEOPLE = {
    "u": agreeing("u", (-5, {"ads": True})),
    "v": agreeing("v", (7, {"ads": True})),
    "w": agreeing("w", (-5, {"ads": True}), (12, {"ads": False})),
    "x": agreeing("x"),
}
MEMBERS: dict[str, list[tuple[int, int | None]]] = {who: [(1, None)] for who in PEOPLE}


def asking(**sync: Any) -> World:
    return world(MEMBERS, real_time(**sync), people=PEOPLE, consent_category="ads", sandbox=True)


def test_members_are_those_who_agree_at_the_last_instant(tmp_path: Path, workspace: Workspace) -> None:
    run = replayed(asking(), tmp_path)
    plan = ledger(run, "d", workspace).plan
    assert [(call.profile, call.change, call.changed_at) for call in plan.calls] == [
        ("u", "entered", at(1)),
        ("v", "entered", at(7)),
    ]
    assert plan.withheld == {"without consent": 2}
    rows = run.tables["deliveries"].to_pylist()
    names = {(row["profile"], row["change"]): row["message_id"] for row in rows}
    assert set(names) == {("u", "entered"), ("v", "entered"), ("w", "entered"), ("w", "exited")}
    assert all(call.message_id == names[call.profile, call.change] for call in plan.calls)


def test_who_withdraws_or_never_agreed_is_told_gone(tmp_path: Path, workspace: Workspace) -> None:
    """Whoever the destination has, from before it had its category too."""
    workspace.outbox.set_delivered("d", "a", {"u": at(1), "v": at(7), "w": at(1), "x": at(1)})
    plan = ledger(replayed(asking(), tmp_path), "d", workspace).plan
    assert [(call.profile, call.change, call.changed_at) for call in plan.calls] == [
        ("x", "exited", at(1)),
        ("w", "exited", at(12)),
    ]
    assert plan.withheld == {}


def test_a_list_needs_its_minimum_of_people_who_agree(tmp_path: Path, workspace: Workspace) -> None:
    one = asking(**{"as": "list"})
    for minimum, added in ((2, ["u", "v"]), (3, [])):
        settings = one.destinations["d"] | {"minimum": minimum}
        plan = ledger(replayed(replace(one, destinations={"d": settings}), tmp_path), "d", workspace).plan
        assert [call.profile for call in plan.calls] == added


def test_steps_ask_too(tmp_path: Path, workspace: Workspace) -> None:
    """A send step tells of who agrees at its instant; on the list of an ad step is who agrees at the last one."""
    one = World(
        {"a": {}}, {"a": []}, {"d": {"consent_category": "ads", "sandbox": True}}, people=PEOPLE, until=15, steps_to="d", ads_to="d",
        goes=[("u", 3), ("v", 3), ("v", 9), ("w", 14)], shows=[(who, 11) for who in PEOPLE],
    )  # fmt: skip
    run = replayed(one, tmp_path)
    plan = ledger(run, "d", workspace).plan
    told = [(call.subject, call.profile, call.change) for call in plan.calls]
    assert told == [
        ("tell/say", "u", "sent"), ("tell/say", "v", "sent"), ("show/ad", "u", "added"), ("show/ad", "v", "added"),
    ]  # fmt: skip
    assert plan.withheld == {"without consent": 4}
    workspace.outbox.set_delivered("d", "show/ad", {"u": at(11), "v": at(11), "w": at(11)})
    gone = [call for call in ledger(run, "d", workspace).plan.calls if call.subject == "show/ad"]
    assert [(call.profile, call.change, call.changed_at) for call in gone] == [("w", "removed", at(12))]


def test_accounts_are_told(tmp_path: Path, workspace: Workspace) -> None:
    """SB-10: consent is a person's; an account has none."""
    log = tmp_path / "log.jsonl"
    group = shop.call("group", "ann", "2024-01-01T00:00:00Z", groupId="acme", traits={"plan": "pro"})
    seen = shop.call("track", "ann", "2024-01-02T00:00:00Z", event="Seen")
    log.write_text("".join(json.dumps(one) + "\n" for one in (group, seen)), encoding="utf-8")
    design = {
        "format": "engage-campaigns/1", "workspace": {"name": "W"},
        "audiences": [{"key": "pros", "name": "Pros", "level": "account", "definition": "trait('plan') = 'pro'",
                       "sync": [{"destination": "d", "as": "identify"}]}],
        "destinations": [{"key": "d", "type": "file", "settings": {"folder": "out"}, "sandbox": True, "consent_category": "ads"}],
    }  # fmt: skip
    campaigns, problems = loads(json.dumps(design))
    assert campaigns is not None, problems
    run = replay(campaigns, open_logs([log], campaigns))
    (row,) = run.tables["deliveries"].to_pylist()
    (call,) = ledger(run, "d", workspace).plan.calls
    assert (row["profile"], row["message_id"]) == ("acme", call.message_id)


def test_a_list_that_is_long_enough_by_assumption_alone_is_assumed(tmp_path: Path, workspace: Workspace) -> None:
    """D-27: ann's row waits for a second person, whose row rests on an assumption: told
    without it she is not, and the sync holds both back."""
    calls = [
        shop.call("identify", who, "2024-01-01T00:00:00Z", traits={"email": f"{who}@x.org", **({"email_subscription_status": "subscribed"} if who == "ann" else {})})
        for who in ("ann", "bob")
    ]  # fmt: skip
    calls += [shop.call("track", who, "2024-01-02T00:00:00Z", event="Came") for who in ("ann", "bob")]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in calls), encoding="utf-8")
    steps = [
        {"key": "mail", "type": "message", "message": "hello", "when_not_sent": "leave", "next": "show"},
        {"key": "show", "type": "ad", "destination": "d"},
    ]
    design = {
        "format": "engage-campaigns/1", "workspace": {"name": "W"},
        "messages": [{"key": "hello", "channel": "email", "subject": "Hello"}],
        "policies": {"subscription": {"unknown": "assume"}},
        "destinations": [{"key": "d", "type": "file", "settings": {"folder": "out"}, "sandbox": True, "minimum": 2}],
        "journeys": [{"key": "ads", "name": "Ads", "entry": {"type": "event", "event": "Came"}, "start": "mail", "steps": steps}],
    }  # fmt: skip
    campaigns, problems = loads(json.dumps(design))
    assert campaigns is not None, problems
    run = replay(campaigns, open_logs([log], campaigns))
    assert [(row["profile"], row["change"], row["kind"]) for row in run.tables["deliveries"].to_pylist()] == [
        ("ann", "added", "assumed"), ("bob", "added", "assumed"),
    ]  # fmt: skip
    plan = ledger(run, "d", workspace).plan
    assert (plan.calls, plan.withheld) == ((), {"assumed": 1, "list below its minimum": 1})
