"""Who is at the selected step at the clock, and who arrived so far."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from engage_desktop.app.protocol import ENTRY, AskPeople, People, PersonRow, Reply
from engage_desktop.app.protocol_explain import Place
from engage_desktop.ui import formats
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import column, row, toggle
from engage_desktop.ui.widgets.people_list import PeopleList

PAGE = 50
_FIRST = 5


class StepPeople(QWidget):
    """Follows clock and run; asks for one page at a time."""

    why_asked = Signal(object, str)
    """The place and the id of a person."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("inspector.people")
        self._session = session
        self._journey = self._step = ""
        self._which = "inside"
        self._group = QButtonGroup(self)
        self._buttons = {}
        for which, text in (("inside", "Inside now"), ("arrived", "Arrived so far")):
            made = toggle(text, f"inspector.people.{which}", self._group, partial(self._choose, which))
            made.setAccessibleName(f"Show who is {text.lower()}" if which == "inside" else "Show who arrived so far")
            self._buttons[which] = made
        self._buttons["inside"].setChecked(True)
        self.list = PeopleList("inspector.people.list", "Nobody at this instant.")
        layout = column(self, spacing=8)
        layout.addLayout(row(*self._buttons.values(), "stretch", spacing=8))
        layout.addWidget(self.list)
        self.list.more.connect(lambda: self._ask(self.list.loaded))
        self.list.searched.connect(self.refresh)
        self.list.explain_people()
        self.list.why_asked.connect(lambda who: self.why_asked.emit(self._place(), who))
        session.clock_changed.connect(lambda _at: self.refresh())
        session.run_changed.connect(lambda _run: self.refresh())
        session.alone_changed.connect(lambda _alone: self.refresh())

    def show_step(self, journey: str, step: str) -> None:
        """The journey and step (or ENTRY) to show; an empty step shows nobody."""
        if (journey, step) != (self._journey, self._step):
            self._journey, self._step = journey, step
            self.list.show_page("", 0, 0, [])
        self.refresh()

    def _place(self) -> Place:
        return Place(journey=self._journey, step=None if self._step == ENTRY else self._step)

    def _choose(self, which: str) -> None:
        self._which = which
        self.refresh()

    def refresh(self) -> None:
        if self._step and self.isVisible():
            self._ask(0)

    def showEvent(self, event: object) -> None:  # Qt's name
        super().showEvent(event)  # type: ignore[arg-type]  # the event is passed on untouched
        self.refresh()

    def _ask(self, offset: int) -> None:
        session, journey, step, which, search = self._session, self._journey, self._step, self._which, self.list.search

        def request() -> AskPeople:
            limit = PAGE if offset or self.list.loaded > _FIRST else _FIRST
            place = (session.generation, journey, step, session.at_us)
            return AskPeople(*place, which, search, offset, limit, session.alone)  # type: ignore[arg-type]  # one of its two literals

        session.latest("people", request, self._show)

    def _show(self, reply: Reply) -> None:
        if isinstance(reply, People) and (reply.journey, reply.step) == (self._journey, self._step):
            rows = [(person.profile, self._said(person)) for person in reply.rows]
            self.list.show_page("", reply.total, reply.offset, rows)

    def _said(self, person: PersonRow) -> str:
        zone, now = self._session.zone, self._session.at_us
        if self._which == "inside" and person.leaves_us is not None and self._step != ENTRY:
            return f"leaves {formats.near(person.leaves_us, now, zone)}"
        return f"since {formats.near(person.since_us, now, zone)}"
