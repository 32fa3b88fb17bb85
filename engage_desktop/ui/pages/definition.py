"""What the pages of an audience and of a computed trait share: name, level, the definition in words and as text."""

from __future__ import annotations

import itertools
from typing import Generic, Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from engage_desktop.document.change import Change, put
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Audience, ComputedTrait, Level
from engage_desktop.ui.pages.base import Page
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import Card, clear, label
from engage_desktop.ui.widgets.query_editor import Fault, QueryEditor, broken, check

Item = TypeVar("Item", Audience, ComputedTrait)
LEVELS: tuple[tuple[str, Level], ...] = (("Of users", "user"), ("Of accounts", "account"))


class DefinitionPage(Page, Generic[Item]):
    """Edits the `item` of one key, each edit one change of the document. Subclasses show its words
    and add cards to `body`."""

    kind: Literal["audience", "trait"]

    def __init__(self, session: Session, kind: Literal["audience", "trait"], words: str) -> None:
        super().__init__(session, kind, "", words)
        self.kind = kind
        self._key = ""
        self._gesture = itertools.count()
        self._gesture_now = ""
        self._shown: tuple[str, Level] = ("", "user")
        self.title.hide()
        self.name = QLineEdit()
        self.name.setObjectName(f"{kind}.name")
        self.name.setAccessibleName(f"Name of the {kind}")
        self.name.setProperty("role", "page-edit")
        self.name.editingFinished.connect(self._rename)
        self.heads.insertWidget(0, self.name)
        self.level = QComboBox()
        self.level.setObjectName(f"{kind}.level")
        self.level.setAccessibleName(f"Whom the {kind} is about")
        for text, level in LEVELS:
            self.level.addItem(text, level)
        self.level.activated.connect(lambda _index: self._choose_level())
        self.head.addWidget(self.level)
        self.words_card = Card(f"{kind}.words.card", 8)
        host = QWidget()
        self._words = QGridLayout(host)
        self._words.setContentsMargins(0, 0, 0, 0)
        self._words.setHorizontalSpacing(16)
        self._words.setVerticalSpacing(8)
        self._words.setColumnStretch(1, 1)
        self.words_card.body.addWidget(host)
        self.body.addWidget(self.words_card)
        self.text_card = Card(f"{kind}.text.card", 8)
        self.text_card.body.addWidget(label("Definition", "heading"))
        self.editor = QueryEditor(f"{kind}.definition", "Definition in the query language")
        self.text_card.body.addWidget(self.editor)
        self.error = label("", "field-error", f"{kind}.error", wrap=True)
        self.text_card.body.addWidget(self.error)
        hint = "Applied as you type; Ctrl+Enter applies at once. Undo takes the whole edit back."
        self.text_card.body.addWidget(label(hint, "small", f"{kind}.hint", wrap=True))
        self.body.addWidget(self.text_card)
        self.editor.begun.connect(self._begin)
        self.editor.paused.connect(self.apply_text)
        self.editor.settled.connect(self.apply_text)
        session.document_changed.connect(lambda _changed: self._load())
        self._begin()

    @property
    def item(self) -> Item | None:
        raise NotImplementedError

    # -- showing --------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.editor.set_theme(theme)

    def show_key(self, key: str) -> None:
        if key != self._key:
            self.apply_text()
            self._key, self._shown = key, ("", "user")
            self._begin()
        self._load()

    def _load(self) -> None:
        item = self.item
        if item is None:
            return
        if not self.name.hasFocus() or self.name.text().strip() == item.name:
            self.name.setText(item.name)
        self.name.setToolTip(f"Key: {item.key}")
        self.level.setCurrentIndex(self.level.findData(item.level))
        definition = item.definition or ""
        self.editor.setReadOnly(item.definition is None)
        if (definition, item.level) != self._shown or not self.editor.toPlainText():
            self._shown = (definition, item.level)
            canonical, fault = self._check(definition) if definition else ("", None)
            self.editor.show_text(broken(canonical) if fault is None else definition)
            self._show_fault(fault)
        self.show_words()

    def _check(self, text: str) -> tuple[str, Fault | None]:
        item = self.item
        return check(text, trait=self.kind == "trait", level="user" if item is None else item.level)

    def _show_fault(self, fault: Fault | None) -> None:
        self.editor.show_fault(fault)
        self.error.setText(
            f"{fault.sentence} (line {fault.line}, column {fault.column}). The figures are those of the last text that could be read."
            if fault
            else ""
        )
        self.error.setVisible(fault is not None)

    def show_words(self) -> None:
        """Say the definition in words."""
        raise NotImplementedError

    def put_words(self, rows: list[tuple[str, str, str]], nothing: str) -> None:
        """(before, phrase, figure) a row, or one sentence where there is none."""
        clear(self._words)
        for at, (before, phrase, figure) in enumerate(rows):
            self._words.addWidget(label(before, "muted"), at, 0)
            self._words.addWidget(label(phrase, "strong", f"{self.kind}.words.{at}", wrap=True), at, 1)
            if figure:
                self._words.addWidget(label(figure, "muted"), at, 2, Qt.AlignmentFlag.AlignRight)
        if not rows:
            self._words.addWidget(label(nothing, "muted"), 0, 0)

    # -- editing --------------------------------------------------------------------------

    def rename(self) -> None:
        """Put the keyboard into the name."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def _begin(self) -> None:
        # From focus to focus is one edit, however often it pauses.
        self._gesture_now = f"{self.kind} text {next(self._gesture)}"

    def apply_text(self) -> None:
        """Commit what is typed if it can be read and means something else than before."""
        item = self.item
        if item is None or item.definition is None:
            return
        canonical, fault = self._check(self.editor.toPlainText())
        self._show_fault(fault)
        if fault is None and canonical != item.definition:
            self._shown = (canonical, item.level)
            changed = item.with_(definition=canonical)
            self._apply(f"Edit the definition of “{item.name}”", changed, self._gesture_now)

    def _rename(self) -> None:
        item, text = self.item, self.name.text().strip()
        if item is None:
            return
        if not text:
            self.name.setText(item.name)
        elif text != item.name:
            self._apply(f"Rename “{item.name}” to “{text}”", item.with_(name=text))

    def _choose_level(self) -> None:
        item, level = self.item, self.level.currentData()
        if item is not None and level != item.level:
            words = self.level.currentText().lower()
            self._apply(f"Make “{item.name}” one {words}", item.with_(level=level))

    def _apply(self, name: str, changed: Item, gesture: str = "") -> None:
        try:
            self.session.document.apply(Change(name, (put(self.session.campaigns, self.kind, changed),), gesture))
        except UserError as error:
            self.session.notify("error", str(error))
