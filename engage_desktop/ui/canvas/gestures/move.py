"""Drag cards; a step that stands free can be dropped into a wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.document import ENTRY, EditRefused, OutputRef
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.hit import wires_near
from engage_desktop.ui.canvas.scene import WireKey

GUIDE_REACH = 5.0
SPLICE_REACH = 26.0


class MoveGesture(Gesture):
    """Moves the selected cards by one offset, so their distances survive. Snaps to the grid and to the
    middle of other cards; Shift lets go of both. One history entry on drop."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, grabbed: str) -> None:
        super().__init__(stage)
        self._grabbed = grabbed
        self._from = QPointF()
        self._starts: dict[str, QPointF] = {}
        self._guide: float | None = None
        self._splice: WireKey | None = None
        self._touched: list[WireKey] = []

    def start(self, at: Pointer) -> None:
        scene = self.stage.scene
        self._from = at.scene
        self._starts = {key: scene.cards[key].pos() for key in scene.selection}
        self._touched = scene.wires_at(self._starts)

    def move(self, at: Pointer) -> None:
        free = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
        offset = self._offset(at.scene - self._from, free)
        scene = self.stage.scene
        for key, start in self._starts.items():
            scene.cards[key].setPos(start + offset)
        scene.route(self._touched, fast=True)
        self._splice = self._wire_under(at.scene)
        scene.set_lit(self._splice)

    def _offset(self, drag: QPointF, free: bool) -> QPointF:
        self._guide = None
        if free:
            return drag
        start = self._starts[self._grabbed]
        wish = QPointF(geo.snap(start.x() + drag.x()), geo.snap(start.y() + drag.y()))
        width = self.stage.scene.cards[self._grabbed].card.width
        middle = start.x() + drag.x() + width / 2
        for key, card in self.stage.scene.cards.items():
            other = card.rect().center().x()
            if key not in self._starts and abs(other - middle) <= GUIDE_REACH:
                self._guide = other
                wish.setX(other - width / 2)
                break
        return wish - start

    def _wire_under(self, point: QPointF) -> WireKey | None:
        """The wire that the dragged step may be spliced into: one free step over a wire of others."""
        if list(self._starts) == [ENTRY] or len(self._starts) != 1 or self._is_wired(self._grabbed):
            return None
        scene = self.stage.scene
        middle = scene.cards[self._grabbed].rect().center()
        for where in (middle, point):
            for key in wires_near(scene, where, SPLICE_REACH):
                wire = scene.wires[key]
                far = wire.layout.distance(where) > SPLICE_REACH
                if wire.layout.kind == "curve" and key[0] != self._grabbed and not far:
                    return key
        return None

    def _is_wired(self, key: str) -> bool:
        wires = self.stage.scene.wires
        return any(wire.target == key or (at[0] == key and wire.target is not None) for at, wire in wires.items())

    def finish(self, at: Pointer) -> None:
        self.move(at)
        scene, editor = self.stage.scene, self.stage.editor
        scene.set_lit(None)
        places = {key: (scene.cards[key].x(), scene.cards[key].y()) for key in self._starts}
        if self._splice is not None:
            try:
                editor.splice(self._grabbed, OutputRef(*self._splice), places[self._grabbed])
                return
            except EditRefused as refusal:
                self.stage.say(str(refusal))
        scene.route(self._touched)
        if any(QPointF(*places[key]) != start for key, start in self._starts.items()):
            editor.move(places)

    def cancel(self) -> None:
        scene = self.stage.scene
        scene.set_lit(None)
        for key, start in self._starts.items():
            scene.cards[key].setPos(start)
        scene.route(self._touched)

    def paint(self, painter: QPainter) -> None:
        if self._guide is None:
            return
        box = self.stage.scene.content_rect()
        painter.setPen(self.stage.scene.style_.pen("accent", 1, cosmetic=True))
        painter.drawLine(QPointF(self._guide, box.top() - 40), QPointF(self._guide, box.bottom() + 40))

    def bounds(self) -> QRectF:
        if self._guide is None:
            return QRectF()
        box = self.stage.scene.content_rect()
        return QRectF(self._guide - 2, box.top() - 42, 4, box.height() + 84)
