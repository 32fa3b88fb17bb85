"""Draft or approved: every campaign with the hash its approval is bound to."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from engage_desktop.app.person import current_user
from engage_desktop.app.protocol import Approve
from engage_desktop.ui.pages.lists import Item, items
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, Pill, button, clear, label

APPROVABLE = ("journey", "audience", "broadcast")


def approve(session: Session, kind: str, key: str, *, approved: bool = True) -> None:
    """Approve one campaign as it is now, or return it to draft."""
    if not session.current:
        session.notify(
            "warning", "The design is still being computed or has errors. Approve it when its counts are current."
        )
        return
    if session.workbench.workspace is None:
        session.notify("warning", "A bare campaign file is open. Open a workspace folder to approve campaigns.")
        return
    session.ask(Approve(session.generation, kind, key, current_user() or "somebody", approved), session.take_approvals)  # type: ignore[arg-type]  # kinds come from lists


class ApprovalsCard(Card):
    """One row a campaign."""

    def __init__(self, session: Session) -> None:
        super().__init__("deliver.approvals")
        self._session = session
        self.body.addWidget(label("Approvals", "title"))
        self.body.addWidget(
            label(
                "An approval is bound to the content as it is: any change makes the campaign a draft again.",
                "muted",
                wrap=True,
            )
        )
        host = QWidget()
        self._grid = QGridLayout(host)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self.body.addWidget(host)
        self._shown: object = None
        session.approvals_changed.connect(self.refresh)
        session.document_changed.connect(lambda _changed: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        session = self._session
        broadcasts = [Item("broadcast", one.key, one.name, one.stage) for one in session.campaigns.broadcasts]
        rows = [
            (item, session.state_of(item.kind, item.key), session.hashes.get((item.kind, item.key), ""))
            for item in (*items(session.campaigns), *broadcasts)
        ]
        if rows == self._shown:
            return
        self._shown = rows
        clear(self._grid)
        for at, (item, state, digest) in enumerate(rows):
            approved = state == "approved"
            act = button("Return to draft" if approved else "Approve", f"deliver.approve.{item.kind}.{item.key}")
            act.setAccessibleName(f"{act.text()}: {item.name}")
            act.clicked.connect(
                lambda _checked=False, item=item, approved=approved: approve(
                    session, item.kind, item.key, approved=not approved
                )
            )
            hashed = label(digest[:12], "mono")
            hashed.setToolTip(f"SHA-256 of its canonical text: {digest}")
            for column, widget in enumerate(
                (label(item.name), label(item.kind_words, "muted"), hashed, Pill(state.capitalize(), state), act)
            ):
                self._grid.addWidget(widget, at, column)
