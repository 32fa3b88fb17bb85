"""Ctrl K: one search over actions, campaigns, steps, event names and people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from engage_desktop.ui.widgets.common import column, label
from engage_desktop.ui.widgets.two_texts import PlainTwoTexts

WIDTH_PX, SHOWN = 560, 12


@dataclass(frozen=True)
class Entry:
    """One thing that can be found. `hint` stands beside the title."""

    title: str
    hint: str
    icon: str
    run: Callable[[], None] = field(repr=False, compare=False)
    words: str = ""

    def rank(self, text: str) -> int | None:
        """Smaller is nearer; None when a word is nowhere."""
        title, whole = self.title.casefold(), f"{self.title} {self.hint} {self.words}".casefold()
        if not all(word in whole for word in text.split()):
            return None
        if title.startswith(text):
            return 0
        return 1 if text in title else 2


def find(entries: Iterable[Entry], text: str, limit: int = 60) -> list[Entry]:
    """The entries that match, nearest first, equal ones in their order."""
    wanted = text.casefold().strip()
    ranked = [
        (rank, position, entry) for position, entry in enumerate(entries) if (rank := entry.rank(wanted)) is not None
    ]
    ranked.sort(key=lambda item: item[:2])
    return [entry for _, _, entry in ranked[:limit]]


class Palette(QFrame):
    """A popup over the window. Up and down choose, Enter runs, Escape closes. `typed` carries each new text, for
    whoever finds more by it than was handed over."""

    typed = Signal(str)

    def __init__(self, parent: QWidget, icon: Callable[[str], QIcon]) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("kind", "palette")
        self._icon, self._over = icon, parent
        self._entries: list[Entry] = []
        self._more: list[Entry] = []
        self._shown: list[Entry] = []
        self.field = QLineEdit()
        self.field.setObjectName("palette.field")
        self.field.setAccessibleName("Find anything")
        self.field.setPlaceholderText("Find an action, campaign, step, event or person")
        self.list = QListWidget()
        self.list.setObjectName("palette.list")
        self.list.setAccessibleName("Found")
        self.list.setItemDelegate(PlainTwoTexts(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = label("Nothing is called that. Try fewer letters.", "muted", "palette.empty")
        layout = column(self, (8, 8, 8, 8), 8)
        for widget in (self.field, self.list, self.empty):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self._run(self.list.row(item)))
        self.hide()

    def open(self, entries: list[Entry]) -> None:
        """Show over the window with these entries."""
        self._entries, self._more = entries, []
        parent = self._over
        width = min(WIDTH_PX, parent.width() - 32)
        self.setFixedSize(width, min(460, parent.height() - 64))
        self.move(QPoint((parent.width() - width) // 2, 48))
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_more(self, text: str, entries: list[Entry]) -> None:
        """What else was found by `text`; too late if that is no longer what is asked for."""
        if self.isVisible() and text == self.field.text().strip() and entries != self._more:
            self._more = entries
            at = self.list.currentRow()
            chosen = self._shown[at] if 0 < at < len(self._shown) else None
            self._fill(self.field.text())
            if chosen in self._shown:
                self.list.setCurrentRow(self._shown.index(chosen))

    def _search(self, text: str) -> None:
        self._more = []
        self._fill(text)
        if text.strip():
            self.typed.emit(text.strip())

    def _fill(self, text: str) -> None:
        self._shown = find([*self._entries, *self._more], text)
        self.list.clear()
        for entry in self._shown:
            item = QListWidgetItem(entry.title)
            item.setData(Qt.ItemDataRole.UserRole, entry.hint)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title}, {entry.hint}")
            item.setIcon(self._icon(entry.icon))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(self._shown))
        self.empty.setVisible(not self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's name
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            move = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: SHOWN, Qt.Key.Key_PageUp: -SHOWN}.get(
                Qt.Key(event.key())
            )
            if move is not None:
                self.list.setCurrentRow(min(max(self.list.currentRow() + move, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentRow())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _run(self, index: int) -> None:
        self.hide()
        if 0 <= index < len(self._shown):
            self._shown[index].run()
