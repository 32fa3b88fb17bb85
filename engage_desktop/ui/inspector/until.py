"""The fields of a delay until a moment: of which kind it is, the moment, and when that comes next (D-30..D-33)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.document.check_delay_until import until_kinds
from engage_desktop.domain.step import DelayUntil
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import step_title
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, Field, TextField
from engage_desktop.ui.inspector.fields_duration import OffsetField
from engage_desktop.ui.inspector.fields_names import NameField, WeekdaysField
from engage_desktop.ui.inspector.occasions import next_words
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.widgets.common import column, label

_KINDS = (
    ("A clock time", "time"),
    ("A date", "at"),
    ("A date in an event", "property"),
    ("A date of the person", "trait"),
)
ZONES = (("Each person's zone", "profile"), ("The workspace's zone", "workspace"))
_PAST = (("Pass at once", "pass"), ("Leave the journey", "leave"))
_SHOWN = {
    "time": {"time", "weekdays", "zone"},
    "at": {"at", "zone", "past"},
    "property": {"property", "offset", "zone", "past"},
    "trait": {"trait", "offset", "zone", "past"},
}


class UntilFields(QWidget):
    """Shows the fields of one kind; another kind brings a moment that can run, in one edit."""

    def __init__(self, step: DelayUntil, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self.step, self._around, self._apply = step, around, apply
        layout = column(self, spacing=12)
        self._kind = ChoiceField("Wait until", "inspector.until", self._rekind, _KINDS)
        self.fields: dict[str, Field] = {
            "time": TextField(
                "Clock time", "inspector.time", self._put("time", "clock time"), optional=False, hint="09:00"
            ),
            "weekdays": WeekdaysField("On", "inspector.weekdays", self._put("weekdays", "weekdays")),
            "at": TextField("Date", "inspector.at", self._put("at", "date"), optional=False, hint="2025-03-31 09:00"),
            "property": NameField("Property", "inspector.property", self._put("property", "date")),
            "trait": NameField("Trait", "inspector.trait", self._put("trait", "date")),
            "offset": OffsetField("Moved by", "inspector.offset", self._put("offset", "offset")),
            "zone": ChoiceField("By the clock of", "inspector.zone", self._put("zone", "zone"), ZONES),
            "past": ChoiceField(
                "When that is past or missing", "inspector.past", self._put("past", "what is past"), _PAST
            ),
        }
        self._next = label("", "muted", "inspector.next_time", wrap=True)
        self._next.setToolTip("Counted from the instant of the clock below.")
        layout.addWidget(self._kind)
        for name, made in self.fields.items():
            layout.addWidget(made)
            if name == "at":
                layout.addWidget(self._next)
        self.load(step, around)

    def _title(self) -> str:
        return step_title(self.step, self._around.campaigns)

    def _put(self, attribute: str, called: str) -> Any:
        def put(value: Any) -> str | None:
            return self._apply(
                f"Change {called} of “{self._title()}”", edits.set_step(self.step.key, **{attribute: value})
            )

        return put

    def _rekind(self, kind: str) -> str | None:
        return self._apply(
            f"Change what “{self._title()}” waits for", edits.set_until_kind(self.step.key, kind, self._first(kind))
        )

    def _first(self, kind: str) -> str:
        """A moment of a kind to begin with: of several names one that sounds like a date."""
        if kind == "time":
            return "09:00"
        if kind == "at":
            moment = formats.local(self._around.at_us, self._around.campaigns.workspace.timezone)
            return f"{moment:%Y-%m-%d} 09:00"
        names = self._around.properties if kind == "property" else self._around.traits
        dates = [name for name in names if name.endswith(("_at", "_on", "date"))]
        return (*dates, *names, kind)[0]

    def load(self, step: DelayUntil, around: Surroundings) -> None:
        self.step, self._around = step, around
        kind = (until_kinds(step) or ["time"])[0]
        self._kind.set_value(kind)
        for name, made in self.fields.items():
            made.setVisible(name in _SHOWN[kind] or name in until_kinds(step))
            if isinstance(made, NameField):
                if name == "property":
                    made.set_names(around.properties, around.property_counts)
                else:
                    made.set_names(around.traits, around.names.traits)
            made.set_value(getattr(step, name))
        self.show_clock(around.at_us)

    def show_clock(self, at_us: int) -> None:
        """Say when the moment comes next after an instant."""
        text = next_words(self.step, at_us, self._around.campaigns.workspace.timezone)
        self._next.setText(text)
        self._next.setVisible(bool(text))
