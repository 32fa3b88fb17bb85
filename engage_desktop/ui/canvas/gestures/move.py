"""Drag cards; a step can be dropped into a wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.document import EditRefused, OutputRef
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.gestures.guides import Guides
from engage_desktop.ui.canvas.gestures.splicing import WIRED_REACH, wire_under
from engage_desktop.ui.canvas.scene import WireKey


class MoveGesture(Gesture):
    """Moves the selected cards by one offset, so their distances survive; what folds hide comes along. Snaps to the
    grid and to sides and middles of other cards; Shift lets go of both. Over a wire one step is put into it; a step
    that is wired already only where its middle meets the wire, and not with Alt. One history entry on drop."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, stage: Stage, grabbed: str) -> None:
        super().__init__(stage)
        self._grabbed = grabbed
        self._from = QPointF()
        self._starts: dict[str, QPointF] = {}
        self._guides = Guides(())
        self._lines: list[tuple[QPointF, QPointF]] = []
        self._splice: WireKey | None = None
        self._touched: list[WireKey] = []
        self._wired = False

    def start(self, at: Pointer) -> None:
        scene = self.stage.scene
        self._from = at.scene
        moved = [*scene.selection, *scene.behind_folds(scene.selection)]
        self._starts = {key: scene.cards[key].pos() for key in moved}
        self._touched = scene.wires_at(self._starts)
        self._wired = any(scene.wires[key].target is not None for key in self._touched)
        seen = self.stage.view.seen()
        others = (card.rect() for key, card in scene.seen_cards().items() if key not in self._starts)
        self._guides = Guides(rect for rect in others if rect.intersects(seen))

    def move(self, at: Pointer) -> None:
        free = bool(at.modifiers & Qt.KeyboardModifier.ShiftModifier)
        offset = QPointF(self._offset(at.scene - self._from, free).toPoint())  # places are whole pixels
        scene = self.stage.scene
        for key, start in self._starts.items():
            scene.cards[key].setPos(start + offset)
        scene.route(self._touched, fast=True)
        self._lines = [] if free else self._guides.shown(scene.cards[self._grabbed].rect())
        self._see_splice(self._wire_under(at))

    def _offset(self, drag: QPointF, free: bool) -> QPointF:
        if free:
            return drag
        start = self._starts[self._grabbed]
        wish = QPointF(geo.snap(start.x() + drag.x()), geo.snap(start.y() + drag.y()))
        card = self.stage.scene.cards[self._grabbed].card
        across, down = self._guides.draw_to(QRectF(start + drag, QSizeF(card.width, card.height)))
        if across is not None:
            wish.setX(start.x() + drag.x() + across)
        if down is not None:
            wish.setY(start.y() + drag.y() + down)
        return wish - start

    def _wire_under(self, at: Pointer) -> WireKey | None:
        """The wire that the dragged step would be put into."""
        scene = self.stage.scene
        step = scene.journey.by_key.get(self._grabbed) if scene.journey is not None else None
        if step is None or len(self._starts) != 1 or at.modifiers & Qt.KeyboardModifier.AltModifier:
            return None
        middle = scene.cards[self._grabbed].rect().center()
        if not self._wired:
            return wire_under(scene, [middle, at.scene], step, but=self._touched)
        leading = [key for key in self._touched if key[0] == self._grabbed and scene.wires[key].target is not None]
        if len(leading) > 1:
            return None  # only one of its paths could go on behind it
        return wire_under(scene, [middle], step, reach=WIRED_REACH, but=self._touched)

    def _see_splice(self, wire: WireKey | None) -> None:
        if wire is not None and wire != self._splice and self._wired:
            self.stage.say("Drop to move the step into this wire. Alt only places it here.")
        self._splice = wire
        self.stage.scene.set_lit(wire)

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self.stage.scene.style_.pen("accent", 1, cosmetic=True))
        for start, end in self._lines:
            painter.drawLine(start, end)

    def parts(self) -> list[QRectF]:
        return [QRectF(start, end).normalized().adjusted(-2, -2, 2, 2) for start, end in self._lines]

    def bounds(self) -> QRectF:
        box = QRectF()
        for part in self.parts():
            box = box.united(part)
        return box
