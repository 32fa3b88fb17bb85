"""Computed traits and audiences of accounts through the window: listed, shown, edited, renamed, deleted
(CT-1..CT-6, AU-26, D-8, D-40, D-41), every figure against a direct count of the log."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.people import ComputedTrait
from engage_desktop.ui.pages.trait import trait_of
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, open_row, row, undo
from tests.ui.window.world import TEAMS, events, wait_settled

DAY = 86_400_000_000


def calls(name: str, at_us: int) -> list[dict[str, Any]]:
    """Events of that name up to an instant."""
    return [one for one in events() if one.get("event") == name and parse_instant(str(one["timestamp"])) <= at_us]


def people(at_us: int) -> set[str]:
    return {str(one["userId"]) for one in events() if parse_instant(str(one["timestamp"])) <= at_us}


def trait(window: MainWindow, key: str) -> ComputedTrait:
    found = trait_of(window.session.campaigns, key)
    assert found is not None
    return found


def open_trait(qtbot: QtBot, window: MainWindow, key: str) -> Any:
    window.open_campaign("trait", key)
    qtbot.waitUntil(lambda: window.trait_watch.current, timeout=30_000)
    wait_settled(qtbot, window)
    figures = window.trait_watch.figures
    assert figures is not None
    return figures


def test_the_page_of_audiences_lists_traits_with_how_many_have_a_value(qtbot: QtBot, window: MainWindow) -> None:
    page = window.pages.audiences
    window.show_page("audiences")
    run = window.session.workbench.run
    for at_us in (run.last_us, run.first_us + 4 * DAY):
        window.session.workbench.set_clock(at_us)
        wait_settled(qtbot, window)
        buyers = {one["userId"] for one in calls("Order Completed", at_us)}
        lookers = {one["userId"] for one in calls("Product Viewed", at_us)}
        teams = {
            one["groupId"] for one in events() if "groupId" in one and parse_instant(str(one["timestamp"])) <= at_us
        }
        assert page.traits.rows.rows == [
            ("Orders", "Users", "The number of Order Completed", str(len(people(at_us)))),
            ("Spend", "Users", "The sum of price of Order Completed", str(len(buyers))),
            ("Looked at", "Users", "The distinct values of shelf of Product Viewed", str(len(lookers))),
            ("Orders of the team", "Accounts", "The number of Order Completed", str(len(teams))),
        ]
    assert [row[:2] for row in page.table.rows.rows] == [("Buyers", "Users"), ("Busy teams", "Accounts")]
    page.traits.setFocus()
    row(page.traits, 1)
    driver.key(page.traits, Qt.Key.Key_Return)
    assert (window.topbar.current.kind, window.topbar.current.key) == ("trait", "spend")
    assert not window.topbar.state.isVisible()


def test_numbers_are_shown_as_a_histogram(qtbot: QtBot, window: MainWindow) -> None:
    figures, at_us = open_trait(qtbot, window, "orders"), window.session.at_us
    made = Counter(one["userId"] for one in calls("Order Completed", at_us))
    counts = Counter(made[who] for who in people(at_us))
    bars = window.trait_page.numbers.bars
    assert {bar.low: bar.count for bar in bars if bar.count} == counts
    assert all(bar.low == bar.high for bar in bars)
    assert window.trait_panel.headcount.text() == str(len(people(at_us))) == str(figures.people)
    assert window.trait_page.numbers.isVisible()
    assert not window.trait_page.top.isVisible()
    facts = window.trait_page.findChild(QLabel, "trait.facts").text()
    assert facts.endswith(f"from 0 to {max(counts)}")
    kind = window.trait_panel.findChild(QLabel, "trait.kind")
    assert kind.text() == "observed"
    shown = window.trait_panel.people.rows
    assert shown == tuple((who, str(made[who])) for who in sorted(people(at_us)))[: len(shown)]


def test_lists_are_shown_by_their_elements_and_people_can_be_found(qtbot: QtBot, window: MainWindow) -> None:
    figures, at_us = open_trait(qtbot, window, "looked_at"), window.session.at_us
    seen: dict[str, set[str]] = {}
    for one in calls("Product Viewed", at_us):
        seen.setdefault(one["userId"], set()).add(one["properties"]["shelf"])
    counts = Counter(shelf for shelves in seen.values() for shelf in shelves)
    top = window.trait_page.top.bars
    assert [(bar.text, int(bar.value)) for bar in top] == sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    assert figures.with_value == len(seen) == window.trait_panel.people.total
    assert not window.trait_page.numbers.isVisible()
    who = sorted(seen)[-1]
    field = window.trait_panel.people._field
    driver.write(field, who)
    driver.key(field, Qt.Key.Key_Return)
    wait_settled(qtbot, window)
    assert window.trait_panel.people.rows == ((who, ", ".join(sorted(seen[who]))),)
    driver.empty(field)
    driver.key(field, Qt.Key.Key_Return)
    wait_settled(qtbot, window)


def test_a_trait_of_accounts_counts_accounts(qtbot: QtBot, window: MainWindow) -> None:
    """CT-6."""
    figures = open_trait(qtbot, window, "team_orders")
    made = Counter(int(str(one["userId"])[1:]) for one in calls("Order Completed", window.session.at_us))
    teams = {f"team{team}": sum(made[who] for who in range(team, 4 * TEAMS, TEAMS)) for team in range(TEAMS)}
    assert dict(figures.rows) == teams
    assert (figures.people, figures.with_value) == (TEAMS, TEAMS)
    assert window.trait_panel.people._view.accessibleName() == f"Accounts · {TEAMS}"
    assert window.trait_page.sentence.text().startswith("A computed trait: one value for each account")


def test_a_trait_is_edited_as_text_in_one_undo_step(qtbot: QtBot, window: MainWindow) -> None:
    before = open_trait(qtbot, window, "spend")
    first, editor = trait(window, "spend").definition, window.trait_page.editor
    editor.setFocus()
    for text in ("event('Product Added').sum(property('price'))", "event('Refunded').last(property('shelf'))"):
        driver.key(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(editor.paused, timeout=10_000):
            driver.write(editor, text)
        assert trait(window, "spend").definition == text
    wait_settled(qtbot, window)
    after = window.trait_watch.figures
    assert after is not None
    assert after.generation == window.session.generation > before.generation
    assert after.with_value == len({one["userId"] for one in calls("Refunded", window.session.at_us)})
    assert window.trait_page.findChild(QLabel, "trait.words.0").text() == "the last shelf of Refunded"
    driver.keys(editor, "Ctrl+Z")
    assert trait(window, "spend").definition == first
    assert editor.toPlainText() == first
    assert not window.session.document.can_undo


def test_a_definition_that_is_no_trait_is_marked_and_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    """QL-2."""
    open_trait(qtbot, window, "orders")
    first, page = trait(window, "orders").definition, window.trait_page
    for text, said, marked in (
        ("event('Order Completed').count() >= 1", "ends in a value", ">"),
        ("trait('plan')", "made of events", "trait"),
    ):
        page.editor.setFocus()
        driver.key(page.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        driver.write(page.editor, text)
        driver.key(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert trait(window, "orders").definition == first
        assert page.error.isVisible()
        assert said in page.error.text()
        assert [one.cursor.selectedText() for one in page.editor.extraSelections()] == [marked]  # type: ignore[attr-defined]  # the stubs lack it
    driver.key(page.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.write(page.editor, first)
    driver.key(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not page.error.isVisible()


def test_traits_are_made_renamed_and_deleted_by_actions(qtbot: QtBot, window: MainWindow) -> None:
    actions = window.actions_
    window.show_page("home")
    assert not actions["definition.delete"].isEnabled()
    act(window, "trait.new")
    assert window.topbar.current.kind == "trait"
    key = window.topbar.current.key
    wait_settled(qtbot, window)
    assert not window.session.workbench.run.problems
    assert window.trait_watch.figures is not None
    act(window, "definition.rename")
    assert window.trait_page.name.hasFocus()
    driver.write(window.trait_page.name, "Recent looks")
    driver.key(window.trait_page.name, Qt.Key.Key_Return)
    assert trait(window, key).name == window.topbar.current.title == "Recent looks"
    driver.keys(window, "Ctrl+K")
    driver.write(window.palette_.field, "recent looks")
    assert window.palette_.list.item(0).text() == "Recent looks"
    driver.key(window.palette_.field, Qt.Key.Key_Escape)
    act(window, "definition.delete")
    assert trait_of(window.session.campaigns, key) is None
    assert window.topbar.current.kind != "trait" or window.topbar.current.key != key
    for expected in ("Recent looks", "New trait", None):
        undo(window)
        found = trait_of(window.session.campaigns, key)
        assert (found and found.name) == expected
    wait_settled(qtbot, window)


def test_an_audience_is_deleted_by_the_same_action(qtbot: QtBot, window: MainWindow) -> None:
    window.open_campaign("audience", "busy_teams")
    wait_settled(qtbot, window)
    act(window, "definition.delete")
    assert window.session.campaigns.audience("busy_teams") is None
    assert "busy_teams" not in [tab.key for tab in window.topbar.tabs]
    undo(window)
    assert window.session.campaigns.audience("busy_teams") is not None
    wait_settled(qtbot, window)


def test_an_audience_of_accounts_counts_accounts(qtbot: QtBot, window: MainWindow) -> None:
    """AU-26, AU-27."""
    window.open_campaign("audience", "busy_teams")
    qtbot.waitUntil(lambda: window.watch.current, timeout=30_000)
    wait_settled(qtbot, window)
    figures, at_us = window.watch.figures, window.session.at_us
    assert figures is not None
    orders = Counter(int(str(one["userId"])[1:]) for one in calls("Order Completed", at_us))
    refunders = {int(str(one["userId"])[1:]) for one in calls("Refunded", at_us)}
    linked = {team: range(team, 4 * TEAMS, TEAMS) for team in range(TEAMS)}
    busy = [team for team, members in linked.items() if sum(orders[who] for who in members) >= 3]
    inside = [team for team in busy if refunders & set(linked[team])]
    assert [row.kept for row in figures.waterfall] == [TEAMS, len(busy), len(inside)]
    assert figures.size == len(inside) > 0
    assert [who for who, _ in figures.members] == [f"team{team}" for team in inside]
    assert window.audience_panel.headcount.text() == str(len(inside))
    assert "of accounts" in window.audience_panel._share.text()
    assert window.audience_page.findChild(QLabel, "audience.lost.title").text() == "Where accounts are lost"
    assert window.audience_page.waterfall.bars[0].text == "All accounts"


def test_whom_a_definition_is_about_is_one_change(qtbot: QtBot, window: MainWindow) -> None:
    open_trait(qtbot, window, "orders")
    box = window.trait_page.level
    assert box.currentText() == "Of users"
    box.setFocus()
    driver.key(box, Qt.Key.Key_Down)
    assert trait(window, "orders").level == "account"
    qtbot.waitUntil(lambda: window.trait_watch.current, timeout=30_000)
    figures = window.trait_watch.figures
    assert figures is not None
    assert (figures.level, figures.people) == ("account", TEAMS)
    undo(window)
    assert trait(window, "orders").level == "user"
    assert box.currentText() == "Of users"
    wait_settled(qtbot, window)


def test_a_problem_of_a_trait_leads_to_it(qtbot: QtBot, window: MainWindow) -> None:
    open_trait(qtbot, window, "orders")
    editor = window.trait_page.editor
    editor.setFocus()
    driver.key(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.write(editor, "event('A').where(property('x') = trait('team_orders')).count()")
    driver.key(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session.workbench.run.refused, timeout=30_000)
    window.show_page("home")
    window.show_problems()
    rows = window.problems._list
    assert rows.item(0).text().startswith("Orders: ")
    open_row(rows, 0)
    assert (window.topbar.current.kind, window.topbar.current.key) == ("trait", "orders")
    undo(window)
    wait_settled(qtbot, window)
