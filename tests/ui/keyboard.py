"""A keyboard without a mouse: every press goes to what has the keyboard, as on a real desk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui import driver


class Keyboard:
    """Presses keys by their portable text; `count` is how many, a word typed in one go counts once."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.count = 0

    @property
    def focused(self) -> QWidget:
        """What has the keyboard."""
        return QApplication.focusWidget() or self._window

    def press(self, *keys: str) -> None:
        for key in keys:
            combination = QKeySequence(key)[0]
            driver.key(self.focused, combination.key(), combination.keyboardModifiers())
            QApplication.processEvents()  # what a press makes is laid out before the next
            self.count += 1

    def type(self, text: str) -> None:
        for sign in text:
            driver.write(self.focused, sign)  # the first may open another field
        self.count += 1

    def replace(self, text: str) -> None:
        """Type over all that stands in a field, and hand it over."""
        self.press("Ctrl+A")
        self.type(text)
        self.press("Return")

    def tab_to(self, name: str, most: int = 80) -> None:
        """Go on with Tab until the field of that name has the keyboard."""
        for _ in range(most):
            if self.focused.objectName() == name:
                return
            driver.key(self.focused, Qt.Key.Key_Tab)
            self.count += 1
        raise AssertionError(f"Tab does not come to {name}; last it was at {self.focused.objectName()}.")
