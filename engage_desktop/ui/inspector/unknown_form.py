"""The form of a step of a newer version: what it is, that it is kept, and what can be changed of it all the same."""

from __future__ import annotations

import json
import math
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engage_desktop.document.check_unknown_step import unknown_parts
from engage_desktop.domain.step import Output, outputs
from engage_desktop.domain.unknown_step import UnknownStep
from engage_desktop.ui.canvas.words import output_words, step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, TextField
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.theme import current_theme
from engage_desktop.ui.widgets.common import clear, column, label
from engage_desktop.ui.widgets.query_editor import code_font

_LINES = 12


class UnknownForm(QWidget):
    """Name and wires are edited; the rest is shown as it stands in the file."""

    def __init__(self, step: UnknownStep, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self.key, self._apply, self._step, self._around = step.key, apply, step, around
        self._ways: list[tuple[Output, ChoiceField]] = []
        self._name = TextField("Name", "inspector.name", self._put_name, hint="What people call this step")
        self._says = label("", "", "inspector.unknown.words", wrap=True)
        self._list = column(spacing=12)
        self._text = QPlainTextEdit()
        self._text.setObjectName("inspector.unknown.text")
        self._text.setAccessibleName("The step as it is written in the file")
        self._text.setProperty("role", "mono")
        self._text.document().setDefaultFont(code_font(current_theme()))
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column(self, spacing=12)
        layout.addWidget(self._name)
        layout.addWidget(self._says)
        layout.addLayout(self._list)
        heading = label("As it stands in the file", "heading")
        heading.setBuddy(self._text)
        layout.addWidget(heading)
        layout.addWidget(self._text)
        self.load(step, around)

    def _title(self) -> str:
        return step_title(self._step, self._around.campaigns)

    def _put_name(self, name: str | None) -> str | None:
        return self._apply(f"Change name of “{self._title()}”", edits.set_step(self.key, name=name))

    def _aim(self, branch: str | None, target: Any) -> str | None:
        return self._apply(f"Connect “{self._title()}”", edits.set_target(self.key, branch, target))

    def load(self, step: UnknownStep, around: Surroundings) -> None:
        self._step, self._around = step, around
        self._name.set_value(step.name)
        self._says.setText(_words(step))
        ways = list(outputs(step))
        if [way.branch for way, _ in self._ways] != [way.branch for way in ways]:
            clear(self._list)
            self._ways = [(way, self._way(way)) for way in ways]
            for _, made in self._ways:
                self._list.addWidget(made)
        choices = [*around.targets(step.key), ("↺ itself", step.key)]
        for (_, made), way in zip(self._ways, ways, strict=True):
            made.set_choices(choices if way.loop else choices[:-1])
            made.set_value(way.target)
        text = json.dumps(step.written, indent=2, ensure_ascii=False)
        if self._text.toPlainText() != text:
            self._text.setPlainText(text)
        lines = min(max(text.count("\n") + 1, 3), _LINES)
        line = QFontMetricsF(self._text.document().defaultFont()).lineSpacing()
        self._text.setFixedHeight(math.ceil(line * lines) + 28)

    def _way(self, way: Output) -> ChoiceField:
        title = f"Then, {output_words(self._step, way)}" if way.branch else "Then"
        return ChoiceField(title, f"inspector.way.{way.branch or 'next'}", lambda target: self._aim(way.branch, target))


def _words(step: UnknownStep) -> str:
    parts = unknown_parts(step)
    what = f"fields that this version does not know: {', '.join(parts)}" if parts else f"the type “{step.type}”"
    return (
        f"This step was made by a newer version and has {what}. It is kept as it is when you save. "
        "Open the file in that version to run it, or replace or delete the step."
    )
