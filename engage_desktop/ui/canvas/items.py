"""The two kinds of graphics items: a card and a wire. One painted item each, no children.

Items hold what to paint and how it stands in the view; they answer no mouse and know no document.
They are Qt's own rectangles with another paint: Qt asks for the box of every item several times a
paint, and so it is not answered in Python.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from engage_desktop.ui.canvas.card_painter import CardState, paint_card
from engage_desktop.ui.canvas.content import CardContent, WireContent
from engage_desktop.ui.canvas.detail import Detail, Level
from engage_desktop.ui.canvas.style import CanvasStyle, CardShape
from engage_desktop.ui.canvas.wire_layout import WireLayout
from engage_desktop.ui.canvas.wire_painter import WireState, paint_wire

STRIPE = 24.0
"""How much of a block shows the colour of its kind."""


class PaintCount:
    """Counts what was painted, so that a test can say what an edit touched."""

    def __init__(self) -> None:
        self.cards = 0
        self.wires = 0

    def reset(self) -> None:
        self.cards = self.wires = 0


class CardItem(QGraphicsRectItem):
    """A step's card (or the entry's)."""

    def __init__(self, content: CardContent, style: CanvasStyle, count: PaintCount, detail: Detail) -> None:
        super().__init__()
        self.content = content
        self.style = style
        self.card: CardShape = style.shape(content)
        self.state = CardState()
        self._count = count
        self._detail = detail
        self._block: tuple[QRectF, QRectF] | None = None
        self.setPen(Qt.PenStyle.NoPen)
        self.setZValue(1)
        self._take_room()

    @property
    def key(self) -> str:
        return self.content.key

    def rect(self) -> QRectF:
        """The card in scene coordinates."""
        return QRectF(self.x(), self.y(), self.card.width, self.card.height)

    def setPos(self, *place: Any) -> None:
        super().setPos(*place)
        self._block = None

    def block(self) -> tuple[QRectF, QRectF]:
        """The card as a block in scene coordinates, and the stripe that shows its kind."""
        if self._block is None:
            x, y, height = self.x(), self.y(), self.card.height
            self._block = QRectF(x, y, self.card.width, height), QRectF(x, y, STRIPE, height)
        return self._block

    def _take_room(self) -> None:
        self.setRect(-5, -5, self.card.width + 10, self.card.height + 10)
        self._block = None

    def set_content(self, content: CardContent) -> bool:
        """Show other content; equal content is dropped. Whether the size changed."""
        old = self.content
        if content == old:
            return False
        self.content = content
        self.update()
        if (content.title, content.line, content.severity) == (old.title, old.line, old.severity):
            return False  # only figures: the texts need not be measured again
        return self._reshape()

    def _reshape(self) -> bool:
        before, self.card = self.card, self.style.shape(self.content)
        self._take_room()
        return (self.card.width, self.card.height) != (before.width, before.height)

    def set_state(self, state: CardState) -> None:
        if state != self.state:
            self.state = state
            self.update()

    def set_style(self, style: CanvasStyle) -> None:
        self.style = style
        self._reshape()
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._count.cards += 1
        if self._detail.level == Level.BLOCK:
            self._detail.far.cards.append(self)
            return
        paint_card(painter, self.content, self.card, self.state, self.style, self._detail)


class WireItem(QGraphicsRectItem):
    """A wire, a loop-back, or the free end of an output. It lies at the scene's origin."""

    def __init__(
        self,
        key: tuple[str, str | None],
        target: str | None,
        content: WireContent,
        layout: WireLayout,
        style: CanvasStyle,
        count: PaintCount,
        detail: Detail,
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
        self._detail = detail
        self.setPen(Qt.PenStyle.NoPen)

    def set_content(self, content: WireContent) -> None:
        if content != self.content:
            self.content = content
            self.update()

    def set_layout(self, layout: WireLayout) -> None:
        """Run elsewhere; where the wire keeps its course, only its text may have moved."""
        if layout != self.layout:
            self.layout = layout
            self.setRect(layout.bounds())
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

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._count.wires += 1
        if self._detail.level == Level.BLOCK:
            self._detail.far.wires.append(self)
            return
        paint_wire(painter, self.content, self.layout, self.state, self.style, self._detail, self.editable)
