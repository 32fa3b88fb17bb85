"""The scrubber: a histogram of the log with the clock's playhead, dragged by mouse or moved by keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engage_desktop.app.protocol import Histogram
from engage_desktop.domain.duration import UNIT_US
from engage_desktop.ui import formats
from engage_desktop.ui.theme import current_theme

LABEL_PX = 20
SIDE_PX = 8


class HistogramScrubber(QWidget):
    """`scrubbed` carries the instant asked for (microseconds, as object); the caller moves the clock."""

    scrubbed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport.scrubber")
        self.setAccessibleName("Clock")
        self.setAccessibleDescription(
            "Left and right move by a day, page keys by a week, Home and End to the ends of the log."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 56)
        self.setMouseTracking(True)
        self._bins: tuple[int, ...] = ()
        self._series = "events"
        self._histogram: Histogram | None = None
        self._first = self._last = self._at = 0
        self._zone = "UTC"

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(480, 64)

    # -- what is shown --------------------------------------------------------------------

    def set_zone(self, zone: str) -> None:
        self._zone = zone
        self.update()

    def set_histogram(self, histogram: Histogram | None) -> None:
        self._histogram = histogram
        if histogram is not None:
            self._first, self._last = histogram.first_us, histogram.last_us
        self._pick()

    def set_series(self, series: str) -> None:
        """Which counts are drawn: `events`, `entries` or `messages`."""
        self._series = series
        self._pick()

    def _pick(self) -> None:
        self._bins = getattr(self._histogram, self._series) if self._histogram is not None else ()
        self.update()

    def set_window(self, first_us: int, last_us: int) -> None:
        self._first, self._last = first_us, last_us
        self.update()

    def set_clock(self, at_us: int) -> None:
        if at_us == self._at:
            return
        before, self._at = self._x(self._at), at_us
        left, right = sorted((before, self._x(at_us)))
        self.update(int(left) - 12, 0, int(right - left) + 24, self.height())
        self.setAccessibleDescription(formats.instant(at_us, self._zone))

    # -- geometry -------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        return QRectF(SIDE_PX, 8, self.width() - 2 * SIDE_PX, self.height() - LABEL_PX - 8)

    def _x(self, at_us: int) -> float:
        plot, span = self._plot(), self._last - self._first
        return plot.left() + (plot.width() * (at_us - self._first) / span if span > 0 else 0.0)

    def instant_at(self, x: float) -> int:
        """The instant under a horizontal position, inside the window."""
        plot = self._plot()
        part = min(max((x - plot.left()) / plot.width(), 0.0), 1.0)
        return self._first + round(part * (self._last - self._first))

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        theme, plot = current_theme(), self._plot()
        painter = QPainter(self)
        playhead = self._x(self._at)
        self._paint_bars(painter, plot, playhead)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text_2"))
        self._paint_labels(painter, plot)
        if self._last > self._first:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawLine(QPointF(playhead, 4), QPointF(playhead, plot.bottom() + 4))
            painter.setBrush(theme.color("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            head = [
                QPointF(playhead - 5, 0),
                QPointF(playhead + 5, 0),
                QPointF(playhead + 5, 5),
                QPointF(playhead, 10),
                QPointF(playhead - 5, 5),
            ]
            painter.drawPolygon(QPolygonF(head))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _paint_bars(self, painter: QPainter, plot: QRectF, playhead: float) -> None:
        if not self._bins:
            return
        theme = current_theme()
        past, future = theme.color("accent", 0.62), theme.color("line_strong", 0.6)
        highest = max(max(self._bins), 1)
        width = plot.width() / len(self._bins)
        bar = max(width - (1.5 if width > 4 else 1.0 if width > 2.5 else 0.0), 1.0)
        for position, value in enumerate(self._bins):
            if not value:
                continue
            height = max(plot.height() * value / highest, 2.0)
            left = plot.left() + position * width
            painter.fillRect(
                QRectF(left, plot.bottom() - height, bar, height), past if left + bar / 2 <= playhead else future
            )

    def _paint_labels(self, painter: QPainter, plot: QRectF) -> None:
        if self._last <= self._first:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Import a log to replay it here")
            return
        metrics, baseline = painter.fontMetrics(), self.height() - 5
        first = formats.day(self._first, self._zone)
        painter.drawText(QPointF(plot.left(), baseline), first)
        free = plot.left() + metrics.horizontalAdvance(first) + 16
        for start, text in formats.month_starts(self._first, self._last, self._zone):
            x, width = self._x(start), metrics.horizontalAdvance(text)
            if x >= free and x + width <= plot.right():
                painter.drawText(QPointF(x, baseline), text)
                free = x + width + 16

    # -- moving ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(self.instant_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt's name
        at_us = self.instant_at(event.position().x())
        if self._last > self._first:
            self.setToolTip(formats.instant(at_us, self._zone))
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(at_us)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        day = UNIT_US["d"]
        moves = {
            Qt.Key.Key_Left: self._at - day,
            Qt.Key.Key_Right: self._at + day,
            Qt.Key.Key_PageUp: self._at - 7 * day,
            Qt.Key.Key_PageDown: self._at + 7 * day,
            Qt.Key.Key_Home: self._first,
            Qt.Key.Key_End: self._last,
        }
        at_us = moves.get(Qt.Key(event.key()))
        if at_us is None:
            super().keyPressEvent(event)
        else:
            self._ask(at_us)

    def _ask(self, at_us: int) -> None:
        if self._last > self._first:
            self.scrubbed.emit(min(max(at_us, self._first), self._last))
