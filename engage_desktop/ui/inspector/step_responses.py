"""How people are assumed to answer what a message step sends: as its message says, or as the step itself does (D-28)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.domain.response import Responses, given_stages
from engage_desktop.domain.step import SendMessage
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField
from engage_desktop.ui.inspector.responses import Offers, ResponsesForm
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.titles import people_choices
from engage_desktop.ui.widgets.common import column


class StepResponses(QWidget):
    """A step's model replaces that of its message as a whole; it begins as a copy."""

    def __init__(self, step: SendMessage, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self._step, self._around, self._apply = step, around, apply
        self._whose = ChoiceField("Assumed responses", "inspector.responses", self._choose)
        self.form = ResponsesForm("inspector.responses.own", self._put, wide=False)
        layout = column(self, spacing=8)
        layout.addWidget(self._whose)
        layout.addWidget(self.form)
        self.load(step, around)

    def _set(self, words: str, model: Responses | None) -> str | None:
        title = step_title(self._step, self._around.campaigns)
        return self._apply(f"{words} of “{title}”", edits.set_step(self._step.key, responses=model))

    def _put(self, words: str, model: Responses) -> str | None:
        return self._set(words, model)

    def _choose(self, whose: Any) -> str | None:
        own = (self._messages_own() or Responses()) if whose == "step" else None
        return self._set("Change the responses", own)

    def _messages_own(self) -> Responses | None:
        message = self._around.campaigns.message(self._step.message)
        return message.responses if message is not None else None

    def load(self, step: SendMessage, around: Surroundings) -> None:
        self._step, self._around = step, around
        model = self._messages_own()
        said = "Those of the message" if model is not None and given_stages(model) else "Those of the message: none"
        self._whose.set_choices([(said, "message"), ("Its own", "step")])
        self._whose.set_value("message" if step.responses is None else "step")
        self.form.setVisible(step.responses is not None)
        if step.responses is not None:
            self.form.load(step.responses, Offers(people_choices(around.campaigns), around.events))
