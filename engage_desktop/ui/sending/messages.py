"""Every message of the run with its fate: filtered, counted by fate, read by pages."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_explain import Place
from engage_desktop.app.protocol_sending import FATES, AskMessages, MessageFilter, Messages
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.sending import words
from engage_desktop.ui.sending.filter_box import FilterBox
from engage_desktop.ui.sending.message_table import MessageTable
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label, row, toggle
from engage_desktop.ui.widgets.table import PagedModel

SEARCH_MS = 250


class MessagesView(SendingView):
    """`why_asked` carries a place, a person's id and the instant at which the message was due; `opened` (kind, key)."""

    key, title, takes = "messages", "Messages", Messages
    sentence = "Every message that was due, what became of it, and why"
    why_asked = Signal(object, str, object)
    opened = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.filter = MessageFilter()
        self._combos = {
            field: self._combo(field, spoken, everything)
            for field, spoken, everything in (
                ("campaign", "Campaign", "All campaigns"), ("channel", "Channel", "All channels"),
                ("reason", "Why", "Any reason"), ("kind", "Kind", "Any kind"),
            )
        }  # fmt: skip
        self._person = QLineEdit()
        self._person.setObjectName("sending.messages.person")
        self._person.setAccessibleName("Find a person by id")
        self._person.setPlaceholderText("Find a person by id")
        self._person.setMaximumWidth(200)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(lambda: self.keep(person=self._person.text().strip(), also=True))
        self._person.textEdited.connect(lambda _text: self._timer.start())
        self._person.returnPressed.connect(lambda: self.keep(person=self._person.text().strip(), also=True))
        self._group = QButtonGroup(self)
        self.fates: dict[str, QPushButton] = {}
        for fate in ("", *FATES):
            name = f"sending.messages.fate.{fate or 'all'}"
            kept = partial(self.keep, fate=fate, also=True)
            self.fates[fate] = toggle(words.FATE.get(fate, "All"), name, self._group, kept)
        self.table = MessageTable(session, "sending.messages", "Messages", self._ask)
        self.model, self.view, self.said = self.table.model, self.table.view, self.table.said
        self.table.opened.connect(self._why)
        self._total = label("", "muted", "sending.messages.total")
        self.why = button("Why was it due?", "sending.messages.why", "link", "Why this person is at the step (Enter)")
        self.why.clicked.connect(lambda: self._why(self.view.currentIndex().row()))
        copy = button("Copy as TSV", "sending.messages.copy", tip="Copy the selected rows, or all loaded ones (Ctrl+C)")
        copy.clicked.connect(self._copy)
        card = Card("sending.messages.card")
        card.body.addLayout(row(*self.fates.values(), "stretch", self._total, copy))
        filters = row(*self._combos.values(), self._person, "stretch")
        card.body.addLayout(filters)
        self.table.saying.addWidget(self.why)
        card.body.addWidget(self.table)
        self.body.addWidget(card)
        self.table.chosen.connect(self._show_why)
        self._show_why()
        self._show_filter()

    def _combo(self, field: str, spoken: str, everything: str) -> FilterBox:
        made = FilterBox(f"sending.messages.{field}", spoken, everything)
        made.activated.connect(lambda _index: self.keep(**{field: made.chosen}, also=True))
        return made

    # -- asking ---------------------------------------------------------------------------

    def keep(self, *, also: bool = False, **fields: str) -> None:
        """Show what the fields let through, with `also` beside what was filtered before."""
        wanted = replace(self.filter if also else MessageFilter(), **fields)
        self._timer.stop()
        if wanted != self.filter:
            self.filter = wanted
            self._show_filter()
            self.refresh()

    def request(self) -> AskMessages:
        return AskMessages(self.session.generation, self.filter, 0, PagedModel.PAGE)

    def _ask(self, offset: int) -> None:
        if self.session.current:
            asked = AskMessages(self.session.generation, self.filter, offset, PagedModel.PAGE)
            self.session.ask(asked, self._take_more)

    def _take_more(self, reply: Reply) -> None:
        if isinstance(reply, Messages) and reply.keep == self.filter:
            self.table.take(reply)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Messages) and reply.keep == self.filter:
            super()._take(reply)

    def show_current(self, current: bool) -> None:
        """The filters stay: somebody may be typing."""
        for widget in (self.view, self.said, self.why):
            widget.setEnabled(current)

    @property
    def current(self) -> bool:
        return super().current and self.reply.keep == self.filter

    # -- showing --------------------------------------------------------------------------

    def show_reply(self, reply: Messages) -> None:
        """The first page of another filter or run."""
        self.table.restart(reply)
        for fate, made in self.fates.items():
            count = sum(reply.fates.values()) if not fate else reply.fates.get(fate, 0)
            made.setText(f"{words.FATE.get(fate, 'All')} {formats.number(count)}")
            made.setAccessibleName(f"{words.FATE.get(fate, 'All')}: {formats.count(count, 'message')}")
        said = f"{formats.number(reply.total)} of {formats.count(reply.attempts, 'message')}"
        self._total.setText(f"{said}, {formats.number(reply.assumed)} assumed" if reply.assumed else said)
        reasons = {
            one: f"{words.REASON.get(one, one)} ({formats.number(count)})"
            for one, count in reply.reasons.items()
            if one
        }
        offered = {
            "campaign": {one.key: one.name for one in reply.campaigns},
            "channel": CHANNEL_TITLE,
            "reason": reasons,
            "kind": {"observed": "observed", "assumed": "assumed"},
        }
        for field, choices in offered.items():
            chosen = getattr(self.filter, field)
            if chosen and chosen not in choices:  # nothing is left of it: still say what is filtered
                choices = choices | {chosen: words.REASON.get(chosen, chosen)}
            self._combos[field].offer(choices, chosen)

    def _show_filter(self) -> None:
        self.fates[self.filter.fate].setChecked(True)
        if self._person.text().strip() != self.filter.person:
            self._person.setText(self.filter.person)

    def _show_why(self) -> None:
        one = self.table.current
        self.why.setVisible(one is not None)
        if one is not None:
            self.why.setText("Why was it due?" if one.from_journey else "Open the broadcast")
            self.why.setAccessibleName(self.why.text())

    def _why(self, at: int) -> None:
        one = self.table.at(at)
        if one is None:
            return
        if one.from_journey:
            self.why_asked.emit(Place(journey=one.campaign, step=one.step), one.profile, one.due_at)
        else:
            self.opened.emit("broadcast", one.campaign)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.as_tsv())
        self.session.notify("info", "Copied as tab-separated text.")
