"""The inspector: what is selected, its fields, its people, its problems."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from engage_desktop.app.protocol import ENTRY
from engage_desktop.document.change import Change, put
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import CATEGORY
from engage_desktop.domain.unknown_step import UnknownStep
from engage_desktop.ui.canvas import catalogue, words
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import Field
from engage_desktop.ui.inspector.form import StepForm
from engage_desktop.ui.inspector.journey_form import JourneyForm
from engage_desktop.ui.inspector.missing_box import MissingBox
from engage_desktop.ui.inspector.offered import OfferedNames
from engage_desktop.ui.inspector.people import StepPeople
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.inspector.unknown_form import UnknownForm
from engage_desktop.ui.problems import ProblemBox
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import column, label, row

TILE_PX = 32
Form = StepForm | UnknownForm | JourneyForm


class Inspector(QScrollArea):
    """Shows one journey and what is selected in it; nothing selected means the journey itself."""

    why_asked = Signal(object, str)
    """Why a person is at the step shown: the place and the id."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("inspector.panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._session, self._theme = session, theme
        self._journey = ""
        self._selected: tuple[str, ...] = ()
        self._form: Form | None = None
        self._form_for: tuple[str, ...] | None = None
        self._tile = QLabel()
        self._tile.setProperty("kind", "tile")
        self._tile.setFixedSize(TILE_PX, TILE_PX)
        self._tile.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = label("", "title", "inspector.title", wrap=True)
        self._type = label("", "muted", "inspector.type", wrap=True)
        self._note = label("", "muted", "inspector.note", wrap=True)
        self._problems = ProblemBox("inspector.problems")
        self._missing = MissingBox(session)
        self._people = StepPeople(session)
        self._offered = OfferedNames(session)
        self._people.why_asked.connect(self.why_asked)
        body = QWidget()
        body.setObjectName("inspector.body")
        body.setProperty("kind", "surface")
        self._layout = column(body, (16, 16, 16, 16), 16)
        heads = column(None, spacing=0)
        heads.addWidget(self._title)
        heads.addWidget(self._type)
        head = row(self._tile, spacing=12)
        head.addLayout(heads, 1)
        self._layout.addLayout(head)
        for widget in (self._missing, self._note, self._problems, self._people):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self.setWidget(body)
        session.document_changed.connect(lambda _changed: self._refresh())
        session.run_changed.connect(lambda _run: self._show_problems())
        session.trust.changed.connect(self._show_problems)
        self._problems.fix_asked.connect(session.trust.fix)
        session.log_changed.connect(lambda _log: self._refresh())
        session.clock_changed.connect(self._show_clock)
        session.clock_changed.connect(lambda _at: self._show_figures())
        session.figures_changed.connect(lambda _figures: self._show_figures())
        session.run_changed.connect(lambda _run: self._show_figures())

    # -- what is shown --------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._form is not None:
            self._form_for = ()  # its icons have the old colours
        self._refresh()

    def show_journey(self, key: str, selected: list[str] | tuple[str, ...] = ()) -> None:
        self._journey, self._selected = key, tuple(selected)
        self._refresh()

    @property
    def form(self) -> Form | None:
        return self._form

    def _around(self, journey: Journey) -> Surroundings:
        log = self._session.workbench.log
        found = (log.event_counts, log.properties, log.traits) if log else ({}, {}, ())
        return Surroundings(
            self._session.campaigns, journey, *found, at_us=self._session.at_us, names=self._offered.names()
        )

    def _show_clock(self, at_us: int) -> None:
        if isinstance(self._form, StepForm) and self._form.until is not None:
            self._form.until.show_clock(at_us)
        if isinstance(self._form, JourneyForm):
            self._form.show_clock(at_us)

    def _show_figures(self) -> None:
        if isinstance(self._form, JourneyForm):
            bench = self._session.workbench
            self._form.settings.show_figures(bench.figures, bench.figures_current)

    def _refresh(self) -> None:
        journey = self._session.campaigns.journey(self._journey)
        if journey is None:
            return
        known = [key for key in self._selected if key == ENTRY or key in journey.by_key]
        many = len(known) > 1
        self._note.setVisible(many)
        self._people.setVisible(not many)
        if many:
            self._head("list-tree", "logic", f"{len(known)} steps selected", journey.name)
            self._note.setText("Select one step to edit it. Moving, copying and deleting work on all of them.")
            self._use(None, None)
        elif known and known[0] != ENTRY:
            step = journey.by_key[known[0]]
            campaigns = self._session.campaigns
            self._head(
                catalogue.step_icon(step, campaigns),
                CATEGORY.get(step.type, "end"),
                words.step_title(step, campaigns),
                words.type_title(step, campaigns),
            )
            around = self._around(journey)
            if isinstance(step, UnknownStep):
                unknown = step
                if self._use(
                    ("unknown", step.key, step.type), lambda: UnknownForm(unknown, around, self.apply)
                ) and isinstance(self._form, UnknownForm):
                    self._form.load(step, around)
            elif self._use(("step", step.key, step.type), lambda: StepForm(step, around, self.apply)) and isinstance(
                self._form, StepForm
            ):
                self._form.load(step, around)
            self._people.show_step(journey.key, step.key)
        else:
            entry = bool(known)
            title = words.entry_title(journey, self._session.campaigns) if entry else journey.name
            self._head(
                catalogue.entry_icon(journey) if entry else "route", "entry", title, "Entry" if entry else "Journey"
            )
            around = self._around(journey)
            if self._use(
                ("journey", journey.key, journey.entry.type), lambda: JourneyForm(journey, around, self.apply)
            ) and isinstance(self._form, JourneyForm):
                self._form.load(journey, around)
            self._people.show_step(journey.key, ENTRY)
            self._show_figures()
        self._show_problems()

    def _use(self, wanted: tuple[str, str, str] | None, make: Callable[[], Form] | None) -> bool:
        """Have the form of `wanted` in place; True when it was there already."""
        full = (self._journey, *wanted) if wanted else None
        if full == self._form_for and self._form is not None:
            return True
        if self._form is not None:
            self._layout.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        self._form_for = full
        if full is not None and make is not None:
            self._form = make()
            self._layout.insertWidget(2, self._form)  # behind the head and what is missing
            self.verticalScrollBar().setValue(0)
        return False

    def _head(self, icon: str, role: str, title: str, kind: str) -> None:
        self._title.setText(title)
        self._type.setText(kind)
        self._tile.setPixmap(self._theme.pixmap(icon, role, 18, self.devicePixelRatioF()))
        self._tile.setStyleSheet(f"background: {self._theme.hex(f'{role}_soft')}; border-radius: 8px;")

    def _show_problems(self) -> None:
        prefix = f"journeys.{self._journey}"
        selected = self._selected[0] if len(self._selected) == 1 else ""
        if selected == ENTRY:
            found = self._session.problems(f"{prefix}.entry") + self._session.problems(f"{prefix}.start")
        elif selected:
            found = self._session.problems(f"{prefix}.steps.{selected}")
        else:
            found = self._session.problems(prefix)
        self._problems.show_problems(found)
        self._missing.show_problems(found)

    # -- edits ----------------------------------------------------------------------------

    def apply(self, name: str, edit: edits.JourneyEdit) -> str | None:
        """Make one edit of the journey in view; the sentence that refuses it, or None."""
        journey = self._session.campaigns.journey(self._journey)
        if journey is None:
            return "This journey is gone. Undo to bring it back."
        changed = edits.attempt(edit, journey)
        if isinstance(changed, str):
            return changed
        try:
            self._session.document.apply(Change(name, (put(self._session.campaigns, "journey", changed),)))
        except UserError as error:
            return str(error)
        return None

    def focus_first(self) -> None:
        """Put the keyboard into the first field that changes what is selected."""
        form = self._form
        if form is None:
            return
        fields = [field for field in form.findChildren(Field) if field.isVisibleTo(form)]
        beside_name = [field for field in fields if field.name != "inspector.name"]
        for field in (beside_name or fields)[:1]:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.ensureWidgetVisible(field)
