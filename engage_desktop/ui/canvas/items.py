"""The two kinds of graphics items: a card and a wire. One painted item each, no children.

Items hold what to paint and how it stands in the view; they answer no mouse and know no document.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engage_desktop.ui.canvas.card_painter import CardState, paint_card
from engage_desktop.ui.canvas.content import CardContent, WireContent
from engage_desktop.ui.canvas.style import CanvasStyle, CardShape
from engage_desktop.ui.canvas.wire_layout import WireLayout
from engage_desktop.ui.canvas.wire_painter import WireState, paint_wire


class PaintCount:
    """Counts what was painted, so that a test can say what an edit touched."""

    def __init__(self) -> None:
        self.cards = 0
        self.wires = 0

    def reset(self) -> None:
        self.cards = self.wires = 0


def _scale(painter: QPainter) -> float:
    # The device ratio counts too: detail follows the pixels a card really gets.
    return painter.worldTransform().m11() * painter.device().devicePixelRatio()


class CardItem(QGraphicsItem):
    """A step's card (or the entry's)."""

    def __init__(self, content: CardContent, style: CanvasStyle, count: PaintCount) -> None:
        super().__init__()
        self.content = content
        self.style = style
        self.card: CardShape = style.shape(content)
        self.state = CardState()
        self._count = count
        self.setZValue(1)

    @property
    def key(self) -> str:
        return self.content.key

    def rect(self) -> QRectF:
        """The card in scene coordinates."""
        return QRectF(self.x(), self.y(), self.card.width, self.card.height)

    def set_content(self, content: CardContent) -> bool:
        """Show other content; equal content is dropped. Whether the size changed."""
        if content == self.content:
            return False
        shape = self.style.shape(content)
        resized = (shape.width, shape.height) != (self.card.width, self.card.height)
        if resized:
            self.prepareGeometryChange()
        self.content, self.card = content, shape
        self.update()
        return resized

    def set_state(self, state: CardState) -> None:
        if state != self.state:
            self.state = state
            self.update()

    def set_style(self, style: CanvasStyle) -> None:
        self.prepareGeometryChange()
        self.style = style
        self.card = style.shape(self.content)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-5, -5, self.card.width + 10, self.card.height + 10)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._count.cards += 1
        paint_card(painter, self.content, self.card, self.state, self.style, _scale(painter))


class WireItem(QGraphicsItem):
    """A wire, a loop-back, or the free end of an output. It lies at the scene's origin."""

    def __init__(
        self,
        key: tuple[str, str | None],
        target: str | None,
        content: WireContent,
        layout: WireLayout,
        style: CanvasStyle,
        count: PaintCount,
    ) -> None:
        super().__init__()
        self.key = key
        self.target = target
        self.content = content
        self.layout = layout
        self.style = style
        self.state = WireState()
        self.editable = True
        self._count = count
        self._bounds = layout.bounds()

    def set_content(self, content: WireContent) -> None:
        if content != self.content:
            self.content = content
            self.update()

    def set_layout(self, layout: WireLayout) -> None:
        self.prepareGeometryChange()
        self.layout = layout
        self._bounds = layout.bounds()
        self.update()

    def set_state(self, state: WireState) -> None:
        if state != self.state:
            self.state = state
            self.update()

    def point_at(self, fraction: float) -> QPointF:
        """The point a fraction of the way along the wire, in scene coordinates."""
        if self.layout.curve is not None:
            return self.layout.curve.at(fraction)
        if self.layout.corners:
            place = fraction * (len(self.layout.corners) - 1)
            first = min(int(place), len(self.layout.corners) - 2)
            a, b = self.layout.corners[first], self.layout.corners[first + 1]
            return a + (b - a) * (place - first)
        return self.layout.plus

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._count.wires += 1
        paint_wire(painter, self.content, self.layout, self.state, self.style, _scale(painter), self.editable)
