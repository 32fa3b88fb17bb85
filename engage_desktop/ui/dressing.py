"""The look of a window, given to its parts one by one: what is in view at once, the rest when it comes into view or
while nothing else is to be done.

A sheet of the application is no way to do that: Qt then polishes a widget once for every widget above it, all pages
with it, which takes seconds. A part is polished by itself, and one that was never shown costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QChildEvent, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from engage_desktop.ui.style import window_sheet
from engage_desktop.ui.theme import Theme

PAUSE_MS = 20
"""Between two parts that nobody sees yet."""
Wear = Callable[[Theme], None]


class Dressing(QObject):
    """Dresses what was handed to `add`, and whatever is made later with the window as its parent: dialogs."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._wears: dict[QWidget, Wear | None] = {}
        self._waiting: list[QWidget] = []
        self._theme: Theme | None = None
        self._sheet = ""
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._next)
        window.installEventFilter(self)

    def add(self, part: QWidget, wear: Wear | None = None) -> None:
        """Dress a part from now on; `wear` takes on what no sheet says, such as icons."""
        self._wears[part] = wear
        part.installEventFilter(self)
        if self._theme is not None:
            self._dress(part)

    def dress(self, theme: Theme) -> None:
        """Give the window another look. Before it is shown all of it, for that costs little."""
        self._theme, self._sheet = theme, theme.sheet() + window_sheet(theme)
        self._waiting = [part for part in self._wears if self._window.isVisible() and not part.isVisible()]
        for part in self._wears:
            if part not in self._waiting:
                self._dress(part)
        if self._waiting:
            self._timer.start()

    @property
    def done(self) -> bool:
        """Whether every part has the look, seen or not."""
        return not self._waiting

    def _next(self) -> None:
        if self._waiting:
            self._dress(self._waiting.pop(0))
        if not self._waiting:
            self._timer.stop()

    def _dress(self, part: QWidget) -> None:
        assert self._theme is not None
        part.setStyleSheet(self._sheet)
        wear = self._wears.get(part)
        if wear is not None:
            wear(self._theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched in self._waiting:
            self._waiting.remove(watched)
            self._dress(watched)
        elif watched is self._window and event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            made = event.child()
            if isinstance(made, QWidget) and made.isWindow() and made not in self._wears and self._theme is not None:
                made.setStyleSheet(self._sheet)
        return False
