"""A window made to be killed: works by its hand, one gesture a line of input, and says what its document is after it.

`python -m tests.ui.killed CAMPAIGNS SETTINGS SEED`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engage_desktop.document import Document, dumps, dumps_layout
from engage_desktop.ui.app import open_window
from tests.ui.canvas.gesturing import Gesturing


def bytes_of(document: Document) -> list[str]:
    return [dumps(document.campaigns), dumps_layout(document.layout)]


def main(campaigns: str, settings: str, seed: str) -> None:
    window = open_window(Path(campaigns), settings=QSettings(settings, QSettings.Format.IniFormat))
    while window.topbar.current.kind != "journey":
        QApplication.processEvents()
    canvas = window.journey_page.canvas
    canvas.motion_ms = 0
    gestures = Gesturing(canvas, int(seed))
    for _ in sys.stdin:
        name = gestures.next()
        print(json.dumps([name, *bytes_of(window.session.document)]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
