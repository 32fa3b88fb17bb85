"""What a journey is for and when it runs: its goal, the dates between which it is open, priority, target and limits."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from engage_desktop.app.protocol import JourneyFigures
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.message import Goal
from engage_desktop.ui.goal_words import reached_words
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.fields import ChoiceField, Field, FlagField, NumberField
from engage_desktop.ui.inspector.fields_time import InstantField
from engage_desktop.ui.inspector.goal_fields import GoalFields
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.titles import stage_names
from engage_desktop.ui.widgets.common import KindPill, column, label, row, set_property

_TARGETS = (
    ("Any tool", None),
    ("Segment, audience journeys (v1)", "segment-v1"),
    ("Segment, event journeys (v2)", "segment-v2"),
)


class JourneySettings(QWidget):
    """Fields of a journey beside who enters and leaves. The goal moves nobody, its figures follow the clock (D-18)."""

    def __init__(self, journey: Journey, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self._apply, self._journey = apply, journey
        self._figures: JourneyFigures | None = None
        self._current = False
        self._goal_fields = GoalFields("inspector.goal", self._put_goal)
        self.goal = self._goal_fields.fields
        self.fields: dict[str, Field] = {
            "starts": InstantField(
                "People enter from", "inspector.starts", self._put("starts", "when the journey opens")
            ),
            "ends": InstantField("People enter before", "inspector.ends", self._put("ends", "when the journey closes")),
            "priority": NumberField("Priority of its messages", "inspector.priority", self._put_priority),
            "target": ChoiceField("Made for", "inspector.target", self._put("target", "the target"), _TARGETS),
            "enforce_limits": FlagField(
                "Enforce the limits of the target",
                "inspector.enforce_limits",
                self._put("enforce_limits", "whether limits are enforced"),
            ),
        }
        self._stage = ChoiceField("Lifecycle stage", "inspector.stage", self._put("stage", "the lifecycle stage"))
        self.fields["stage"] = self._stage
        self._kind = KindPill("inspector.goal.kind")
        self._reached = label("", "", "inspector.goal.reached", wrap=True)
        layout = column(self, spacing=12)
        layout.addLayout(row(label("Goal", "heading"), "stretch", self._kind))
        layout.addWidget(self._goal_fields)
        layout.addWidget(self._reached)
        layout.addWidget(label("Runs", "heading"))
        for made in self.fields.values():
            layout.addWidget(made)
        self.load(journey, around)

    # -- edits ----------------------------------------------------------------------------

    def _put_goal(self, words: str, goal: Goal | None) -> str | None:
        return self._apply(words, edits.set_journey(goal=goal))

    def _put(self, attribute: str, called: str) -> Any:
        return lambda value: self._apply(f"Change {called}", edits.set_journey(**{attribute: value}))

    def _put_priority(self, value: Any) -> str | None:
        """A whole number; nothing is 0 as by default."""
        return self._apply("Change the priority", edits.set_journey(priority=0 if value is None else value))

    # -- what is shown --------------------------------------------------------------------

    def load(self, journey: Journey, around: Surroundings) -> None:
        self._journey = journey
        self._goal_fields.load(journey.goal, around.names)
        stages = [(name, key) for key, name in stage_names(around.campaigns).items()]
        self._stage.set_choices([("None", None), *stages])
        for attribute, made in self.fields.items():
            if isinstance(made, InstantField):
                made.set_zone(around.campaigns.workspace.timezone)
            made.set_value(getattr(journey, attribute))
        self.show_figures(self._figures, self._current)

    def show_figures(self, figures: JourneyFigures | None, current: bool) -> None:
        """Say how far the goal is reached at the clock; greyed while that is not of the design as it is."""
        self._figures, self._current = figures, current
        mine = figures if figures is not None and figures.journey == self._journey.key else None
        goal = self._journey.goal
        text = reached_words(goal, mine) if goal is not None and mine is not None else ""
        self._reached.setText(text)
        self._reached.setVisible(bool(text))
        refused = mine is not None and mine.goal is not None and bool(mine.goal.refused)
        set_property(self._reached, "role", "warning" if refused else "" if current else "muted")
        self._kind.setVisible(bool(text) and not refused)
