"""Where people are lost: one bar a condition, over all people."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engage_desktop.app.protocol import WaterfallRow
from engage_desktop.ui import formats
from engage_desktop.ui.theme import current_theme

ROW_PX = 28


class Waterfall(QWidget):
    """Rows keep their order; the first one stands for all people. A long phrase is cut in the middle
    and whole in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("audience.waterfall")
        self.setAccessibleName("Where people are lost")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._people = 0
        self._rows: tuple[WaterfallRow, ...] = ()

    def set_rows(self, people: int, rows: tuple[WaterfallRow, ...]) -> None:
        if (people, rows) != (self._people, self._rows):
            self._people, self._rows = people, rows
            said = [f"{row.phrase}: keeps {row.kept}, loses {row.lost}" for row in rows]
            self.setAccessibleDescription("; ".join(said))
            self.setToolTip("\n".join(said))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # Qt's name
        return QSize(480, ROW_PX * len(self._rows))

    def minimumSizeHint(self) -> QSize:  # Qt's name
        return QSize(280, ROW_PX * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        entries = [(row.phrase, row.kept, row.lost) for row in self._rows]
        if not entries:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(tabular=True))
        metrics = painter.fontMetrics()
        words = min(max(metrics.horizontalAdvance(text) for text, _, _ in entries) + 16, self.width() // 2)
        figures = [formats.number(kept) + (f"  −{formats.number(lost)}" if lost else "") for _, kept, lost in entries]
        right = max(metrics.horizontalAdvance(text) for text in figures) + 16
        bar = QRectF(words, 0, max(self.width() - words - right, 24), 12)
        for position, ((text, kept, _), figure) in enumerate(zip(entries, figures, strict=True)):
            top = position * ROW_PX
            painter.setPen(theme.color("text"))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, words - 12)
            painter.drawText(QRectF(0, top, words, ROW_PX), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.drawText(
                QRectF(0, top, self.width(), ROW_PX),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                figure,
            )
            back = bar.translated(0, top + (ROW_PX - 12) / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("surface_2"))
            painter.drawRoundedRect(back, 2, 2)
            if self._people:
                painter.setBrush(theme.color("accent", 0.75))
                part = QRectF(back.left(), back.top(), back.width() * kept / self._people, 12)
                painter.drawRoundedRect(part, 2, 2)
        painter.end()
