"""Deliver: what would leave, why it may not, and the sending itself with progress and resume."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from engage_desktop.domain.message import Destination
from engage_desktop.ui.pages.approvals import ApprovalsCard
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.pages.destination import DestinationCard
from engage_desktop.ui.policy_words import policy_words
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import icon
from engage_desktop.ui.widgets.common import Card, button, column, label, row

_ICONS = {"file": "file-text", "webhook": "globe", "sql": "database"}


class DeliverPage(Page):
    policies_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "deliver", "Deliver", "See exactly what would leave, then send it; nothing is sent twice"
        )
        left = Card("deliver.destinations.card")
        left.setFixedWidth(256)
        left.body.addWidget(label("Destinations", "title"))
        self.list = QListWidget()
        self.list.setObjectName("deliver.destinations")
        self.list.setAccessibleName("Destinations")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = label(
            "No destination yet. Add one to the campaign file: a file, a webhook or an SQL table.",
            "muted",
            "deliver.empty",
            wrap=True,
        )
        left.body.addWidget(self.list, 1)
        left.body.addWidget(self._empty)
        policies = Card("deliver.policies.card")
        policies.setFixedWidth(256)
        policies.body.addWidget(label("Policies", "title"))
        self.policies = label("", "", "deliver.policies", wrap=True)
        edit = button("Edit policies", "deliver.policies.edit")
        edit.clicked.connect(self.policies_asked)
        policies.body.addWidget(self.policies)
        policies.body.addLayout(row(edit, "stretch"))
        self.card = DestinationCard(session)
        self.approvals = ApprovalsCard(session)
        right = column(None, spacing=16)
        right.addWidget(self.card)
        right.addWidget(self.approvals)
        right.addStretch(1)
        sides = row(spacing=16)
        lists = column(None, spacing=16)
        lists.addWidget(policies)
        lists.addWidget(left, 1)
        sides.addLayout(lists)
        sides.addLayout(right, 1)
        self.body.addLayout(sides, 1)
        self._shown: tuple[Destination, ...] = ()
        self.list.currentRowChanged.connect(self._choose)
        for signal in (session.document_changed, session.run_changed, session.approvals_changed):
            signal.connect(self.touch)

    def theme_changed(self) -> None:
        self._shown = ()
        super().theme_changed()

    def refresh(self) -> None:
        self.policies.setText("\n".join(policy_words(self.session.campaigns)))
        destinations = self.session.campaigns.destinations
        self.list.setVisible(bool(destinations))
        self._empty.setVisible(not destinations)
        if destinations != self._shown:
            self._shown, before = destinations, self.list.currentRow()
            self.list.blockSignals(True)
            self.list.clear()
            for destination in destinations:
                item = QListWidgetItem(icon(_ICONS.get(destination.type, "send")), destination.name or destination.key)
                item.setToolTip(f"{destination.type}{', sandbox' if destination.sandbox else ''}")
                self.list.addItem(item)
            self.list.blockSignals(False)
            self.list.setCurrentRow(min(max(before, 0), len(destinations) - 1))
        self._choose(self.list.currentRow())

    def _choose(self, index: int) -> None:
        self.card.show_destination(self._shown[index] if 0 <= index < len(self._shown) else None)
