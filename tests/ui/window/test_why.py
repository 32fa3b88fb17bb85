"""Why in the window: asked from a list by key, button and menu, answered in a panel that follows the clock (D-5)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.ui.formats import instant
from engage_desktop.ui.theme import Theme, ThemeMode
from engage_desktop.ui.widgets.people_list import PeopleList
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import press, row, type_over
from tests.ui.window.world import wait_settled


@pytest.fixture
def people(qtbot: QtBot, window: MainWindow) -> PeopleList:
    """The members of an audience, the panel closed."""
    window.why.hide()
    window.open_campaign("audience", "buyers")
    wait_settled(qtbot, window)
    found = window.audience_panel.findChild(PeopleList, "audience.people")
    assert found is not None
    assert found.loaded
    return found


def view_of(people: PeopleList) -> QListView:
    found = people.findChild(QListView)
    assert found is not None
    return found


def choose(people: PeopleList, at: int) -> str:
    view = view_of(people)
    row(view, at)
    return people.rows[at][0]


def test_enter_says_why_somebody_is_a_member(qtbot: QtBot, window: MainWindow, people: PeopleList) -> None:
    who = choose(people, 1)
    driver.key(view_of(people), Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    dock = window.why
    assert dock.isVisible()
    at = instant(window.session.at_us, window.session.zone)
    assert dock.sentence.text().startswith(f"{who} is in Buyers at {at}: event('Order Completed').count() >= 1 holds")
    root = dock.tree.topLevelItem(0)
    assert root is not None
    assert root.text(0) == "Yes  ·  audience('buyers')"
    both = root.child(0)
    assert [both.child(i).text(0).split()[0] for i in range(both.childCount())] == ["Yes", "Yes"]
    assert "Order Completed at" in both.child(0).text(1)
    assert "would not be in Buyers without" in dock.change.text() or "with one more 'Refunded'" in dock.change.text()


def test_the_panel_follows_the_clock(qtbot: QtBot, window: MainWindow, people: PeopleList) -> None:
    choose(people, 0)
    driver.key(view_of(people), Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    run = window.session.workbench.run
    window.session.workbench.set_clock(run.first_us)
    wait_settled(qtbot, window)
    said = window.why.sentence.text()
    assert "is not in Buyers" in said or "does not exist before" in said
    driver.key(window.why.tree, Qt.Key.Key_Escape)
    assert not window.why.isVisible()


def test_somebody_who_is_not_in_the_list(qtbot: QtBot, window: MainWindow, people: PeopleList) -> None:
    field = people.findChild(QLineEdit, "audience.people.search")
    assert field is not None
    type_over(field, "nobody-at-all")
    driver.key(field, Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    ask = people.findChild(QPushButton, "audience.people.why")
    assert ask is not None
    assert ask.text() == "Why is nobody-at-all not here?"
    press(ask)
    wait_settled(qtbot, window)
    assert window.why.sentence.text().startswith("There is no person 'nobody-at-all' in this log")
    assert not window.why.tree.isVisible()
    assert not window.banner.isVisible()  # the panel says it, once
    driver.empty(field)
    driver.key(field, Qt.Key.Key_Return)
    wait_settled(qtbot, window)


def test_the_menu_of_a_row(qtbot: QtBot, window: MainWindow, people: PeopleList) -> None:
    who = choose(people, 0)
    view = view_of(people)
    where = view.visualRect(view.model().index(0, 0)).center()
    driver.ask_menu(view.viewport(), where)
    menu = view.findChild(QMenu, "people.menu")
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [f"Why is {who} here?"]
    driver.pick(menu, menu.actions()[0])
    wait_settled(qtbot, window)
    assert window.why.windowTitle() == f"Why: {who}"


def test_a_step_is_explained_from_the_inspector(qtbot: QtBot, window: MainWindow) -> None:
    window.open_campaign("journey", "rescue")
    window.journey_page.select("who")
    wait_settled(qtbot, window)
    people = window.inspector.findChild(PeopleList, "inspector.people.list")
    assert people is not None
    arrived = window.inspector.findChild(QPushButton, "inspector.people.arrived")
    assert arrived is not None
    press(arrived)
    wait_settled(qtbot, window)
    who = choose(people, 0)
    driver.key(view_of(people), Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    assert window.why.sentence.text().startswith(f"{who} meets branch ")
    assert "of step who of Rescue" in window.why.sentence.text()


def test_in_dark_too(qtbot: QtBot, window: MainWindow, people: PeopleList) -> None:
    choose(people, 0)
    driver.key(view_of(people), Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    root = window.why.tree.topLevelItem(0)
    assert root is not None
    light = root.icon(0).pixmap(16).toImage()
    window.set_theme(Theme.of(ThemeMode.DARK))
    root = window.why.tree.topLevelItem(0)
    assert root is not None
    assert root.text(0).startswith("Yes")
    assert root.icon(0).pixmap(16).toImage() != light
    window.set_theme(Theme.of(ThemeMode.LIGHT))
