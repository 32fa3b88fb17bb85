"""All problems of the workspace beside the one at hand: what is wrong, whom it names, how to mend it."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDockWidget, QFrame, QListWidget, QListWidgetItem, QScrollArea, QSplitter, QWidget

from engage_desktop.app.protocol import ENTRY, Reply
from engage_desktop.app.protocol_explain import Place
from engage_desktop.app.protocol_lints import AskLintPeople, LintPeople
from engage_desktop.domain.problem import Problem
from engage_desktop.ui import formats
from engage_desktop.ui.problems import ICONS, by_severity, place, where
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import icon
from engage_desktop.ui.widgets.common import button, column, label, row
from engage_desktop.ui.widgets.people_list import PeopleList

MOST_ROWS = 200
"""Rows made at a time; whoever has more problems mends these first."""
PAGE = 50
STALE = "Of the design before; it is being looked at again."


class ProblemsDock(QDockWidget):
    """Choosing a problem shows it; Enter goes to its place: `chosen` carries (kind, key, step)."""

    chosen = Signal(str, str, str)
    why_asked = Signal(object, str)
    """Why somebody is at the step that a lint is about."""
    at_hand_changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Problems", parent)
        self.setObjectName("problems")
        self._session = session
        self._list = QListWidget()
        self._list.setObjectName("problems.list")
        self._list.setAccessibleName("Problems")
        self._list.setWordWrap(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = label("Nothing is wrong with this design.", "muted", "problems.empty")
        self._build_detail()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list)
        split.addWidget(self._scroll)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        self._split = split
        body = QWidget()
        body.setProperty("kind", "surface")
        layout = column(body, (8, 8, 8, 8), 8)
        layout.addWidget(split, 1)
        layout.addWidget(self._empty)
        self.setWidget(body)
        self._list.itemActivated.connect(self._go)
        self._list.itemDoubleClicked.connect(self._go)
        self._list.itemClicked.connect(self._go)
        self._list.currentItemChanged.connect(lambda _now, _before: self._show_detail())
        self._rows: list[tuple[Problem, bool]] | None = None
        self._asked: int | None = None
        self._instants: dict[str, int] = {}
        session.run_changed.connect(lambda _run: self.refresh())
        session.trust.changed.connect(self.refresh)
        self.refresh()

    def _build_detail(self) -> None:
        self._mend = label("", "", "problems.mend", wrap=True)
        self._stale = label(STALE, "muted", "problems.stale", wrap=True)
        self.fix_button = button("Fix", "problems.fix", "primary")
        self.fix_button.clicked.connect(self.fix)
        self.go_button = button("Go there", "problems.go")
        self.go_button.clicked.connect(lambda: self._go(self._list.currentItem()))
        self.people = PeopleList("problems.people", "Nobody.")
        self.people.explain_people()
        self.people.more.connect(lambda: self._ask_people(self.people.loaded))
        self.people.searched.connect(lambda: self._ask_people(0))
        self.people.why_asked.connect(self._why)
        self._detail = QWidget()
        self._detail.setObjectName("problems.detail")
        self._detail.setProperty("kind", "surface")
        layout = column(self._detail, (12, 4, 8, 4), 8)
        for text in (self._mend, self._stale):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(text)
        self._fix_name = label("", "", "problems.fix_name", wrap=True)
        buttons = row(self.fix_button, self._fix_name, self.go_button)
        buttons.setStretch(1, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.people)
        layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumWidth(280)
        self._scroll.setWidget(self._detail)

    def theme_changed(self) -> None:
        """Icons have the old colours."""
        self._rows = None
        self.refresh()

    # -- the list -------------------------------------------------------------------------

    @property
    def at_hand(self) -> Problem | None:
        """The problem chosen, as long as it is one of the design as it is."""
        chosen = self._chosen()
        return chosen[0] if chosen is not None and not chosen[1] else None

    def _chosen(self) -> tuple[Problem, bool] | None:
        rows, at = self._rows or [], self._list.currentRow()
        return rows[at] if 0 <= at < len(rows) else None

    def refresh(self) -> None:
        """Show what is wrong now, worst first; what was of the last run alone is greyed until the next is looked at."""
        session = self._session
        rows = [(problem, False) for problem in session.problems()]
        if not session.trust.current:
            rows += [(lint.problem, True) for lint in session.trust.lints]
        rows.sort(key=lambda one: by_severity(one[0]))
        if rows == self._rows:
            self._show_detail()
            return
        kept = self._chosen()
        self._rows = rows
        self._list.blockSignals(True)
        self._list.clear()
        for problem, stale in rows[:MOST_ROWS]:
            self._list.addItem(self._item(problem, stale))
        if len(rows) > MOST_ROWS:
            more = QListWidgetItem(
                f"{formats.number(len(rows) - MOST_ROWS)} more are shown once some of these are mended."
            )
            more.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(more)
        self._list.blockSignals(False)
        self._choose(kept)
        self._split.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._show_detail()

    def _item(self, problem: Problem, stale: bool) -> QListWidgetItem:
        shown = icon("clock", "text_3") if stale else icon(*ICONS[problem.severity])
        item = QListWidgetItem(shown, f"{where(problem, self._session.campaigns)}: {problem.message}")
        item.setToolTip(STALE if stale else problem.path)
        spoken = STALE if stale else f"Can be fixed: {problem.fix.name}." if problem.fix else ""
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{problem.severity}: {item.text()} {spoken}".strip())
        if stale:
            item.setForeground(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        return item

    def _choose(self, kept: tuple[Problem, bool] | None) -> None:
        """The row that was chosen, else that of the same place and kind, else the first."""
        rows = (self._rows or [])[:MOST_ROWS]
        like = [(one.code, one.path, one.message) for one, _ in rows]
        at = 0
        if kept is not None:
            same = (kept[0].code, kept[0].path, kept[0].message)
            near = [n for n, one in enumerate(like) if one[:2] == same[:2]]
            at = like.index(same) if same in like else near[0] if near else 0
        self._list.setCurrentRow(at, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _go(self, item: QListWidgetItem | None) -> None:
        chosen = self._chosen()
        if item is not None and chosen is not None:
            self.chosen.emit(*place(chosen[0]))

    # -- the one at hand ------------------------------------------------------------------

    def _show_detail(self) -> None:
        chosen = self._chosen()
        self._scroll.setVisible(chosen is not None)
        self.at_hand_changed.emit()
        if chosen is None:
            return
        problem, stale = chosen
        self._mend.setText(problem.mend)
        self._mend.setVisible(bool(problem.mend))
        self._stale.setVisible(stale)
        fix = None if stale else problem.fix
        self.fix_button.setVisible(fix is not None)
        if fix is not None:
            self._fix_name.setText(fix.name)
            self.fix_button.setAccessibleName(f"Fix: {fix.name}")
            self.fix_button.setToolTip("One step that Undo takes back (Alt+Enter)")
        self.go_button.setVisible(bool(place(problem)[0]))
        self._show_people(None if stale else self._session.trust.place_of(problem))

    def _show_people(self, lint: int | None) -> None:
        named = self._session.trust.lints[lint].people if lint is not None else 0
        self.people.setVisible(named > 0)
        if lint is None or not named:
            self._asked = None
        elif lint != self._asked:
            self._asked = lint
            self._instants.clear()
            self.people.show_page("People it names", named, 0, [])
            self._ask_people(0)

    def _ask_people(self, offset: int) -> None:
        session, lint = self._session, self._asked
        if lint is not None:  # of the run as it is: there is nothing to wait for
            session.ask(AskLintPeople(session.generation, lint, self.people.search, offset, PAGE), self._take_people)

    def _take_people(self, reply: Reply) -> None:
        if isinstance(reply, LintPeople) and reply.lint == self._asked:
            now, zone = self._session.at_us, self._session.zone
            self._instants |= dict(reply.rows)
            rows = [(who, formats.near(at, now, zone)) for who, at in reply.rows]
            self.people.show_page("People it names", reply.total, reply.offset, rows)

    def _why(self, who: str) -> None:
        """Explain the person at the step and instant that is meant."""
        chosen = self._chosen()
        if chosen is None:
            return
        kind, key, step = place(chosen[0])
        if kind == "journey":
            if who in self._instants:
                self._session.workbench.set_clock(self._instants[who])
            self.why_asked.emit(Place(journey=key, step=None if step in ("", ENTRY) else step), who)

    def fix(self) -> None:
        """Mend the problem at hand; the keyboard stays in the list."""
        problem = self.at_hand
        if problem is not None and self._session.trust.fix(problem) and self.isVisible():
            self._list.setFocus(Qt.FocusReason.OtherFocusReason)
