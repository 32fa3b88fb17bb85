"""A layout that puts widgets side by side and goes on in the next line where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

GAP_PX = 8


class Flow(QLayout):
    """Hidden widgets take no room; each has the size it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # Qt's name
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """That of the largest widget: all may stand one under the other."""
        found = QSize()
        for item in self._items:
            if not item.isEmpty():
                found = found.expandedTo(item.sizeHint())
        return found

    def _place(self, rect: QRect, *, move: bool) -> int:
        """The height it takes."""
        x, y, tall = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, tall = rect.x(), y + tall + GAP_PX, 0
            if move:
                item.setGeometry(QRect(x, y, size.width(), size.height()))
            x, tall = x + size.width() + GAP_PX, max(tall, size.height())
        return y + tall - rect.y()
