"""A list of audiences, one choice a row: those left out of a broadcast, those that are never sent to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.ui.inspector.branches import tool
from engage_desktop.ui.inspector.fields import ChoiceField
from engage_desktop.ui.widgets.common import button, clear, column, label, row


class KeyRows(QWidget):
    """`put` gets the new tuple of keys and returns None or the sentence that refuses it."""

    def __init__(
        self, title: str, name: str, add: str, nothing: str, put: Callable[[tuple[str, ...]], str | None]
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._name, self._title, self._put = name, title, put
        self._keys: tuple[str, ...] = ()
        self._but: str | None = None
        self._choices: list[tuple[str, Any]] = []
        self._rows: list[ChoiceField] = []
        layout = column(self, spacing=4)
        layout.addWidget(label(title, "heading"))
        self._list = column(spacing=4)
        layout.addLayout(self._list)
        self._nothing = label(nothing, "muted", f"{name}.nothing", wrap=True)
        self._add = button(add, f"{name}.add", "link")
        self._add.clicked.connect(self._add_row)
        self._refused = label("", "field-error", f"{name}.error", wrap=True)
        self._refused.hide()
        layout.addWidget(self._nothing)
        layout.addLayout(row(self._add, "stretch"))
        layout.addWidget(self._refused)

    def _hand_over(self, keys: tuple[str, ...]) -> str | None:
        refused = self._put(keys)
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))
        return refused

    def _add_row(self) -> None:
        free = [key for _, key in self._choices if key not in (*self._keys, self._but)]
        if free:
            self._hand_over((*self._keys, free[0]))
        else:
            self._refused.setText("There is no other audience of people. Make one first.")
            self._refused.show()

    def remake(self) -> None:
        """Make the rows anew: their icons have the old colours."""
        clear(self._list)
        self._rows, self._keys = [], ()

    def load(self, keys: tuple[str, ...], audiences: Sequence[tuple[str, str]], but: str | None = None) -> None:
        """Show these keys; `audiences` are offered as (name, key), `but` is none that a new row begins with."""
        self._but = but
        self._choices = list(audiences)
        self._nothing.setVisible(not keys)
        if len(keys) != len(self._keys) or not self._rows:
            clear(self._list)
            self._rows = [self._row(place) for place in range(len(keys))]
        self._keys = keys
        for made, key in zip(self._rows, keys, strict=True):
            made.set_choices(self._choices)
            made.set_value(key)

    def _row(self, place: int) -> ChoiceField:
        made = ChoiceField(
            "", f"{self._name}.{place}", lambda key: self._hand_over(self._with(place, key)),
            spoken=f"{self._title}: audience {place + 1}",
        )  # fmt: skip
        remove = tool(f"{self._name}.{place}.remove", f"Remove audience {place + 1}", "x")
        remove.clicked.connect(lambda: self._hand_over((*self._keys[:place], *self._keys[place + 1 :])))
        host = QWidget()
        host.setLayout(row(made, remove, spacing=4))
        self._list.addWidget(host)
        return made

    def _with(self, place: int, key: str) -> tuple[str, ...]:
        return tuple(key if at == place else one for at, one in enumerate(self._keys))
