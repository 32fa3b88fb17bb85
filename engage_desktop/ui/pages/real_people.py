"""How many real people lists are to be added: the sender types it, or the allow-list alone is reached (D-39)."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.ui import formats
from engage_desktop.ui.inspector.fields import TextField
from engage_desktop.ui.widgets.common import column, label

_COUNT = re.compile(r"\d+|\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+")
"""Digits, or those of any country in groups, as the sentence shows them."""


class RealPeople(QWidget):
    """Shown where a sync would add people to lists of a destination that is no sandbox; `typed` when the number changed."""

    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.count: int | None = None
        """What the sender has typed; None: nothing."""
        self._why = label("", "", "deliver.real", wrap=True)
        self._field = TextField("Number of people", "deliver.recipients", self._take)
        self._field.line.setMaximumWidth(200)
        layout = column(self, spacing=4)
        layout.addWidget(self._why)
        layout.addWidget(self._field)
        self.hide()

    def show_people(self, people: int) -> None:
        """`people`: whom lists would be added if everybody might; 0 where that is nobody or they are not real."""
        self.setVisible(bool(people))
        if not people:
            self.forget()
            return
        one = people == 1
        number, whom = formats.number(people), "real person" if one else "real people"
        if self.count == people:
            self._why.setText(f"{number} {whom} will be added to lists, as typed.")
        else:
            self._why.setText(
                f"Lists would be added {number} {whom}, since this destination is no sandbox. "
                f"Type {number} to reach {'that person' if one else 'them'}; "
                "with nothing typed, only those on the workspace's allow-list are added."
            )

    def forget(self) -> None:
        """What was typed is of one sync."""
        self.count = None
        self._field.line.clear()
        self._field.set_value(None)

    def _take(self, text: str | None) -> str | None:
        number = _COUNT.fullmatch(text or "")
        self.count = int(re.sub(r"\D", "", number[0])) if number else None
        self.typed.emit()
        return None if number or text is None else "This is no number of people. Type digits alone, or nothing."
