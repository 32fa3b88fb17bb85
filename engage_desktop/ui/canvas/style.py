"""Fonts, pens and brushes of the canvas, made once a theme, and how text is measured into a card."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QPixmap

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.content import CardContent
from engage_desktop.ui.theme import Theme

FontName = Literal["title", "line", "figure"]
REMEMBERED = 20_000
"""So many texts are kept with what was measured of them."""
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class CardShape:
    """How a card's texts break into lines and how large the card must be for them."""

    width: float
    height: float
    title: tuple[str, ...]
    line: tuple[str, ...]
    elided: bool


class CanvasStyle:
    """Everything a painter needs from the theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        weight = QFont.Weight
        small = theme.tokens.base_px - 1
        self.title_font = theme.font("base", weight.DemiBold)
        self.line_font = theme.font("base")
        self.line_font.setPixelSize(small)
        self.figure_font = theme.font("base", weight.Bold, tabular=True)
        self.figure_font.setPixelSize(small)
        self.far_title_font = theme.font("base", weight.DemiBold)
        self.far_title_font.setPixelSize(21)
        self.far_figure_font = theme.font("base", weight.Bold, tabular=True)
        self.far_figure_font.setPixelSize(21)
        self.title_metrics = QFontMetricsF(self.title_font)
        self.line_metrics = QFontMetricsF(self.line_font)
        self.figure_metrics = QFontMetricsF(self.figure_font)
        self.far_title_metrics = QFontMetricsF(self.far_title_font)
        self._colors: dict[tuple[str, float], QColor] = {}
        self._pens: dict[tuple[str, float, bool], QPen] = {}
        self._brushes: dict[str, QBrush] = {}
        self._metrics = {"title": self.title_metrics, "line": self.line_metrics, "figure": self.figure_metrics}
        self._advances: dict[tuple[str, str], float] = {}
        self._far_titles: dict[tuple[str, float], str] = {}

    def advance(self, font: FontName, text: str) -> float:
        """How wide a text is. Steps of one kind say much the same, and counts come again: remembered."""
        key = (font, text)
        known = self._advances.get(key)
        if known is None:
            known = self._metrics[font].horizontalAdvance(text)
            _remember(self._advances, key, known)
        return known

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        key = (role, alpha)
        if key not in self._colors:
            self._colors[key] = self.theme.color(role, alpha)
        return self._colors[key]

    def pen(self, role: str, width: float = 1.0, *, cosmetic: bool = False) -> QPen:
        key = (role, width, cosmetic)
        if key not in self._pens:
            pen = QPen(self.color(role), width)
            pen.setCosmetic(cosmetic)
            self._pens[key] = pen
        return self._pens[key]

    def brush(self, role: str) -> QBrush:
        if role not in self._brushes:
            self._brushes[role] = QBrush(self.color(role))
        return self._brushes[role]

    def icon(self, name: str, role: str, size: int, scale: float) -> QPixmap:
        """An icon sharp at the painter's `scale` (device pixels a scene unit), in quarter steps."""
        return self.theme.pixmap(name, role, size, max(1.0, round(scale * 4) / 4), stroke=1.75)

    @cached_property
    def dashes(self) -> QPen:
        pen = QPen(self.color("line_strong"), 1.6)
        pen.setDashPattern([3.0, 2.5])
        return pen

    def shape(self, content: CardContent) -> CardShape:
        """Grow the card to its texts, then wrap (name two lines, words three), then cut with an ellipsis."""
        badge = 22.0 if content.severity else 0.0
        wide, broad = self.advance("title", content.title), self.advance("line", content.line)
        need = max(wide + badge, broad) + geo.TEXT_X + geo.PAD + 1
        steps = max(0, -int(-(need - geo.CARD_MIN_WIDTH) // geo.CARD_WIDTH_STEP))
        width = min(geo.CARD_MAX_WIDTH, geo.CARD_MIN_WIDTH + steps * geo.CARD_WIDTH_STEP)
        room = width - geo.TEXT_X - geo.PAD
        title: tuple[str, ...] = (content.title,)
        line: tuple[str, ...] = (content.line,)
        cut = False
        if wide > room - badge:
            title, cut = wrap(content.title, self.title_metrics, room - badge)
        if broad > room:
            line, cut_line = wrap(content.line, self.line_metrics, room, lines=3)
            cut = cut or cut_line
        extra = (len(title) - 1) + (len(line) - 1)
        return CardShape(width, geo.CARD_HEIGHT + 16 * extra, title, line, cut)

    def far_title(self, text: str, width: float) -> str:
        """What of a name fits on a card of that width in the large type of a card far away."""
        key = (text, width)
        known = self._far_titles.get(key)
        if known is None:
            room = width - geo.TEXT_X - geo.PAD
            known = self.far_title_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            _remember(self._far_titles, key, known)
        return known


def _remember(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(kept) > REMEMBERED:
        kept.clear()
    kept[key] = value


def wrap(text: str, metrics: QFontMetricsF, room: float, lines: int = 2) -> tuple[tuple[str, ...], bool]:
    """Break `text` at spaces into at most `lines` lines of `room` pixels; whether something was cut."""
    if metrics.horizontalAdvance(text) <= room:
        return (text,), False
    made: list[str] = []
    rest = text
    while len(made) < lines - 1 and metrics.horizontalAdvance(rest) > room:
        head = _longest_head(rest, metrics, room)
        if not head:
            break
        made.append(head)
        rest = rest[len(head) :].lstrip()
    shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room)
    return (*made, shown), shown != rest


def _longest_head(text: str, metrics: QFontMetricsF, room: float) -> str:
    head = ""
    for word in text.split(" "):
        longer = f"{head} {word}" if head else word
        if metrics.horizontalAdvance(longer) > room:
            break
        head = longer
    return head
