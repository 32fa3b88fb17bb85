"""The rail's Content: the messages, and what sends them."""

from __future__ import annotations

from PySide6.QtCore import Signal

from engage_desktop.domain.response import given_stages
from engage_desktop.ui.canvas.words import CHANNEL_TITLE
from engage_desktop.ui.pages.base import OpeningPage
from engage_desktop.ui.session import Session
from engage_desktop.ui.titles import sent_by
from engage_desktop.ui.widgets.common import Card, button, label
from engage_desktop.ui.widgets.table import SmallTable


class ContentPage(OpeningPage):
    new_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "content", "Content", "What journeys and broadcasts send: e-mail, SMS, push, WhatsApp"
        )
        new = button("New message", "content.new", "primary")
        new.clicked.connect(self.new_asked)
        self.head.addWidget(new)
        card = Card("content.card")
        columns = ("Name", "Channel", "Subject or text", "Sent by", "Responses")
        self.table = SmallTable("content.table", "Messages", columns, stretch=2)
        self.table.opened.connect(lambda at: self.opened.emit("message", self._keys[at]))
        self._keys: list[str] = []
        self._empty = label(
            "No message yet. Make the first one with “New message”; a journey's message step or a broadcast sends it.",
            "muted", "content.empty", wrap=True,
        )  # fmt: skip
        card.body.addWidget(self.table)
        card.body.addWidget(self._empty)
        self._hint = label("Open with Enter or a double click.", "small")
        card.body.addWidget(self._hint)
        self.body.addWidget(card)
        self.body.addStretch(1)
        session.document_changed.connect(self.touch)

    def refresh(self) -> None:
        campaigns = self.session.campaigns
        self._keys = [message.key for message in campaigns.messages]
        rows: list[tuple[str, ...]] = []
        for one in campaigns.messages:
            used = sent_by(campaigns, one.key)
            said = " ".join((one.subject or one.title or one.text or one.body or "–").split())
            sends = "–" if not used else used[0] if len(used) == 1 else f"{used[0]} and {len(used) - 1} more"
            assumed = "assumed" if one.responses is not None and given_stages(one.responses) else "–"
            rows.append((one.name or one.key, CHANNEL_TITLE[one.channel], said[:120], sends, assumed))
        self.table.show_rows(rows)
        for widget in (self.table, self._hint):
            widget.setVisible(bool(rows))
        self._empty.setVisible(not rows)
