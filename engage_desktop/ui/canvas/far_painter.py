"""Draws the graph from far away: items hand themselves in, then all are drawn in a few calls.

A call for each of a thousand cards would cost more than what it draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from engage_desktop.ui.canvas.style import CanvasStyle

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.items import CardItem, WireItem


class FarPainter:
    """What is to be drawn in the paint that is going on."""

    def __init__(self) -> None:
        self.cards: list[CardItem] = []
        self.wires: list[WireItem] = []

    def paint(self, painter: QPainter, style: CanvasStyle) -> None:
        """Draw in scene coordinates what was handed in, wires below cards, and begin anew."""
        self._paint_wires(painter, style)
        self._paint_cards(painter, style)
        self.cards, self.wires = [], []

    def _paint_wires(self, painter: QPainter, style: CanvasStyle) -> None:
        paths: dict[tuple[str, float], QPainterPath] = {}
        for wire in self.wires:
            state = wire.state
            look = ("holdout" if wire.content.holdout else "line_strong", 1.0)
            if state.lit or state.selected or state.hovered:
                look = ("ok" if state.lit else "accent", 2.0)
            path = paths.get(look)
            if path is None:
                path = paths[look] = QPainterPath()
            path.addPath(wire.layout.path())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (role, width), path in sorted(paths.items(), key=lambda one: one[0][1]):
            painter.setPen(style.pen(role, width, cosmetic=True))
            painter.drawPath(path)

    def _paint_cards(self, painter: QPainter, style: CanvasStyle) -> None:
        boxes: dict[tuple[str, str], list[QRectF]] = {}
        stripes: dict[str, list[QRectF]] = {}
        for card in self.cards:
            box, stripe = card.block()
            fill = "error" if card.content.severity == "error" else "surface"
            edge = "accent" if card.state.selected or card.state.target else "line_strong"
            boxes.setdefault((fill, edge), []).append(box)
            stripes.setdefault(card.content.role, []).append(stripe)
        for (fill, edge), found in boxes.items():
            painter.setBrush(style.brush(fill))
            painter.setPen(style.pen(edge, 2.0 if edge == "accent" else 1.0, cosmetic=True))
            painter.drawRects(found)
        painter.setPen(Qt.PenStyle.NoPen)
        for role, found in stripes.items():
            painter.setBrush(style.brush(role))
            painter.drawRects(found)
