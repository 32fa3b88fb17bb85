"""The inspector on goals, dates, priority, target, limits, what an exit tells, and traits that a step sets (D-9, D-11, D-18, D-32, D-37, D-54)."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol import GoalFigures, JourneyFigures
from engage_desktop.document import dumps
from engage_desktop.domain.message import Goal
from engage_desktop.domain.step import SetTrait
from engage_desktop.ui.goal_words import goal_words, reached_short, reached_words
from engage_desktop.ui.inspector.set_trait import as_kind
from engage_desktop.ui.widgets.check_box import CheckBox
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import undo
from tests.ui.window.test_inspector import Editor
from tests.ui.window.test_inspector_moments import add, undone
from tests.ui.window.world import HOUR, START, events, wait_settled


@pytest.fixture
def editor(qtbot: QtBot, window: MainWindow) -> Editor:
    return Editor(qtbot, window)


def type_name(editor: Editor, name: str, text: str) -> None:
    editor.retype(editor.find(QComboBox, name).lineEdit(), text)


def empty(editor: Editor, line: QLineEdit) -> None:
    line.setFocus()
    driver.empty(line)
    driver.key(line, Qt.Key.Key_Return)


def direct(at_us: int, within_us: int) -> tuple[int, int, float]:
    """(people who entered, of these those who ordered in time, worth of these orders) straight from the events."""
    from engage_desktop.domain.duration import parse_instant

    calls = [event for event in events() if event["type"] == "track"]
    seen = [(str(call["userId"]), str(call["event"]), parse_instant(str(call["timestamp"])), call) for call in calls]
    entered = [(who, when) for who, name, when, _ in seen if name == "Product Added" and when <= at_us]
    reached, worth = set(), 0.0
    for who, name, when, call in seen:
        if name != "Order Completed" or when > at_us:
            continue
        if any(one == who and since < when <= since + within_us for one, since in entered):
            reached.add(who)
            worth += call["properties"]["price"]  # type: ignore[index]  # properties of a track call
    return len({who for who, _ in entered}), len(reached), worth


def test_a_goal_is_edited_counted_and_removed(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    editor.select("@entry")
    assert not [one for one in window.inspector.findChildren(QLineEdit, "inspector.goal.within") if one.isVisible()]
    type_name(editor, "inspector.goal.event", "Order Completed")
    assert editor.journey.goal == Goal(event="Order Completed")
    editor.line("inspector.goal.within", "36")
    value: QComboBox = editor.find(QComboBox, "inspector.goal.value")
    assert [value.itemData(at) for at in range(value.count())] == ["price", "shelf"]  # of that event in the log
    type_name(editor, "inspector.goal.value", "price")
    assert editor.journey.goal == Goal(event="Order Completed", within="36h", value="price")
    assert window.session.document.undo_name == "Change the goal"
    wait_settled(qtbot, window)
    for at_us in (window.session.at_us, START + 90 * HOUR):
        window.session.workbench.set_clock(at_us)
        wait_settled(qtbot, window)
        people, reached, worth = direct(at_us, 36 * HOUR)
        assert 0 < reached < people
        text = editor.find(QLabel, "inspector.goal.reached").text()
        assert text.startswith(f"Reached by {reached} of {people} people (")
        assert f"price: {worth:,.0f} in " in text
        assert f"goal <b>{reached}</b>" in window.transport.figures.text()
        assert window.transport.figures.toolTip() == f"Goal: Order Completed within 36 h. {text}"
    assert editor.find(QLabel, "inspector.goal.kind").text() == "observed"
    editor.condition("inspector.goal.where", "property('price')>=20")
    assert editor.journey.goal is not None
    assert editor.journey.goal.where == "property('price') >= 20"
    empty(editor, editor.find(QComboBox, "inspector.goal.event").lineEdit())
    assert editor.journey.goal is None
    assert window.session.document.undo_name == "Remove the goal"
    wait_settled(qtbot, window)
    assert "goal" not in window.transport.figures.text()
    assert undone(window, first)


def test_dates_are_typed_by_the_workspaces_clocks(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    editor.select("@entry")
    editor.line("inspector.starts", "2025-03-05 09:00")
    assert editor.journey.starts == "2025-03-05T09:00:00Z"
    assert editor.find(QLabel, "inspector.starts.zone").text() == "GMT"
    editor.line("inspector.ends", "2025-07-01")
    assert editor.journey.ends == "2025-06-30T23:00:00Z"  # midnight in London
    assert editor.find(QLineEdit, "inspector.ends").text() == "2025-07-01 00:00"
    assert editor.find(QLabel, "inspector.ends.zone").text() == "BST"
    editor.line("inspector.ends", "2025-03-30 01:30")  # a time that clocks skip (D-32)
    assert editor.journey.ends == "2025-03-30T01:00:00Z"
    editor.line("inspector.ends", "2025-03-07T12:00:00+02:00")
    assert editor.journey.ends == "2025-03-07T10:00:00Z"
    wait_settled(qtbot, window)
    assert window.session.workbench.figures is not None
    entered = window.session.workbench.figures.entered
    undo(window)
    wait_settled(qtbot, window)
    assert window.session.workbench.figures.entered > entered > 0
    editor.line("inspector.starts", "tomorrow")
    assert "not an instant with a zone" in editor.find(QLabel, "inspector.starts.error").text()
    assert editor.journey.starts == "2025-03-05T09:00:00Z"
    empty(editor, editor.find(QLineEdit, "inspector.starts"))
    assert editor.journey.starts is None
    assert undone(window, first)


def test_a_date_keeps_the_text_it_was_written_with(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    from engage_desktop.document.change import Change, put

    session = window.session
    changed = editor.journey.with_(starts="2025-03-05T11:00:00+02:00")
    session.document.apply(Change("Give a date", (put(session.campaigns, "journey", changed),)))
    editor.select("@entry")
    line = editor.find(QLineEdit, "inspector.starts")
    assert line.text() == "2025-03-05 09:00"
    before = session.document.undo_name
    editor.line("inspector.starts", "2025-03-05 09:00", Qt.Key.Key_Tab)
    assert (editor.journey.starts, session.document.undo_name) == ("2025-03-05T11:00:00+02:00", before)


def test_priority_target_and_limits(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    editor.select("@entry")
    editor.line("inspector.priority", "5")
    assert editor.journey.priority == 5
    editor.line("inspector.priority", "high")
    assert "not a number" in editor.find(QLabel, "inspector.priority.error").text()
    empty(editor, editor.find(QLineEdit, "inspector.priority"))
    assert editor.journey.priority == 0
    editor.choose("inspector.target", "Segment, event")
    assert editor.journey.target == "segment-v2"
    editor.click(CheckBox, "inspector.enforce_limits")
    assert editor.journey.enforce_limits
    wait_settled(qtbot, window)
    assert window.session.current
    editor.choose("inspector.target", "Any tool")
    assert editor.journey.target is None
    assert undone(window, first)


def test_an_exit_tells_a_destination(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    """J2-32: what it says stays when only the destination is another."""
    from engage_desktop.ui.inspector import edits

    first = dumps(window.session.campaigns)
    editor.select("@entry")
    editor.choose("inspector.exit.bought.send", "Tell Files")
    send = editor.journey.exits[0].send
    assert send is not None
    assert send.destination == "lists"
    wait_settled(qtbot, window)
    assert window.session.workbench.run.problems == ()
    mapped = editor.journey.with_(exits=(editor.journey.exits[0].with_(send=send.with_(mapping={"a": "b"})),))
    moved = edits.set_exit_send("bought", "live")(mapped).exits[0].send
    assert moved is not None
    assert (moved.destination, moved.mapping) == ("live", {"a": "b"})
    editor.choose("inspector.exit.bought.send", "Tell nobody")
    assert editor.journey.exits[0].send is None
    assert undone(window, first)


def test_a_step_sets_a_trait_by_type(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    add(window, "set_trait")
    editor.select("set_trait")
    type_name(editor, "inspector.trait", "plan")
    editor.choose("inspector.value.kind", "A text")
    editor.line("inspector.value", "gold")
    step: SetTrait = editor.step("set_trait")
    assert (step.trait, step.value) == ("plan", "gold")
    assert window.journey_page.canvas.scene.cards["set_trait"].content.line == "Set plan to “gold”"
    editor.line("inspector.value", "12")
    assert editor.step("set_trait").value == "12"  # digits are a text where a text is wanted
    editor.choose("inspector.value.kind", "A number")
    assert editor.step("set_trait").value == 12
    editor.line("inspector.value.number", "many")
    assert "not a number" in editor.find(QLabel, "inspector.value.number.error").text()
    editor.line("inspector.value.number", "2.5")
    assert editor.step("set_trait").value == 2.5
    editor.choose("inspector.value.kind", "True or false")
    editor.choose("inspector.value.flag", "false")
    assert editor.step("set_trait").value is False
    editor.choose("inspector.value.kind", "Nothing")
    assert editor.step("set_trait").value is None
    assert window.journey_page.canvas.scene.cards["set_trait"].content.line == "Remove plan"
    wait_settled(qtbot, window)
    assert window.session.workbench.run.problems == ()
    assert window.session.current
    type_name(editor, "inspector.trait", "plan.name")
    qtbot.waitUntil(
        lambda: [one.code for one in window.session.problems("journeys.rescue.steps.set_trait")] == ["trait_dot"]
    )
    assert undone(window, first)


def test_every_field_says_its_name(editor: Editor) -> None:
    """Interface 7: every control has an accessible name and is reached by the keyboard."""
    editor.select("@entry")
    QApplication.processEvents()
    settings: Any = editor.window.inspector.form
    for made in (*settings.settings.goal.values(), *settings.settings.fields.values()):
        control = made.focusProxy()
        assert control.accessibleName(), made.name
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, made.name


@pytest.mark.parametrize(
    ("value", "kind", "becomes"),
    [
        ("gold", "number", 0), ("12", "number", 12), ("1.5", "number", 1.5), (True, "number", 1), (None, "number", 0),
        (2.0, "text", "2"), (True, "text", "true"), (None, "text", ""), ("x", "flag", True), ("", "flag", False),
        ("false", "flag", False), (0, "flag", False), (3, "removed", None), ("1e999", "number", 0),
    ],
)  # fmt: skip
def test_a_value_of_another_type(value: Any, kind: str, becomes: Any) -> None:
    found = as_kind(value, kind)
    assert (found, type(found)) == (becomes, type(becomes))


def test_goals_in_words() -> None:
    goal = Goal(event="Order Completed", where="property('total') >= 20", within="14d", value="revenue")
    assert goal_words(goal) == "Order Completed where total ≥ 20 within 14 days"
    figures = JourneyFigures(1, "j", 0, 9, 8, 1, 0, {}, {}, {}, 0, "observed", GoalFigures(2, 3, 1234.5))
    assert reached_words(goal, figures) == "Reached by 2 of 8 people (25.0 %). revenue: 1,234.50 in 3 events."
    assert reached_short(figures) == ("2", "25.0 %")
    bare = JourneyFigures(1, "j", 0, 0, 0, 0, 0, {}, {}, {}, 0, "observed", GoalFigures(0, 0, None))
    assert reached_words(Goal(event="A"), bare) == "Reached by 0 of 0 people."
    refused = JourneyFigures(1, "j", 0, 9, 8, 1, 0, {}, {}, {}, 0, "observed", GoalFigures(0, 0, None, "It asks."))
    assert (reached_words(goal, refused), reached_short(refused)) == ("It asks.", ("", ""))
