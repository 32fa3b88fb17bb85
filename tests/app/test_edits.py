"""Edits in the workspace process: each run is spliced from the last one that was finished (architecture, engine 5, 6)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app import replay as replaying
from engage_desktop.app.desk import Desk
from engage_desktop.app.importing import import_logs
from engage_desktop.app.workspace import create_workspace
from engage_desktop.document import loads
from engage_desktop.engine import splice
from tests.cli import shop


class Window:
    """The window's end, where a newer document comes in while the desk asks for the `superseded_at`th time."""

    def __init__(self) -> None:
        self.now, self.asked, self.superseded_at = 1, 0, 0
        self.reply_: Any = None
        self.desk = Desk(self)  # type: ignore[arg-type]  # what of an inbox these requests use

    @property
    def generation(self) -> int:
        self.asked += 1
        return self.now + (0 < self.superseded_at < self.asked)

    def reply(self, request_id: int, reply: p.Reply) -> None:
        self.reply_ = reply

    def set(self, design: dict[str, Any]) -> Any:
        self.now, self.asked = self.now + 1, 0
        self.desk.answer(1, p.SetDocument(self.now, json.dumps(design)))
        return self.reply_


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    _, log = shop.write(tmp_path / "shop")
    create_workspace(tmp_path / "workspace", "Shop")
    import_logs(tmp_path / "workspace", [log])
    one = Window()
    one.desk.answer(1, p.Load(str(tmp_path / "workspace")))
    assert isinstance(one.set(shop.design()), p.RunReady)
    yield one
    one.desk.close()


def edited(number: int) -> dict[str, Any]:
    """The design with another first step, audience and exits each time."""
    design = json.loads(json.dumps(shop.design()))
    for step in design["journeys"][0]["steps"]:
        for name in ("duration", "timeout"):
            if name in step:
                step[name] = f"{number + 1}h"
    design["journeys"][0]["exits"] = [{"key": f"x{number}", "after": f"{number + 5}d"}]
    return design


def rows(window: Window) -> dict[str, Any]:
    return {name: table.to_pylist() for name, table in window.desk.need_run().tables.items()}


def full(window: Window, design: dict[str, Any]) -> dict[str, Any]:
    campaigns, _ = loads(json.dumps(design))
    assert campaigns is not None
    assert window.desk.log is not None
    found = replaying.replay(campaigns, window.desk.log).tables
    return {name: table.to_pylist() for name, table in found.items()}


def test_an_edit_is_spliced_from_the_run_before(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    before = window.desk.need_run().run
    asked: list[Any] = []
    real = splice.resimulate
    monkeypatch.setattr(
        splice, "resimulate", lambda *a, before, **k: asked.append(before) or real(*a, before=before, **k)
    )
    assert isinstance(window.set(edited(1)), p.RunReady)
    assert asked == [before]
    assert rows(window) == full(window, edited(1))
    assert isinstance(window.set(shop.design()), p.RunReady)
    assert rows(window) == full(window, shop.design())


def test_a_newer_document_stops_it_anywhere_and_the_last_run_stays_good(window: Window) -> None:
    stops = 0
    for at in itertools.count(1):
        window.superseded_at = at
        if isinstance(window.set(edited(at % 3)), p.RunReady):
            break
        stops += 1
        assert isinstance(window.reply_, p.Superseded)
        window.superseded_at = 0
        assert isinstance(window.set(edited(at % 5 + 3)), p.RunReady)
        assert rows(window) == full(window, edited(at % 5 + 3)), at
    assert stops >= 5


def test_a_design_that_cannot_run_costs_nothing(window: Window) -> None:
    broken = edited(1)
    broken["journeys"][0]["start"] = "nowhere"
    assert isinstance(window.set(broken), p.Refused)
    assert isinstance(window.set(edited(2)), p.RunReady)
    assert rows(window) == full(window, edited(2))
