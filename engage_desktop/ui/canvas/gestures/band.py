"""Select cards, notes and frames with a rubber band."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.ui.canvas.board import BoxRef, counted
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage

T = TypeVar("T")


class BandGesture(Gesture):
    """Every card and note the band touches is selected, and every frame wholly within it; with Shift they join those
    selected before, with Ctrl they change between selected and not."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._from = QPointF()
        self._to = QPointF()
        self._before: tuple[list[str], list[BoxRef]] = [], []
        self._kept: tuple[list[str], list[BoxRef]] = [], []
        self._toggles = False

    def start(self, at: Pointer) -> None:
        self._from = self._to = at.scene
        scene = self.stage.scene
        self._before = list(scene.selection), list(scene.boxes.chosen)
        self._kept = self._before if at.adds else ([], [])
        self._toggles = bool(at.modifiers & Qt.KeyboardModifier.ControlModifier)

    def move(self, at: Pointer) -> None:
        self._to = at.scene
        scene, band = self.stage.scene, self._rect()
        cards = [key for key, card in scene.seen_cards().items() if card.rect().intersects(band)]
        boxes = [item.ref for item in scene.boxes.shown() if item.in_band(band)]
        keys, refs = self._kept
        scene.select(self._with(keys, cards), boxes=self._with(refs, boxes))

    def _with(self, kept: list[T], inside: list[T]) -> list[T]:
        if not self._toggles:
            return [*kept, *inside]
        return [*(one for one in kept if one not in inside), *(one for one in inside if one not in kept)]

    def finish(self, at: Pointer) -> None:
        self.move(at)
        scene = self.stage.scene
        chosen = bool(scene.selection or scene.boxes.chosen)
        self.stage.say(f"{counted(scene.selection, scene.boxes.chosen)} selected" if chosen else "Nothing selected")

    def cancel(self) -> None:
        keys, boxes = self._before
        self.stage.scene.select(keys, boxes=boxes)

    def _rect(self) -> QRectF:
        return QRectF(self._from, self._to).normalized()

    def paint(self, painter: QPainter) -> None:
        style = self.stage.scene.style_
        painter.setPen(style.pen("accent", 1, cosmetic=True))
        painter.setBrush(style.color("accent", 0.08))
        painter.drawRect(self._rect())

    def bounds(self) -> QRectF:
        return self._rect().adjusted(-2, -2, 2, 2)
