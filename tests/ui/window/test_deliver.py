"""What the page of delivery lets leave, by mouse and keyboard: nothing assumed, nothing past, real people when meant (D-39)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.importing import import_logs
from engage_desktop.domain.duration import UNIT_US, format_instant
from engage_desktop.ui.app import open_window
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.cli import shop
from tests.cli.test_sync import assumed_design
from tests.ui import driver
from tests.ui.window.hand import Hand
from tests.ui.window.world import WAIT_MS, wait_settled

NOW = time.time_ns() // 1_000


class Sender(Hand):
    """A person at the page of delivery."""

    folder: Path

    def at(self, destination: str) -> None:
        places: QListWidget = self.find(QListWidget, "deliver.destinations")
        keys = [one.key for one in self.window.session.campaigns.destinations]
        places.setFocus()
        driver.key(places, Qt.Key.Key_Home)
        for _ in range(keys.index(destination)):
            driver.key(places, Qt.Key.Key_Down)
        self.settle()

    def settle(self) -> None:
        wait_settled(self.qtbot, self.window)

    def approve(self, *campaigns: str) -> None:
        for one in campaigns:
            self.click(QPushButton, f"deliver.approve.{one}")
            self.settle()

    def text(self, name: str) -> str:
        return str(self.find(QLabel, f"deliver.{name}").text()) if self.shown(f"deliver.{name}") else ""

    def calls(self) -> list[dict[str, Any]]:
        text = self.find(QPlainTextEdit, "deliver.sample").toPlainText()
        return [] if text == "Nothing would be sent." else [json.loads(one) for one in text.split("\n\n")]

    @property
    def button(self) -> QPushButton:
        found: QPushButton = self.find(QPushButton, "deliver.send")
        return found

    def sent(self, send: Callable[[], None]) -> str:
        """What the page says when all is sent."""
        send()
        card = self.window.pages.deliver.card
        self.qtbot.waitUntil(lambda: card.syncing is None, timeout=WAIT_MS)
        self.settle()
        return self.text("said")

    def by_mouse(self) -> None:
        driver.click(self.button)

    def by_keyboard(self) -> None:
        self.button.setFocus()
        driver.key(self.button, Qt.Key.Key_Space)

    def left(self, folder: str) -> list[dict[str, Any]]:
        """The calls that a file destination was given."""
        files = sorted((self.folder / folder).iterdir()) if (self.folder / folder).exists() else []
        lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line)["payload"] for line in lines]


@pytest.fixture
def open_shop(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Callable[..., Sender]]:
    """Opens a window on a design and a log, at the page of delivery."""
    opened: list[MainWindow] = []

    def opener(design: dict[str, Any], records: list[dict[str, Any]]) -> Sender:
        folder, log = tmp_path / "shop", tmp_path / "log.jsonl"
        folder.mkdir()
        (folder / "campaigns.json").write_text(json.dumps(design), encoding="utf-8")
        log.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        import_logs(folder, [log])
        window = open_window(folder, settings=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
        window.resize(1280, 1400)
        opened.append(window)
        with qtbot.waitActive(window):
            window.activateWindow()
        wait_settled(qtbot, window)
        window.show_page("deliver")
        made = Sender(qtbot, window)
        made.folder = folder
        made.settle()
        return made

    yield opener
    for window in opened:
        window.close()
        window.deleteLater()


def test_assumed_rows_never_appear_in_a_dry_run(open_shop: Callable[..., Sender]) -> None:
    """Every mail is opened by assumption; a journey with a send step and audiences with syncs hear that."""
    sender = open_shop(assumed_design(), shop.log())
    sender.at("files")
    assert sender.text("ledger") == "<b>5</b> calls for <b>2</b> people"
    assert sender.text("withheld") == "Held back: 2 assumed."
    calls = sender.calls()
    assert len(calls) == 5
    told = [(body["userId"], next(iter(body["traits"].items()))) for body in calls if "traits" in body]
    assert told == [("ann", ("cold", True)), ("bob", ("cold", True))]
    assert all(body["traits"]["opens"] == 0 for body in calls if "traits" in body)
    assert [body["event"] for body in calls if body["type"] == "track"] == ["Thanked"] * 3
    assert sender.sent(sender.by_mouse) == "Done: 5 sent."
    assert {body["messageId"] for body in sender.left("out")} == {body["messageId"] for body in calls}


def past_design() -> dict[str, Any]:
    """A send step, an ad step and an exit that tell a real destination, and an audience that does."""
    design = shop.design()
    journey = design["journeys"][0]
    journey["steps"][3] |= {"destination": "real", "next": "show"}
    journey["steps"].append({"key": "show", "type": "ad", "destination": "real"})
    journey["exits"] = [{"key": "again", "event": shop.ORDER, "send": {"destination": "real"}}]
    design["audiences"][0] |= {"definition": f"event('{shop.ORDER}').count() >= 1"}
    return design


def test_the_past_never_reaches_real_people(qtbot: QtBot, open_shop: Callable[..., Sender]) -> None:
    """All is approved, and still steps and exits tell nobody: what leaves is the membership of the last instant."""
    sender = open_shop(past_design(), shop.log())
    sender.at("real")
    assert "draft" in sender.text("refused")
    assert not sender.button.isEnabled()
    sender.approve("audience.buyers", "journey.after_order")
    assert sender.text("refused") == ""
    assert "past step, not a sandbox" in sender.text("withheld")
    sender.line("deliver.recipients", "2")
    sender.settle()
    assert "more than a day from now" in sender.text("refused")
    assert not sender.button.isEnabled()
    field = sender.find(QLineEdit, "deliver.recipients")
    for key, modifier in (
        (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    ):
        driver.key(field, key, modifier)
    driver.key(field, Qt.Key.Key_Return)
    sender.settle()
    calls = sender.calls()
    assert {(body["userId"], body["event"]) for body in calls} == {
        ("ann", "Audience Entered"),
        ("bob", "Audience Entered"),
    }
    assert sender.sent(sender.by_keyboard) == "Done: 2 sent."
    classes = {body["context"]["personas"]["computation_class"] for body in sender.left("real")}
    assert classes == {"audience"}


def list_design() -> dict[str, Any]:
    sync = [{"destination": "real", "as": "list"}]
    audience = {"key": "buyers", "name": "Buyers", "definition": f"event('{shop.ORDER}').count() >= 1", "sync": sync}
    design = shop.design() | {"audiences": [audience], "journeys": [], "messages": []}
    design["workspace"]["allow_list"] = ["bob"]
    return design


def todays_log() -> list[dict[str, Any]]:
    """ann, bob and cid buy in the last hours."""
    return [
        shop.call("track", who, format_instant(NOW - hours * UNIT_US["h"]), event=shop.ORDER)
        for hours, who in enumerate(("ann", "bob", "cid"), start=1)
    ]


def test_lists_reach_real_people_only_when_their_number_was_typed(
    qtbot: QtBot, open_shop: Callable[..., Sender]
) -> None:
    sender = open_shop(list_design(), todays_log())
    sender.at("files")
    assert not sender.shown("deliver.recipients")
    sender.at("real")
    sender.approve("audience.buyers")
    assert "3 real people, since this destination is no sandbox. Type 3 to reach them" in sender.text("real")
    assert sender.text("withheld") == "Held back: 2 not on the allow-list."
    assert [body["userId"] for body in sender.calls()] == ["bob"]
    # A click on Send with a number still under the cursor first shows what that number means.
    field = sender.find(QLineEdit, "deliver.recipients")
    field.setFocus()
    driver.write(field, "7")
    sender.by_mouse()
    sender.settle()
    assert sender.left("real") == []
    assert sender.text("refused").startswith("7 recipients were typed, but lists would be added 3 people")
    assert not sender.button.isEnabled()
    sender.line("deliver.recipients", "some")
    assert "no number of people" in sender.error("deliver.recipients")
    sender.settle()
    assert sender.text("refused") == ""
    # Without a number the allow-list alone.
    assert sender.sent(sender.by_mouse) == "Done: 1 sent."
    assert [body["userId"] for body in sender.left("real")] == ["bob"]
    assert "2 real people" in sender.text("real")
    sender.line("deliver.recipients", "2", Qt.Key.Key_Tab)
    sender.settle()
    assert sender.text("real") == "2 real people will be added to lists, as typed."
    assert {body["userId"] for body in sender.calls()} == {"ann", "cid"}
    assert sender.sent(sender.by_keyboard) == "Done: 2 sent."
    assert sorted(body["userId"] for body in sender.left("real")) == ["ann", "bob", "cid"]
    assert not sender.shown("deliver.recipients")
