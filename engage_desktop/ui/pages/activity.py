"""Who did what in this workspace, newest first."""

from __future__ import annotations

from engage_desktop.app.protocol import ActivityRows, AskActivity, Reply
from engage_desktop.ui import formats
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import Card, button, label, row
from engage_desktop.ui.widgets.table import SmallTable

_LIMIT = 200


class ActivityPage(Page):
    def __init__(self, session: Session) -> None:
        super().__init__(session, "activity", "Activity", "Imports, approvals, runs and deliveries of this workspace")
        again = button("Refresh", "activity.refresh")
        again.clicked.connect(self.refresh)
        self.head.addWidget(again)
        card = Card("activity.card")
        self.table = SmallTable("activity.table", "Activity", ("What", "Who", "When"), most=16)
        self._note = label("", "muted", "activity.note", wrap=True)
        card.body.addWidget(self.table)
        card.body.addLayout(row(self._note))
        self.body.addWidget(card)
        self.body.addStretch(1)
        for signal in (session.approvals_changed, session.log_changed):
            signal.connect(self.touch)
        self._show(ActivityRows(0, ()))

    def touch(self, *_ignored: object) -> None:
        self._stale = True
        super().touch()

    def refresh(self) -> None:
        if self.session.started and self.session.workbench.workspace is not None:
            self.session.ask(AskActivity(0, _LIMIT), self._show)

    def _show(self, reply: Reply) -> None:
        if isinstance(reply, ActivityRows):
            zone = self.session.zone
            self.table.show_rows([(what, who, formats.instant(at_us, zone)) for at_us, who, what in reply.rows])
            self.table.setVisible(bool(reply.rows))
            if not reply.rows:
                self._note.setText(
                    "Nothing yet. Importing a log, approving a campaign, keeping a run and delivering are written down here."
                )
            elif reply.total > len(reply.rows):
                self._note.setText(
                    f"The newest {formats.number(len(reply.rows))} of {formats.number(reply.total)} entries."
                )
            self._note.setVisible(not reply.rows or reply.total > len(reply.rows))
