"""The list that opens under a query text while a name or a value is typed; Ctrl+Space opens it too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit
from shiboken6 import isValid

from engage_desktop.ui.inspector.log_names import LogNames, Offer
from engage_desktop.ui.theme import current_theme

_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_WALKS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ROWS, _LEAST_PX, _GAP_PX = 8, 200, 12


class NamesPopup(QObject):
    """Arrow keys walk, Enter or Tab takes, Escape closes; whoever types on goes on typing. The list lies over the window
    and is none of its own: the keyboard never leaves the text."""

    def __init__(self, editor: QPlainTextEdit, name: str) -> None:
        super().__init__(editor)
        self._editor, self._name, self._names = editor, f"{name}.names", LogNames()
        self._event: str | None = None
        self._begins = 0
        self._offers: list[Offer] = []
        self._list: QListWidget | None = None
        editor.installEventFilter(self)

    def set_names(self, names: LogNames, event: str | None) -> None:
        """What there is to offer, and the event that a bare property is of."""
        self._names, self._event = names, event

    @property
    def is_open(self) -> bool:
        return self._list is not None and isValid(self._list) and self._list.isVisible()

    def handles(self, event: QKeyEvent) -> bool:
        """Do what a key means to the list; False where it means nothing to it."""
        key = event.key()
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.follow(asked=True)
            return True
        if not self.is_open or self._list is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key in _WALKS:
            self._list.setCurrentRow((self._list.currentRow() + _WALKS[Qt.Key(key)]) % self._list.count())
        elif key in _TAKES:
            self._take(self._list.currentRow())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's name
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Move):
            self.close()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.handles(event):
            return True
        return super().eventFilter(watched, event)

    def follow(self, *, asked: bool = False) -> None:
        """Show what fits the text before the cursor, or close."""
        before = self._editor.toPlainText()[: self._editor.textCursor().position()]
        self._begins, self._offers = self._names.offers(before, self._event, asked=asked, then=self._arrived)
        if not self._offers:
            self.close()
            return
        shown = self._shown()
        shown.setStyleSheet(f"QListWidget {{ border: 1px solid {current_theme().hex('line_strong')}; }}")
        shown.clear()
        for offer in self._offers:
            shown.addItem(QListWidgetItem(offer.shown))
        shown.setCurrentRow(0)
        self._editor.setAccessibleDescription(f"{len(self._offers)} names are offered. Arrow keys choose, Enter takes.")
        window, corner = self._editor.window(), self._editor.cursorRect()
        height = shown.sizeHintForRow(0) * min(len(self._offers), _ROWS) + 2 * max(shown.frameWidth(), 1) + 2
        width = max(_LEAST_PX, self._editor.viewport().width())
        below = self._editor.viewport().mapTo(window, QPoint(0, corner.bottom() + _GAP_PX))
        if below.y() + height > window.height():
            below.setY(max(0, below.y() - height - corner.height() - 2 * _GAP_PX))
        shown.setGeometry(max(0, min(below.x(), window.width() - width)), below.y(), width, height)
        shown.show()
        shown.raise_()

    def close(self) -> None:
        if self.is_open and self._list is not None:
            self._list.hide()
            self._editor.setAccessibleDescription("")

    def _shown(self) -> QListWidget:
        window = self._editor.window()
        if self._list is None or not isValid(self._list) or self._list.parent() is not window:
            made = QListWidget(window)
            made.setObjectName(self._name)
            made.setAccessibleName("Names and values of the log")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            made.itemClicked.connect(lambda item: self._take(made.row(item)))
            self.destroyed.connect(made.deleteLater)
            self._list = made
        return self._list

    def _arrived(self) -> None:
        """Values that were asked for are there."""
        if isValid(self) and self._editor.hasFocus():
            self.follow()

    def _take(self, row: int) -> None:
        text = self._offers[row].text
        cursor = self._editor.textCursor()
        behind = self._editor.toPlainText()[cursor.position() :]
        cursor.setPosition(self._begins, QTextCursor.MoveMode.KeepAnchor)
        for closing in ("')", "'", ")"):  # what is closed already is not closed again
            if text.endswith(closing) and behind.startswith(closing):
                text = text.removesuffix(closing)
                break
        cursor.insertText(text)
        self._editor.setTextCursor(cursor)
        self.close()
