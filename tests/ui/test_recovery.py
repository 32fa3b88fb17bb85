"""A window that is killed offers at the next start all that was done up to the last gesture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.app.workbench import Workbench
from engage_desktop.ui.app import open_window
from engage_desktop.ui.theme import Theme
from tests.ui import driver
from tests.ui.canvas.driving import CART
from tests.ui.killed import bytes_of

ROOT = Path(__file__).resolve().parents[2]
SEED = 11


def killed_after(folder: Path, gestures: int, seed: int = SEED) -> tuple[Path, list[list[str]]]:
    """Let a window do so many gestures and kill it; the campaign file, and the document after each gesture."""
    folder.mkdir()
    file = folder / "cart.json"
    file.write_text(CART, encoding="utf-8")
    command = [sys.executable, "-m", "tests.ui.killed", str(file), str(folder / "window.ini"), str(seed)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=false"}
    told = (folder / "child.txt").open("w", encoding="utf-8")
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told, text=True
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    states = []
    try:
        for _ in range(gestures):
            child.stdin.write("\n")
            child.stdin.flush()
            line = child.stdout.readline()
            assert line, (folder / "child.txt").read_text(encoding="utf-8")[-2000:]
            states.append(json.loads(line)[1:])
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
        told.close()
    return file, states


def recovered(file: Path) -> list[str]:
    """What the next start has after bringing everything back; its process is not started, files need none."""
    notices: list[object] = []
    bench = Workbench(file, lambda _: None)
    bench.replay = lambda *, seed=None: None  # type: ignore[method-assign]
    bench.on("notice", notices.append)
    number = bench.recoverable()
    assert bench.recover() == number
    assert notices == []
    return bytes_of(bench.document)


def test_what_was_done_before_the_kill_is_offered_and_brought_back(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    file, states = killed_after(tmp_path / "killed", 12)
    window = open_window(file, settings=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    yes = window.findChild(QPushButton, "banner.yes")
    qtbot.waitUntil(lambda: yes is not None and yes.isVisible(), timeout=20_000)
    assert window.banner.sentence.startswith("The last session ended with ")
    driver.click(yes)
    assert bytes_of(window.session.document) == states[-1]
    assert window.session.document.is_dirty
    window.close()
    assert recovered(file) == states[-1]  # nor is it gone when the next window is closed without saving


@pytest.mark.parametrize("gestures", [1, 6])
def test_a_kill_after_a_gesture_loses_none(tmp_path: Path, gestures: int) -> None:
    file, states = killed_after(tmp_path / "killed", gestures)
    assert recovered(file) == states[-1]


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_a_kill_after_each_of_thirty_gestures_loses_none(tmp_path: Path) -> None:
    seen: set[Sequence[str]] = set()
    for gestures in range(1, 31):
        file, states = killed_after(tmp_path / str(gestures), gestures, seed=7)
        assert recovered(file) == states[-1], gestures
        seen.add(tuple(states[-1]))
    print(f"\n30 kills, {len(seen)} different documents brought back")
    assert len(seen) > 15
