"""The workspace process through the client's pipe: replies, generations, cancel, loss."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app.engine_client import LOST, EngineClient
from engage_desktop.app.importing import import_logs
from engage_desktop.app.protocol_delivery import AskDryRun, StartSync, SyncProgress
from engage_desktop.app.workspace import create_workspace
from tests.cli import shop
from tests.cli.test_sync import assumed_design


class Desk:
    """A client whose replies are taken one by one."""

    def __init__(self) -> None:
        self.replies: queue.Queue[tuple[int, p.Reply]] = queue.Queue()
        self.client = EngineClient(lambda request_id, reply: self.replies.put((request_id, reply)))
        self.client.start()

    def ask(self, request: p.Request) -> Any:
        """The final reply of a request; progress on the way is skipped."""
        wanted = self.client.send(request)
        while True:
            request_id, reply = self.replies.get(timeout=60)
            if request_id == wanted and not isinstance(reply, p.Progress | SyncProgress):
                return reply


@pytest.fixture
def desk() -> Iterator[Desk]:
    one = Desk()
    yield one
    one.client.close()
    assert one.client.pid is not None


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    campaigns, log = shop.write(tmp_path / "shop")
    folder = tmp_path / "workspace"
    create_workspace(folder, "Shop")
    import_logs(folder, [log])
    shutil.copyfile(campaigns, folder / "campaigns.json")
    return folder


@pytest.fixture
def open_desk(desk: Desk, workspace: Path) -> Desk:
    assert desk.ask(p.Load(str(workspace))).people == 3
    ready = desk.ask(p.SetDocument(1, json.dumps(shop.design())))
    assert isinstance(ready, p.RunReady)
    return desk


def test_figures_at_an_instant(open_desk: Desk) -> None:
    ready_at = open_desk.ask(p.AskHistogram(1, 10)).last_us
    figures = open_desk.ask(p.AskFigures(1, "after_order", ready_at))
    assert (figures.entered, figures.people, figures.completed, figures.inside) == (3, 2, 3, 0)
    assert figures.wires[p.ENTRY, None] == 3
    assert figures.wires["coin", "a"] + figures.wires["coin", "b"] == 3
    assert (figures.steps["thanks"].sent, figures.steps["thanks"].not_sent) == (2, 1)
    assert figures.kind == "observed"


def test_figures_that_rest_on_an_assumption_are_counted(open_desk: Desk) -> None:
    """bob's subscription is unknown: assumed, his message is sent and what follows it rests on that (D-23, D-27)."""
    design = shop.design()
    design["journeys"][0]["steps"][2]["when_not_sent"] = "leave"
    design["policies"] = {"subscription": {"unknown": "assume"}}
    ready = open_desk.ask(p.SetDocument(2, json.dumps(design)))
    figures = open_desk.ask(p.AskFigures(2, "after_order", ready.last_us))
    assert {key: (step.arrived, step.assumed) for key, step in figures.steps.items()} == {
        "coin": (3, 0), "pause": (3, 0), "thanks": (3, 1), "tell": (3, 1),
    }  # fmt: skip
    assert figures.kind == "assumed"


def test_people_audience_table_and_neighbour(open_desk: Desk) -> None:
    at = 1_704_276_000_000_000  # 2024-01-03T10:00:00Z: ann's pause ends at this instant, bob's an hour later
    people = open_desk.ask(p.AskPeople(1, "after_order", "pause", at))
    assert [(row.profile, row.leaves_us) for row in people.rows] == [("bob", at + 3_600_000_000)]
    inside = open_desk.ask(p.AskPeople(1, "after_order", p.ENTRY, at))
    assert [row.profile for row in inside.rows] == ["bob"]
    assert isinstance(open_desk.ask(p.AskPeople(1, "after_order", "nowhere", at)), p.Failed)
    audience = open_desk.ask(p.AskAudience(1, "buyers", at))
    assert (audience.size, audience.people, [who for who, _ in audience.members]) == (2, 3, ["ann", "bob"])
    assert [row.kept for row in audience.waterfall] == [3, 2]
    assert open_desk.ask(p.AskNeighbour(1, "after_order", at)).at_us == at + 3_600_000_000
    page = open_desk.ask(p.AskTable(1, "visits", offset=0, limit=2))
    assert page.total == 12
    assert len(page.rows) == 2
    assert page.columns[0] == "journey"
    sizes = open_desk.ask(p.AskSizes(1, at))
    assert sizes.audiences == {"buyers": 2}
    assert sizes.journeys == {"after_order": (2, 1)}


def test_older_generation_is_superseded(open_desk: Desk) -> None:
    assert isinstance(open_desk.ask(p.SetDocument(2, json.dumps(shop.design()))), p.RunReady)
    assert isinstance(open_desk.ask(p.AskFigures(1, "after_order", 0)), p.Superseded)


