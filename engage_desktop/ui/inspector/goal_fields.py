"""The fields of a goal: an event, a filter on it, how long after entry it counts, and the property it is worth (D-18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from engage_desktop.domain.message import Goal
from engage_desktop.ui.inspector.edits import sentence
from engage_desktop.ui.inspector.fields import Field
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.inspector.fields_log import ConditionField, EventField
from engage_desktop.ui.inspector.fields_names import NameField
from engage_desktop.ui.inspector.log_names import LogNames
from engage_desktop.ui.widgets.common import column

Apply = Callable[[str, Goal | None], str | None]
"""Keep a goal (None: there is none) under the name of an edit; None, or the sentence that refuses it."""


class GoalFields(QWidget):
    """Without an event there is no goal, and no field but that of the event; what else was said stays with another event."""

    def __init__(self, name: str, apply: Apply, *, within: str = "Within, from entry on") -> None:
        super().__init__()
        self._apply = apply
        self._goal: Goal | None = None
        self.fields: dict[str, Field] = {
            "event": EventField("", f"{name}.event", self._aim, optional=True, spoken="Goal event"),
            "where": ConditionField(
                "", f"{name}.where", self._put("where"), hint="any such event", spoken="Goal only where"
            ),
            "within": DurationField(within, f"{name}.within", self._put("within"), optional=True),
            "value": NameField(
                "Worth the property", f"{name}.value", self._put("value"), optional=True, hint="not summed"
            ),
        }
        layout = column(self, spacing=12)
        for made in self.fields.values():
            layout.addWidget(made)

    def _aim(self, event: str | None) -> str | None:
        if event is None:
            return self._apply("Remove the goal", None)
        return self._apply("Change the goal", self._goal.with_(event=event) if self._goal else Goal(event=event))

    def _put(self, attribute: str) -> Callable[[Any], str | None]:
        def put(value: Any) -> str | None:
            if self._goal is None:
                return None
            try:
                goal = self._goal.with_(**{attribute: value})
            except ValidationError as error:
                return sentence(error)
            return self._apply("Change the goal", goal)

        return put

    def load(self, goal: Goal | None, names: LogNames) -> None:
        """Show a goal, and what the log has to offer."""
        self._goal = goal
        for attribute, made in self.fields.items():
            if isinstance(made, EventField):
                made.set_events(names.events)
            if isinstance(made, ConditionField):
                made.set_names(names, goal.event if goal else None)
            if isinstance(made, NameField):
                counts = names.properties.get(goal.event, {}) if goal else {}
                made.set_names(sorted(counts), counts)
            made.set_value(getattr(goal, attribute) if goal else None)
            made.setVisible(attribute == "event" or goal is not None)
