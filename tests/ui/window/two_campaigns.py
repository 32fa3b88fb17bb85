"""A window on two journeys of which one lets in whom the other marked, and a helper to find widgets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from engage_desktop.app.importing import import_logs
from engage_desktop.ui.app import open_window
from engage_desktop.ui.window import MainWindow
from tests.app.test_sending import design, log
from tests.events.logs import write_log

Found = TypeVar("Found", bound=QWidget)


def open_two(folder: Path) -> MainWindow:
    """`thank` lets in those whom `mark` marked: alone nobody, with all many."""
    shop = folder / "shop"
    shop.mkdir()
    (shop / "campaigns.json").write_text(json.dumps(design()), encoding="utf-8")
    import_logs(shop, [write_log(folder / "log.jsonl", log())])
    window = open_window(shop, settings=QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    window.resize(1280, 800)
    window.journey_page.canvas.motion_ms = 0
    return window


def the(window: QWidget, kind: type[Found], name: str) -> Found:
    """The widget of that name, which a person can see."""
    found = window.findChild(kind, name)
    assert found is not None, name
    assert found.isVisible(), name
    return found
