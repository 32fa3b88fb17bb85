"""What was refused and how to mend it, shown on the canvas where it happened; it goes by itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

SHOWN_MS = 6000
WIDTH = 360


class Notice(QLabel):
    """One sentence near a point of its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas.notice")
        self.setWordWrap(True)
        self.setMargin(8)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_at(self, sentence: str, at: QPoint, within: QRect) -> None:
        """Show a sentence with its corner near `at`, within a part of the parent."""
        self.setText(sentence)
        self.setAccessibleName(sentence)
        area = within.adjusted(8, 8, -8, -8)
        width = max(1, min(WIDTH, area.width()))
        one_line = self.fontMetrics().horizontalAdvance(sentence) + 24
        self.resize(min(width, one_line), 10)
        self.resize(self.width(), self.heightForWidth(self.width()))
        x = max(area.left(), min(at.x(), area.right() - self.width()))
        y = max(area.top(), min(at.y(), area.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.raise_()
        self._timer.start()

    def set_colors(self, ground: str, line: str, text: str) -> None:
        self.setStyleSheet(
            f"#canvas\\.notice {{ background: {ground}; border: 1px solid {line}; color: {text}; border-radius: 6px; }}"
        )
