"""One audience: the condition in words, as text, and where it loses people."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from engage_desktop.app.protocol import AudienceFigures
from engage_desktop.document.change import Change, put
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Audience
from engage_desktop.ui import formats
from engage_desktop.ui.audience_watch import AudienceWatch
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import Card, clear, label
from engage_desktop.ui.widgets.query_editor import Fault, QueryEditor, broken, check
from engage_desktop.ui.widgets.waterfall import Waterfall


def phrases(text: str) -> list[str]:
    """The top-level conditions of a text in words, each with how it is joined to the one before."""
    from engage_desktop.domain.condition import And  # late, with the parser
    from engage_desktop.language import parse_condition, phrase

    try:
        tree = parse_condition(text)
    except UserError:
        return []
    return [phrase(item) for item in (tree.items if isinstance(tree, And) else (tree,))]


class AudiencePage(Page):
    """Edits the audience that is followed by `watch`."""

    def __init__(self, session: Session, watch: AudienceWatch) -> None:
        super().__init__(session, "audience", "", "An audience: people enter and leave as they meet these conditions")
        self._watch = watch
        self._key = ""
        self._gesture = itertools.count()
        self._gesture_now = ""
        self._shown_text = ""
        self.title.hide()
        self.name = QLineEdit()
        self.name.setObjectName("audience.name")
        self.name.setAccessibleName("Name of the audience")
        self.name.setProperty("role", "page-edit")
        self.name.editingFinished.connect(self._rename)
        self.heads.insertWidget(0, self.name)
        words = Card("audience.words.card", 8)
        host = QWidget()
        self._words = QGridLayout(host)
        self._words.setContentsMargins(0, 0, 0, 0)
        self._words.setHorizontalSpacing(16)
        self._words.setVerticalSpacing(8)
        self._words.setColumnStretch(1, 1)
        words.body.addWidget(host)
        self.body.addWidget(words)
        text = Card("audience.text.card", 8)
        text.body.addWidget(label("Definition", "heading"))
        self.editor = QueryEditor("audience.definition", "Definition in the query language")
        text.body.addWidget(self.editor)
        self.error = label("", "field-error", "audience.error", wrap=True)
        text.body.addWidget(self.error)
        self._hint = label(
            "Applied as you type; Ctrl+Enter applies at once. Undo takes the whole edit back.",
            "small",
            "audience.hint",
            wrap=True,
        )
        text.body.addWidget(self._hint)
        self.body.addWidget(text)
        lost = Card("audience.lost.card", 8)
        lost.body.addWidget(label("Where people are lost", "title"))
        self.waterfall = Waterfall()
        lost.body.addWidget(self.waterfall)
        self.body.addWidget(lost)
        self._lost = lost
        self.body.addStretch(1)
        self.editor.begun.connect(self._begin)
        self.editor.paused.connect(self.apply_text)
        self.editor.settled.connect(self.apply_text)
        session.document_changed.connect(lambda _changed: self._load())
        watch.changed.connect(self._show_figures)
        self._begin()

    # -- showing --------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.editor.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self._watch.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:  # Qt's name
        super().hideEvent(event)
        self._watch.set_active(False)

    def show_audience(self, key: str) -> None:
        if key != self._key:
            self.apply_text()
            self._key, self._shown_text = key, ""
            self._begin()
        self._load()
        self._watch.follow(key)

    @property
    def audience(self) -> Audience | None:
        return self.session.campaigns.audience(self._key)

    def _load(self) -> None:
        audience = self.audience
        if audience is None:
            return
        if not self.name.hasFocus() or self.name.text().strip() == audience.name:
            self.name.setText(audience.name)
        self.name.setToolTip(f"Key: {audience.key}")
        definition = audience.definition or ""
        self.editor.setReadOnly(audience.definition is None)
        if definition != self._shown_text or not self.editor.toPlainText():
            self._shown_text = definition
            canonical, fault = check(definition) if definition else ("", None)
            self.editor.show_text(broken(canonical) if fault is None else definition)
            self._show_fault(fault)
        if audience.list_ is not None:
            self.editor.setPlaceholderText(f"People named by the file {audience.list_.file}")
        self._show_words()

    def _show_fault(self, fault: Fault | None) -> None:
        self.editor.show_fault(fault)
        self.error.setText(
            f"{fault.sentence} (line {fault.line}, column {fault.column}). The figures are those of the last text that could be read."
            if fault
            else ""
        )
        self.error.setVisible(fault is not None)

    def _show_words(self) -> None:
        audience, figures = self.audience, self._watch.figures
        found = phrases(audience.definition) if audience is not None and audience.definition else []
        rows = figures.waterfall[1:] if figures is not None and len(figures.waterfall) == len(found) + 1 else ()
        clear(self._words)
        for at, text in enumerate(found):
            self._words.addWidget(label("All people who" if at == 0 else "and", "muted"), at, 0)
            self._words.addWidget(label(text, "strong", f"audience.words.{at}", wrap=True), at, 1)
            if rows:
                kept = f"keeps {formats.number(rows[at].kept)}" + (
                    f" of {formats.number(figures.people)}" if at == 0 and figures else ""
                )
                said = kept if rows[at].lost or at == 0 else f"{kept} · loses nobody"
                self._words.addWidget(label(said, "muted"), at, 2, Qt.AlignmentFlag.AlignRight)
        if not found:
            text = (
                "Everybody named by its file."
                if audience is not None and audience.list_ is not None
                else "The definition cannot be read yet."
            )
            self._words.addWidget(label(text, "muted"), 0, 0)

    def _show_figures(self, figures: AudienceFigures | None) -> None:
        self._lost.setVisible(figures is not None and bool(figures.waterfall))
        if figures is not None:
            self.waterfall.set_rows(figures.people, figures.waterfall)
            self._show_words()

    # -- editing --------------------------------------------------------------------------

    def _begin(self) -> None:
        # From focus to focus is one edit, however often it pauses.
        self._gesture_now = f"audience text {next(self._gesture)}"

    def apply_text(self) -> None:
        """Commit what is typed if it can be read and means something else than before."""
        audience = self.audience
        if audience is None or audience.definition is None:
            return
        canonical, fault = check(self.editor.toPlainText())
        self._show_fault(fault)
        if fault is None and canonical != audience.definition:
            self._shown_text = canonical
            self._apply(
                f"Edit the definition of “{audience.name}”", audience.with_(definition=canonical), self._gesture_now
            )

    def _rename(self) -> None:
        audience, text = self.audience, self.name.text().strip()
        if audience is None:
            return
        if not text:
            self.name.setText(audience.name)
        elif text != audience.name:
            self._apply(f"Rename “{audience.name}” to “{text}”", audience.with_(name=text))

    def _apply(self, name: str, changed: Audience, gesture: str = "") -> None:
        try:
            self.session.document.apply(Change(name, (put(self.session.campaigns, "audience", changed),), gesture))
        except UserError as error:
            self.session.notify("error", str(error))
