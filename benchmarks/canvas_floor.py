"""The least that a graph of cards can cost: Qt's view with plain rounded cards and wires, as many, where they stand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from engage_desktop.ui.canvas import JourneyCanvas

LINE = QPen(QColor("#D9DEE5"), 1)
WIRE = QPen(QColor("#B8C0CC"), 2)
CARD = QColor("#FFFFFF")


class PlainCard(QGraphicsItem):
    """A rounded box, nothing on it."""

    def __init__(self, rect: QRectF) -> None:
        super().__init__()
        self._box = QRectF(0, 0, rect.width(), rect.height())
        self.setPos(rect.topLeft())
        self.setZValue(1)

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(LINE)
        painter.setBrush(CARD)
        painter.drawRoundedRect(self._box, 8, 8)


class PlainWire(QGraphicsItem):
    """A cubic between two points."""

    def __init__(self, start: QPointF, end: QPointF) -> None:
        super().__init__()
        self.lay(start, end)

    def lay(self, start: QPointF, end: QPointF) -> None:
        self.prepareGeometryChange()
        bend = max(24.0, abs(end.y() - start.y()) / 2)
        self.start, self.end = start, end
        self._path = QPainterPath(start)
        self._path.cubicTo(QPointF(start.x(), start.y() + bend), QPointF(end.x(), end.y() - bend), end)
        self._box = self._path.controlPointRect().adjusted(-2, -2, 2, 2)

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(WIRE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)


class PlainView(QGraphicsView):
    """Shows the cards and wires of a canvas as plain items; `zoom_to` and `pan_by` as the canvas has them."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        super().__init__()
        scene = QGraphicsScene(self)
        self.cards = {key: PlainCard(card.rect()) for key, card in canvas.scene.cards.items()}
        self.wires: dict[str, list[tuple[PlainWire, bool]]] = {key: [] for key in self.cards}
        for card in self.cards.values():
            scene.addItem(card)
        for (source, _), wire in canvas.scene.wires.items():
            if wire.layout.curve is not None and wire.target is not None:
                plain = PlainWire(wire.layout.curve.first, wire.layout.curve.last)
                scene.addItem(plain)
                self.wires[source].append((plain, True))
                self.wires[wire.target].append((plain, False))
        self.setScene(scene)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setSceneRect(-200_000, -200_000, 400_000, 400_000)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def drag(self, key: str, by: QPointF) -> None:
        """Move a card and the ends of its wires."""
        self.cards[key].setPos(self.cards[key].pos() + by)
        for wire, is_start in self.wires[key]:
            wire.lay(wire.start + by if is_start else wire.start, wire.end if is_start else wire.end + by)

    def zoom_to(self, scale: float) -> None:
        factor = scale / self.transform().m11()
        self.scale(factor, factor)

    def pan_by(self, dx: int, dy: int) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)
