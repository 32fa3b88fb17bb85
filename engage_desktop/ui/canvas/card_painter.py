"""Draws one card, whole or from some way off; from far away `far_painter` draws all of them together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.content import CardContent, Figure
from engage_desktop.ui.canvas.detail import Detail, Level
from engage_desktop.ui.canvas.style import CanvasStyle, CardShape


@dataclass(frozen=True, slots=True)
class CardState:
    """How the card stands in the view: never part of the document."""

    selected: bool = False
    current: bool = False
    hovered: bool = False
    target: str = ""
    """While a wire is dragged: `yes`, `no` or empty."""
    focused: bool = False
    """Whether the canvas has the keyboard."""


def paint_card(
    painter: QPainter, content: CardContent, shape: CardShape, state: CardState, style: CanvasStyle, detail: Detail
) -> None:
    """Draw the card with its top left corner at the painter's origin."""
    rect = QRectF(0, 0, shape.width, shape.height)
    _paint_body(painter, rect, state, style, shadow=detail.level == Level.FULL)
    _paint_tile(painter, content, style, detail.scale)
    if detail.level == Level.NAME:
        _paint_far(painter, rect, content, style)
    else:
        _paint_texts(painter, rect, content, shape, style)
    if content.severity:
        _paint_badge(painter, rect, content, style, detail.scale)


def badge_rect(rect: QRectF) -> QRectF:
    """Where the problem badge sits on a card."""
    return QRectF(rect.right() - geo.PAD - 18, rect.top() + 9, 20, 20)


def _border(state: CardState, style: CanvasStyle) -> QPen:
    if state.target == "yes":
        return style.pen("ok", 2)
    if state.target == "no":
        return style.pen("error", 1)
    if state.selected:
        return style.pen("accent", 2)
    return style.pen("line_strong" if state.hovered else "line", 1)


def _paint_body(painter: QPainter, rect: QRectF, state: CardState, style: CanvasStyle, *, shadow: bool) -> None:
    radius = geo.CARD_RADIUS
    painter.setPen(Qt.PenStyle.NoPen)
    if state.current and state.focused:
        painter.setBrush(style.color("accent", 0.22))
        painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), radius + 4, radius + 4)
    elif shadow:
        painter.setBrush(style.color("text", 0.045))
        painter.drawRoundedRect(rect.translated(0, 1.5), radius, radius)
    pen = _border(state, style)
    painter.setPen(pen)
    painter.setBrush(style.brush("surface"))
    inset = 0.5 if pen.widthF() <= 1 else 0.0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def _paint_tile(painter: QPainter, content: CardContent, style: CanvasStyle, scale: float) -> None:
    tile = QRectF(geo.PAD, geo.PAD, geo.TILE, geo.TILE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.brush(f"{content.role}_soft"))
    painter.drawRoundedRect(tile, 6, 6)
    painter.drawPixmap(QPointF(tile.x() + 7, tile.y() + 7), style.icon(content.icon, content.role, 16, scale))


def _paint_texts(painter: QPainter, rect: QRectF, content: CardContent, shape: CardShape, style: CanvasStyle) -> None:
    y = 25.0
    painter.setFont(style.title_font)
    painter.setPen(style.color("text"))
    for text in shape.title:
        painter.drawText(QPointF(geo.TEXT_X, y), text)
        y += 16
    y += 1
    painter.setFont(style.line_font)
    painter.setPen(style.color("text_2"))
    for text in shape.line:
        painter.drawText(QPointF(geo.TEXT_X, y), text)
        y += 16
    band = rect.bottom() - geo.FIGURE_BAND
    painter.setPen(style.pen("line"))
    painter.drawLine(QPointF(geo.PAD, band), QPointF(rect.right() - geo.PAD, band))
    first, second = content.figures
    room = rect.width() - 2 * geo.PAD - 12
    tight = _figure_width(first, style) + _figure_width(second, style) > room
    value = style.color("text" if content.current else "text_3")
    base = rect.bottom() - 12
    rests = style.color("assumed") if first.assumed and content.current else value
    _paint_figure(painter, first, geo.PAD, base, rests, style, tight)
    width = _figure_width(second, style, tight)
    _paint_figure(painter, second, rect.right() - geo.PAD - width, base, value, style, tight)


def _figure_width(figure: Figure, style: CanvasStyle, tight: bool = False) -> float:
    text = figure.short if tight else figure.text
    return style.advance("line", f"{figure.label} ") + style.advance("figure", text)


def _paint_figure(
    painter: QPainter, figure: Figure, x: float, y: float, value: QColor, style: CanvasStyle, tight: bool
) -> None:
    painter.setFont(style.line_font)
    painter.setPen(style.color("text_2"))
    painter.drawText(QPointF(x, y), figure.label)
    painter.setFont(style.figure_font)
    painter.setPen(value)
    x += style.advance("line", f"{figure.label} ")
    painter.drawText(QPointF(x, y), figure.short if tight else figure.text)


def _paint_far(painter: QPainter, rect: QRectF, content: CardContent, style: CanvasStyle) -> None:
    painter.setFont(style.far_title_font)
    painter.setPen(style.color("text"))
    painter.drawText(QPointF(geo.TEXT_X, 35), style.far_title(content.title, rect.width()))
    painter.setFont(style.far_figure_font)
    painter.setPen(style.color("text_2" if content.current else "text_3"))
    painter.drawText(QPointF(geo.TEXT_X, rect.bottom() - 18), content.figures[0].short)


def _paint_badge(painter: QPainter, rect: QRectF, content: CardContent, style: CanvasStyle, scale: float) -> None:
    role = {"error": "error", "warning": "warning"}.get(content.severity, "accent")
    box = badge_rect(rect)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.brush(f"{role}_soft"))
    painter.drawRoundedRect(box, 6, 6)
    icon = "circle-alert" if role == "error" else "triangle-alert" if role == "warning" else "info"
    painter.drawPixmap(QPointF(box.x() + 3, box.y() + 3), style.icon(icon, role, 14, scale))
