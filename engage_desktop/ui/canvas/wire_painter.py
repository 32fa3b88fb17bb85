"""Draws one wire: its line by volume, its label with the count, its plus."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.content import WireContent
from engage_desktop.ui.canvas.detail import Detail, Level
from engage_desktop.ui.canvas.style import CanvasStyle
from engage_desktop.ui.canvas.wire_layout import WireLayout

LABEL_PAD = 6.0
LABEL_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class WireState:
    """How the wire stands in the view."""

    selected: bool = False
    hovered: bool = False
    lit: bool = False
    """A step may be dropped on it right now."""


def label_size(content: WireContent, style: CanvasStyle) -> QSizeF:
    """The box of a wire's text; empty where it has none."""
    text = 0.0
    if content.label:
        text += style.advance("line", content.label)
    if content.count:
        text += style.advance("figure", content.count)
    if content.label and content.count:
        text += style.advance("line", " ")
    return QSizeF(text + 2 * LABEL_PAD, LABEL_HEIGHT) if text else QSizeF()


def line_width(content: WireContent) -> float:
    """1.5 to 6 by the share of those who entered; 2 where no figure is known."""
    return 2.0 if content.share is None else 1.5 + 4.5 * content.share


def paint_wire(
    painter: QPainter,
    content: WireContent,
    layout: WireLayout,
    state: WireState,
    style: CanvasStyle,
    detail: Detail,
    editable: bool,
) -> None:
    """Draw the wire in scene coordinates."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if layout.curve is not None:
        painter.setPen(_pen(content, state, style))
        painter.drawPath(layout.path())
    elif layout.corners:
        pen = style.dashes
        painter.setPen(style.pen("accent", 2) if state.selected or state.hovered else pen)
        painter.drawPath(layout.path())
    if detail.level == Level.FULL:
        _paint_label(painter, content, layout, state, style)
        _paint_plus(painter, content, layout, state, style, editable)


def _pen(content: WireContent, state: WireState, style: CanvasStyle) -> QPen:
    width = line_width(content)
    if state.lit:
        return style.pen("ok", max(4.0, width))
    if state.selected or state.hovered:
        return style.pen("accent", max(2.0, width))
    role = "holdout" if content.holdout else "line_strong"
    return style.pen(role, width)


def _paint_label(
    painter: QPainter, content: WireContent, layout: WireLayout, state: WireState, style: CanvasStyle
) -> None:
    box = layout.label
    if box.isEmpty():
        return
    if content.label:
        painter.fillRect(box.adjusted(0, 1, 0, -1), style.color("canvas"))
    x, base = box.left() + LABEL_PAD, box.center().y() + 4.5
    painter.setFont(style.line_font)
    if content.label:
        painter.setPen(style.color("holdout" if content.holdout else "text_2"))
        painter.drawText(QPointF(x, base), content.label)
        x += style.advance("line", f"{content.label} ")
    if content.count:
        painter.setFont(style.figure_font if content.label else style.line_font)
        role = "text" if content.label else "text_2"
        painter.setPen(style.color(role if content.current else "text_3"))
        painter.drawText(QPointF(x, base), content.count)


def _paint_plus(
    painter: QPainter, content: WireContent, layout: WireLayout, state: WireState, style: CanvasStyle, editable: bool
) -> None:
    ends = layout.kind in ("stub", "free")
    if not editable:
        if layout.kind == "stub":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.brush("holdout" if content.holdout else "line_strong"))
            painter.drawEllipse(layout.plus, 4, 4)
        return
    if ends or (state.hovered and layout.kind == "curve"):
        role = "holdout" if content.holdout and not state.hovered else "accent"
        paint_plus(painter, layout.plus, style, role, strong=state.hovered)


def paint_plus(painter: QPainter, at: QPointF, style: CanvasStyle, role: str = "accent", strong: bool = False) -> None:
    """An add button: a ring with a plus."""
    radius = geo.PLUS_RADIUS
    if strong:
        painter.setPen(style.pen(role, 1.4))
        painter.setBrush(style.brush("accent_soft"))
    else:
        painter.setPen(style.pen(role, 1.2))
        painter.setBrush(style.brush("surface"))
    painter.drawEllipse(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))
    painter.setPen(style.pen(role, 1.6))
    painter.drawLine(QPointF(at.x() - 4, at.y()), QPointF(at.x() + 4, at.y()))
    painter.drawLine(QPointF(at.x(), at.y() - 4), QPointF(at.x(), at.y() + 4))
