"""Problems in the workspace process: told before the run, mends proved, lints of the newest run with their people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import lint_desk
from engage_desktop.app import protocol as p
from engage_desktop.app.desk import Desk
from engage_desktop.app.importing import import_logs
from engage_desktop.app.protocol_lints import AskLintPeople, AskLints, LintPeople, Lints
from engage_desktop.app.workspace import create_workspace
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.domain.problem import Problem

HOUR = 3_600_000_000
START = parse_instant("2025-03-03T08:00:00Z")
PEOPLE = 60


def log() -> str:
    """Everybody looks at something; every third buys an hour later."""
    made = []
    for person in range(PEOPLE):
        who = {"type": "track", "userId": f"u{person:02}"}
        made.append({**who, "event": "Looked", "timestamp": format_instant(START + person * HOUR)})
        if person % 3 == 0:
            made.append({**who, "event": "Bought", "timestamp": format_instant(START + (person + 1) * HOUR)})
    made.append({"type": "track", "userId": "u00", "event": "End", "timestamp": format_instant(START + 500 * HOUR)})
    return "".join(json.dumps(event | {"messageId": f"m{number}"}) + "\n" for number, event in enumerate(made))


def design(**wait: Any) -> dict[str, Any]:
    """Whoever has not bought is told of it a day later, bought or not."""
    step = {"key": "wait", "type": "delay", "duration": "1d", "next": "tell"} | wait
    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Shop"},
        "destinations": [{"key": "crm", "type": "file", "settings": {"folder": "out", "format": "jsonl"}}],
        "journeys": [
            {
                "key": "j", "name": "J", "start": "wait", "stage": "awareness",
                "entry": {"type": "audience", "condition": "event('Looked').count() >= 1 AND event('Bought').count() = 0"},
                "steps": [step, {"key": "tell", "type": "send", "destination": "crm"}],
            }
        ],
    }  # fmt: skip


class Window:
    """The window's end of the pipe: what was heard of each request, `reply` what was heard last."""

    def __init__(self, folder: Path) -> None:
        self.generation = 0
        self.heard: list[Any] = []
        self.desk = Desk(self)  # type: ignore[arg-type]  # what of an inbox these requests use
        self.ask(p.Load(str(folder)))

    def reply(self, request_id: int, reply: p.Reply) -> None:
        self.heard.append(reply)

    def ask(self, request: p.Request) -> Any:
        self.heard.clear()
        self.desk.answer(1, request)
        return self.heard[-1]

    def set(self, made: dict[str, Any]) -> Any:
        self.generation += 1
        return self.ask(p.SetDocument(self.generation, json.dumps(made)))

    def lints(self) -> Any:
        return self.ask(AskLints(self.generation))


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    create_workspace(tmp_path / "workspace", "Shop")
    (tmp_path / "log.jsonl").write_text(log(), encoding="utf-8")
    import_logs(tmp_path / "workspace", [tmp_path / "log.jsonl"])
    one = Window(tmp_path / "workspace")
    yield one
    one.desk.close()


def test_what_is_wrong_with_the_design_comes_before_the_run(window: Window) -> None:
    made = design()
    made["journeys"][0]["stage"] = "gone"
    ready = window.set(made)
    checked, _ = window.heard
    assert isinstance(checked, p.Checked)
    assert isinstance(ready, p.RunReady)
    assert (checked.generation, checked.problems) == (1, ready.problems)
    assert [one.code for one in checked.problems] == ["unknown_stage"]
    (problem,) = window.lints().problems
    assert problem.fix is not None
    assert problem.fix.name == "Leave the stage out"


def test_lints_name_their_people_page_by_page(window: Window) -> None:
    window.set(design())
    reply = window.lints()
    assert isinstance(reply, Lints)
    (lint,) = reply.lints
    buyers = [f"u{person:02}" for person in range(0, PEOPLE, 3)]
    assert (lint.problem.code, lint.people) == ("unguarded_wait", len(buyers))
    assert lint.problem.fix is not None
    page = window.ask(AskLintPeople(1, 0, limit=8))
    assert (page.total, page.offset, [who for who, _ in page.rows]) == (len(buyers), 0, buyers[:8])
    assert page.rows[0][1] == START + 24 * HOUR
    rest = window.ask(AskLintPeople(1, 0, offset=8))
    assert [who for who, _ in rest.rows] == buyers[8:]
    found = window.ask(AskLintPeople(1, 0, search="U0"))
    assert (found.total, [who for who, _ in found.rows]) == (4, ["u00", "u03", "u06", "u09"])
    assert isinstance(window.ask(AskLintPeople(1, 1)), p.Failed)
    window.set(design(duration="2d"))
    assert isinstance(window.ask(AskLintPeople(2, 0)), p.Failed)  # of the run before; it is to be asked for anew
    assert isinstance(window.ask(AskLintPeople(1, 0)), p.Superseded)
    assert isinstance(window.lints(), Lints)
    assert isinstance(window.ask(AskLintPeople(2, 0)), LintPeople)


def test_a_design_that_cannot_run_has_mends_and_no_lints(window: Window) -> None:
    made = design(next="tel")
    made["journeys"][0]["steps"].insert(1, {"key": "again", "type": "delay", "duration": "1h", "next": "tell"})
    made["journeys"][0]["steps"][0]["next"] = "again"
    made["journeys"][0]["steps"][2]["destination"] = "crn"
    assert isinstance(window.set(made), p.Refused)
    reply = window.lints()
    assert reply.lints == ()
    assert [problem.fix.name for problem in reply.problems if problem.fix] == ["Use “crm”"]
    window.generation += 1
    assert isinstance(window.ask(p.SetDocument(window.generation, "{")), p.Refused)
    assert window.lints() == Lints(window.generation, (), ())


def test_of_very_many_the_first_are_told_and_the_rest_counted(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    made = design()
    names = [f"a{place}" for place in range(5)]
    made["audiences"] = [{"key": key, "name": key, "definition": f"event('{key}').count() >= 1"} for key in names]
    window.set(made)
    assert len(window.lints().lints) == 6
    monkeypatch.setattr(lint_desk, "MOST_LINTS", 4)
    *first, more = window.lints().lints
    assert [one.problem.code for one in first] == ["event_unseen"] * 4
    assert (more.problem.message, more.people) == ("2 more such findings of the run are not shown.", 0)
    assert isinstance(window.ask(AskLintPeople(1, 4)), p.Failed)


def test_a_newer_design_stops_it_and_proving_has_an_end(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.set(design())
    window.generation += 1
    assert isinstance(window.ask(AskLints(1)), p.Superseded)
    window.set(design(name="Other"))
    monkeypatch.setattr(lint_desk, "PROVING_SECONDS", -1)
    (lint,) = window.lints().lints
    assert lint.problem.fix is None
    assert isinstance(lint.problem, Problem)
