"""The journey itself: its name, who enters, whether they may come again, what ends it, and its settings."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFrame, QWidget

from engage_desktop.domain.journey import AudienceEntry, EventEntry, Exit, Journey, ScheduleEntry
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.branches import tool
from engage_desktop.ui.inspector.fields import ChoiceField, Field, FlagField, TextField
from engage_desktop.ui.inspector.fields_duration import DurationField
from engage_desktop.ui.inspector.fields_log import ConditionField, EventField
from engage_desktop.ui.inspector.fields_mapping import MappingField
from engage_desktop.ui.inspector.fields_names import NameField, WeekdaysField
from engage_desktop.ui.inspector.fields_text import LongTextField
from engage_desktop.ui.inspector.journey_settings import JourneySettings
from engage_desktop.ui.inspector.occasions import schedule_words
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.inspector.until import ZONES
from engage_desktop.ui.widgets.common import button, clear, column, label, row

_ENTRY_TYPES = (
    ("When an event arrives", "event"),
    ("When somebody joins an audience", "audience"),
    ("On a schedule", "schedule"),
)
_REENTRY = (("Once only", "once"), ("Every time", "every"), ("Again after it has ended", "after_exit"))
_EXIT_KINDS = (("An event", "event"), ("A condition", "condition"), ("Age", "after"))


class ExitRow(QFrame):
    """One exit rule."""

    def __init__(self, owner: JourneyForm, rule: Exit) -> None:
        super().__init__()
        self.setProperty("kind", "branch")
        self.setObjectName(f"inspector.exit.{rule.key}")
        self.key, self.kind = rule.key, exit_kind(rule)
        self._fields: dict[str, Field] = {}
        stem = self.objectName()

        def put(attribute: str) -> Any:
            return lambda value: owner.apply(
                f"Change exit rule “{rule.name or rule.key}”", edits.set_exit(self.key, **{attribute: value})
            )

        layout = column(self, (8, 8, 8, 8), 8)
        self._kind = ChoiceField(
            "",
            f"{stem}.kind",
            lambda value: owner.apply(
                "Change what ends the journey", edits.set_exit_kind(self.key, value, owner.around.likeliest_event)
            ),
            _EXIT_KINDS,
            spoken="Ends by",
        )
        remove = tool(f"{stem}.remove", "Remove this exit rule", "x")
        remove.clicked.connect(lambda: owner.run("Remove an exit rule", edits.remove_exit(self.key)))
        layout.addLayout(row(self._kind, remove, spacing=4))
        if self.kind == "event":
            self._fields["event"] = EventField("", f"{stem}.event", put("event"), spoken="Exit event")
            self._fields["where"] = ConditionField(
                "", f"{stem}.where", put("where"), hint="any such event", spoken="Exit only where"
            )
            self._fields["match_identifier"] = FlagField(
                "Only for the same identifier", f"{stem}.match", put("match_identifier")
            )
        elif self.kind == "condition":
            self._fields["condition"] = ConditionField(
                "", f"{stem}.condition", put("condition"), optional=False, spoken="Exit condition"
            )
        else:
            self._fields["after"] = DurationField("", f"{stem}.after", put("after"), spoken="Exit after")
        self._fields["name"] = TextField(
            "", f"{stem}.name", put("name"), hint="Name of this outcome", spoken="Exit name"
        )
        for made in self._fields.values():
            layout.addWidget(made)
        self._send = ChoiceField(
            "",
            f"{stem}.send",
            lambda value: owner.apply("Change whom an exit tells", edits.set_exit_send(self.key, value)),
            spoken="On this exit tell",
        )
        layout.addWidget(self._send)
        self._mapping = MappingField(
            "With these fields", f"{stem}.mapping",
            lambda value: owner.apply("Change what an exit tells", edits.set_exit_mapping(self.key, value)),
        )  # fmt: skip
        layout.addWidget(self._mapping)

    def load(self, rule: Exit, around: Surroundings) -> None:
        self._kind.set_value(self.kind)
        for attribute, made in self._fields.items():
            if isinstance(made, EventField):
                made.set_events(around.events)
            if isinstance(made, ConditionField):
                made.set_names(around.names, rule.event)
            if attribute == "match_identifier" and isinstance(made, FlagField):
                reentry = around.journey.entry.reentry
                name = reentry.identifier if reentry else None
                made.set_title(f"Only of the same {name}" if name else "Only of the same identifier")
                made.setVisible(bool(name) or rule.match_identifier)
            made.set_value(getattr(rule, attribute))
        destinations = [(f"Tell {item.name or item.key}", item.key) for item in around.campaigns.destinations]
        self._send.set_choices([("Tell nobody", None), *destinations])
        self._send.set_value(rule.send.destination if rule.send else None)
        self._send.setVisible(bool(destinations) or rule.send is not None)
        self._mapping.set_value(rule.send.mapping if rule.send else {})
        self._mapping.setVisible(rule.send is not None)


def exit_kind(rule: Exit) -> str:
    return "event" if rule.event is not None else "condition" if rule.condition is not None else "after"


class JourneyForm(QWidget):
    """Fields of the journey; made anew when the kind of entry changes."""

    def __init__(self, journey: Journey, around: Surroundings, apply: edits.Apply) -> None:
        super().__init__()
        self.type, self.apply, self.around = journey.entry.type, apply, around
        self._exits: list[ExitRow] = []
        layout = column(self, spacing=12)
        self._name = TextField(
            "Name",
            "inspector.name",
            lambda value: apply("Rename the journey", edits.set_journey(name=value or journey.key)),
            optional=False,
        )
        self._description = LongTextField(
            "Description", "inspector.description",
            lambda value: apply("Describe the journey", edits.set_journey(description=value)), lines=2,
            hint="What it is for",
        )  # fmt: skip
        self._kind = ChoiceField("People enter", "inspector.entry.type", self._retype, _ENTRY_TYPES)
        self._entry = self._entry_fields(journey)
        self._mode = ChoiceField(
            "The same person again",
            "inspector.reentry.mode",
            lambda value: apply("Change re-entry", edits.set_reentry_mode(value)),
            _REENTRY,
        )
        self._identifier = NameField(
            "Kept apart by the property",
            "inspector.reentry.identifier",
            lambda value: apply("Change what keeps journeys apart", edits.set_identifier(value)),
            optional=True,
            hint="none: side by side",
        )
        self._cool_down = DurationField(
            "Not again within",
            "inspector.reentry.cool_down",
            lambda value: apply("Change re-entry", edits.set_reentry(cool_down=value)),
            optional=True,
        )
        self._next = label("", "muted", "inspector.entry.next", wrap=True)
        self._next.setToolTip("Counted from the instant of the clock below.")
        fields = list(self._entry.values())
        place = list(self._entry).index("zone") + 1 if "zone" in self._entry else len(fields)
        entry: list[QWidget] = [*fields[:place], self._next, *fields[place:]]
        for widget in (
            self._name,
            self._description,
            self._kind,
            *entry,
            self._mode,
            self._identifier,
            self._cool_down,
        ):
            layout.addWidget(widget)
        layout.addWidget(label("Leaves early by", "heading"))
        self._list = column(spacing=8)
        layout.addLayout(self._list)
        add = button("Add exit rule", "inspector.exit.add", "link")
        add.clicked.connect(lambda: self.run("Add an exit rule", edits.add_exit(self.around.likeliest_event)))
        layout.addLayout(row(add, "stretch"))
        self._refused = label("", "field-error", "inspector.exits.error", wrap=True)
        self._refused.hide()
        layout.addWidget(self._refused)
        self.settings = JourneySettings(journey, around, apply)
        layout.addWidget(self.settings)
        self.load(journey, around)

    def run(self, words: str, edit: edits.JourneyEdit) -> None:
        refused = self.apply(words, edit)
        self._refused.setText(refused or "")
        self._refused.setVisible(bool(refused))

    def _retype(self, kind: Any) -> str | None:
        return self.apply(
            "Change how people enter", edits.set_entry_type(kind, self.around.campaigns, self.around.likeliest_event)
        )

    def _entry_fields(self, journey: Journey) -> dict[str, Field]:
        def put(attribute: str) -> Any:
            return lambda value: self.apply("Change who enters", edits.set_entry(**{attribute: value}))

        made: dict[str, Field] = {}
        if isinstance(journey.entry, EventEntry):
            made["event"] = EventField("Event", "inspector.entry.event", put("event"))
            made["where"] = ConditionField("Only where", "inspector.entry.where", put("where"), hint="any such event")
            made["audience"] = ChoiceField("Only people of", "inspector.entry.audience", put("audience"))
        elif isinstance(journey.entry, AudienceEntry):
            made["audience"] = ChoiceField("Audience", "inspector.entry.audience", put("audience"))
            made["condition"] = ConditionField(
                "Or a condition", "inspector.entry.condition", put("condition"), hint="instead of an audience"
            )
            made["include_existing"] = FlagField(
                "Members at the start enter too", "inspector.entry.include_existing", put("include_existing")
            )
        elif isinstance(journey.entry, ScheduleEntry):
            made["at"] = TextField("First at", "inspector.entry.at", put("at"), optional=False)
            made["every"] = DurationField("Then every", "inspector.entry.every", put("every"), optional=True)
            made["time"] = TextField("Or whenever clocks show", "inspector.entry.time", put("time"), hint="09:00")
            made["weekdays"] = WeekdaysField("On", "inspector.entry.weekdays", put("weekdays"))
            made["zone"] = ChoiceField("By the clock of", "inspector.entry.zone", put("zone"), ZONES)
            made["condition"] = ConditionField(
                "Everybody who", "inspector.entry.condition", put("condition"), hint="all people"
            )
        return made

    def show_clock(self, at_us: int) -> None:
        """Say when a schedule comes next after an instant."""
        entry = self.around.journey.entry
        text = ""
        if isinstance(entry, ScheduleEntry):
            text = schedule_words(entry, at_us, self.around.campaigns.workspace.timezone)
        self._next.setText(text)
        self._next.setVisible(bool(text))

    def load(self, journey: Journey, around: Surroundings) -> None:
        self.around = around
        self.show_clock(around.at_us)
        self.settings.load(journey, around)
        self._name.set_value(journey.name)
        self._description.set_value(journey.description)
        self._kind.set_value(journey.entry.type)
        for attribute, made in self._entry.items():
            if isinstance(made, EventField):
                made.set_events(around.events)
            if isinstance(made, ConditionField):
                made.set_names(around.names, getattr(journey.entry, "event", None))
            if isinstance(made, ChoiceField) and attribute == "audience":
                made.set_choices(
                    [
                        ("Everybody" if journey.entry.type == "event" else "None", None),
                        *((item.name, item.key) for item in around.campaigns.audiences),
                    ]
                )
            made.set_value(getattr(journey.entry, attribute))
        reentry = journey.entry.reentry
        self._mode.set_value(reentry.mode if reentry else None)
        self._identifier.set_names(around.entry_properties, around.property_counts)
        self._identifier.set_value(reentry.identifier if reentry else None)
        self._cool_down.set_value(reentry.cool_down if reentry else None)
        identifies = isinstance(journey.entry, EventEntry) and reentry is not None and reentry.mode == "every"
        self._identifier.setVisible(identifies or bool(reentry and reentry.identifier))
        rests = reentry is not None and (reentry.mode == "after_exit" or reentry.cool_down is not None)
        self._cool_down.setVisible(rests)
        if [(made.key, made.kind) for made in self._exits] != [(rule.key, exit_kind(rule)) for rule in journey.exits]:
            clear(self._list)
            self._exits = [ExitRow(self, rule) for rule in journey.exits]
            for rule_row in self._exits:
                self._list.addWidget(rule_row)
        for rule_row, rule in zip(self._exits, journey.exits, strict=True):
            rule_row.load(rule, around)
