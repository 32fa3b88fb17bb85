"""Messages of the run in a table that is read by pages, and under it what became of the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.app.protocol_sending import MessageRow, Messages
from engage_desktop.ui import formats
from engage_desktop.ui.sending import words
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import column, label, row
from engage_desktop.ui.widgets.table import PagedModel, Table

WIDTHS = {
    "Due": 188, "Person": 92, "Campaign": 116, "Step": 112, "Variant": 112, "Channel": 72, "Fate": 72, "Why": 160,
    "Sent": 184,
}  # fmt: skip


class MessageTable(QWidget):
    """`ask(offset)` is called for a page that is not here; the owner answers by `take`. `chosen` says that another
    row is the current one, `opened` carries its number. What goes beside the sentence goes into `saying`."""

    chosen = Signal()
    opened = Signal(int)

    def __init__(
        self, session: Session, name: str, spoken: str, ask: Callable[[int], None], *, of_broadcast: bool = False
    ) -> None:
        super().__init__()
        self.session = session
        self.of_broadcast = of_broadcast
        self._rows: dict[int, MessageRow] = {}
        self.names: Mapping[str, str] = {}
        self.model = PagedModel(ask)
        self.view = Table(f"{name}.table", spoken)
        self.view.setModel(self.model)
        self.view.setMinimumHeight(360)
        self.view.opened.connect(self.opened)
        self.said = label("", "", f"{name}.said", wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.saying = row(self.said)
        self.saying.setStretch(0, 1)
        body = column(self)
        body.addWidget(self.view)
        body.addLayout(self.saying)
        self.view.selectionModel().currentChanged.connect(lambda _now, _before: self._show_said())
        self.model.modelReset.connect(self._show_said)

    def restart(self, reply: Messages) -> None:
        """The first page of another filter or run."""
        self.clear()
        self.take(reply)
        for place, name in enumerate(self.columns[:-1]):
            self.view.setColumnWidth(place, WIDTHS[name])

    def clear(self) -> None:
        self._rows.clear()
        self.model.clear()

    @property
    def columns(self) -> tuple[str, ...]:
        """Of one broadcast the campaign is not said again."""
        whose = ("Variant",) if self.of_broadcast else ("Campaign", "Step")
        return ("Due", "Person", *whose, "Channel", "Fate", "Why", "Sent", "Kind")

    def take(self, reply: Messages) -> None:
        """A page of what is shown."""
        self.names = {one.key: one.name for one in reply.campaigns}
        if len(self._rows) > 4 * PagedModel.PAGE * PagedModel.KEPT:
            self._rows.clear()
        self._rows.update(enumerate(reply.rows, reply.offset))
        rows = tuple(self._cells(one) for one in reply.rows)
        self.model.take_page(self.columns, reply.total, reply.offset, rows)

    def _cells(self, one: MessageRow) -> tuple[str, ...]:
        zone, part = self.session.zone, one.step or "–"
        return (
            formats.instant(one.due_at, zone),
            one.profile,
            *((part,) if self.of_broadcast else (self.names.get(one.campaign, one.campaign), part)),
            words.CHANNEL.get(one.channel, one.channel),
            words.FATE[one.fate],
            words.reason(one, self.names),
            "" if one.sent_at is None else formats.instant(one.sent_at, zone),
            one.kind,
        )

    def at(self, place: int) -> MessageRow | None:
        """The message of a row, if that is here."""
        return self._rows.get(place)

    @property
    def current(self) -> MessageRow | None:
        index = self.view.currentIndex()
        return self._rows.get(index.row()) if index.isValid() else None

    def _show_said(self) -> None:
        one = self.current
        self.said.setText(words.sentence(one, self.names, self.session.zone) if one is not None else "")
        self.chosen.emit()
