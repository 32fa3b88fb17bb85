"""High contrast and reduced motion are chosen by the palette, work at once, and are there at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engage_desktop.ui.theme import ThemeMode
from engage_desktop.ui.theme.wishes import MOTION, wished_stillness
from engage_desktop.ui.window import MainWindow
from tests.ui.keyboard import Keyboard

ROOT = Path(__file__).resolve().parents[3]
TWICE = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from engage_desktop.ui.app import open_window
window = open_window(Path(sys.argv[1]), settings=QSettings(sys.argv[2], QSettings.Format.IniFormat))
window.resize(1280, 800)
while window.topbar.current.kind != "journey":
    QApplication.processEvents()
window.grab()
cut = [
    one.objectName()
    for kind in (QPushButton, QToolButton)
    for one in window.findChildren(kind)
    if one.isVisible() and one.text() and one.width() < one.fontMetrics().horizontalAdvance(one.text())
]
print("TWICE", window.devicePixelRatioF(), window.journey_page.canvas.scene.detail.level.name, *cut)
window.close()
"""


def run(keys: Keyboard, title: str) -> None:
    keys.press("Ctrl+K")
    keys.type(title)
    keys.press("Return")


def test_stillness_is_chosen_by_name(window: MainWindow) -> None:
    keys, canvas = Keyboard(window), window.journey_page.canvas
    settings = window._settings
    canvas.motion_ms = 200
    for still in (True, False):
        run(keys, "Reduce motion, or allow it")
        assert (window.is_still, canvas.motion_ms == 0, wished_stillness(settings)) == (still, still, still)
    settings.remove(MOTION)
    canvas.motion_ms = 0


@pytest.mark.prove  # polishing all of the window anew, twice, takes seconds
def test_high_contrast_is_chosen_by_name(window: MainWindow) -> None:
    keys, canvas = Keyboard(window), window.journey_page.canvas
    run(keys, "High contrast on or off")
    assert window.theme.mode is ThemeMode.CONTRAST
    picture = canvas.view.viewport().grab().toImage()
    assert picture.pixelColor(1, picture.height() // 2).name().upper() == window.theme.hex("canvas")
    run(keys, "High contrast on or off")
    assert window.theme.mode is ThemeMode.LIGHT


@pytest.mark.prove
def test_at_twice_the_size_nothing_is_cut(workspace: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", TWICE, str(workspace / "campaigns.json"), str(tmp_path / "window.ini")],
        env=environment, capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("TWICE"))
    assert line.split() == ["TWICE", "2.0", "FULL"]
