"""Beside a computed trait: how many have a value at the clock, and which."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from engage_desktop.app.protocol_traits import TraitFigures
from engage_desktop.ui import formats
from engage_desktop.ui.problems import ProblemBox
from engage_desktop.ui.session import Session
from engage_desktop.ui.watch import FIRST_PAGE, PAGE, TraitWatch
from engage_desktop.ui.widgets.common import KindPill, column, label, row
from engage_desktop.ui.widgets.people_list import PeopleList


class TraitPanel(QScrollArea):
    def __init__(self, session: Session, watch: TraitWatch) -> None:
        super().__init__()
        self.setObjectName("trait.panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._session, self._watch = session, watch
        self._at = label("", "muted", "trait.at")
        self.headcount = label("–", "huge", "trait.with_value")
        self._share = label("", "muted", "trait.share", wrap=True)
        self._kind = KindPill("trait.kind")
        self._problems = ProblemBox("trait.problems")
        self.people = PeopleList("trait.people")
        body = QWidget()
        body.setProperty("kind", "surface")
        layout = column(body, (16, 16, 16, 16), 8)
        layout.addWidget(self._at)
        layout.addWidget(self.headcount)
        layout.addWidget(self._share)
        layout.addLayout(row(self._kind, "stretch"))
        layout.addSpacing(8)
        layout.addWidget(self._problems)
        layout.addWidget(self.people)
        layout.addStretch(1)
        self.setWidget(body)
        watch.changed.connect(self._show)
        session.run_changed.connect(lambda _run: self._show_state())
        session.trust.changed.connect(self._show_state)
        self._problems.fix_asked.connect(session.trust.fix)
        session.clock_changed.connect(lambda _at: self._show_state())
        self.people.more.connect(lambda: watch.ask(self.people.loaded, self.people.search))
        self.people.searched.connect(
            lambda: watch.ask(0, self.people.search, PAGE if self.people.search else FIRST_PAGE)
        )
        self._show(None)

    def _show(self, figures: TraitFigures | None) -> None:
        if figures is None:
            self.headcount.setText("–")
            self._share.setText("")
            self.people.show_page("People", 0, 0, [])
        else:
            one, many = formats.whom(figures.level)
            self.headcount.setText(formats.number(figures.with_value))
            share = formats.share(figures.with_value, figures.people)
            self._share.setText(f"{share} of {many} have a value · {formats.seconds(figures.seconds)}")
            self._kind.show_kind(figures.kind)
            article = "an" if figures.level == "account" else "a"
            self.people.show_words(f"Find {article} {one} by id", f"No {one} has a value at this instant.")
            rows = [(who, formats.value(value)) for who, value in figures.rows]
            self.people.show_page(many.capitalize(), figures.rows_total, figures.offset, rows)
        self._show_state()

    def _show_state(self) -> None:
        """Say which instant this is, and grey what is not of it."""
        at_us = self._session.at_us
        self._at.setText(formats.instant(at_us, self._session.zone) if at_us else "no log")
        self.headcount.setEnabled(self._watch.current)
        if self._watch.key is not None:
            self._problems.show_problems(self._session.problems(f"traits.{self._watch.key}"))
