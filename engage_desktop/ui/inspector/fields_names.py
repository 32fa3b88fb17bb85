"""Fields that name things of the log: a property, a trait; and the days of a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QToolButton, QWidget

from engage_desktop.domain.clock import WEEKDAYS
from engage_desktop.ui import formats
from engage_desktop.ui.canvas import words
from engage_desktop.ui.inspector.fields import Commit, Field
from engage_desktop.ui.widgets.common import editable, row


class NameField(Field):
    """A name, offered from what the log holds; any other may be typed. Empty is None when `optional`."""

    def __init__(self, title: str, name: str, on_commit: Commit, *, optional: bool = False, hint: str = "") -> None:
        super().__init__(title, name, on_commit)
        self._optional = optional
        self.combo = QComboBox()
        self.line = editable(self.combo)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self._shown: list[tuple[str, int | None]] = []
        self._adopt(self.combo)
        self.line.setObjectName(f"{name}.text")
        self.line.setAccessibleName(self._spoken)
        self.line.setPlaceholderText(hint)
        self.line.installEventFilter(self)
        self.line.editingFinished.connect(self.commit)
        self.combo.activated.connect(self._activated)

    def _activated(self, index: int) -> None:
        self.combo.setEditText(str(self.combo.itemData(index)))
        self.commit()

    def set_names(self, names: Sequence[str], counts: Mapping[str, int] | None = None) -> None:
        """Offer these names in their order, beside each how often it stands in the log (below 0: not there)."""
        shown = [(name, (counts or {}).get(name)) for name in names]
        if shown == self._shown:
            return
        self._shown, text = shown, self.combo.currentText()
        self.combo.blockSignals(True)
        self.combo.clear()
        for name, count in shown:
            self.combo.addItem(name if count is None or count < 0 else f"{name}   {formats.number(count)}", name)
        self.combo.setEditText(text)
        self.combo.blockSignals(False)
        completer = QCompleter(list(names), self.combo)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.combo.setCompleter(completer)

    def value(self) -> str | None:
        text = self.combo.currentText()
        index = self.combo.findText(text, Qt.MatchFlag.MatchExactly)  # a row of the list may hold a count too
        name = str(self.combo.itemData(index)) if index >= 0 else text.strip()
        return name if name or not self._optional else None

    def _show(self, value: str | None) -> None:
        self.combo.setEditText(value or "")
        self.line.setCursorPosition(0)
        self.combo.setToolTip(value or "")


class WeekdaysField(Field):
    """Days of a week, each a button; none chosen means any. The value is a tuple in the order of the week."""

    def __init__(self, title: str, name: str, on_commit: Commit) -> None:
        super().__init__(title, name, on_commit)
        self._days = {day: self._button(day) for day in WEEKDAYS}
        holder = QWidget()
        holder.setLayout(row(*self._days.values(), "stretch", spacing=4))
        self._adopt(holder)
        self.setFocusProxy(self._days[WEEKDAYS[0]])

    def _button(self, day: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"{self.name}.{day}")
        made.setText(words.WEEKDAYS[day][:2])
        made.setToolTip(words.WEEKDAYS[day])
        made.setAccessibleName(words.WEEKDAYS[day])
        made.setCheckable(True)
        made.setFixedWidth(34)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda _checked=False: self.commit())
        return made

    def value(self) -> tuple[str, ...]:
        return tuple(day for day, made in self._days.items() if made.isChecked())

    def _show(self, value: Any) -> None:
        for day, made in self._days.items():
            made.setChecked(day in (value or ()))
