"""Drag a frame or a note and all that is selected with it: a frame takes along what it holds; a border or the corner
resizes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.board import LEAST, BoardEditor, BoxRef
from engage_desktop.ui.canvas.boxes import BoxHit
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.scene import WireKey


class MoveBoxGesture(Gesture):
    """Moves a box on the grid (Shift lets go of it), with the cards and boxes selected beside it. One history entry on
    drop."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, board: BoardEditor, ref: BoxRef) -> None:
        super().__init__(stage)
        self._board, self._ref = board, ref
        self._from = QPointF()
        self._by = QPointF()
        self._chosen: tuple[BoxRef, ...] = ()
        self._keys: list[str] = []
        self._cards: dict[str, QPointF] = {}
        self._boxes: dict[BoxRef, QRectF] = {}
        self._wires: list[WireKey] = []

    def start(self, at: Pointer) -> None:
        scene = self.stage.scene
        self._from = at.scene
        self._chosen = scene.boxes.chosen
        self._keys = [*scene.selection, *scene.behind_folds(scene.selection)]
        cards, notes = self._board.held(self._chosen)
        self._cards = {key: scene.cards[key].pos() for key in (*cards, *self._keys)}
        self._boxes = {ref: scene.boxes.items[ref].rect() for ref in (*self._chosen, *notes)}
        self._wires = scene.wires_at(self._cards)

    def move(self, at: Pointer) -> None:
        by = at.scene - self._from
        if not at.modifiers & Qt.KeyboardModifier.ShiftModifier:
            corner = self._boxes[self._ref].topLeft()
            by = QPointF(geo.snap(corner.x() + by.x()), geo.snap(corner.y() + by.y())) - corner
        self._put(by)
        self.stage.scene.route(self._wires, fast=True)

    def _put(self, by: QPointF) -> None:
        self._by = by
        scene = self.stage.scene
        for key, start in self._cards.items():
            scene.cards[key].setPos(start + by)
        for ref, rect in self._boxes.items():
            scene.boxes.items[ref].set_rect(rect.translated(by))

    def finish(self, at: Pointer) -> None:
        self.move(at)
        by = self._by
        self._put(QPointF())  # what the board holds is asked where it stood
        self.stage.scene.route(self._wires)
        if not by.isNull():
            self._board.move(self._chosen, by.x(), by.y(), keys=self._keys)

    def cancel(self) -> None:
        self._put(QPointF())
        self.stage.scene.route(self._wires)


class ResizeBoxGesture(Gesture):
    """Moves one border of a box, or its lower right corner."""

    def __init__(self, stage: Stage, board: BoardEditor, hit: BoxHit) -> None:
        super().__init__(stage)
        self._board, self._ref, self._part = board, hit.ref, hit.part
        self.cursor = resize_cursor(hit)
        self._rect = QRectF()

    def start(self, at: Pointer) -> None:
        self._rect = self.stage.scene.boxes.items[self._ref].rect()

    def _wish(self, at: Pointer) -> QRectF:
        free = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
        x, y = (at.scene.x(), at.scene.y()) if free else (geo.snap(at.scene.x()), geo.snap(at.scene.y()))
        rect = QRectF(self._rect)
        if self._part == "left":
            rect.setLeft(min(x, rect.right() - LEAST[0]))
        if self._part == "top":
            rect.setTop(min(y, rect.bottom() - LEAST[1]))
        if self._part in ("right", "corner"):
            rect.setRight(max(x, rect.left() + LEAST[0]))
        if self._part in ("bottom", "corner"):
            rect.setBottom(max(y, rect.top() + LEAST[1]))
        return rect

    def move(self, at: Pointer) -> None:
        self.stage.scene.boxes.items[self._ref].set_rect(self._wish(at))

    def finish(self, at: Pointer) -> None:
        rect = self._wish(at)
        if rect != self._rect:
            self._board.resize(self._ref, (rect.x(), rect.y(), rect.width(), rect.height()))

    def cancel(self) -> None:
        self.stage.scene.boxes.items[self._ref].set_rect(self._rect)


def resize_cursor(hit: BoxHit) -> Qt.CursorShape:
    """The pointer over a part of a box."""
    shape = Qt.CursorShape
    across, down = shape.SizeHorCursor, shape.SizeVerCursor
    return {"left": across, "right": across, "top": down, "bottom": down, "corner": shape.SizeFDiagCursor}.get(
        hit.part, shape.SizeAllCursor
    )
