"""Select cards with a rubber band."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage


class BandGesture(Gesture):
    """Every card the band touches is selected; with Shift they join those selected before, with Ctrl they change
    between selected and not."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._from = QPointF()
        self._to = QPointF()
        self._before: list[str] = []
        self._kept: list[str] = []
        self._toggles = False

    def start(self, at: Pointer) -> None:
        self._from = self._to = at.scene
        self._before = list(self.stage.scene.selection)
        self._kept = self._before if at.adds else []
        self._toggles = bool(at.modifiers & Qt.KeyboardModifier.ControlModifier)

    def move(self, at: Pointer) -> None:
        self._to = at.scene
        scene, band = self.stage.scene, self._rect()
        inside = [key for key, card in scene.seen_cards().items() if card.rect().intersects(band)]
        if self._toggles:
            kept = [key for key in self._kept if key not in inside]
            scene.select([*kept, *(key for key in inside if key not in self._kept)])
        else:
            scene.select([*self._kept, *inside])

    def finish(self, at: Pointer) -> None:
        self.move(at)
        count = len(self.stage.scene.selection)
        self.stage.say(f"{count} step{'' if count == 1 else 's'} selected" if count else "Nothing selected")

    def cancel(self) -> None:
        self.stage.scene.select(self._before)

    def _rect(self) -> QRectF:
        return QRectF(self._from, self._to).normalized()

    def paint(self, painter: QPainter) -> None:
        style = self.stage.scene.style_
        painter.setPen(style.pen("accent", 1, cosmetic=True))
        painter.setBrush(style.color("accent", 0.08))
        painter.drawRect(self._rect())

    def bounds(self) -> QRectF:
        return self._rect().adjusted(-2, -2, 2, 2)
