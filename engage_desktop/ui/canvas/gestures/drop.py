"""A step dragged from the shelf onto the canvas: into a wire, behind a free output, or beside the others."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.document import EditRefused, OutputRef
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.catalogue import CATALOGUE
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.gestures.splicing import wire_under
from engage_desktop.ui.canvas.scene import WireKey

STEP_MIME = "application/x-engage-step-type"


class DropGesture(Gesture):
    """Shows where the step would stand; the wire it would be put into is lit."""

    def __init__(self, stage: Stage, type_: str) -> None:
        super().__init__(stage)
        self._type = type_
        self._step = stage.editor.make(type_)
        self._hand = QPointF()
        self._wire: WireKey | None = None

    def start(self, at: Pointer) -> None:
        self.move(at)

    def move(self, at: Pointer) -> None:
        self._hand = at.scene
        self._wire = wire_under(self.stage.scene, [at.scene], self._step)
        self.stage.scene.set_lit(self._wire)

    def finish(self, at: Pointer) -> None:
        self.move(at)
        scene = self.stage.scene
        scene.set_lit(None)
        corner = self._corner()
        try:
            if self._wire is not None:
                key = self.stage.editor.add(self._type, OutputRef(*self._wire))
            else:
                key = self.stage.editor.add(self._type, None, (corner.x(), corner.y()))
        except EditRefused as refusal:
            self.stage.say(str(refusal))
            return
        scene.select([key])

    def cancel(self) -> None:
        self.stage.scene.set_lit(None)

    def _corner(self) -> QPointF:
        return QPointF(geo.snap(self._hand.x() - geo.CARD_MIN_WIDTH / 2), geo.snap(self._hand.y() - 20))

    def _box(self) -> QRectF:
        corner = self._corner()
        return QRectF(corner.x(), corner.y(), geo.CARD_MIN_WIDTH, geo.CARD_HEIGHT)

    def paint(self, painter: QPainter) -> None:
        style = self.stage.scene.style_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.pen("accent", 1.5))
        painter.setBrush(style.color("surface", 0.45 if self._wire is not None else 0.8))
        painter.drawRoundedRect(self._box(), geo.CARD_RADIUS, geo.CARD_RADIUS)
        painter.setPen(style.color("text"))
        painter.setFont(style.title_font)
        title = next(item.title for item in CATALOGUE if item.type == self._type)
        painter.drawText(self._box(), int(Qt.AlignmentFlag.AlignCenter), title)

    def bounds(self) -> QRectF:
        return self._box().adjusted(-3, -3, 3, 3)
