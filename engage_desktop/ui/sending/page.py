"""The page of sending: five views of what all campaigns together do, one at a time."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton

from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.sending.calendar import CalendarView
from engage_desktop.ui.sending.conflicts import ConflictsView
from engage_desktop.ui.sending.messages import MessagesView
from engage_desktop.ui.sending.pressure import PressureView
from engage_desktop.ui.sending.ranges import RangesView
from engage_desktop.ui.sending.view import SendingView
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import KindPill, label, row, toggle


class SendingPage(Page):
    """`why_asked` carries the place, a person's id and the instant; `opened` (kind, key) of a campaign."""

    why_asked = Signal(object, str, object)
    opened = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__(session, "sending", "Sending", "What all campaigns together send, over the whole replay")
        self.kind = KindPill("sending.kind")
        self.head.addWidget(self.kind)
        self.calendar, self.pressure = CalendarView(session), PressureView(session)
        self.conflicts, self.messages, self.ranges = ConflictsView(session), MessagesView(session), RangesView(session)
        self.views: dict[str, SendingView] = {
            view.key: view for view in (self.calendar, self.pressure, self.conflicts, self.messages, self.ranges)
        }
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for key, view in self.views.items():
            made = toggle(view.title, f"sending.show.{key}", self._group, partial(self.show_view, key))
            made.setAccessibleName(f"Show {view.title.lower()}")
            self.buttons[key] = made
        self._said = label("", "muted", "sending.said")
        self.body.addLayout(row(*self.buttons.values(), "stretch", self._said))
        for view in self.views.values():
            self.body.addWidget(view)
            view.hide()
            view.answered.connect(self.refresh)
        self.body.addStretch(1)
        self.messages.why_asked.connect(self.why_asked)
        self.messages.opened.connect(self.opened)
        self.pressure.person_chosen.connect(self.show_messages_of)
        self.pressure.capped_chosen.connect(self.show_capped)
        session.run_changed.connect(self.touch)
        self.show_view("calendar")

    def show_view(self, key: str) -> None:
        """Bring one of the five into view."""
        self.buttons[key].setChecked(True)
        for name, view in self.views.items():
            view.setVisible(name == key)
        self.sentence.setText(self.views[key].sentence)
        self.verticalScrollBar().setValue(0)
        self.refresh()

    @property
    def shown(self) -> SendingView:
        return next(view for view in self.views.values() if not view.isHidden())

    def show_messages_of(self, person: str) -> None:
        self.messages.keep(person=person)
        self.show_view("messages")

    def show_capped(self, campaign: str) -> None:
        """The messages of a campaign that a cap stopped or moved."""
        self.messages.keep(campaign=campaign, reason="frequency_cap")
        self.show_view("messages")

    def refresh(self) -> None:
        run = self.session.workbench.run
        if run.computing:
            self._said.setText("computing with all campaigns…")
        elif not run.current:
            self._said.setText("There is no replay: import a log, or mend the problems shown.")
        else:
            self._said.setText("")
        kind = getattr(self.shown.reply, "kind", None)
        self.kind.setVisible(kind is not None)
        if kind is not None:
            self.kind.show_kind(kind)

    def theme_changed(self) -> None:
        super().theme_changed()
        self.calendar.set_icons()
