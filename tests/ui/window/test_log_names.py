"""Query texts are offered names and values of the open log with their counts (issue 6, 4)."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPlainTextEdit
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.ui.inspector.log_names import LogNames
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.window.hand import Hand
from tests.ui.window.world import events, wait_settled

NAMES = LogNames(
    {"Order Completed": 7, "Product Added": 1200},
    {"Product Added": {"price": 9, "shelf": 4}, "Order Completed": {"price": 7}},
    {"plan": 3, "orders": -1},
    [("Buyers", "buyers")],
    lambda event, path, _then: [("'books'", 5), ("3", 2)] if (event, path) == ("Product Added", "shelf") else None,
)


@pytest.mark.parametrize(
    ("before", "event", "offered"),
    [
        ("event('", None, ["Product Added   1,200", "Order Completed   7"]),
        ("event('comp", None, ["Order Completed   7"]),
        ("event('A').count() > 1 AND trait('", None, ["plan   3", "orders"]),
        ("audience('bu", None, ["buyers"]),
        ("property('", "Product Added", ["price   9", "shelf   4"]),
        ("property('", None, ["price   16", "shelf   4"]),
        ("event('Order Completed').where(property('", "Product Added", ["price   7"]),
        ("property('shelf') = ", "Product Added", ["'books'   5", "3   2"]),
        ("property('shelf') != 'bo", "Product Added", ["'books'   5"]),
        ("property('shelf') = ", "Order Completed", []),
        ("tr", None, ["trait('…')"]),
        ("", None, []),
        ("price", None, []),
    ],
)
def test_what_is_offered(before: str, event: str | None, offered: list[str]) -> None:
    assert [offer.shown for offer in NAMES.offers(before, event)[1]] == offered


def test_asked_for_at_an_empty_place() -> None:
    assert [offer.text for offer in NAMES.offers("NOT (", asked=True)[1]] == [
        "event('",
        "trait('",
        "property('",
        "audience('",
    ]


def test_names_and_values_are_taken_by_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    hand, first = Hand(qtbot, window), dumps(window.session.campaigns)
    hand.select("@entry")
    field: QPlainTextEdit = hand.find(QPlainTextEdit, "inspector.entry.where")
    field.setFocus()

    def shown() -> list[str]:
        found = window.findChild(QListWidget, "inspector.entry.where.names")
        return [found.item(at).text() for at in range(found.count())] if found is not None and found.isVisible() else []

    driver.key(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert shown()[:2] == ["event('…')", "trait('…')"]
    driver.write(field, "property('sh")
    added = [one["properties"] for one in events() if one.get("event") == "Product Added"]
    assert shown() == [f"shelf   {len(added)}"]
    driver.key(field, Qt.Key.Key_Return)
    assert field.toPlainText() == "property('shelf')"
    driver.write(field, " = '")
    counts = Counter(one["shelf"] for one in added)  # type: ignore[index]  # properties of a track call
    wanted = [f"'{name}'   {count}" for name, count in sorted(counts.items(), key=lambda row: (-row[1], f"'{row[0]}'"))]
    qtbot.waitUntil(lambda: shown() == wanted, timeout=30_000)
    driver.key(field, Qt.Key.Key_Down)
    driver.key(field, Qt.Key.Key_Return)
    assert field.toPlainText() == f"property('shelf') = {wanted[1].split('   ')[0]}"
    assert dumps(window.session.campaigns) == first  # Enter took what the list said, and handed nothing over yet
    driver.key(field, Qt.Key.Key_Return)
    assert hand.journey.entry.where == field.toPlainText()  # type: ignore[union-attr]  # entered by an event
    driver.write(field, " ")
    driver.key(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert shown()
    typed = field.toPlainText()
    driver.key(field, Qt.Key.Key_Escape)
    assert (shown(), field.toPlainText()) == ([], typed)  # only the list is closed
    hand.undo_all()
    hand.retype(field, "property('", Qt.Key.Key_Tab)  # Tab takes too
    assert field.toPlainText().startswith("property('")
    assert field.hasFocus()
    driver.key(field, Qt.Key.Key_Escape)  # nothing was handed over: the old text is back
    assert field.toPlainText() == ""
    window.go("journey", "rescue", "hold")
    assert not shown()
    assert dumps(window.session.campaigns) == first
    wait_settled(qtbot, window)
