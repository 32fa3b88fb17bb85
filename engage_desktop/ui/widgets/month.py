"""A painted month: each day with its number of messages, a bar of channels, and a mark where something is planned."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engage_desktop.ui import formats
from engage_desktop.ui.theme import current_theme

HEAD_PX, CELL_PX, BAR_PX = 24, 64, 6
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Day(NamedTuple):
    """Sent messages by colour role of their channel, how many others were due, and how many plans there are."""

    sent: tuple[tuple[str, int], ...] = ()
    others: int = 0
    planned: int = 0

    @property
    def total(self) -> int:
        return sum(count for _, count in self.sent)


class MonthView(QWidget):
    """Arrows move the chosen day, page keys the month, Home and End to its ends. `chosen` carries a date."""

    chosen = Signal(object)

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._days: Mapping[date, Day] = {}
        self._highest = 0
        self._first = self._last = self.day = date(1970, 1, 1)

    # -- what is shown --------------------------------------------------------------------

    def set_days(self, days: Mapping[date, Day], first: date, last: date) -> None:
        """What stands on each day; those outside `first` to `last` were not replayed."""
        self._days, self._first, self._last = days, first, last
        self._highest = max((one.total for one in days.values()), default=0)
        self._say()
        self.update()

    def choose(self, day: date) -> None:
        """Choose a day and show its month."""
        if day != self.day:
            self.day = day
            self.updateGeometry()
            self._say()
            self.update()
            self.chosen.emit(day)

    def said(self, day: date) -> str:
        """A day for a tooltip or a screen reader."""
        one = self._days.get(day, Day())
        parts = [f"{formats.number(one.total)} sent"]
        if one.others:
            parts.append(f"{formats.number(one.others)} not sent")
        if one.planned:
            parts.append(f"{formats.number(one.planned)} planned")
        return f"{WEEKDAYS[day.weekday()]} {formats.date_words(day)}: {', '.join(parts)}"

    def _say(self) -> None:
        self.setAccessibleDescription(self.said(self.day))

    # -- geometry -------------------------------------------------------------------------

    @property
    def _start(self) -> date:
        """The Monday with which the month's first week begins."""
        first = self.day.replace(day=1)
        return first - timedelta(days=first.weekday())

    @property
    def _weeks(self) -> int:
        first = self.day.replace(day=1)
        return -(-(first.weekday() + monthrange(first.year, first.month)[1]) // 7)

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(720, HEAD_PX + CELL_PX * self._weeks + 1)

    def minimumSizeHint(self) -> QSize:  # Qt's name
        return QSize(420, HEAD_PX + CELL_PX * self._weeks + 1)

    def cell(self, day: date) -> QRectF:
        """Where a day of the month is painted."""
        week, weekday = divmod((day - self._start).days, 7)
        width = self.width() / 7
        return QRectF(weekday * width, HEAD_PX + week * CELL_PX, width, CELL_PX)

    def day_at(self, where: QPointF) -> date | None:
        if where.y() < HEAD_PX:
            return None
        week, weekday = int((where.y() - HEAD_PX) // CELL_PX), int(where.x() * 7 // max(self.width(), 1))
        inside = 0 <= weekday < 7 and week < self._weeks
        return self._start + timedelta(days=7 * week + weekday) if inside else None

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text_2"))
        for weekday, name in enumerate(WEEKDAYS):
            width = self.width() / 7
            painter.drawText(QRectF(weekday * width + 8, 0, width - 8, HEAD_PX), Qt.AlignmentFlag.AlignVCenter, name)
        for number in range(7 * self._weeks):
            self._paint_day(painter, self._start + timedelta(days=number))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("focus" if self.hasFocus() else "accent"), 3 if self.hasFocus() else 2))
        painter.drawRoundedRect(self.cell(self.day).adjusted(2, 2, -2, -2), 4, 4)
        painter.end()

    def _paint_day(self, painter: QPainter, day: date) -> None:
        theme, box, one = current_theme(), self.cell(day), self._days.get(day, Day())
        shown = day.month == self.day.month
        if self._first <= day <= self._last and shown:
            strength = 0.04 + 0.22 * one.total / self._highest if one.total and self._highest else 0.0
            painter.fillRect(box, theme.color("accent", strength) if strength else theme.color("surface"))
        else:
            painter.fillRect(box, theme.color("surface_2", 0.6))
        painter.setPen(theme.color("line"))
        painter.drawRect(box.adjusted(0, 0, -0.5, -0.5))
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.color("text_2" if shown else "text_3"))
        inner = box.adjusted(8, 6, -8, -6)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, str(day.day))
        if one.planned:
            painter.drawPixmap(QPointF(inner.right() - 12, inner.top()), theme.pixmap("megaphone", "text_2", 12, 2.0))
        if not one.total and not one.others:
            return
        usable = self.isEnabled()
        painter.setFont(theme.font("title", tabular=True))
        painter.setPen(theme.color("text" if usable else "text_3"))
        if one.total:
            painter.drawText(
                inner.adjusted(0, 0, 0, -4 - BAR_PX),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
                formats.number(one.total),
            )
        if one.others and box.width() > 84:
            painter.setFont(theme.font("small", tabular=True))
            painter.setPen(theme.color("text_2" if usable else "text_3"))
            painter.drawText(
                inner.adjusted(0, 0, 0, -5 - BAR_PX),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
                f"−{formats.number(one.others)}",
            )
        self._paint_bar(painter, inner, one)

    def _paint_bar(self, painter: QPainter, inner: QRectF, day: Day) -> None:
        """The channels side by side, together as long as the day's part of the heaviest day."""
        left = inner.left()
        for role, count in day.sent:
            width = inner.width() * count / max(self._highest, 1)
            colour = current_theme().color(role if self.isEnabled() else "line_strong")
            painter.fillRect(QRectF(left, inner.bottom() - BAR_PX, max(width, 1.0), BAR_PX), QColor(colour))
            left += max(width, 1.0)

    # -- moving ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt's name
        day = self.day_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and day is not None:
            self.choose(day)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self.day_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.said(day) if day is not None else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}
        key = Qt.Key(event.key())
        last = monthrange(self.day.year, self.day.month)[1]
        if key in steps:
            self.choose(self.day + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose(self.day.replace(day=1 if key == Qt.Key.Key_Home else last))
        else:
            super().keyPressEvent(event)

    def turn(self, months: int) -> None:
        """Go to the same day of another month, or its last."""
        year, month = divmod(self.day.year * 12 + self.day.month - 1 + months, 12)
        self.choose(date(year, month + 1, min(self.day.day, monthrange(year, month + 1)[1])))
