"""One workspace built for all tests of the window, copied for each, opened in a real window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from engage_desktop.ui.app import open_window
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.window import MainWindow
from tests.ui.window.world import build, wait_settled


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world") / "shop")


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(built, folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, workspace: Path, settings: QSettings) -> Iterator[MainWindow]:
    """The window on the workspace, active, with the first replay done and the journey in view."""
    made = open_window(workspace, settings=settings)
    made.resize(1280, 800)
    made.journey_page.canvas.motion_ms = 0
    with qtbot.waitActive(made):
        made.activateWindow()
    wait_settled(qtbot, made)
    yield made
    made.close()
    made.deleteLater()
