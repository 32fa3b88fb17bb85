"""One workspace built for all tests of the window, and one window a file, brought back to its
first state before each test: starting its process is what costs the time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.ui.app import open_window
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.ui.window.two_campaigns import open_two
from tests.ui.window.world import build, wait_settled


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world") / "shop")


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    folder = tmp_path / "shop"
    shutil.copytree(built, folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture(scope="module")
def shared(
    qapp: QApplication, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[MainWindow, str]]:
    """A window on a copy of the workspace, with the bytes of its first design."""
    folder = tmp_path_factory.mktemp("window")
    shutil.copytree(built, folder / "shop")
    made = open_window(folder / "shop", settings=QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    made.resize(1280, 800)
    made.journey_page.canvas.motion_ms = 0
    yield made, dumps(made.session.campaigns)
    made.close()
    made.deleteLater()


@pytest.fixture(scope="module")
def two(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A window on two campaigns, of which one lets in whom the other marked."""
    made = open_two(tmp_path_factory.mktemp("two"))
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, shared: tuple[MainWindow, str]) -> MainWindow:
    """The window active, its design as at first, current, the journey in view with nothing selected."""
    made, first = shared
    with qtbot.waitActive(made):
        made.activateWindow()
    made.player.pause()
    made.palette_.hide()
    made.banner.clear()
    made.problems.hide()
    while made.session.document.can_undo:
        made.undo()
    assert dumps(made.session.campaigns) == first
    wait_settled(qtbot, made)
    made.open_campaign("journey", "rescue")
    made.canvas("select.none")
    made.to_end()
    wait_settled(qtbot, made)
    assert not made.banner.isVisible(), made.banner.sentence  # to put things back is no news
    return made
