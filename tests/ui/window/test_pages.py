"""Audience, results and deliver pages through their own controls."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.ui.widgets.table import PagedModel
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.driver import act, row, undo
from tests.ui.window.world import wait_settled


def definition(window: MainWindow) -> str:
    audience = window.session.campaigns.audience("buyers")
    assert audience is not None
    assert audience.definition is not None
    return audience.definition


def test_an_audience_is_edited_as_text_in_one_undo_step(qtbot: QtBot, window: MainWindow) -> None:
    window.open_campaign("audience", "buyers")
    wait_settled(qtbot, window)
    first, page = definition(window), window.audience_page
    before = window.watch.figures
    assert before is not None
    assert window.audience_panel.headcount.text() == str(before.size)
    editor = page.editor
    editor.setFocus()
    for text in ("event('Order Completed').count() >= 2", "event('Product Added').count() >= 1"):
        driver.key(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(editor.paused, timeout=10_000):
            driver.write(editor, text)
        assert definition(window) == text
    wait_settled(qtbot, window)
    after = window.watch.figures
    assert after is not None
    assert after.size != before.size
    assert after.generation == window.session.generation
    driver.keys(editor, "Ctrl+Z")
    assert definition(window) == first
    assert editor.toPlainText() == first.replace(" AND ", "\nAND ")
    assert not window.session.document.can_undo


def test_a_fault_is_marked_at_its_character_and_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.open_campaign("audience", "buyers")
    wait_settled(qtbot, window)
    first, page = definition(window), window.audience_page
    page.editor.setFocus()
    driver.key(page.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    driver.write(page.editor, "event('Order Completed').cuont() >= 1")
    driver.key(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert definition(window) == first
    assert page.error.isVisible()
    assert "line 1, column" in page.error.text()
    marked = page.editor.extraSelections()
    assert [one.cursor.selectedText() for one in marked] == ["cuont"]  # type: ignore[attr-defined]  # the stubs lack it


def test_results_are_held_by_pages_only(qtbot: QtBot, window: MainWindow) -> None:
    window.show_page("runs")
    wait_settled(qtbot, window)
    results = window.pages.runs.results
    counts = window.session.workbench.run.counts
    assert counts is not None
    for name in ("visits", "instances", "memberships", "messages"):
        results.choose(name)
        wait_settled(qtbot, window)
        assert results.model.total == counts[name]
        assert results.model.held <= PagedModel.PAGE * PagedModel.KEPT
        assert results.model.cell(0, 0) in ("rescue", "buyers", "busy_teams")
    results.choose("visits")
    wait_settled(qtbot, window)
    results.model.cell(results.model.total - 1, 0)
    wait_settled(qtbot, window)
    assert results.model.cell(results.model.total - 1, 0) == "rescue"
    row(results.view, 0)
    driver.keys(results.view, "Ctrl+C")
    header, line = QGuiApplication.clipboard().text().splitlines()
    assert header.split("\t")[:2] == ["journey", "profile"]
    assert line.split("\t")[0] == "rescue"


def test_pages_of_a_table_far_from_the_view_are_let_go() -> None:
    asked: list[int] = []
    model = PagedModel(asked.append)
    model.restart()
    for page in range(30):
        offset = page * model.PAGE
        model.take_page(("a",), 6_000, offset, tuple((str(offset + at),) for at in range(model.PAGE)))
    assert model.held == model.PAGE * model.KEPT
    assert model.cell(5_999, 0) == "5999"
    assert model.cell(0, 0) == "…"
    assert asked == [0, 0]


def test_a_sandbox_receives_what_the_dry_run_showed(qtbot: QtBot, window: MainWindow, workspace: Path) -> None:
    window.show_page("deliver")
    row(window.pages.deliver.list, 0)
    wait_settled(qtbot, window)
    card = window.pages.deliver.card
    send = card.findChild(QPushButton, "deliver.send")
    dry = card._dry
    assert dry is not None
    assert dry.refused is None
    assert dry.calls > 0
    assert json.loads(card._sample.toPlainText().split("\n\n")[0]) == dry.sample[0]
    assert send.isEnabled()
    driver.click(send)
    qtbot.waitUntil(lambda: card.syncing is None, timeout=30_000)
    wait_settled(qtbot, window)
    assert card._said.text() == f"Done: {dry.calls} sent."
    assert card.why_not == "Nothing would be sent."
    assert not send.isEnabled()


def test_a_draft_does_not_leave_for_a_real_destination(qtbot: QtBot, window: MainWindow) -> None:
    window.show_page("deliver")
    wait_settled(qtbot, window)
    row(window.pages.deliver.list, 1)
    wait_settled(qtbot, window)
    card = window.pages.deliver.card
    send = card.findChild(QPushButton, "deliver.send")
    assert not send.isEnabled()
    assert card._dry is not None
    assert card._dry.refused is not None
    assert "draft" in card._dry.refused
    assert send.toolTip() == card.why_not == card._refused.text() == card._dry.refused


def test_an_approval_is_lost_on_change(qtbot: QtBot, window: MainWindow) -> None:
    from engage_desktop.ui.inspector import edits

    assert window.topbar.state.text() == "Draft"
    act(window, "campaign.approve")
    qtbot.waitUntil(lambda: window.topbar.state.text() == "Approved", timeout=30_000)
    assert window.inspector.apply("Change", edits.set_step("pause", duration="2d")) is None
    wait_settled(qtbot, window)
    assert window.topbar.state.text() == "Draft"
    undo(window)
    wait_settled(qtbot, window)
    assert window.topbar.state.text() == "Approved"
