"""Audiences from a list through the window: made from a file, shown, edited, taken back; every figure against a direct
count of the log (D-11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.people import ListFile
from engage_desktop.domain.workspace import Workspace
from engage_desktop.ui.fresh import audience_from_list
from engage_desktop.ui.pages.list_card import ListCard
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import choose, type_over, undo
from tests.ui.window.world import TEAMS, events, wait_settled

PEOPLE = sorted({str(one["userId"]) for one in events()})
LISTED = [*PEOPLE[:12], "nobody"]
ROWS = [("note", "person"), *((f"n{at}", who) for at, who in enumerate(LISTED)), ("n0", LISTED[0]), ("", "")]
WAIT_MS = 30_000


@pytest.fixture
def chosen(tmp_path: Path, window: MainWindow) -> Iterator[Path]:
    """A list outside of the workspace: the second column names people; copies of it are taken away again."""
    path = tmp_path / "good_customers.csv"
    path.write_text("".join(f"{','.join(one)}\n" for one in ROWS), encoding="utf-8")
    yield path
    for copy in (workspace(window) / "lists").glob("*"):
        copy.unlink()


def workspace(window: MainWindow) -> Path:
    assert window.session.workbench.workspace is not None
    return window.session.workbench.workspace


def named(window: MainWindow, key: str = "good_customers") -> ListFile:
    audience = window.session.campaigns.audience(key)
    assert audience is not None
    assert audience.list_ is not None
    return audience.list_


def card(window: MainWindow) -> ListCard:
    return window.audience_page.list_card


def read(window: MainWindow) -> bool:
    """The card shows the file as the design names it, and everything else is settled."""
    return card(window).info is not None and window.session.idle


def make(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.take_list(str(path))
    qtbot.waitUntil(lambda: window.topbar.current.key == "good_customers", timeout=WAIT_MS)
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: read(window) and window.watch.current, timeout=WAIT_MS)


def test_a_file_becomes_an_audience_by_the_column_that_the_log_knows(
    qtbot: QtBot, window: MainWindow, chosen: Path
) -> None:
    before = dumps(window.session.campaigns)
    make(qtbot, window, chosen)
    copy = workspace(window) / "lists" / chosen.name
    assert copy.read_bytes() == chosen.read_bytes()
    sha256 = hashlib.sha256(chosen.read_bytes()).hexdigest()
    assert named(window) == ListFile(file="lists/good_customers.csv", column="person", sha256=sha256)
    assert window.audience_page.name.text() == "Good customers"
    assert window.audience_panel.headcount.text() == "12"
    assert card(window).counts.text() == "13 identifiers, of which the log knows 12 (92.3 %)."
    assert card(window).state.text().startswith("Unchanged since ")
    assert card(window).state.text().endswith(sha256[:12])
    assert card(window).state.toolTip() == f"SHA-256 {sha256}"
    shown = [card(window).columns.itemText(at) for at in range(card(window).columns.count())]
    assert (shown, card(window).columns.currentText()) == (["note", "person"], "person")
    assert card(window).isVisible()
    assert not window.audience_page.editor.isVisible()
    assert not any(part.isVisible() for part in (card(window).take, card(window).fault, card(window).changed))
    assert window.audience_page.findChild(QLabel, "audience.sentence").text().startswith("An audience: people are in")
    assert window.session.document.undo_name == "Add an audience from a list"
    undo(window)
    assert dumps(window.session.campaigns) == before
    wait_settled(qtbot, window)
    assert not window.banner.isVisible()  # nobody asks about an audience that is gone
    window.open_campaign("audience", "buyers")
    assert window.audience_page.editor.isVisible()
    assert not card(window).isVisible()


def test_the_file_dialog_is_asked_from_the_page_and_the_palette(qtbot: QtBot, window: MainWindow, chosen: Path) -> None:
    window.show_palette()
    type_over(window.palette_.field, "new audience from")
    assert window.palette_.list.item(0).text() == "New audience from a list…"
    window.palette_.hide()
    window.show_page("audiences")
    opener = window.pages.audiences.findChild(QPushButton, "audiences.from_list")
    opener.setFocus()
    driver.key(opener, Qt.Key.Key_Space)
    dialog = window.findChild(QFileDialog, "list.dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(chosen))
    dialog.close()
    qtbot.waitUntil(lambda: window.topbar.current.key == "good_customers", timeout=WAIT_MS)
    wait_settled(qtbot, window)


def test_another_column_is_one_edit_that_can_be_taken_back(qtbot: QtBot, window: MainWindow, chosen: Path) -> None:
    make(qtbot, window, chosen)
    combo: QComboBox = card(window).columns
    assert combo.accessibleName()
    combo.setFocus()
    driver.key(combo, Qt.Key.Key_Up)
    assert named(window).column == "note"
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: window.watch.current, timeout=WAIT_MS)
    assert window.audience_panel.headcount.text() == "0"
    assert card(window).counts.text() == (
        "13 identifiers, of which the log knows 0 (0.0 %). It knows 12 of the column “person”."
    )
    assert window.session.document.undo_name == "Name the people of “Good customers” by note"
    undo(window)
    wait_settled(qtbot, window)
    assert combo.currentText() == "person"
    assert window.audience_panel.headcount.text() == "12"


def test_a_replaced_file_is_seen_refused_and_taken(qtbot: QtBot, window: MainWindow, chosen: Path) -> None:
    make(qtbot, window, chosen)
    copy = workspace(window) / "lists" / chosen.name
    copy.write_text("person\n" + "".join(f"{who}\n" for who in PEOPLE[:3]), encoding="utf-8")
    window.session.workbench.replay()
    qtbot.waitUntil(lambda: window.session.workbench.run.refused and card(window).take.isVisible(), timeout=WAIT_MS)
    assert card(window).changed.text().startswith("The file has changed since it was chosen")
    assert card(window).counts.text() == "3 identifiers, of which the log knows 3 (100.0 %)."
    (problem,) = window.session.problems("audiences.good_customers")
    assert problem.code == "list_changed"
    take = card(window).take
    take.setFocus()
    driver.key(take, Qt.Key.Key_Space)
    assert named(window).sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert window.session.document.undo_name == "Take the new file of “Good customers”"
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: window.watch.current, timeout=WAIT_MS)
    assert window.audience_panel.headcount.text() == "3"
    assert not take.isVisible()
    undo(window)  # the design means the old file again, which is gone
    qtbot.waitUntil(lambda: window.session.workbench.run.refused and take.isVisible(), timeout=WAIT_MS)


def test_a_file_put_back_is_replayed_by_itself(qtbot: QtBot, window: MainWindow, chosen: Path) -> None:
    make(qtbot, window, chosen)
    copy = workspace(window) / "lists" / chosen.name
    copy.unlink()
    window.session.workbench.replay()
    qtbot.waitUntil(lambda: window.session.workbench.run.refused and card(window).fault.isVisible(), timeout=WAIT_MS)
    assert "There is no file 'lists/good_customers.csv'" in card(window).fault.text()
    copy.write_bytes(chosen.read_bytes())
    card(window).ask()  # as when the window is come back to
    wait_settled(qtbot, window)
    assert not card(window).fault.isVisible()
    qtbot.waitUntil(lambda: window.watch.current, timeout=WAIT_MS)
    assert window.audience_panel.headcount.text() == "12"


def test_another_file_keeps_the_column_and_a_missing_one_is_said(
    qtbot: QtBot, window: MainWindow, chosen: Path, tmp_path: Path
) -> None:
    make(qtbot, window, chosen)
    other = tmp_path / "few.csv"
    other.write_text("person,code\nu000,u001\n,u002\n,u003\n", encoding="utf-8")
    card(window).take_file(str(other))
    qtbot.waitUntil(lambda: named(window).file == "lists/few.csv", timeout=WAIT_MS)
    assert named(window).column == "person"
    wait_settled(qtbot, window)
    (workspace(window) / "lists" / "few.csv").write_text("code\nu001\n", encoding="utf-8")
    card(window).ask()
    qtbot.waitUntil(lambda: card(window).fault.isVisible(), timeout=WAIT_MS)
    assert card(window).fault.text() == "lists/few.csv has no column “person”. Choose one of its columns."


def test_no_audience_is_called_like_a_trait_of_the_log() -> None:
    """D-9: such a design would be refused, and a person would not know why."""
    design = Campaigns(format="engage-campaigns/1", workspace=Workspace(name="W"))
    file = ListFile(file="lists/News letter.csv", sha256="0" * 64)
    assert [audience_from_list(design, file, traits)[0] for traits in ((), ("news_letter",))] == [
        "news_letter",
        "news_letter_2",
    ]


def test_what_is_no_list_is_told_and_makes_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    before = dumps(window.session.campaigns)
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG")
    window.take_list(str(picture))
    said = "cat.png is neither a CSV nor a TXT file"
    qtbot.waitUntil(lambda: window.banner.sentence.startswith(said), timeout=WAIT_MS)
    assert window.banner.isVisible()
    assert dumps(window.session.campaigns) == before
    assert not (workspace(window) / "lists" / "cat.png").exists()


def test_accounts_can_be_listed_and_a_text_file_has_no_columns(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = workspace(window) / "teams.txt"
    path.write_text("team0\nteam1\nu000\n", encoding="utf-8")
    window.take_list(str(path))
    qtbot.waitUntil(lambda: window.topbar.current.key == "teams", timeout=WAIT_MS)
    assert named(window, "teams") == ListFile(
        file="teams.txt", sha256=hashlib.sha256(path.read_bytes()).hexdigest()
    )  # where it lies: in the workspace already
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: read(window), timeout=WAIT_MS)
    assert card(window).counts.text() == "3 identifiers, of which the log knows 1 (33.3 %)."
    assert not card(window).columns.isVisible()
    level = window.audience_page.level
    choose(level, level.findData("account"))
    wait_settled(qtbot, window)
    qtbot.waitUntil(lambda: read(window) and window.watch.current, timeout=WAIT_MS)
    assert card(window).counts.text() == "3 identifiers, of which the log knows 2 (66.7 %)."
    assert window.audience_panel.headcount.text() == "2"
    assert TEAMS > 2
    path.unlink()


def test_a_journey_is_entered_by_a_list(qtbot: QtBot, window: MainWindow, chosen: Path) -> None:
    """D-11, D-17: with `include_existing`, everybody listed that the log ever shows enters once."""
    make(qtbot, window, chosen)
    journey = window.session.campaigns.journey("rescue")
    assert journey is not None
    entry = {"type": "audience", "audience": "good_customers", "include_existing": True}
    from engage_desktop.document.change import Change, put
    from engage_desktop.domain.journey import Journey

    body = json.loads(journey.model_dump_json(by_alias=True, exclude_unset=True)) | {"entry": entry}
    made = Journey.model_validate_json(json.dumps(body), by_alias=True, by_name=False)
    window.session.document.apply(Change("Enter by the list", (put(window.session.campaigns, "journey", made),)))
    window.open_campaign("journey", "rescue")
    wait_settled(qtbot, window)
    figures = window.session.workbench.figures
    assert figures is not None
    assert (figures.entered, figures.people) == (12, 12)
