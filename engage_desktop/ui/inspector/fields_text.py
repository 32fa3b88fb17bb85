"""Fields for shares, clock times and texts of several lines."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from engage_desktop.domain.clock import clock_seconds
from engage_desktop.ui.inspector.fields import Commit, Field, NumberField, TextField


class PercentField(NumberField):
    """A probability, typed and shown in percent: `30` is 0.3."""

    def value(self) -> Any:
        typed = super().value()
        if not isinstance(typed, int | float):
            return typed
        share = round(typed / 100, 12)
        return int(share) if share == int(share) else share

    def _show(self, value: Any) -> None:
        super()._show(round(value * 100, 9) if isinstance(value, int | float) else value)


class ClockField(TextField):
    """`21:00`; what is no clock time is not handed over."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, spoken: str = "") -> None:
        super().__init__(title, name, self._check, optional=False, hint="21:00", spoken=spoken)
        self._then = on_commit

    def _check(self, value: Any) -> str | None:
        if clock_seconds(str(value)) is None:
            return f"“{value}” is no clock time. Write one such as 21:00."
        return self._then(value)


class _Lines(QPlainTextEdit):
    """Ctrl+Enter or leaving hands over, Tab goes on."""

    def __init__(self, owner: LongTextField, lines: int) -> None:
        super().__init__()
        self._owner = owner
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 20)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._owner.commit()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # Qt's name
        super().focusOutEvent(event)
        if event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._owner.commit()


class LongTextField(Field):
    """Several lines, kept as typed; blank is None."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, lines: int = 6, hint: str = "") -> None:
        super().__init__(title, name, on_commit)
        self.text = _Lines(self, lines)
        self.text.setPlaceholderText(hint)
        self.text.installEventFilter(self)
        self._adopt(self.text)

    def value(self) -> str | None:
        text = self.text.toPlainText()
        return text if text.strip() else None

    def _show(self, value: str | None) -> None:
        self.text.setPlainText(value or "")
