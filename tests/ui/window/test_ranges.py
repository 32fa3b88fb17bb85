"""Ranges of figures in the window: by button, action and keys, the numbers of a run with ranges, stopped, and stale (D-29)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.importing import import_logs
from engage_desktop.app.replay import open_logs, replay
from engage_desktop.document import loads
from engage_desktop.ui import formats
from engage_desktop.ui.app import open_window
from engage_desktop.ui.sending.ranges import RangesView
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.table import SmallTable
from engage_desktop.ui.window import MainWindow
from tests.cli import shop
from tests.cli.test_sync import assumed_design
from tests.ui.driver import act, undo
from tests.ui.window.test_deliver import Sender
from tests.ui.window.world import WAIT_MS


def design() -> dict[str, object]:
    """About half of the mails are opened, by assumption, and a journey hears that."""
    made = assumed_design()
    made["messages"][0]["responses"] = {"opened": {"low": 0.2, "likely": 0.5, "high": 0.8, "after": "1h"}}
    return made


class Person(Sender):
    """Somebody at the ranges."""

    @property
    def view(self) -> RangesView:
        return self.window.pages.sending.ranges

    def rows(self) -> list[tuple[str, ...]]:
        return list(self.find(SmallTable, "sending.ranges.table").rows.rows)

    def said(self) -> str:
        return str(self.find(QLabel, "sending.ranges.said").text())

    def done(self) -> None:
        self.qtbot.waitUntil(lambda: not self.view.working, timeout=2 * WAIT_MS)
        self.settle()


@pytest.fixture(scope="module")
def opened(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MainWindow, Path]]:
    """One window for both tests, and its workspace."""
    root = tmp_path_factory.mktemp("ranges")
    folder, log = root / "shop", root / "log.jsonl"
    folder.mkdir()
    (folder / "campaigns.json").write_text(json.dumps(design()), encoding="utf-8")
    log.write_text("".join(json.dumps(one) + "\n" for one in shop.log()), encoding="utf-8")
    import_logs(folder, [log])
    window = open_window(folder, settings=QSettings(str(root / "window.ini"), QSettings.Format.IniFormat))
    window.resize(1280, 1400)
    yield window, folder
    window.close()
    window.deleteLater()


@pytest.fixture
def person(qtbot: QtBot, theme: Theme, opened: tuple[MainWindow, Path]) -> Person:
    window, folder = opened
    with qtbot.waitActive(window):
        window.activateWindow()
    while window.session.document.can_undo:
        undo(window)
    made = Person(qtbot, window)
    made.folder = folder
    made.settle()
    return made


def expected(folder: Path, replicates: int) -> list[tuple[str, ...]]:
    """Those of a run with ranges, as the command line writes them."""
    campaigns, _ = loads((folder / "campaigns.json").read_text(encoding="utf-8"))
    assert campaigns is not None
    run = replay(campaigns, open_logs([folder.parent / "log.jsonl"], campaigns), replicates=replicates).run
    names = {"after_order": "After an order", "opened": "Opened"}
    return [
        (
            names[one.campaign],
            one.step or "–",
            one.figure.capitalize(),
            *(formats.number(round(value)) for value in (one.p5, one.p50, one.p95)),
            one.kind,
        )
        for one in run.estimates
    ]


def test_low_likely_high_by_button_and_by_action(qtbot: QtBot, person: Person) -> None:
    """And stopped; one story, for it begins where nothing is worked out yet."""
    window = person.window
    window.show_page("sending")
    person.click(QPushButton, "sending.show.ranges")
    assert person.said().startswith("Nothing is worked out yet")
    assert not person.shown("sending.ranges.table")
    person.click(QPushButton, "sending.ranges.start")
    person.done()
    rows = person.rows()
    assert rows == expected(person.folder, 100)
    assert ("After an order", "thanks", "Opened") in {row[:3] for row in rows}
    assert any(row[3] != row[5] for row in rows)
    assert {row[6] for row in rows} == {"assumed"}
    assert window.pages.sending.kind.text() == "assumed"
    assert person.said().startswith("Of 100 replicates nine in ten lie between low and high.")
    assert not person.shown("sending.ranges.stop")
    reached = person.walk(person.find(QLineEdit, "sending.ranges.replicates"))
    assert {"sending.ranges.start", "sending.ranges.table"} <= set(reached)
    # Another number by the keyboard, and from anywhere by its action.
    person.line("sending.ranges.replicates", "0")
    assert "whole number from 1" in person.error("sending.ranges.replicates")
    person.line("sending.ranges.replicates", "7")
    assert person.error("sending.ranges.replicates") == ""
    window.show_page("home")
    act(window, "simulation.ranges")
    person.done()
    assert window.pages.sending.shown is person.view
    assert person.rows() == expected(person.folder, 7)
    # An edit makes them those of another design; they stay, greyed, until they are worked out again.
    before = person.rows()
    window.open_campaign("journey", "opened")
    act(window, "trait.new")
    person.settle()
    window.show_page("sending")
    table = person.find(SmallTable, "sending.ranges.table")
    assert not table.isEnabled()
    assert person.rows() == before
    assert "of the design before your last edit" in person.said()
    assert person.find(QPushButton, "sending.ranges.start").isEnabled()
    undo(window)
    person.settle()
    assert "of the design before your last edit" in person.said()
    person.find(QPushButton, "sending.ranges.start").setFocus()
    act(window, "simulation.ranges")
    person.done()
    assert table.isEnabled()
    assert person.rows() == before
    stopped_at_will(qtbot, person)


def stopped_at_will(qtbot: QtBot, person: Person) -> None:
    """By mouse, by the key of all running work, and by an edit: each time at once, and the figures go on."""
    window = person.window
    window.show_page("sending")
    person.click(QPushButton, "sending.show.ranges")
    person.line("sending.ranges.replicates", "10000")
    bar = person.find
    stops: tuple[Callable[[], None], ...] = (
        lambda: person.click(QPushButton, "sending.ranges.stop"),
        lambda: act(window, "simulation.cancel"),
    )
    for stop in stops:
        person.click(QPushButton, "sending.ranges.start")
        assert not person.find(QPushButton, "sending.ranges.start").isEnabled()
        act(window, "simulation.ranges")  # one set of ranges at a time: it only shows them
        qtbot.waitUntil(lambda: "of 10,000" in person.said(), timeout=WAIT_MS)
        assert bar(QProgressBar, "sending.ranges.progress").value() < 1_000
        stop()
        person.done()
        assert person.said().startswith("Stopped. ")
        assert not window.banner.isVisible()
        assert person.find(QPushButton, "sending.ranges.start").isEnabled()
    person.click(QPushButton, "sending.ranges.start")
    qtbot.waitUntil(lambda: "of 10,000" in person.said(), timeout=WAIT_MS)
    act(window, "trait.new")
    person.settle()  # answered while the old ones end
    assert not person.view.working
    window.show_page("sending")
    person.line("sending.ranges.replicates", "3")
    person.click(QPushButton, "sending.ranges.start")
    person.done()
    assert person.rows() == expected(person.folder, 3)
