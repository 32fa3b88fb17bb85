"""The fields of a step that sets a trait: which one, and a value of a type (D-37)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.domain.step import SetTrait
from engage_desktop.language.numbers import FULLY_NUMERIC, number_text, read_number
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, Field, NumberField, TextField
from engage_desktop.ui.inspector.fields_names import NameField
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.widgets.common import column

Value = str | int | float | bool | None
_KINDS = (("A text", "text"), ("A number", "number"), ("True or false", "flag"), ("Nothing: remove it", "removed"))
_FLAGS = (("true", True), ("false", False))


class SetTraitFields(QWidget):
    """Shows the field of the value's type; another type keeps what the value can mean in it."""

    def __init__(self, step: SetTrait, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self.step, self._around, self._apply = step, around, apply
        self._trait = NameField("Trait", "inspector.trait", self._put_trait)
        self._kind = ChoiceField("Set to", "inspector.value.kind", self._rekind, _KINDS)
        self._values: dict[str, Field] = {
            "text": TextField(
                "", "inspector.value", self._put, optional=False, hint="empty text", spoken="Value of the trait"
            ),
            "number": NumberField("", "inspector.value.number", self._put_number, spoken="Value of the trait"),
            "flag": ChoiceField("", "inspector.value.flag", self._put, _FLAGS, spoken="Value of the trait"),
        }
        layout = column(self, spacing=12)
        layout.addWidget(self._trait)
        together = column(spacing=4)
        for made in (self._kind, *self._values.values()):
            together.addWidget(made)
        layout.addLayout(together)
        self.load(step, around)

    def _set(self, called: str, **fields: Any) -> str | None:
        title = step_title(self.step, self._around.campaigns)
        return self._apply(f"Change {called} of “{title}”", edits.set_step(self.step.key, **fields))

    def _put_trait(self, name: str) -> str | None:
        return self._set("trait", trait=name)

    def _put(self, value: Value) -> str | None:
        return self._set("value", value=value)

    def _put_number(self, value: Any) -> str | None:
        if isinstance(value, str) or value is None:  # a text would be a text
            return "This is not a number. Write digits, such as 25."
        return self._put(value)

    def _rekind(self, kind: str) -> str | None:
        return self._put(as_kind(self.step.value, kind))

    def load(self, step: SetTrait, around: Surroundings) -> None:
        self.step, self._around = step, around
        self._trait.set_names(around.log_traits, around.names.traits)
        self._trait.set_value(step.trait)
        kind = kind_of(step.value)
        self._kind.set_value(kind)
        for name, made in self._values.items():
            made.setVisible(name == kind)
            if name == kind:
                made.set_value(step.value)


def kind_of(value: Value) -> str:
    if value is None:
        return "removed"
    return "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def as_kind(value: Value, kind: str) -> Value:
    """The value as one of another type, what comes nearest to it."""
    match kind:
        case "removed":
            return None
        case "flag":
            return value not in (None, False, 0, "", "false")
        case "number":
            if isinstance(value, str):
                return (read_number(value) if FULLY_NUMERIC.fullmatch(value) else None) or 0
            return int(value or 0) if isinstance(value, bool | None) else value
        case _:
            if isinstance(value, bool):
                return "true" if value else "false"
            return "" if value is None else value if isinstance(value, str) else number_text(value)
