"""A histogram of numbers: one bar a range or a value, what lies under the mouse in words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engage_desktop.app.protocol_traits import NumberBar
from engage_desktop.ui import formats
from engage_desktop.ui.theme import current_theme

HEIGHT_PX, LABELS_PX, TOP_PX = 168, 20, 16
FIGURES_FROM_PX = 30
"""Bars that are at least as wide carry their count."""


class NumberBars(QWidget):
    """A last bar that is wider than the others holds all that lies far out."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.bars: tuple[NumberBar, ...] = ()

    def set_bars(self, bars: tuple[NumberBar, ...]) -> None:
        if bars != self.bars:
            self.bars = bars
            self.setAccessibleDescription("; ".join(self.said(at) for at, bar in enumerate(bars) if bar.count))
            self.update()

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(480, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:  # Qt's name
        return QSize(240, HEIGHT_PX)

    @property
    def tailed(self) -> bool:
        """Whether the last bar stands for a longer range than the others."""
        if len(self.bars) < 2:
            return False
        last, other = self.bars[-1], self.bars[0]
        return last.high - last.low > 1.5 * (other.high - other.low)

    def said(self, at: int) -> str:
        """A bar in words: `12 to 14: 306`."""
        bar = self.bars[at]
        low, high, count = formats.value(bar.low), formats.value(bar.high), formats.number(bar.count)
        if bar.low == bar.high:
            return f"{low}: {count}"
        if at == len(self.bars) - 1:
            return f"{low} to {high}: {count}"
        return f"{low} to under {high}: {count}"

    def _plot(self) -> QRectF:
        return QRectF(0, TOP_PX, self.width(), self.height() - LABELS_PX - TOP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        if not self.bars:
            return
        theme, plot = current_theme(), self._plot()
        painter = QPainter(self)
        painter.setFont(theme.font("small", tabular=True))
        metrics = painter.fontMetrics()
        highest = max(max(bar.count for bar in self.bars), 1)
        width = plot.width() / len(self.bars)
        gap = 2.0 if width > 6 else 1.0 if width > 3 else 0.0
        tail = len(self.bars) - 1 if self.tailed else -1
        for at, bar in enumerate(self.bars):
            if bar.count:
                height = max(plot.height() * bar.count / highest, 2.0)
                box = QRectF(plot.left() + at * width + gap / 2, plot.bottom() - height, width - gap, height)
                painter.fillRect(box, theme.color("line_strong") if at == tail else theme.color("accent", 0.75))
                if width >= FIGURES_FROM_PX:
                    painter.setPen(theme.color("text_2"))
                    over = QRectF(box.left() - 8, box.top() - TOP_PX, box.width() + 16, TOP_PX - 2)
                    painter.drawText(over, Qt.AlignmentFlag.AlignCenter, formats.number(bar.count))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(theme.color("text_2"))
        free, baseline = -16.0, self.height() - 5
        for at, bar in enumerate(self.bars):
            single = bar.low == bar.high
            text = f"≥ {formats.value(bar.low)}" if at == tail else formats.value(bar.low)
            room = metrics.horizontalAdvance(text)
            x = plot.left() + at * width + ((width - room) / 2 if single or at == tail else 0)
            x = min(max(x, 0.0), self.width() - room)
            last = at == len(self.bars) - 1
            if x >= free + 16 or (last and x >= free + 8):
                painter.drawText(QPointF(x, baseline), text)
                free = x + room
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt's name
        at = int(event.position().x() * len(self.bars) / max(self.width(), 1))
        self.setToolTip(self.said(at) if 0 <= at < len(self.bars) else "")
