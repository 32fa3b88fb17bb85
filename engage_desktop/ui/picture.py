"""A picture of the window with its figures, for where there is no display to show it on."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMessageLogContext, QSettings, QTimer, QtMsgType, qInstallMessageHandler

from engage_desktop.domain.errors import UserError
from engage_desktop.ui.app import open_window

WAIT_MS = 30_000
SETTLE_MS = 250
"""What follows the figures (people, histogram) arrives within this time; the picture waits for it."""


def picture(workspace: Path, target: Path) -> Path:
    """Open the workspace, wait until the figures are current, save the window as PNG. Raises UserError."""
    qInstallMessageHandler(_without_offscreen_noise)
    window = open_window(workspace, settings=QSettings(str(target.with_suffix(".ini")), QSettings.Format.IniFormat))
    loop = QEventLoop()
    bench = window.session.workbench
    done: list[bool] = []

    def look() -> None:
        if (bench.figures_current or bench.run.refused) and not done:
            done.append(True)
            QTimer.singleShot(SETTLE_MS, loop.quit)

    window.session.figures_changed.connect(look)
    window.session.run_changed.connect(look)
    QTimer.singleShot(WAIT_MS, loop.quit)
    loop.exec()
    saved = window.grab().save(str(target), "PNG")
    window.close()
    target.with_suffix(".ini").unlink(missing_ok=True)
    if not saved:
        raise UserError(f"{target}: the picture cannot be written. Free space or check permissions.")
    return target


def _without_offscreen_noise(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    # The offscreen platform says once a window that it keeps no size hints; it matters to nobody.
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)
