"""The whole journey small, with the part in view; click or drag to go there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from engage_desktop.ui.canvas.boxes import ROLE
from engage_desktop.ui.canvas.view import JourneyView

MARGIN = 8.0
MANY = 150
"""From this many cards on, blocks have square corners."""


class Minimap(QWidget):
    """Draws cards as blocks; the frame is what the view shows."""

    def __init__(self, view: JourneyView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._picture: tuple[tuple[object, ...], QPixmap] | None = None
        self._around: tuple[int, QRectF] | None = None
        self.setObjectName("canvas.minimap")
        self.setAccessibleName("Minimap of the journey")
        self.setToolTip("Click or drag to move the view")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        view.viewport_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(150, 96)

    def _frame(self) -> tuple[float, QPointF]:
        """Scale and offset from the scene to here: everything, and what is in view."""
        box = self._content()
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

    def _content(self) -> QRectF:
        """The box around all cards, worked out again only when one may have moved."""
        scene = self._view.scene_
        if self._around is None or self._around[0] != scene.places_revision:
            self._around = (scene.places_revision, scene.content_rect())
        return self._around[1]

    def to_scene(self, point: QPointF) -> QPointF:
        """The scene point shown at a point of this widget."""
        scale, offset = self._frame()
        return (point - offset) / scale

    def paintEvent(self, event: QPaintEvent) -> None:
        style = self._view.scene_.style_
        scale, offset = self._frame()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._blocks(scale, offset))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = self._view.seen()
        frame = QRectF(seen.topLeft() * scale + offset, seen.size() * scale)
        painter.setPen(style.pen("accent", 1.2))
        painter.setBrush(style.color("accent", 0.05))
        painter.drawRoundedRect(frame.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2)), 2, 2)

    def _blocks(self, scale: float, offset: QPointF) -> QPixmap:
        """The ground and all cards, drawn anew only when something moved, and not while a hand still moves it."""
        scene = self._view.scene_
        ratio = self.devicePixelRatioF()
        stamp = (scene.places_revision, scene.style_, scale, offset.x(), offset.y(), self.size(), ratio)
        if self._picture is not None:
            known, same = self._picture[0], self._picture[0][-2:] == stamp[-2:]
            if known == stamp or (same and self._view.gesture is not None):
                return self._picture[1]
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(scene.style_.pen("line"))
        painter.setBrush(scene.style_.brush("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        for item in scene.boxes.shown():
            rect = item.rect()
            painter.setBrush(scene.style_.brush(f"{ROLE[item.box.color]}_soft"))
            painter.drawRect(QRectF(rect.topLeft() * scale + offset, rect.size() * scale))
        for role, boxes in self._by_role(scale, offset).items():
            painter.setBrush(scene.style_.brush(role))
            if len(boxes) > MANY:
                painter.drawRects(boxes)
                continue
            for box in boxes:
                painter.drawRoundedRect(box, 2, 2)
        painter.end()
        self._picture = (stamp, picture)
        return picture

    def _by_role(self, scale: float, offset: QPointF) -> dict[str, list[QRectF]]:
        scene = self._view.scene_
        chosen = set(scene.selection)
        groups: dict[str, list[QRectF]] = {"line_strong": [], "error": [], "accent": []}
        for key, card in scene.seen_cards().items():
            role = "accent" if key in chosen else "error" if card.content.severity == "error" else "line_strong"
            x, y = card.x() * scale + offset.x(), card.y() * scale + offset.y()
            groups[role].append(QRectF(x, y, card.card.width * scale, max(3.0, card.card.height * scale)))
        return groups

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        target = self.to_scene(event.position())
        self._view.pan_by(self._view.mapFromScene(target) - self._view.viewport().rect().center())
