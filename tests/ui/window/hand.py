"""A person at any page of the window: as at the inspector, but fields are looked for everywhere in view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QWidget

from engage_desktop.ui.problems import ProblemBox
from tests.ui import driver
from tests.ui.driver import undo
from tests.ui.window.test_inspector import Editor


class Hand(Editor):
    def find(self, kind: type[QWidget], name: str) -> Any:
        QApplication.processEvents()  # forms made a moment ago are laid out, old ones are gone
        found = [widget for widget in self.window.findChildren(kind, name) if widget.isVisible()]
        assert found, name
        return found[-1]

    def shown(self, name: str) -> bool:
        QApplication.processEvents()
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def error(self, name: str) -> str:
        """What a field says is wrong; nothing where it says nothing."""
        return str(self.find(QWidget, f"{name}.error").text()) if self.shown(f"{name}.error") else ""

    def problems(self, name: str) -> str:
        """What a box beside fields says is wrong."""
        box = self.window.findChild(ProblemBox, f"{name}.problems")
        assert box is not None, name
        return " ".join(one.text() for one in box.findChildren(QLabel))

    def walk(self, field: QWidget) -> list[str]:
        """The names of what Tab reaches from a field until it comes round; each is spoken as something."""
        field.setFocus()
        reached: list[str] = []
        while (focused := self.window.focusWidget()) is not None and focused.objectName() not in reached:
            reached.append(focused.objectName())
            assert focused.accessibleName(), focused.objectName()
            driver.key(focused, Qt.Key.Key_Tab)
        return reached

    def lines(self, name: str, text: str) -> None:
        """Type a text of several lines and hand it over."""
        field: QPlainTextEdit = self.find(QPlainTextEdit, name)
        field.setFocus()
        driver.rewrite(field, text, Qt.Key.Key_Return, driver.CTRL)

    def type_name(self, name: str, text: str) -> None:
        """Type into a field that offers names."""
        combo: QComboBox = self.find(QComboBox, name)
        self.retype(combo.lineEdit(), text)

    @property
    def undo_name(self) -> str | None:
        return self.window.session.document.undo_name

    def undo_all(self) -> None:
        while self.window.session.document.can_undo:
            undo(self.window)
