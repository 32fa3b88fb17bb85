"""The Data page: how each file was read, what was noted, and what a person says when a file cannot be read alone
(formats.md 1, D-35, D-47, SB-8)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.ui.app import open_window
from engage_desktop.ui.pages.data import DataPage
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act
from tests.ui.window.world import wait_settled

_W = TypeVar("_W", bound=QWidget)
SHOP = "event;wann;user_id;preis\nKauf;03.02.2024 10:00;ü;12,5\nKauf;04.02.2024 10:00;ü;1.234,50\n"


@pytest.fixture(scope="module")
def window(qapp: QApplication, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A window of this file's own: what is imported stays in its workspace."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(built, folder / "shop")
    made = open_window(folder / "shop", settings=QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    made.resize(1280, 800)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def data(qtbot: QtBot, theme: Theme, window: MainWindow) -> DataPage:
    with qtbot.waitActive(window):
        window.activateWindow()
    wait_settled(qtbot, window)
    act(window, "go.data")
    wait_settled(qtbot, window)
    return window.pages.data


def part(page: QWidget, kind: type[_W], name: str) -> _W:
    found = page.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def rows(page: DataPage, table: str) -> list[list[str]]:
    model = getattr(page, table).model()
    return [[model.index(at, column).data() for column in range(model.columnCount())] for at in range(model.rowCount())]


def imported(qtbot: QtBot, page: DataPage, path: Path) -> None:
    with qtbot.waitSignal(page.busy, check_params_cb=lambda busy: not busy, timeout=20_000):
        page.import_files([str(path)])


def test_how_each_file_was_read_is_shown(qtbot: QtBot, data: DataPage) -> None:
    assert data.files.isVisible()
    name, how, records, refused = rows(data, "files")[0]
    assert (name, how, refused) == ("log.jsonl", "JSON Lines", "0")
    assert int(records) > 100


def test_a_file_that_asks_is_read_again_with_what_is_said(qtbot: QtBot, data: DataPage, tmp_path: Path) -> None:
    """Nothing tells day from month; the page opens the options and reads the same file again."""
    before = len(rows(data, "files"))
    path = tmp_path / "shop.csv"
    path.write_text(SHOP, encoding="utf-8")
    assert not data.options.isVisible()
    driver.click(part(data.window(), QPushButton, "data.options.show"))
    assert data.options.isVisible()
    driver.write(part(data, QLineEdit, "data.options.map"), "wann")
    data.import_files([str(path)])
    assert "'wann' renames nothing" in part(data, QLabel, "data.options.fault").text()
    assert not data.importing
    driver.write(part(data, QLineEdit, "data.options.map"), " = timestamp")
    driver.write(part(data, QLineEdit, "data.options.zone"), "Europe/Berlin")
    imported(qtbot, data, path)
    again = part(data, QPushButton, "data.options.again")
    assert again.isVisible(), "refused: day and month cannot be told apart"
    assert len(rows(data, "files")) == before
    driver.write(part(data, QComboBox, "data.options.dates"), "Day")
    with qtbot.waitSignal(data.busy, check_params_cb=lambda busy: not busy, timeout=20_000):
        driver.click(again)
    qtbot.waitUntil(lambda: len(rows(data, "files")) > before, timeout=10_000)
    assert rows(data, "files")[-1][1:] == [
        "CSV, semicolons, decimal comma, day-first dates, UTF-8, times without a zone in Europe/Berlin",
        "2",
        "0",
    ]
    assert not data.options.isVisible()
    assert data.options.options() == {}, "the next file is found out again"


def test_notices_are_shown_where_nothing_was_refused(qtbot: QtBot, data: DataPage, tmp_path: Path) -> None:
    """SB-8: a cell set aside is told though its row was kept."""
    path = tmp_path / "people.csv"
    path.write_text("user_id,email\nu001,nobody\n", encoding="utf-8")
    imported(qtbot, data, path)
    qtbot.waitUntil(lambda: data.rejects.isVisible(), timeout=10_000)
    assert "'nobody' is not an e-mail address" in rows(data, "rejects")[0][0]
    assert "1 notice" in part(data, QLabel, "data.rejects.note").text()
