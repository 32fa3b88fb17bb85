"""Beside an audience: its size at the clock, over time, per day, and who is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from engage_desktop.app.protocol import AudienceFigures
from engage_desktop.app.protocol_explain import Place
from engage_desktop.ui import formats
from engage_desktop.ui.problems import ProblemBox
from engage_desktop.ui.session import Session
from engage_desktop.ui.watch import FIRST_PAGE, PAGE, AudienceWatch
from engage_desktop.ui.widgets.common import KindPill, column, label, row
from engage_desktop.ui.widgets.people_list import PeopleList
from engage_desktop.ui.widgets.sparkline import Sparkline


class AudiencePanel(QScrollArea):
    why_asked = Signal(object, str)
    """The place and the id of a person or account."""

    def __init__(self, session: Session, watch: AudienceWatch) -> None:
        super().__init__()
        self.setObjectName("audience.panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._session, self._watch = session, watch
        self._at = label("", "muted", "audience.at")
        self.headcount = label("–", "huge", "audience.size")
        self._share = label("", "muted", "audience.share")
        self._kind = KindPill("audience.kind")
        self._line = Sparkline()
        self._enter = label("", "enter", "audience.enter")
        self._leave = label("", "leave", "audience.leave")
        self._by_time = label("", "strong", "audience.by_time")
        self._people = PeopleList("audience.people")
        self._problems = ProblemBox("audience.problems")
        body = QWidget()
        body.setProperty("kind", "surface")
        layout = column(body, (16, 16, 16, 16), 8)
        layout.addWidget(self._at)
        layout.addWidget(self.headcount)
        layout.addLayout(row(self._share, self._kind, "stretch"))
        layout.addSpacing(8)
        layout.addWidget(self._line)
        layout.addSpacing(8)
        layout.addWidget(label("In the last 24 hours", "heading"))
        layout.addLayout(
            row(self._enter, label("entered", "muted"), 8, self._leave, label("left", "muted"), "stretch", spacing=4)
        )
        layout.addLayout(row(self._by_time, label("of them by time alone", "muted"), "stretch", spacing=4))
        layout.addSpacing(8)
        layout.addWidget(self._problems)
        layout.addWidget(self._people)
        layout.addStretch(1)
        self.setWidget(body)
        watch.changed.connect(self._show)
        session.run_changed.connect(lambda _run: self._show_state())
        session.trust.changed.connect(self._show_state)
        self._problems.fix_asked.connect(session.trust.fix)
        session.clock_changed.connect(lambda _at: self._show_state())
        self._people.more.connect(lambda: watch.ask(self._people.loaded, self._people.search))
        self._people.searched.connect(
            lambda: watch.ask(0, self._people.search, PAGE if self._people.search else FIRST_PAGE)
        )
        self._people.explain_people()
        self._people.why_asked.connect(lambda who: self.why_asked.emit(Place(audience=watch.key), who))
        self._show(None)

    def _show(self, figures: AudienceFigures | None) -> None:
        zone = self._session.zone
        if figures is None:
            self.headcount.setText("–")
            self._share.setText("")
            self._line.set_points((), 0, zone)
            for made in (self._enter, self._leave, self._by_time):
                made.setText("–")
            self._people.show_page("People", 0, 0, [])
        else:
            one, many = formats.whom(figures.level)
            self.headcount.setText(formats.number(figures.size))
            self._share.setText(
                f"{formats.share(figures.size, figures.people)} of {many} · {formats.seconds(figures.seconds)}"
            )
            self._kind.show_kind(figures.kind)
            self._line.set_points(figures.series, figures.at_us, zone)
            self._enter.setText(f"+{formats.number(figures.entered)}")
            self._leave.setText(f"−{formats.number(figures.left)}")
            self._by_time.setText(formats.number(figures.left_by_time))
            rows = [(who, f"since {formats.near(since, figures.at_us, zone)}") for who, since in figures.members]
            article = "an" if figures.level == "account" else "a"
            self._people.show_words(f"Find {article} {one} by id", f"No {one} is in it at this instant.")
            self._people.show_page(many.capitalize(), figures.members_total, figures.offset, rows)
        self._show_state()

    def _show_state(self) -> None:
        """Say which instant this is, and grey what is not of it."""
        at_us = self._session.at_us
        current = self._watch.current
        self._at.setText(formats.instant(at_us, self._session.zone) if at_us else "no log")
        self.headcount.setEnabled(current)
        if self._watch.key is not None:
            self._problems.show_problems(self._session.problems(f"audiences.{self._watch.key}"))
