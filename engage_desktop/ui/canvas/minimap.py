"""The whole journey small, with the part in view; click or drag to go there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engage_desktop.ui.canvas.view import JourneyView

MARGIN = 8.0


class Minimap(QWidget):
    """Draws cards as blocks; the frame is what the view shows."""

    def __init__(self, view: JourneyView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.setObjectName("canvas.minimap")
        self.setAccessibleName("Minimap of the journey")
        self.setToolTip("Click or drag to move the view")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        view.viewport_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(150, 96)

    def _frame(self) -> tuple[float, QPointF]:
        """Scale and offset from the scene to here: everything, and what is in view."""
        scene = self._view.scene_
        box = scene.content_rect()
        seen = self._view.seen()
        # Far away from all cards the map stays on the cards, so that one click leads back.
        if seen.intersects(box.adjusted(-2000, -2000, 2000, 2000)):
            box = box.united(seen)
        if box.isEmpty():
            return 1.0, QPointF()
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        scale = min(area.width() / box.width(), area.height() / box.height())
        middle = area.center() - box.center() * scale
        return scale, middle

    def to_scene(self, point: QPointF) -> QPointF:
        """The scene point shown at a point of this widget."""
        scale, offset = self._frame()
        return (point - offset) / scale

    def paintEvent(self, event: QPaintEvent) -> None:
        scene = self._view.scene_
        style = scene.style_
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.pen("line"))
        painter.setBrush(style.brush("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        scale, offset = self._frame()
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = set(scene.selection)
        for key, card in scene.cards.items():
            rect = card.rect()
            box = QRectF(rect.topLeft() * scale + offset, rect.size() * scale)
            box.setHeight(max(3.0, box.height()))
            troubled = card.content.severity == "error"
            painter.setBrush(style.brush("accent" if key in chosen else "error" if troubled else "line_strong"))
            painter.drawRoundedRect(box, 2, 2)
        seen = self._view.seen()
        frame = QRectF(seen.topLeft() * scale + offset, seen.size() * scale)
        painter.setPen(style.pen("accent", 1.2))
        painter.setBrush(style.color("accent", 0.05))
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(frame.intersected(inside), 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        target = self.to_scene(event.position())
        self._view.pan_by(self._view.mapFromScene(target) - self._view.viewport().rect().center())
