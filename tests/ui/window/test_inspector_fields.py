"""Every field of a journey's file is edited in the inspector, or the table says where else it comes from (issue 6, 4).

Forms stand alone here: no window and no process is needed to see that each field of `formats.md` has its editor, that
the editor has a name, is reached by Tab, and changes this field.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.document import loads, validate
from engage_desktop.document.fixes import at_path
from engage_desktop.domain.base import Model
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import (
    AudienceEntry,
    EventEntry,
    Exit,
    ExitSend,
    Journey,
    Reentry,
    ScheduleEntry,
)
from engage_desktop.domain.message import Goal
from engage_desktop.domain.response import Responses, ResponsesBy, Spread, Stage
from engage_desktop.domain.step import (
    STEP_TYPES,
    Ad,
    ConditionBranch,
    Delay,
    DelayUntil,
    End,
    Fork,
    Hold,
    HoldBranch,
    RandomBranch,
    RandomSplit,
    Send,
    SendMessage,
    SetTrait,
    Split,
    Wait,
)
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.form import StepForm
from engage_desktop.ui.inspector.journey_form import JourneyForm
from engage_desktop.ui.inspector.log_names import LogNames
from engage_desktop.ui.inspector.surroundings import Surroundings
from engage_desktop.ui.theme import Theme
from tests.ui import driver

BOUGHT = "event('Order Completed').count() >= 1"
CONDITION = "event('Product Added').count() >= 2"
EVENTS = {"Order Completed": 7, "Product Added": 9}
STEPS: list[dict[str, Any]] = [
    {"key": "delay", "type": "delay", "next": "until", "duration": "1d"},
    {"key": "until", "type": "delay_until", "next": "date", "time": "09:00", "weekdays": ["mon"]},
    {"key": "date", "type": "delay_until", "next": "due", "at": "2025-03-31T09:00:00Z"},
    {"key": "due", "type": "delay_until", "next": "hold", "property": "due_at", "offset": "-1h"},
    {"key": "hold", "type": "hold", "timeout": "2h", "on_timeout": "wait",
     "branches": [{"key": "b", "event": "Product Added", "where": "property('price') > 1"}]},
    {"key": "wait", "type": "wait", "next": "split", "condition": BOUGHT, "timeout": "3d"},
    {"key": "split", "type": "split", "branches": [{"key": "b", "condition": BOUGHT, "next": "fork"}]},
    {"key": "fork", "type": "fork", "branches": [{"key": "b", "condition": BOUGHT, "next": "random"}]},
    {"key": "random", "type": "random",
     "branches": [{"key": "b", "percent": 50, "next": "message"}, {"key": "c", "percent": 50}]},
    {"key": "message", "type": "message", "next": "ad", "message": "nudge", "responses": {
        "opened": {"low": 0.1, "likely": 0.2, "high": 0.3, "after": {"from": "0h", "to": "1d"}},
        "clicked": {"successes": 1, "trials": 9, "after": "1h"}, "delivered": {"likely": 0.9, "after": {"p50": "1h", "p90": "2h"}},
        "converted": {"likely": 0.1, "event": "Order Completed"},
        "by": [{"audience": "vips", "opened": {"likely": 0.5}}]}},
    {"key": "ad", "type": "ad", "next": "send", "destination": "files", "remove_after": "30d"},
    {"key": "send", "type": "send", "next": "trait", "destination": "files"},
    {"key": "trait", "type": "set_trait", "next": "end", "trait": "plan", "value": "gold"},
    {"key": "end", "type": "end"},
]  # fmt: skip
ENTRIES: dict[str, dict[str, Any]] = {
    "event": {"type": "event", "event": "Product Added", "reentry": {"mode": "every", "identifier": "cart"}},
    "audience": {"type": "audience", "audience": "vips", "reentry": {"mode": "after_exit", "cool_down": "7d"}},
    "schedule": {"type": "schedule", "at": "2025-03-31T09:00:00Z"},
}
EXITS = [
    {"key": "bought", "event": "Order Completed", "send": {"destination": "files", "mapping": {"a": "b"}}},
    {"key": "met", "condition": BOUGHT},
    {"key": "old", "after": "30d"},
]
GOAL = {"event": "Order Completed"}

COMPUTED = {
    (Journey, "key"): "minted from the name; results are named by it",
    (Journey, "start"): "the wire of the entry card, on the canvas and in the outline",
    (Journey, "entry"): "its own form", (Journey, "exits"): "their own rows", (Journey, "goal"): "its own fields",
    (Journey, "steps"): "the canvas and the outline", (Exit, "key"): "minted",
    (EventEntry, "reentry"): "its own fields", (AudienceEntry, "reentry"): "its own fields",
    (ScheduleEntry, "reentry"): "its own fields", (HoldBranch, "loop"): "leading the branch to its own hold",
    (Hold, "branches"): "rows", (Split, "branches"): "rows", (Fork, "branches"): "rows", (RandomSplit, "branches"): "rows",
    (Hold, "next"): "never taken", (Split, "next"): "never taken", (Fork, "next"): "never taken",
    (RandomSplit, "next"): "never taken", (End, "next"): "never taken", (Exit, "send"): "its own fields",
    (SendMessage, "responses"): "its own fields", (Responses, "by"): "rows", (Stage, "after"): "its own fields",
    (ResponsesBy, "delivered"): "as for everybody", (ResponsesBy, "clicked"): "as for everybody",
    (ResponsesBy, "converted"): "as for everybody", (ResponsesBy, "opened"): "as for everybody",
}  # fmt: skip
COMPUTED |= {(model, name): "minted" for model in (HoldBranch, ConditionBranch, RandomBranch) for name in ("key",)}
COMPUTED |= {(model, name): "minted, and of the type" for model in STEP_TYPES.values() for name in ("key", "type")}
COMPUTED |= {(model, "type"): "People enter" for model in (EventEntry, AudienceEntry, ScheduleEntry)}
"""Fields without an editor of their own, and what gives them instead."""

Row = tuple[str, str, str, str]
"""(form, name of the editor, what is typed or chosen, path in the journey)."""
_OWN = "inspector.responses.own"
EDITED: dict[tuple[type[Model], str], Row] = {
    (Journey, "name"): ("event", "inspector.name", "Other", "name"),
    (Journey, "description"): ("event", "inspector.description", "For carts", "description"),
    (Journey, "stage"): ("event", "inspector.stage", "Nurture", "stage"),
    (Journey, "target"): ("event", "inspector.target", "Segment, event", "target"),
    (Journey, "enforce_limits"): ("event", "inspector.enforce_limits", "", "enforce_limits"),
    (Journey, "priority"): ("event", "inspector.priority", "3", "priority"),
    (Journey, "starts"): ("event", "inspector.starts", "2025-03-01", "starts"),
    (Journey, "ends"): ("event", "inspector.ends", "2025-04-01", "ends"),
    (EventEntry, "event"): ("event", "inspector.entry.event.text", "Order Completed", "entry.event"),
    (EventEntry, "where"): ("event", "inspector.entry.where", "property('price') > 2", "entry.where"),
    (EventEntry, "audience"): ("event", "inspector.entry.audience", "Very important", "entry.audience"),
    (AudienceEntry, "audience"): ("audience", "inspector.entry.audience", "None", "entry.audience"),
    (AudienceEntry, "condition"): ("audience", "inspector.entry.condition", CONDITION, "entry.condition"),
    (AudienceEntry, "include_existing"): ("audience", "inspector.entry.include_existing", "", "entry.include_existing"),
    (ScheduleEntry, "at"): ("schedule", "inspector.entry.at", "2025-05-01", "entry.at"),
    (ScheduleEntry, "every"): ("schedule", "inspector.entry.every", "1 week 2 hours", "entry.every"),
    (ScheduleEntry, "time"): ("schedule", "inspector.entry.time", "10:00", "entry.time"),
    (ScheduleEntry, "weekdays"): ("schedule", "inspector.entry.weekdays.tue", "", "entry.weekdays"),
    (ScheduleEntry, "zone"): ("schedule", "inspector.entry.zone", "Each person", "entry.zone"),
    (ScheduleEntry, "condition"): ("schedule", "inspector.entry.condition", CONDITION, "entry.condition"),
    (Reentry, "mode"): ("event", "inspector.reentry.mode", "Once", "entry.reentry.mode"),
    (Reentry, "identifier"): ("event", "inspector.reentry.identifier.text", "basket", "entry.reentry.identifier"),
    (Reentry, "cool_down"): ("audience", "inspector.reentry.cool_down", "2 weeks", "entry.reentry.cool_down"),
    (Exit, "name"): ("event", "inspector.exit.bought.name", "Paid", "exits.bought.name"),
    (Exit, "event"): ("event", "inspector.exit.bought.event.text", "Product Added", "exits.bought.event"),
    (Exit, "where"): ("event", "inspector.exit.bought.where", "property('price') > 2", "exits.bought.where"),
    (Exit, "match_identifier"): ("event", "inspector.exit.bought.match", "", "exits.bought.match_identifier"),
    (Exit, "condition"): ("event", "inspector.exit.met.condition", CONDITION, "exits.met.condition"),
    (Exit, "after"): ("event", "inspector.exit.old.after", "2 weeks", "exits.old.after"),
    (ExitSend, "destination"): ("event", "inspector.exit.bought.send", "Tell Table", "exits.bought.send.destination"),
    (ExitSend, "mapping"): ("event", "inspector.exit.bought.mapping", "c = d", "exits.bought.send.mapping"),
    (Goal, "event"): ("event", "inspector.goal.event.text", "Product Added", "goal.event"),
    (Goal, "where"): ("event", "inspector.goal.where", "property('price') > 2", "goal.where"),
    (Goal, "within"): ("event", "inspector.goal.within", "14 days", "goal.within"),
    (Goal, "value"): ("event", "inspector.goal.value.text", "price", "goal.value"),
    **{(model, "name"): (f"steps.{key}", "inspector.name", "Named", f"steps.{key}.name") for key, model in (
        ("delay", Delay), ("until", DelayUntil), ("hold", Hold), ("wait", Wait), ("split", Split), ("fork", Fork),
        ("random", RandomSplit), ("message", SendMessage), ("ad", Ad), ("send", Send), ("trait", SetTrait), ("end", End),
    )},
    **{(model, "next"): (f"steps.{key}", "inspector.next", "Ends here", f"steps.{key}.next") for key, model in (
        ("delay", Delay), ("until", DelayUntil), ("wait", Wait), ("message", SendMessage), ("ad", Ad), ("send", Send),
        ("trait", SetTrait),
    )},
    (Delay, "duration"): ("steps.delay", "inspector.duration", "90 min", "steps.delay.duration"),
    (DelayUntil, "time"): ("steps.until", "inspector.time", "10:30", "steps.until.time"),
    (DelayUntil, "weekdays"): ("steps.until", "inspector.weekdays.tue", "", "steps.until.weekdays"),
    (DelayUntil, "zone"): ("steps.until", "inspector.zone", "The workspace", "steps.until.zone"),
    (DelayUntil, "at"): ("steps.date", "inspector.at", "2025-05-01 09:00", "steps.date.at"),
    (DelayUntil, "past"): ("steps.date", "inspector.past", "Leave", "steps.date.past"),
    (DelayUntil, "property"): ("steps.due", "inspector.property.text", "renewal", "steps.due.property"),
    (DelayUntil, "trait"): ("steps.due", "inspector.until", "A date of the person", "steps.due.trait"),
    (DelayUntil, "offset"): ("steps.due", "inspector.offset", "1 day before", "steps.due.offset"),
    (Hold, "timeout"): ("steps.hold", "inspector.timeout", "1 day 12 h", "steps.hold.timeout"),
    (Hold, "on_timeout"): ("steps.hold", "inspector.on_timeout", "Ends here", "steps.hold.on_timeout"),
    (HoldBranch, "name"): ("steps.hold", "inspector.branch.b.name", "Again", "steps.hold.branches.b.name"),
    (HoldBranch, "event"): ("steps.hold", "inspector.branch.b.event.text", "Refunded", "steps.hold.branches.b.event"),
    (HoldBranch, "where"): ("steps.hold", "inspector.branch.b.where", "property('a') = 1", "steps.hold.branches.b.where"),
    (HoldBranch, "any_identifier"): ("steps.hold", "inspector.branch.b.any", "", "steps.hold.branches.b.any_identifier"),
    (HoldBranch, "next"): ("steps.hold", "inspector.branch.b.target", "→ End", "steps.hold.branches.b.next"),
    (Wait, "condition"): ("steps.wait", "inspector.condition", CONDITION, "steps.wait.condition"),
    (Wait, "timeout"): ("steps.wait", "inspector.timeout", "5 d", "steps.wait.timeout"),
    (Wait, "on_timeout"): ("steps.wait", "inspector.on_timeout", "→ End", "steps.wait.on_timeout"),
    (Split, "otherwise"): ("steps.split", "inspector.otherwise", "→ End", "steps.split.otherwise"),
    (ConditionBranch, "name"): ("steps.split", "inspector.branch.b.name", "Yes", "steps.split.branches.b.name"),
    (ConditionBranch, "condition"): ("steps.fork", "inspector.branch.b.condition", CONDITION, "steps.fork.branches.b.condition"),
    (ConditionBranch, "next"): ("steps.fork", "inspector.branch.b.target", "→ End", "steps.fork.branches.b.next"),
    (RandomSplit, "sticky"): ("steps.random", "inspector.sticky", "", "steps.random.sticky"),
    (RandomBranch, "name"): ("steps.random", "inspector.branch.b.name", "A", "steps.random.branches.b.name"),
    (RandomBranch, "percent"): ("steps.random", "inspector.branch.b.percent", "40", "steps.random.branches.b.percent"),
    (RandomBranch, "role"): ("steps.random", "inspector.branch.b.role", "", "steps.random.branches.b.role"),
    (RandomBranch, "next"): ("steps.random", "inspector.branch.b.target", "→ End", "steps.random.branches.b.next"),
    (SendMessage, "message"): ("steps.message", "inspector.message", "Other", "steps.message.message"),
    (SendMessage, "priority"): ("steps.message", "inspector.priority", "2", "steps.message.priority"),
    (SendMessage, "when_not_sent"): ("steps.message", "inspector.when_not_sent", "Leave", "steps.message.when_not_sent"),
    (Responses, "delivered"): ("steps.message", f"{_OWN}.delivered.kind", "Not", "steps.message.responses.delivered"),
    (Responses, "opened"): ("steps.message", f"{_OWN}.opened.kind", "Not", "steps.message.responses.opened"),
    (Responses, "clicked"): ("steps.message", f"{_OWN}.clicked.kind", "Not", "steps.message.responses.clicked"),
    (Responses, "converted"): ("steps.message", f"{_OWN}.converted.kind", "Not", "steps.message.responses.converted"),
    (Stage, "low"): ("steps.message", f"{_OWN}.opened.low", "5", "steps.message.responses.opened.low"),
    (Stage, "likely"): ("steps.message", f"{_OWN}.opened.likely", "25", "steps.message.responses.opened.likely"),
    (Stage, "high"): ("steps.message", f"{_OWN}.opened.high", "45", "steps.message.responses.opened.high"),
    (Stage, "successes"): ("steps.message", f"{_OWN}.clicked.successes", "2", "steps.message.responses.clicked.successes"),
    (Stage, "trials"): ("steps.message", f"{_OWN}.clicked.trials", "20", "steps.message.responses.clicked.trials"),
    (Stage, "event"): ("steps.message", f"{_OWN}.converted.event.text", "Refunded", "steps.message.responses.converted.event"),
    (Spread, "from_"): ("steps.message", f"{_OWN}.opened.from", "30 min", "steps.message.responses.opened.after.from_"),
    (Spread, "to"): ("steps.message", f"{_OWN}.opened.to", "2 days", "steps.message.responses.opened.after.to"),
    (Spread, "p50"): ("steps.message", f"{_OWN}.delivered.p50", "30 min", "steps.message.responses.delivered.after.p50"),
    (Spread, "p90"): ("steps.message", f"{_OWN}.delivered.p90", "3 h", "steps.message.responses.delivered.after.p90"),
    (ResponsesBy, "audience"): ("steps.message", f"{_OWN}.by.0.audience", "Others", "steps.message.responses.by.0.audience"),
    (Ad, "destination"): ("steps.ad", "inspector.destination", "Table", "steps.ad.destination"),
    (Ad, "remove_after"): ("steps.ad", "inspector.remove_after", "2 weeks", "steps.ad.remove_after"),
    (Send, "destination"): ("steps.send", "inspector.destination", "Table", "steps.send.destination"),
    (Send, "event_name"): ("steps.send", "inspector.event_name", "Reminded", "steps.send.event_name"),
    (Send, "traits"): ("steps.send", "inspector.traits", "plan, country", "steps.send.traits"),
    (Send, "mapping"): ("steps.send", "inspector.mapping", "n = 3", "steps.send.mapping"),
    (SetTrait, "trait"): ("steps.trait", "inspector.trait.text", "tier", "steps.trait.trait"),
    (SetTrait, "value"): ("steps.trait", "inspector.value", "silver", "steps.trait.value"),
    (End, "outcome"): ("steps.end", "inspector.outcome", "gave up", "steps.end.outcome"),
}  # fmt: skip


def design(entry: str) -> Campaigns:
    data = {
        "format": "engage-campaigns/1", "workspace": {"name": "W"},
        "audiences": [{"key": key, "name": name, "definition": BOUGHT} for key, name in (("vips", "Very important"), ("others", "Others"))],
        "messages": [{"key": key, "name": key.title(), "channel": "push", "body": "Hi"} for key in ("nudge", "other")],
        "destinations": [
            {"key": key, "name": key.title(), "type": "file", "settings": {"folder": "out"}} for key in ("files", "table")
        ],
        "journeys": [{
            "key": "j", "name": "J", "entry": ENTRIES[entry], "exits": EXITS, "goal": GOAL, "start": "delay", "steps": STEPS,
        }],
    }  # fmt: skip
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    return campaigns


class Desk:
    """One form and the journey it edits."""

    def __init__(self, qtbot: QtBot, form: str) -> None:
        self.qtbot, entry = qtbot, form if form in ENTRIES else "event"
        self.campaigns = design(entry)
        self.area = QScrollArea()
        self.area.resize(360, 2400)
        self.area.setWidgetResizable(True)
        self.step = form.removeprefix("steps.") if form not in ENTRIES else ""
        self.form: Any = (
            StepForm(self.journey.by_key[self.step], self.around, self.apply)
            if self.step
            else JourneyForm(self.journey, self.around, self.apply)
        )
        self.area.setWidget(self.form)
        self.area.show()

    @property
    def journey(self) -> Journey:
        return self.campaigns.journeys[0]

    @property
    def around(self) -> Surroundings:
        names = LogNames(EVENTS, {name: {"price": 5, "cart": 3, "due_at": 1} for name in EVENTS}, {"plan": 4})
        properties = {name: tuple(counts) for name, counts in names.properties.items()}
        return Surroundings(self.campaigns, self.journey, EVENTS, properties, names=names)

    def apply(self, name: str, edit: edits.JourneyEdit) -> str | None:
        changed = edits.attempt(edit, self.journey)
        if isinstance(changed, str):
            return changed
        assert name
        self.show(self.campaigns.with_(journeys=(changed,)))
        return None

    def show(self, campaigns: Campaigns) -> None:
        self.campaigns = campaigns
        self.form.load(self.journey.by_key[self.step] if self.step else self.journey, self.around)

    def editor(self, name: str) -> QWidget:
        found = [one for one in self.form.findChildren(QWidget, name) if one.isVisibleTo(self.form)]
        assert found, name
        return found[-1]

    def put(self, name: str, text: str) -> None:
        """Type, choose or press, by the keyboard."""
        editor = self.editor(name)
        if isinstance(editor, QComboBox):
            index = next(at for at in range(editor.count()) if editor.itemText(at).startswith(text))
            key = Qt.Key.Key_Down if index > editor.currentIndex() else Qt.Key.Key_Up
            for _ in range(abs(index - editor.currentIndex())):
                driver.key(editor, key)
        elif isinstance(editor, QLineEdit | QPlainTextEdit):
            driver.key(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            driver.write(editor, text)
            several = isinstance(editor, QPlainTextEdit)
            held = Qt.KeyboardModifier.ControlModifier if several else Qt.KeyboardModifier.NoModifier
            driver.key(editor, Qt.Key.Key_Return, held)
        else:
            driver.key(editor, Qt.Key.Key_Space)

    def close(self) -> None:
        self.area.close()
        self.area.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def models() -> set[type[Model]]:
    parts = {Journey, EventEntry, AudienceEntry, ScheduleEntry, Reentry, Exit, ExitSend, Goal}
    parts |= {HoldBranch, ConditionBranch, RandomBranch, Responses, ResponsesBy, Stage, Spread}
    return {*parts, *STEP_TYPES.values()}


def test_the_table_knows_every_field() -> None:
    """A field that a later version adds has to be put into the inspector, or said to be elsewhere."""
    there = {(model, field) for model in models() for field in model.model_fields}
    assert EDITED.keys() | COMPUTED.keys() == there
    assert not EDITED.keys() & COMPUTED.keys()
    known = {name for model in models() for name in (model.__name__,)}
    for model in models():  # and every object in a journey is one of these
        for field in model.model_fields.values():
            for part in str(field.annotation).replace("[", " ").replace("]", " ").replace(",", " ").split():
                name = part.rpartition(".")[2]
                if part.startswith("engage_desktop.domain") and name[:1].isupper() and "'" not in name:
                    assert name in known | {"UnknownStep"}, part


def test_the_design_of_the_table_is_a_sound_one() -> None:
    assert [problem for problem in validate(design("event")) if problem.is_error] == []


FORMS = sorted({row[0] for row in EDITED.values()})


@pytest.mark.parametrize("form", FORMS)
def test_each_field_is_edited_by_the_keyboard(qtbot: QtBot, theme: Theme, form: str) -> None:
    desk = Desk(qtbot, form)
    first = desk.campaigns
    for (model, field), (where, name, text, path) in EDITED.items():
        if where != form:
            continue
        editor = desk.editor(name)
        assert editor.accessibleName(), name
        assert editor.focusPolicy() & Qt.FocusPolicy.TabFocus, name
        desk.put(name, text)
        before, after = at_path(first, f"journeys.j.{path}"), at_path(desk.campaigns, f"journeys.j.{path}")
        assert after != before, f"{model.__name__}.{field}: {name} changes nothing"
        owner = path.rpartition(".")[0]
        assert type(at_path(desk.campaigns, f"journeys.j.{owner}") if owner else desk.journey) is model
        desk.show(first)
    desk.close()
