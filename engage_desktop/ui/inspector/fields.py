"""Fields of the inspector: a label, an editor, and under it the sentence that says what is wrong.

A field commits on Enter or when focus leaves it, and only when its value differs from the one it
was given. `on_commit` gets the value and returns None or the sentence that refuses it; what was
typed then stays until it is mended or Escape brings the old value back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from engage_desktop.ui.widgets.check_box import CheckBox
from engage_desktop.ui.widgets.common import column, label, set_property

Commit = Callable[[Any], str | None]
Choices = Sequence[tuple[str, Any]]
_NOTHING = object()
"""The value of a choice not made."""


class Field(QWidget):
    """The common part. Subclasses offer `_editor` and implement `value` and `_show`."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, spoken: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{name}.field")
        self.name, self._on_commit = name, on_commit
        self._given: Any = None
        self._layout = column(self, spacing=4)
        self._title = label(title, "heading")
        if not title:  # never show what has no parent yet: it would be a window
            self._title.hide()
        self._error = label("", "field-error", f"{name}.error", wrap=True)
        self._caret = label("", "caret", f"{name}.caret")
        self._layout.addWidget(self._title)
        self._spoken = spoken or title
        self._committing = False

    def _adopt(self, editor: QWidget, *shown: QWidget) -> None:
        editor.setObjectName(self.name)
        editor.setAccessibleName(self._spoken)
        self._title.setBuddy(editor)
        self.setFocusProxy(editor)
        for widget in shown or (editor,):
            self._layout.addWidget(widget)
        self._layout.addWidget(self._caret)
        self._layout.addWidget(self._error)
        self._editor = editor
        self.set_error(None)

    def value(self) -> Any:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show the document's value; what a person is typing or has to mend is left alone."""
        changed, self._given = value != self._given, value
        if (changed or not self._pending()) and self.value() != value:
            self._show(value)
        if changed or self.value() == value:
            self.set_error(None)

    def _pending(self) -> bool:
        return bool(self._error.text()) or (self._editor.hasFocus() and self.value() != self._given)

    @property
    def error(self) -> str:
        return self._error.text()

    def set_error(self, sentence: str | None, caret: str = "") -> None:
        self._error.setText(sentence or "")
        self._error.setVisible(bool(sentence))
        self._caret.setText(caret)
        self._caret.setVisible(bool(caret))
        set_property(self._editor, "invalid", "true" if sentence else "false")
        self._editor.setAccessibleDescription(sentence or "")

    def commit(self) -> None:
        """Hand the value over if it is another one."""
        if self._committing:
            return
        value = self.value()
        if value == self._given:
            self.set_error(None)
            return
        self._committing = True  # handing over may move focus, which would commit again
        try:
            refused = self._on_commit(value)
            if refused is None:
                self._given = self.value()  # what was typed may now be shown in its canonical form
                self.set_error(None)
            else:
                self.set_error(*refused.split("\n\n", 1))
        finally:
            self._committing = False

    def revert(self) -> None:
        self._show(self._given)
        self.set_error(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's name
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and is_history_key(event)
            and self.value() == self._given
        ):
            event.ignore()  # nothing is half typed here: undo is the document's
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.value() != self._given
        ):
            self.revert()
            return True
        return super().eventFilter(watched, event)


class TextField(Field):
    """One line; an empty text is None when `optional`."""

    def __init__(
        self, title: str, name: str, on_commit: Commit, *, optional: bool = True, hint: str = "", spoken: str = ""
    ) -> None:
        super().__init__(title, name, on_commit, spoken=spoken)
        self._optional = optional
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setMinimumWidth(40)
        self.line.installEventFilter(self)
        self._adopt(self.line)
        self.line.editingFinished.connect(self.commit)

    def value(self) -> str | None:
        text = self.line.text().strip()
        return text if text or not self._optional else None

    def _show(self, value: str | None) -> None:
        self.line.setText(value or "")
        self.line.setCursorPosition(0)
        self.line.setToolTip(value or "")  # all of it, where the line is too short


class NumberField(TextField):
    """A number; whole ones stay whole."""

    def value(self) -> Any:
        text = self.line.text().strip().replace("%", "").strip()
        try:
            number = float(text)
        except ValueError:
            return text or None
        return int(number) if number.is_integer() else number

    def _show(self, value: Any) -> None:
        self.line.setText("" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value))


class ChoiceField(Field):
    """One of several values; commits as soon as one is chosen."""

    def __init__(self, title: str, name: str, on_commit: Commit, choices: Choices = (), *, spoken: str = "") -> None:
        super().__init__(title, name, on_commit, spoken=spoken)
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self._choices: list[tuple[str, Any]] = []
        self.combo.installEventFilter(self)
        self._adopt(self.combo)
        self.set_choices(choices)
        self.combo.activated.connect(lambda _index: self.commit())

    def set_choices(self, choices: Choices) -> None:
        """Values may be any object; a value that is given but not among them is shown as itself."""
        if list(choices) != self._choices:
            self._choices = list(choices)
            self.combo.clear()
            for text, _ in self._choices:
                self.combo.addItem(text)
            self._show(self._given)

    def value(self) -> Any:
        index = self.combo.currentIndex()
        return self._choices[index][1] if 0 <= index < len(self._choices) else _NOTHING

    def _show(self, value: Any) -> None:
        known = [choice for _, choice in self._choices]
        if value not in known and value is not None:
            self._choices.append((f"{value} (does not exist)", value))
            self.combo.addItem(self._choices[-1][0])
            known.append(value)
        self.combo.setCurrentIndex(known.index(value) if value in known else -1)
        self.combo.setToolTip(self.combo.currentText())


class FlagField(Field):
    """Yes or no."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, spoken: str = "") -> None:
        super().__init__("", name, on_commit, spoken=spoken or title)
        self.box = CheckBox(title)
        self._adopt(self.box)
        self.box.clicked.connect(lambda _checked=False: self.commit())

    def set_title(self, title: str) -> None:
        """Say it in other words, once it is known about what."""
        if title != self.box.text():
            self.box.setText(title)
            self.box.updateGeometry()

    def value(self) -> bool:
        return self.box.isChecked()

    def _show(self, value: bool) -> None:
        self.box.setChecked(bool(value))


def is_history_key(event: QKeyEvent) -> bool:
    """Whether a key would undo or redo inside a text editor."""
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def side_by_side(*widgets: QWidget, spacing: int = 8) -> QWidget:
    """Widgets of equal height in one row."""
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget, 1)
    return made