def test_a_design_that_cannot_run_names_the_place(open_desk: Desk) -> None:
    broken = shop.design()
    broken["journeys"][0]["steps"][1]["next"] = "nowhere"
    reply = open_desk.ask(p.SetDocument(2, json.dumps(broken)))
    assert isinstance(reply, p.Refused)
    assert any("pause" in problem.path and problem.is_error for problem in reply.problems)
    assert isinstance(open_desk.ask(p.AskFigures(2, "after_order", 0)), p.Failed)


def test_approve_then_change_then_draft_again(open_desk: Desk) -> None:
    approved = open_desk.ask(p.Approve(1, "audience", "buyers", who="Ada"))
    assert approved.states["audience", "buyers"] == "approved"
    changed = shop.design()
    changed["audiences"][0]["definition"] = f"event('{shop.ORDER}').count() >= 1"
    open_desk.ask(p.SetDocument(2, json.dumps(changed)))
    assert open_desk.ask(p.AskApprovals(2)).states["audience", "buyers"] == "draft"
    open_desk.ask(p.SetDocument(3, json.dumps(shop.design())))
    assert open_desk.ask(p.AskApprovals(3)).states["audience", "buyers"] == "approved"
    assert any(who == "Ada" for _, who, _ in open_desk.ask(p.AskActivity()).rows)


def test_sync_in_the_background(open_desk: Desk, workspace: Path) -> None:
    dry = open_desk.ask(AskDryRun(1, "files"))
    assert dry.refused is None
    assert dry.calls > 0
    done = open_desk.ask(StartSync(1, "files"))
    assert (done.sent, done.failed, done.pending, done.cancelled) == (dry.calls, 0, 0, False)
    assert list((workspace / "out").iterdir())
    refused = open_desk.ask(AskDryRun(1, "real"))
    assert "draft" in refused.refused
    assert isinstance(open_desk.ask(StartSync(1, "real")), p.Failed)


def test_what_the_window_would_send_holds_nothing_assumed(open_desk: Desk) -> None:
    """D-39: every mail is opened by assumption, so who is told of openers would be told of a guess."""
    assert isinstance(open_desk.ask(p.SetDocument(2, json.dumps(assumed_design()))), p.RunReady)
    dry = open_desk.ask(AskDryRun(2, "files"))
    assert (dry.calls, dry.withheld) == (5, {"assumed": 2})
    assert [next(iter(call["traits"])) for call in dry.sample if "traits" in call] == ["cold", "cold"]


def test_the_window_sends_the_past_to_sandboxes_alone(open_desk: Desk) -> None:
    """D-39: approved as it is, a step of a past window reaches nobody real, and a list those allowed."""
    design = shop.design()
    design["journeys"][0]["steps"][3]["destination"] = "real"
    design["audiences"][0] |= {"definition": f"event('{shop.ORDER}').count() >= 1"}
    design["audiences"][0]["sync"] = [{"destination": "real", "as": "list"}]
    design["workspace"]["allow_list"] = ["bob"]
    assert isinstance(open_desk.ask(p.SetDocument(2, json.dumps(design))), p.RunReady)
    for kind, key in (("audience", "buyers"), ("journey", "after_order")):
        open_desk.ask(p.Approve(2, kind, key, "Ada"))
    dry = open_desk.ask(AskDryRun(2, "real"))
    assert (dry.calls, dry.people, dry.for_lists, dry.refused) == (1, 1, 2, None)
    assert dry.withheld == {"past step, not a sandbox": 3, "not on the allow-list": 1}
    assert "more than a day from now" in open_desk.ask(AskDryRun(2, "real", 2)).refused
    assert isinstance(open_desk.ask(StartSync(2, "real", 2)), p.Failed)
    assert open_desk.ask(StartSync(2, "real")).sent == 1


def test_import_adds_to_the_log_and_reports_what_it_left_out(open_desk: Desk, workspace: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text(
        json.dumps(shop.call("track", "dee", "2024-01-21T00:00:00Z", event=shop.ORDER, properties={})) + "\n{broken\n",
        encoding="utf-8",
    )
    info = open_desk.ask(p.ImportLogs((str(more),)))
    assert (info.people, info.rejected) == (4, 1)
    rejects = open_desk.ask(p.AskRejects())
    assert (rejects.total, rejects.rows[0][1]) == (1, 2)


def test_saved_run_is_listed(open_desk: Desk) -> None:
    folder = open_desk.ask(p.SaveRun(1)).folder
    rows = open_desk.ask(p.AskRuns()).rows
    assert [name for name, _, _ in rows] == [Path(folder).name]


def test_loss_of_the_process_is_reported(desk: Desk) -> None:
    desk.ask(p.Load(str(Path(__file__).parent)))
    assert desk.client.pid is not None
    os.kill(desk.client.pid, signal.SIGKILL)
    request_id, reply = desk.replies.get(timeout=30)
    assert request_id == LOST
    assert isinstance(reply, p.Failed)
    assert "started again" in reply.sentence
