"""An approval holds for what was approved, with everything it reads, and for nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.document import loads
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from engage_desktop.store import Workspace

DESIGN: dict[str, Any] = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Shop"},
    "traits": [{"key": "orders_90d", "name": "Orders", "definition": "event('Order Completed').within(90 days).count()"}],
    "audiences": [
        {"key": "regulars", "name": "Regulars", "definition": "trait('orders_90d') >= 3"},
        {"key": "vips", "name": "VIPs", "definition": "audience('regulars') AND trait('plan') = 'plus'"},
        {"key": "others", "name": "Others", "definition": "event('Page Viewed').count() >= 1"},
    ],
    "messages": [
        {"key": "hello", "channel": "email", "subject": "Hello", "body": "Hello"},
        {"key": "unused", "channel": "sms", "body": "Never sent"},
    ],
    "destinations": [{"key": "crm", "type": "file", "settings": {"path": "out.jsonl"}, "sandbox": True}],
    "journeys": [
        {
            "key": "welcome", "name": "Welcome", "entry": {"type": "event", "event": "Signed Up"}, "start": "which",
            "steps": [
                {"key": "which", "type": "split", "branches": [{"key": "vip", "condition": "audience('vips')", "next": "mail"}]},
                {"key": "mail", "type": "message", "message": "hello", "next": "tell"},
                {"key": "tell", "type": "send", "destination": "crm"},
            ],
        }
    ],
}  # fmt: skip


def design(change: Callable[[dict[str, Any]], object] = lambda data: None) -> Campaigns:
    data = json.loads(json.dumps(DESIGN))
    change(data)
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    return campaigns


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "w", create=True) as workspace:
        yield workspace


LOSES = {
    "its own step": lambda data: data["journeys"][0]["steps"][1].update(when_not_sent="leave"),
    "the text of its message": lambda data: data["messages"][0].update(body="Hello!"),
    "the audience of a split": lambda data: data["audiences"][1].update(definition="audience('regulars')"),
    "an audience read by that audience": lambda data: data["audiences"][0].update(
        definition="trait('orders_90d') >= 2"
    ),
    "a trait read by that": lambda data: data["traits"][0].update(definition="event('Order Completed').count()"),
    "where it sends to": lambda data: data["destinations"][0]["settings"].update(path="elsewhere.jsonl"),
    "a destination that is no sandbox any more": lambda data: data["destinations"][0].pop("sandbox"),
    "the policies of its message": lambda data: data.update(policies={"subscription": {"unknown": "assume"}}),
}
KEEPS = {
    "nothing": lambda data: None,
    "another audience": lambda data: data["audiences"][2].update(definition="event('Page Viewed').count() >= 9"),
    "a message it does not send": lambda data: data["messages"][1].update(body="Still not"),
    "how a condition is typed": lambda data: data["audiences"][1].update(
        definition='audience("regulars")   and trait("plan") == "plus"'
    ),
    "the order of the file": lambda data: data["audiences"].reverse(),
    "the name of the workspace": lambda data: data["workspace"].update(name="Store"),
}


@pytest.mark.parametrize("change", LOSES.values(), ids=LOSES.keys())
def test_a_change_of_the_journey_or_of_what_it_reads_makes_it_a_draft(workspace: Workspace, change: Any) -> None:
    workspace.approvals.approve(design(), "journey", "welcome", who="Grace", at=1)
    now = workspace.approvals.state(design(change), "journey", "welcome")
    assert (now.state, now.outdated, now.who) == ("draft", True, "Grace")
    assert workspace.approvals.is_approved(design(), "journey", "welcome"), "taken back, it is approved again"


@pytest.mark.parametrize("change", KEEPS.values(), ids=KEEPS.keys())
def test_a_change_elsewhere_keeps_the_approval(workspace: Workspace, change: Any) -> None:
    workspace.approvals.approve(design(), "journey", "welcome", who="Grace", at=1)
    assert workspace.approvals.is_approved(design(change), "journey", "welcome")


def test_a_campaign_is_a_draft_until_approved_and_after_withdrawal(workspace: Workspace) -> None:
    approvals = workspace.approvals
    assert approvals.state(design(), "audience", "vips").state == "draft"
    approvals.approve(design(), "audience", "vips", who="Grace", at=1)
    assert approvals.is_approved(design(), "audience", "vips")
    assert not approvals.is_approved(design(), "audience", "regulars"), "what it reads is not thereby approved itself"
    approvals.withdraw(design(), "audience", "vips", who="Ada", at=2)
    now = approvals.state(design(), "audience", "vips")
    assert (now.state, now.outdated) == ("draft", False)
    assert [entry.action for entry in workspace.activity.latest()] == ["withdrew approval", "approved"]


def test_approving_nothing_or_as_nobody_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="There is no journey 'gone'"):
        workspace.approvals.approve(design(), "journey", "gone", who="Grace", at=1)
    with pytest.raises(UserError, match="needs the name"):
        workspace.approvals.approve(design(), "journey", "welcome", who=" ", at=1)


def test_audiences_that_read_each_other_do_not_hang(workspace: Workspace) -> None:
    def circle(data: dict[str, Any]) -> None:
        data["audiences"][0]["definition"] = "audience('vips')"

    workspace.approvals.approve(design(circle), "audience", "vips", who="Grace", at=1)
    assert workspace.approvals.is_approved(design(circle), "audience", "vips")
