"""The form of one step: its name, its branches, its fields. Built per step, refreshed per change."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.domain.step import DelayUntil, SendMessage, SetTrait, StepBase, Wait
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, Choices, Field, FlagField, NumberField, TextField
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.inspector.fields_log import ConditionField, EventField
from engage_desktop.ui.inspector.fields_mapping import MappingField
from engage_desktop.ui.inspector.set_trait import SetTraitFields
from engage_desktop.ui.inspector.specs import SPECS, Spec
from engage_desktop.ui.inspector.step_responses import StepResponses
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.inspector.until import UntilFields
from engage_desktop.ui.widgets.common import column


class WordsField(TextField):
    """A list of words parted by commas; the value is a tuple."""

    def value(self) -> Any:
        return tuple(word.strip() for word in self.line.text().split(",") if word.strip())

    def _show(self, value: Any) -> None:
        self.line.setText(", ".join(value or ()))


class StepForm(QWidget):
    """Fields of a step type. `load` shows the step as it is now; edits go out through `apply`."""

    def __init__(self, step: StepBase, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self.key, self.type = step.key, step.type
        self._apply, self._around, self._step = apply, around, step
        self.fields: dict[str, Field] = {}
        layout = column(self, spacing=12)
        self._name = TextField(
            "Name", "inspector.name", lambda value: self._put("name", "name", value), hint="What people call this step"
        )
        layout.addWidget(self._name)
        self.branches = self._branch_list()
        if self.branches is not None:
            layout.addWidget(self.branches)
        self.until = UntilFields(step, around, apply) if isinstance(step, DelayUntil) else None
        if self.until is not None:
            layout.addWidget(self.until)
        self.trait = SetTraitFields(step, around, apply) if isinstance(step, SetTrait) else None
        if self.trait is not None:
            layout.addWidget(self.trait)
        for spec in SPECS.get(step.type, ()):
            made = self._field(spec)
            self.fields[spec.attribute] = made
            layout.addWidget(made)
        self.responses = StepResponses(step, around, apply) if isinstance(step, SendMessage) else None
        if self.responses is not None:
            layout.addWidget(self.responses)
        self.load(step, around)

    def _branch_list(self) -> Any:
        if not hasattr(self._step, "branches"):
            return None
        from engage_desktop.ui.inspector.branches import BranchList

        return BranchList(self._step, self._around, self._apply)

    def _title(self) -> str:
        return step_title(self._step, self._around.campaigns)

    def _put(self, attribute: str, words: str, value: Any) -> str | None:
        return self._apply(f"Change {words} of “{self._title()}”", edits.set_step(self.key, **{attribute: value}))

    def _aim(self, attribute: str, value: Any) -> str | None:
        branch = {"next": None, "on_timeout": "timeout", "otherwise": "otherwise"}[attribute]
        return self._apply(f"Connect “{self._title()}”", edits.set_target(self.key, branch, value))

    def _field(self, spec: Spec) -> Field:
        name, words = f"inspector.{spec.attribute}", spec.title[0].lower() + spec.title[1:]

        def put(value: Any) -> str | None:
            return self._put(spec.attribute, words, value)

        match spec.kind:
            case "duration":
                return DurationField(spec.title, name, put, optional=spec.optional)
            case "condition":
                return ConditionField(spec.title, name, put, optional=spec.optional, hint=spec.hint)
            case "event":
                return EventField(spec.title, name, put)
            case "flag":
                return FlagField(spec.title, name, put)
            case "number":
                return NumberField(spec.title, name, put, hint=spec.hint)
            case "mapping":
                return MappingField(spec.title, name, put, any_value=True)
            case "words":
                return WordsField(spec.title, name, put, hint=spec.hint)
            case "target":
                return ChoiceField(spec.title, name, lambda value: self._aim(spec.attribute, value))
            case "choice" | "message" | "destination":
                return ChoiceField(spec.title, name, put, spec.choices)
            case _:
                return TextField(spec.title, name, put, optional=spec.optional, hint=spec.hint)

    def load(self, step: StepBase, around: Surroundings) -> None:
        self._step, self._around = step, around
        self._name.set_value(step.name)
        if self.branches is not None:
            self.branches.load(step, around)
        if self.until is not None and isinstance(step, DelayUntil):
            self.until.load(step, around)
        if self.trait is not None and isinstance(step, SetTrait):
            self.trait.load(step, around)
        if self.responses is not None and isinstance(step, SendMessage):
            self.responses.load(step, around)
        for spec in SPECS.get(step.type, ()):
            made = self.fields[spec.attribute]
            if isinstance(made, ChoiceField) and spec.kind in ("target", "message", "destination"):
                made.set_choices(self._choices(spec))
            if isinstance(made, EventField):
                made.set_events(around.events)
            if isinstance(made, ConditionField):
                made.set_names(around.names)
            if spec.attribute == "on_timeout" and isinstance(step, Wait):
                made.setVisible(step.timeout is not None)
            made.set_value(getattr(step, spec.attribute))

    def _choices(self, spec: Spec) -> Choices:
        campaigns = self._around.campaigns
        if spec.kind == "message":
            return [(message.name or message.key, message.key) for message in campaigns.messages]
        if spec.kind == "destination":
            return [(item.name or item.key, item.key) for item in campaigns.destinations]
        return self._around.targets(self.key)
