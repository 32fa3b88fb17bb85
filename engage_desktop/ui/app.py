"""Starting the window: application, look, workspace, first paint, and only then the process behind it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from engage_desktop.app.sample import data_folder, sample_workspace
from engage_desktop.domain.errors import UserError
from engage_desktop.ui.session import Session
from engage_desktop.ui.spoken import speak_roles
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.theme.wishes import wished_mode
from engage_desktop.ui.window import MainWindow

WINDOW_SIZE = (1280, 800)


def application() -> QApplication:
    """The one QApplication; without a display and without a wish of the caller, an offscreen one."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Engage Desktop")
    app.setApplicationDisplayName("Engage Desktop")
    app.setDesktopFileName("engage-desktop")
    return app


def user_settings(path: Path | None = None) -> QSettings:
    """Where window places are remembered: a plain file, so that tests and portable use can choose it."""
    return QSettings(str(path or data_folder() / "window.ini"), QSettings.Format.IniFormat)


def open_window(
    path: Path, *, settings: QSettings | None = None, logs: list[Path] | None = None, seed: int = 0
) -> MainWindow:
    """A window on a workspace folder or a campaign file, shown; its process starts after the first paint."""
    app = application()
    speak_roles()
    settings = settings if settings is not None else user_settings()
    theme = Theme.of(wished_mode(settings))
    theme.prepare(app)
    window = MainWindow(Session(path, seed=seed), settings, theme)
    window.open_asked.connect(lambda: _choose(window, settings))
    window.show()

    def start() -> None:
        window.session.start()
        _offer_recovery(window)
        if logs:
            window.pages.data.import_files([str(log) for log in logs])
        journeys = window.session.campaigns.journeys
        if journeys:
            window.open_campaign("journey", journeys[0].key)

    QTimer.singleShot(0, window, start)
    return window


_windows: set[MainWindow] = set()


def _choose(window: MainWindow, settings: QSettings) -> None:
    """Ask for a workspace folder and open it in place of this one."""
    dialog = QFileDialog(window, "Open workspace")
    dialog.setObjectName("open.dialog")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.finished.connect(dialog.deleteLater)

    def chosen(paths: list[str]) -> None:
        try:
            other = open_window(Path(paths[0]), settings=settings)
        except UserError as error:
            window.session.notify("error", str(error))
            return
        _windows.add(other)
        window.close()
        _windows.discard(window)

    dialog.filesSelected.connect(chosen)
    dialog.open()


def _offer_recovery(window: MainWindow) -> None:
    """What a crash left behind is offered, not forced."""
    bench = window.session.workbench
    number = bench.recoverable()
    if not number:
        return
    changes, it = ("change", "it") if number == 1 else ("changes", "them")

    def recover() -> None:
        done = bench.recover()
        window.session.notify("info", f"{done} of {number} {changes} brought back; save to keep {it}.")

    sentence = f"The last session ended with {number} unsaved {changes}. Bring {it} back?"
    window.banner.offer(sentence, "Bring back", recover, "Forget", bench.discard_recovery)


def run(path: Path | None = None) -> int:
    """Show the window until it is closed; without a path, on the sample. Raises UserError when the
    workspace cannot be opened."""
    app = application()
    logs: list[Path] = []
    if path is None:
        path, logs = sample_workspace()
    elif not path.exists():
        raise UserError(
            f"{path}: no such workspace or campaign file. Check the path, or import a log into a new workspace with: engage import LOG --workspace {path}"
        )
    _windows.add(open_window(path, logs=logs))
    return app.exec()
