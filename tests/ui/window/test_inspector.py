"""The inspector edits by mouse and keyboard; each edit is one named undo step (D-36, interface 2)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.journey import Journey
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, undo
from tests.ui.window.world import wait_settled


class Editor:
    """A person at the inspector: looks for fields by name, types, clicks, chooses."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window

    def find(self, kind: type[QWidget], name: str) -> Any:
        QApplication.processEvents()  # forms made a moment ago are laid out, old ones are gone
        found = [
            widget
            for widget in self.window.inspector.findChildren(kind, name)
            if widget.isVisible() or name.endswith((".caret", ".field"))
        ]
        assert found, name
        return found[-1]  # an older form may be on its way out

    def select(self, step: str) -> None:
        self.window.go("journey", "rescue", step)

    def retype(self, widget: QWidget, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        widget.setFocus()
        driver.rewrite(widget, text, end)

    def line(self, name: str, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        self.retype(self.find(QLineEdit, name), text, end)

    def condition(self, name: str, text: str) -> None:
        self.retype(self.find(QPlainTextEdit, name), text)

    def choose(self, name: str, text: str) -> None:
        """Choose an item of a combo box by the keyboard, as one would."""
        combo: QComboBox = self.find(QComboBox, name)
        index = next(at for at in range(combo.count()) if combo.itemText(at).startswith(text))
        combo.setFocus()
        key = Qt.Key.Key_Down if index > combo.currentIndex() else Qt.Key.Key_Up
        for _ in range(abs(index - combo.currentIndex())):
            driver.key(combo, key)
        assert combo.currentIndex() == index

    def click(self, kind: type[QWidget], name: str) -> None:
        driver.click(self.find(kind, name))

    @property
    def journey(self) -> Journey:
        journey = self.window.session.campaigns.journey("rescue")
        assert journey is not None
        return journey

    def step(self, key: str) -> Any:
        return self.journey.by_key[key]


@pytest.fixture
def editor(qtbot: QtBot, window: MainWindow) -> Editor:
    return Editor(qtbot, window)


def test_every_step_type_is_edited_and_undone_to_the_same_bytes(
    qtbot: QtBot, window: MainWindow, editor: Editor
) -> None:
    document = window.session.document
    first = dumps(document.campaigns)
    states = [first]

    def after(expected: bool) -> None:
        assert expected
        states.append(dumps(document.campaigns))

    editor.select("hold")
    editor.line("inspector.timeout", "5")
    after(editor.step("hold").timeout == "5h")
    editor.choose("inspector.timeout.unit", "minutes")
    after(editor.step("hold").timeout == "5m")
    editor.line("inspector.name", "Very quiet", Qt.Key.Key_Tab)
    after(editor.step("hold").name == "Very quiet")
    editor.click(QPushButton, "inspector.branch.add")
    after(len(editor.step("hold").branches) == 2)
    editor.line("inspector.branch.branch_1.event.text", "Order Completed")
    after(editor.step("hold").branches[1].event == "Order Completed")
    editor.choose("inspector.branch.branch_1.target", "→ Done")
    after(editor.step("hold").branches[1].next == "done")
    editor.click(QToolButton, "inspector.branch.branch_1.filter")
    editor.condition("inspector.branch.branch_1.where", "property('price') >= 10")
    after(editor.step("hold").branches[1].where == "property('price') >= 10")
    editor.click(QToolButton, "inspector.branch.again.remove")
    after([branch.key for branch in editor.step("hold").branches] == ["branch_1"])

    editor.select("coin")
    editor.line("inspector.branch.mail.percent", "80")
    after(editor.step("coin").branches[0].percent == 80)
    editor.line("inspector.branch.control.percent", "20")
    after(editor.step("coin").branches[1].percent == 20)
    editor.click(QPushButton, "inspector.branch.even")
    after([branch.percent for branch in editor.step("coin").branches] == [50, 50])

    editor.select("nudge")
    editor.choose("inspector.when_not_sent", "Leave")
    after(editor.step("nudge").when_not_sent == "leave")
    editor.select("pause")
    editor.line("inspector.duration", "2")
    after(editor.step("pause").duration == "2d")
    editor.choose("inspector.next", "→ Done")
    after(editor.step("pause").next == "done")
    editor.select("who")
    editor.condition("inspector.branch.yes.condition", "event('Product Viewed').count() >= 3")
    after(editor.step("who").branches[0].condition == "event('Product Viewed').count() >= 3")
    editor.select("patience")
    editor.line("inspector.timeout", "4")
    after(editor.step("patience").timeout == "4d")
    editor.select("done")
    editor.line("inspector.outcome", "gave up")
    after(editor.step("done").outcome == "gave up")
    editor.select("@entry")
    editor.condition("inspector.entry.where", "property('price') > 5")
    after(editor.journey.entry.where == "property('price') > 5")
    editor.choose("inspector.reentry.mode", "Once only")
    after(editor.journey.entry.reentry.mode == "once")
    editor.click(QPushButton, "inspector.exit.add")
    after(len(editor.journey.exits) == 2)
    editor.choose("inspector.exit.exit_1.kind", "Age")
    after(editor.journey.exits[1].after == "30d" and editor.journey.exits[1].event is None)

    assert all(one != other for one, other in itertools.pairwise(states))
    last, passed = states[-1], [states[-1]]
    while document.can_undo:
        undo(window)
        passed.append(dumps(document.campaigns))
    assert passed[-1] == first
    assert len(passed) >= len(states)
    assert set(states) <= set(passed)
    while document.can_redo:
        act(window, "edit.redo")
    assert dumps(document.campaigns) == last
    wait_settled(qtbot, window)


def test_undo_is_named_and_works_while_a_field_has_focus(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    editor.select("pause")
    editor.line("inspector.duration", "6")
    assert window.session.document.undo_name == "Change wait of “A day”"
    assert "Change wait of “A day”" in window.actions_["edit.undo"].text()
    line = editor.find(QLineEdit, "inspector.duration")
    assert line.hasFocus()
    driver.keys(line, "Ctrl+Z")
    assert editor.step("pause").duration == "1d"
    assert line.text() == "1"


def test_what_is_wrong_is_said_under_the_field_and_the_design_is_kept(
    qtbot: QtBot, window: MainWindow, editor: Editor
) -> None:
    before = dumps(window.session.campaigns)
    editor.select("pause")
    editor.line("inspector.duration", "soon")
    field = editor.find(QWidget, "inspector.duration.field")
    assert "is not a duration" in field.error
    assert "Write a number and a unit" in field.error
    assert dumps(window.session.campaigns) == before
    driver.key(editor.find(QLineEdit, "inspector.duration"), Qt.Key.Key_Escape)
    assert field.error == ""
    assert editor.find(QLineEdit, "inspector.duration").text() == "1"

    editor.select("patience")
    editor.condition("inspector.condition", "event('Order Completed').count( >= 2")
    field = editor.find(QWidget, "inspector.condition.field")
    caret = editor.find(QWidget, "inspector.condition.caret").text()
    assert field.error
    assert caret.splitlines()[-1].strip() == "^"
    assert dumps(window.session.campaigns) == before


def test_a_wire_that_would_run_in_a_circle_is_not_offered(editor: Editor) -> None:
    editor.select("pause")
    combo: QComboBox = editor.find(QComboBox, "inspector.next")
    offered = [combo.itemText(at) for at in range(combo.count())]
    assert offered == ["Ends here", "→ Bought before?", "→ Patience", "→ Done"]


def test_figures_after_an_edit_are_of_the_new_replay(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    bench = window.session.workbench
    editor.select("hold")
    before = bench.figures
    assert before is not None
    editor.line("inspector.timeout", "200")
    assert not bench.figures_current
    wait_settled(qtbot, window)
    assert bench.figures is not None
    assert bench.figures.generation > before.generation
    assert bench.figures.steps["coin"].arrived < before.steps["coin"].arrived
    assert "counts current" in window.status.current.text()


def test_people_inside_are_those_the_card_counts(qtbot: QtBot, window: MainWindow, editor: Editor) -> None:
    bench = window.session.workbench
    editor.select("pause")
    run = bench.run
    shown = window.inspector._people.list
    seen = set()
    for part in (2, 4, 6, 8):
        bench.set_clock(run.first_us + (run.last_us - run.first_us) * part // 10)
        wait_settled(qtbot, window)
        assert bench.figures is not None
        assert shown.total == bench.figures.steps["pause"].inside
        seen.add(shown.total)
    assert seen != {0}
    editor.click(QPushButton, "inspector.people.arrived")
    wait_settled(qtbot, window)
    assert shown.total == bench.figures.steps["pause"].arrived
    assert QApplication.focusWidget() is not None
