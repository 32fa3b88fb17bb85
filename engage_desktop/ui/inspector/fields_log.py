"""Fields that speak of the log: event names and conditions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QPlainTextEdit

from engage_desktop.ui import formats
from engage_desktop.ui.inspector.fields import Commit, Field
from engage_desktop.ui.inspector.log_names import LogNames
from engage_desktop.ui.inspector.names_popup import NamesPopup
from engage_desktop.ui.theme import current_theme
from engage_desktop.ui.widgets.common import editable
from engage_desktop.ui.widgets.query_editor import code_font


class EventField(Field):
    """An event name, offered with its count in the log; any other may be typed. Empty is None when `optional`."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, optional: bool = False, spoken: str = "") -> None:
        super().__init__(title, name, on_commit, spoken=spoken)
        self._optional = optional
        self.combo = QComboBox()
        self.line = editable(self.combo)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self._names: list[str] = []
        self._adopt(self.combo)
        line = self.line
        line.setObjectName(f"{name}.text")
        line.setAccessibleName(self._spoken)
        line.setPlaceholderText("none" if optional else "")
        line.installEventFilter(self)
        line.editingFinished.connect(self.commit)
        self.combo.activated.connect(self._activated)

    def set_events(self, counts: Mapping[str, int]) -> None:
        """Offer these names, most frequent first."""
        names = sorted(counts, key=lambda name: (-counts[name], name))
        if names == self._names:
            return
        self._names, text = names, self.combo.currentText()
        self.combo.blockSignals(True)
        self.combo.clear()
        for name in names:
            self.combo.addItem(f"{name}   {formats.number(counts[name])}", name)
        self.combo.setEditText(text)
        self.combo.blockSignals(False)
        completer = QCompleter(names, self.combo)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.combo.setCompleter(completer)

    def _activated(self, index: int) -> None:
        name = self.combo.itemData(index)
        self.combo.setEditText(str(name))
        self.commit()

    def value(self) -> str | None:
        text = self.combo.currentText()
        index = self.combo.findText(text, Qt.MatchFlag.MatchExactly)  # a row of the list holds the count too
        name = str(self.combo.itemData(index)) if index >= 0 else text.strip()
        return name if name or not self._optional else None

    def _show(self, value: str | None) -> None:
        self.combo.setEditText(value or "")
        self.line.setCursorPosition(0)
        self.combo.setToolTip(value or "")


class _Editor(QPlainTextEdit):
    """Enter hands over, Shift+Enter breaks the line, Tab goes on; grows with its text."""

    def __init__(self, done: Callable[[], None], name: str) -> None:
        super().__init__()
        self._done = done
        self.popup = NamesPopup(self, name)
        self.setProperty("role", "mono")
        self.document().setDefaultFont(code_font(current_theme()))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(40)
        self.textChanged.connect(self._fit)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            # The style sheet's family replaces the document's font, and with it the switched off ligatures.
            self.document().setDefaultFont(code_font(current_theme()))

    def _fit(self) -> None:
        lines = self.document().documentLayout().documentSize().height()  # in lines for plain text
        line = QFontMetricsF(self.document().defaultFont()).lineSpacing()  # not the widget's own, which is narrower
        shown = min(max(int(lines), 1), 8)
        self.setFixedHeight(math.ceil(line * shown) + (20 if shown == 1 else 28))

    def resizeEvent(self, event: Any) -> None:  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self._done()
            return
        super().keyPressEvent(event)
        if (event.text().isprintable() and event.text()) or self.popup.is_open:
            self.popup.follow()

    def focusOutEvent(self, event: Any) -> None:  # Qt's name
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._done()


class ConditionField(Field):
    """Query text. It is checked before it is handed over: an error shows with a caret under its place."""

    def __init__(
        self, title: str, name: str, on_commit: Commit, *, optional: bool = True, hint: str = "", spoken: str = ""
    ) -> None:
        super().__init__(title, name, self._check, spoken=spoken)
        self._then, self._optional = on_commit, optional
        self.text = _Editor(self.commit, name)
        self.text.setPlaceholderText(hint)
        self.text.installEventFilter(self)
        self.text.installEventFilter(self.text.popup)  # asked first: Escape closes its list, then takes back the text
        self._adopt(self.text)

    def set_names(self, names: LogNames, event: str | None = None) -> None:
        """Offer these while something is typed; a bare property is one of the event."""
        self.text.popup.set_names(names, event)

    def value(self) -> str | None:
        text = self.text.toPlainText().strip()
        return text if text or not self._optional else None

    def _show(self, value: str | None) -> None:
        self.text.setPlainText(value or "")

    def _check(self, value: str | None) -> str | None:
        if value is None:
            return self._then(None)
        from engage_desktop.language import QueryError, canonical, parse_condition  # late: not needed to open a window

        try:
            parse_condition(value)
            text = canonical(value)
        except QueryError as error:
            caret = error.caret(value)
            return f"{error}\n\n{caret}" if error.column > 1 or error.line > 1 else str(error)
        refused = self._then(text)
        if refused is None and text != value:
            self._given = text
            self._show(text)
        return refused
