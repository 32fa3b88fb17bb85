"""The inspector on delays until a moment, forks, lists, identifiers and exits by condition (D-14, D-16, D-18, D-31..D-33, D-54)."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import OutputRef, add_step, dumps, new_step
from engage_desktop.document.change import Change, put
from engage_desktop.domain.journey import ScheduleEntry
from engage_desktop.domain.step import DelayUntil
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.inspector.occasions import next_words, schedule_words
from engage_desktop.ui.widgets.check_box import CheckBox
from engage_desktop.ui.window import MainWindow
from tests.ui.driver import undo
from tests.ui.window.test_inspector import Editor
from tests.ui.window.world import HOUR, START, events, wait_settled


@pytest.fixture
def editor(qtbot: QtBot, window: MainWindow) -> Editor:
    return Editor(qtbot, window)


def add(window: MainWindow, type_: str, **fields: Any) -> None:
    """Put a step of a type, its key the type, behind the message."""
    session = window.session
    journey = session.campaigns.journey("rescue")
    assert journey is not None
    changed = add_step(journey, new_step(type_, type_, **fields), OutputRef("pause"))
    session.document.apply(Change("Add a step", (put(session.campaigns, "journey", changed),)))


def undone(window: MainWindow, first: str) -> bool:
    while window.session.document.can_undo:
        undo(window)
    return dumps(window.session.campaigns) == first


def test_a_delay_until_a_clock_time(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    add(window, "delay_until")
    editor.select("delay_until")
    editor.line("inspector.time", "18:30")
    assert editor.step("delay_until").time == "18:30"
    editor.click(QToolButton, "inspector.weekdays.tue")
    editor.click(QToolButton, "inspector.weekdays.mon")
    assert editor.step("delay_until").weekdays == ("mon", "tue")
    editor.choose("inspector.zone", "The workspace")
    assert editor.step("delay_until").zone == "workspace"
    assert window.session.document.undo_name == "Change zone of “Delay until a time”"
    wait_settled(qtbot, window)
    window.session.workbench.set_clock(START + 7 * 24 * HOUR)  # Mon 10 Mar 2025 08:00 GMT
    shown = editor.find(QLabel, "inspector.next_time")
    qtbot.waitUntil(lambda: shown.text() == "Next: Mon 10 Mar 2025 18:30 Europe/London")
    assert undone(window, first)


def test_another_kind_is_one_edit_that_runs(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    add(window, "delay_until", weekdays=("tue",))
    editor.select("delay_until")
    before = dumps(window.session.campaigns)
    editor.choose("inspector.until", "A date in an event")
    step = editor.step("delay_until")
    assert (step.time, step.weekdays, step.property) == (None, (), "price")  # of the entry event in the log
    combo: QComboBox = editor.find(QComboBox, "inspector.property")
    assert "price" in [combo.itemData(at) for at in range(combo.count())]
    editor.choose("inspector.until", "A date of the person")
    editor.retype(editor.find(QComboBox, "inspector.trait").lineEdit(), "renewal_at")
    editor.line("inspector.offset", "-1d")
    editor.choose("inspector.past", "Leave")
    step = editor.step("delay_until")
    assert (step.trait, step.offset, step.past, step.property) == ("renewal_at", "-1d", "leave", None)
    wait_settled(qtbot, window)
    assert window.session.problems("journeys.rescue.steps.delay_until") == ()
    editor.choose("inspector.until", "A date")
    step = editor.step("delay_until")
    assert (step.trait, step.offset, step.past) == (None, None, "leave")
    assert step.at is not None
    editor.choose("inspector.until", "A clock time")
    assert editor.step("delay_until").past == "pass"
    while dumps(window.session.campaigns) != before:
        assert window.session.document.can_undo
        undo(window)


def test_what_is_no_clock_time_is_said_at_the_step(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    add(window, "delay_until")
    editor.select("delay_until")
    editor.line("inspector.time", "25:00")
    qtbot.waitUntil(lambda: bool(window.session.problems("journeys.rescue.steps.delay_until")))
    assert [problem.code for problem in window.session.problems("journeys.rescue.steps.delay_until")] == ["clock_time"]
    assert not editor.window.inspector.findChildren(QLabel, "inspector.next_time")[-1].isVisible()
    undo(window)
    wait_settled(qtbot, window)


def test_a_fork_and_a_list(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    add(window, "ad", destination="lists")
    add(window, "fork")
    editor.select("fork")
    editor.condition("inspector.branch.a.condition", "event('Product Viewed').count() >= 2")
    editor.click(QPushButton, "inspector.branch.add")
    editor.condition("inspector.branch.branch_1.condition", "audience('buyers')")
    editor.choose("inspector.branch.branch_1.target", "→ Done")
    branches = editor.step("fork").branches
    assert [branch.condition for branch in branches] == ["event('Product Viewed').count() >= 2", "audience('buyers')"]
    assert branches[1].next == "done"
    editor.click(QToolButton, "inspector.branch.branch_1.up")
    assert [branch.key for branch in editor.step("fork").branches] == ["branch_1", "a"]
    editor.click(QToolButton, "inspector.branch.branch_1.remove")
    editor.click(QToolButton, "inspector.branch.a.remove")
    assert "A fork needs at least one branch" in editor.find(QLabel, "inspector.branches.error").text()
    editor.select("ad")
    editor.choose("inspector.destination", "Live")
    editor.line("inspector.remove_after", "30")
    assert (editor.step("ad").destination, editor.step("ad").remove_after) == ("live", "30h")
    wait_settled(qtbot, window)
    assert window.session.current
    assert undone(window, first)


def test_identifiers_of_entry_holds_and_exits(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    editor.select("@entry")
    combo: QComboBox = editor.find(QComboBox, "inspector.reentry.identifier")
    assert [combo.itemData(at) for at in range(combo.count())] == ["price", "shelf"]
    added = sum(one.get("event") == "Product Added" for one in events())
    assert combo.itemText(0) == f"price   {added}"  # each of them carries one
    editor.retype(combo.lineEdit(), "shelf")
    assert editor.journey.entry.reentry.identifier == "shelf"
    match = editor.find(CheckBox, "inspector.exit.bought.match")
    assert match.text() == "Only of the same shelf"
    editor.click(CheckBox, "inspector.exit.bought.match")
    assert editor.journey.exits[0].match_identifier
    editor.select("hold")
    assert editor.find(CheckBox, "inspector.branch.again.any").text() == "Also of another shelf"
    editor.click(CheckBox, "inspector.branch.again.any")
    assert editor.step("hold").branches[0].any_identifier
    wait_settled(qtbot, window)
    assert window.session.workbench.run.problems == ()
    editor.select("@entry")
    editor.choose("inspector.reentry.mode", "Once only")  # nothing that rests on the identifier stays behind
    assert editor.journey.entry.reentry.identifier is None
    assert not editor.journey.exits[0].match_identifier
    assert not editor.step("hold").branches[0].any_identifier
    wait_settled(qtbot, window)
    assert window.session.workbench.run.problems == ()
    assert undone(window, first)


def test_an_exit_by_condition(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    first = dumps(window.session.campaigns)
    editor.select("@entry")
    editor.choose("inspector.exit.bought.kind", "A condition")
    editor.condition("inspector.exit.bought.condition", "event('Order Completed').count()>=2")
    assert editor.journey.exits[0].condition == "event('Order Completed').count() >= 2"
    assert editor.journey.exits[0].event is None
    wait_settled(qtbot, window)
    assert window.session.workbench.run.problems == ()
    assert undone(window, first)


def test_an_audience_that_comes_again_rests(editor: Editor) -> None:
    """D-45: a positive cool-down is part of the choice."""
    journey = edits.set_entry_type("audience", editor.window.session.campaigns)(editor.journey)
    again = edits.set_reentry_mode("after_exit")(journey)
    assert again.entry.reentry is not None
    assert again.entry.reentry.cool_down == "7d"
    once = edits.set_reentry_mode("once")(again)
    assert once.entry.reentry is not None
    assert once.entry.reentry.cool_down is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time": "09:00", "weekdays": ("tue",)}, "Next: Tue 4 Mar 2025 09:00 Europe/London, elsewhere by the clock there"),
        ({"time": "09:00:30", "zone": "workspace"}, "Next: Mon 3 Mar 2025 09:00:30 Europe/London"),
        ({"time": "never"}, ""),
        ({"at": "2025-03-31 09:00"}, "That is Mon 31 Mar 2025 09:00 Europe/London, elsewhere by the clock there"),
        ({"at": "2025-03-01T09:00:00Z", "past": "leave"}, "That is Sat 1 Mar 2025 09:00 Europe/London. Past at the instant of the clock: people leave the journey."),
        ({"at": "some day"}, ""),
        ({"trait": "due"}, ""),
    ],
)  # fmt: skip
def test_next_words(fields: dict[str, Any], said: str) -> None:
    step = DelayUntil.model_validate({"key": "k", "type": "delay_until"} | fields)
    assert next_words(step, START, "Europe/London") == said


@pytest.mark.parametrize("zone", ["profile", "workspace"])
def test_schedule_words(zone: str) -> None:
    entry = ScheduleEntry.model_validate(
        {"type": "schedule", "at": "2025-01-01", "time": "09:00", "weekdays": ("mon",), "zone": zone}
    )
    now = START + 25 * 24 * HOUR
    said = schedule_words(entry, now, "Europe/London")
    assert said.startswith("Next: Mon 31 Mar 2025 09:00, then Mon 7 Apr 2025 09:00, then Mon 14 Apr 2025 09:00 Europe")
    assert said.endswith("elsewhere by the clock there") == (zone == "profile")
    past = schedule_words(ScheduleEntry(type="schedule", at="2025-03-01T09:00:00Z"), now, "nowhere")
    assert past.startswith("It came once, Sat 1 Mar 2025 09:00 UTC")
