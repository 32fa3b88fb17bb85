"""Horizontal bars with a text before and a figure behind each, over a common whole."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engage_desktop.ui.theme import current_theme

ROW_PX = 28
BAR_PX = 12


class Bar(NamedTuple):
    """`said` is how a screen reader and the tooltip put it."""

    text: str
    value: float
    figure: str
    said: str


class Bars(QWidget):
    """Rows keep their order. A long text is cut in the middle and whole in the tooltip."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._whole = 0.0
        self.bars: tuple[Bar, ...] = ()

    def set_bars(self, whole: float, bars: tuple[Bar, ...]) -> None:
        """A bar of the value `whole` takes all the room."""
        if (whole, bars) != (self._whole, self.bars):
            self._whole, self.bars = whole, bars
            said = [bar.said for bar in bars]
            self.setAccessibleDescription("; ".join(said))
            self.setToolTip("\n".join(said))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(480, ROW_PX * len(self.bars))

    def minimumSizeHint(self) -> QSize:  # Qt's name
        return QSize(280, ROW_PX * len(self.bars))

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        if not self.bars:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(tabular=True))
        metrics = painter.fontMetrics()
        words = min(max(metrics.horizontalAdvance(bar.text) for bar in self.bars) + 16, self.width() // 2)
        right = max(metrics.horizontalAdvance(bar.figure) for bar in self.bars) + 16
        room = QRectF(words, 0, max(self.width() - words - right, 24), BAR_PX)
        for position, bar in enumerate(self.bars):
            top = position * ROW_PX
            painter.setPen(theme.color("text"))
            shown = metrics.elidedText(bar.text, Qt.TextElideMode.ElideMiddle, words - 12)
            painter.drawText(QRectF(0, top, words, ROW_PX), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.drawText(
                QRectF(0, top, self.width(), ROW_PX),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                bar.figure,
            )
            back = room.translated(0, top + (ROW_PX - BAR_PX) / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("surface_2"))
            painter.drawRoundedRect(back, 2, 2)
            if self._whole:
                painter.setBrush(theme.color("accent", 0.75))
                part = QRectF(back.left(), back.top(), back.width() * bar.value / self._whole, BAR_PX)
                painter.drawRoundedRect(part, 2, 2)
        painter.end()
