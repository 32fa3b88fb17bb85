"""All things of a kind as a table from which they are opened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from engage_desktop.ui.pages.base import OpeningPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label
from engage_desktop.ui.widgets.table import SmallTable


class ThingsCard(Card):
    """The table, or a sentence where there is nothing yet. `opened` carries a key."""

    opened = Signal(str)

    def __init__(
        self,
        name: str,
        spoken: str,
        columns: Sequence[str],
        empty: str,
        right: frozenset[int] = frozenset(),
        stretch: int = 0,
    ) -> None:
        super().__init__(f"{name}.card")
        self._keys: Sequence[str] = ()
        self.table = SmallTable(f"{name}.table", spoken, columns, right, stretch=stretch)
        self.table.opened.connect(lambda at: self.opened.emit(self._keys[at]))
        self._empty = label(empty, "muted", f"{name}.empty", wrap=True)
        self._hint = label("Open with Enter or a double click.", "small")
        self.add(self.table, self._empty, self._hint)

    def show_things(self, keys: Sequence[str], rows: list[tuple[str, ...]]) -> None:
        self._keys = keys
        self.table.show_rows(rows)
        for widget in (self.table, self._hint):
            widget.setVisible(bool(rows))
        self._empty.setVisible(not rows)


class ThingsPage(OpeningPage):
    """A page of the rail with one such table, and a button that makes a new thing of the `kind`."""

    new_asked = Signal()

    def __init__(self, session: Session, name: str, sentence: str, kind: str, card: ThingsCard) -> None:
        super().__init__(session, name, name.capitalize(), sentence)
        new = button(f"New {kind}", f"{name}.new", "primary")
        new.clicked.connect(self.new_asked)
        self.head.addWidget(new)
        self.card, self.table = card, card.table
        card.opened.connect(lambda key: self.opened.emit(kind, key))
        self.body.addWidget(card)
        self.body.addStretch(1)
        session.document_changed.connect(self.touch)
