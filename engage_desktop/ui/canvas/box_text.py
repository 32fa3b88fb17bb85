"""Writing on a note or a frame, right where its text stands."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engage_desktop.ui.canvas.board import BoxRef


class BoxText(QPlainTextEdit):
    """Enter hands over a title, Ctrl+Enter a note; so does leaving. Escape leaves all as it was."""

    written = Signal(object, str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas.box_text")
        self.setAccessibleName("Text of a note or title of a frame")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.ref: BoxRef | None = None
        self.hide()

    def open_on(self, ref: BoxRef, text: str, place: QRect) -> None:
        """Begin to write; `place` is in the parent's pixels."""
        self.ref = ref
        self.setAccessibleName("Title of the frame" if ref.kind == "frame" else "Text of the note")
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)
        if ref.kind == "frame":
            self.selectAll()
        self.setGeometry(
            place.adjusted(-6, -2, 6, 2).united(QRect(place.topLeft(), place.topLeft()).adjusted(-6, -2, 150, 26))
        )
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_text(self, *, keep: bool) -> None:
        """Hand the text over, or not, and go."""
        ref, self.ref = self.ref, None
        if ref is None:
            return
        text = self.toPlainText()
        self.hide()
        if keep:
            self.written.emit(ref, " ".join(text.split()) if ref.kind == "frame" else text.strip())
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_text(keep=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier or (self.ref and self.ref.kind == "frame")
        ):
            self.close_text(keep=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.close_text(keep=True)
