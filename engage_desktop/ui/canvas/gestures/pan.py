"""Move the view by dragging it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage


class PanGesture(Gesture):
    cursor = Qt.CursorShape.ClosedHandCursor
    pans_at_edges = False

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._last = QPoint()
        self._origin = QPoint()

    def start(self, at: Pointer) -> None:
        self._last = self._origin = at.view

    def move(self, at: Pointer) -> None:
        self.stage.view.pan_by(self._last - at.view)
        self._last = at.view

    def finish(self, at: Pointer) -> None:
        self.move(at)

    def cancel(self) -> None:
        self.stage.view.pan_by(self._last - self._origin)
        self._last = self._origin
