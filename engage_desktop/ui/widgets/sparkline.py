"""A painted line of one size over time, with the clock as a dashed mark and a value under the mouse."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engage_desktop.ui import formats
from engage_desktop.ui.theme import current_theme


class Sparkline(QWidget):
    """Points are (instant, size), ascending; the line holds its value until the next point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("audience.sparkline")
        self.setAccessibleName("Size over time")
        self.setMinimumHeight(112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._points: tuple[tuple[int, int], ...] = ()
        self._at = 0
        self._zone = "UTC"

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(280, 112)

    def set_points(self, points: tuple[tuple[int, int], ...], at_us: int, zone: str) -> None:
        if (points, at_us, zone) != (self._points, self._at, self._zone):
            self._points, self._at, self._zone = points, at_us, zone
            if points:
                low, high = min(size for _, size in points), max(size for _, size in points)
                self.setAccessibleDescription(f"Between {formats.number(low)} and {formats.number(high)} people")
            self.update()

    def _plot(self) -> QRectF:
        return QRectF(2, 8, self.width() - 4, self.height() - 32)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._points) > 1:
            self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme, plot = current_theme(), self._plot()
        first, last = self._points[0][0], self._points[-1][0]
        high = max(max(size for _, size in self._points), 1)

        def place(at_us: int, size: float) -> QPointF:
            return QPointF(
                plot.left() + plot.width() * (at_us - first) / (last - first),
                plot.bottom() - plot.height() * size / high,
            )

        path = QPainterPath(place(*self._points[0]))
        for at_us, size in self._points[1:]:
            path.lineTo(place(at_us, size))
        area = QPainterPath(path)
        area.lineTo(plot.right(), plot.bottom())
        area.lineTo(plot.left(), plot.bottom())
        painter.fillPath(area, theme.color("accent", 0.08))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(
            QPen(theme.color("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(path)
        if first <= self._at <= last:
            x = place(self._at, 0).x()
            painter.setPen(QPen(theme.color("text_3"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 2), QPointF(x, plot.bottom()))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text_2"))
        metrics = painter.fontMetrics()
        left = formats.day(first, self._zone)
        right = formats.day(last, self._zone)
        painter.drawText(QPointF(plot.left(), self.height() - 6), left)
        painter.drawText(QPointF(plot.right() - metrics.horizontalAdvance(right), self.height() - 6), right)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt's name
        if len(self._points) < 2:
            return
        plot = self._plot()
        first, last = self._points[0][0], self._points[-1][0]
        at_us = first + round((last - first) * min(max((event.position().x() - plot.left()) / plot.width(), 0), 1))
        position = max(bisect_right(self._points, (at_us, 1 << 62)) - 1, 0)
        self.setToolTip(
            f"{formats.number(self._points[position][1])} on {formats.instant(self._points[position][0], self._zone)}"
        )
