"""The documented cart-modified loop (engine reference 13.2) from an empty canvas: by mouse, then by keyboard alone
in the outline. Product added, by cart; hold two hours: a change loops back, an order ends, silence is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.ui.window import MainWindow
from tests.ui import driver
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.keyboard import Keyboard
from tests.ui.window.world import wait_settled

MOST_GESTURES = 25
LEFT = Qt.MouseButton.LeftButton
RECIPE = Path(__file__).parents[3] / "sample_data" / "recipes" / "basket_changes.json"
LOOP = {
    "entry": {"type": "event", "event": "Product Added", "reentry": {"mode": "every", "identifier": "cart_id"}},
    "start": "1",
    "steps": [
        {
            "key": "1", "type": "hold", "name": "Two quiet hours", "timeout": "2h", "on_timeout": "3",
            "branches": [
                {"key": "a", "event": "Order Completed", "next": "2"},
                {"key": "b", "event": "Product Added", "loop": True},
            ],
        },
        {"key": "2", "type": "end", "outcome": "ordered"},
        {"key": "3", "type": "message", "message": "nudge"},
    ],
}  # fmt: skip


def written(window: MainWindow, key: str = "") -> dict[str, Any]:
    """The journey of that key, or the one in view, as it stands in the file, with keys by the order in which a person meets them; its own
    key and name left out."""
    text = dumps(window.session.campaigns)
    key = key or window.topbar.current.key
    found = next(item for item in json.loads(text)["journeys"] if item["key"] == key)
    steps = {step["key"]: step for step in found["steps"]}
    order: list[str] = []

    def meet(step: str | None) -> None:
        if step is not None and step not in order:
            order.append(step)
            for branch in steps[step].get("branches", ()):
                meet(branch.get("next"))
            for field in ("on_timeout", "otherwise", "next"):
                meet(steps[step].get(field))

    meet(found["start"])
    assert len(order) == len(steps), "a step nobody gets to"
    names = {key: str(at) for at, key in enumerate(order, start=1)}
    for step in steps.values():
        step["key"] = names[step["key"]]
        for at, branch in enumerate(step.get("branches", ())):
            branch["key"] = "abc"[at]
        for where in (step, *step.get("branches", ())):
            for field in ("on_timeout", "otherwise", "next"):
                if where.get(field):
                    where[field] = names[where[field]]
    return {"entry": found["entry"], "start": names[found["start"]], "steps": [steps[key] for key in order]}


def test_the_loop_is_the_one_of_the_recipe() -> None:
    """The recipe has names and a goal besides; its way is this one."""
    found = json.loads(RECIPE.read_text(encoding="utf-8"))["journeys"][0]
    assert found["entry"] == LOOP["entry"]

    def way(steps: list[dict[str, Any]]) -> list[Any]:
        kinds = {step["key"]: step["type"] for step in steps}
        hold = next(step for step in steps if step["type"] == "hold")
        branches = sorted((b["event"], b.get("loop", False), kinds.get(b.get("next"))) for b in hold["branches"])
        return [sorted(kinds.values()), hold["timeout"], kinds[hold["on_timeout"]], branches]

    assert way(found["steps"]) == way(LOOP["steps"])  # type: ignore[arg-type]  # a list of steps, by its shape


@pytest.fixture
def empty(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A new journey with nothing on its canvas but the entry, by whatever event is most frequent."""
    keys = Keyboard(window)
    keys.press("Ctrl+N", "Ctrl+A", "Del")
    assert window.journey_page.canvas.editor.must().steps == ()
    return window


class Person(Hand):
    """A hand at the canvas and at the fields beside it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.journey_page.canvas)
        self.window = window

    def field(self, kind: type[QWidget], name: str) -> QWidget:
        QApplication.processEvents()
        found = [one for one in self.window.inspector.findChildren(kind, name) if one.isVisible()]
        assert found, name
        return found[-1]

    def fill(self, name: str, text: str) -> None:
        """Click a field and type over it: two gestures."""
        line = self.field(QWidget, name)
        line = line if isinstance(line, QLineEdit) else line.findChild(QLineEdit)
        assert line is not None, name
        self.window.inspector.ensureWidgetVisible(line)
        self.on(line)
        driver.key(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        driver.write(line, text)
        driver.key(line, Qt.Key.Key_Return)
        self.gestures += 1

    def take(self, title: str) -> None:
        """Click a row of the search box."""
        rows = self.canvas.popup.list
        item = next(rows.item(at) for at in range(rows.count()) if rows.item(at).text().startswith(title))
        rows.scrollToItem(item)
        driver.click(rows.viewport(), rows.visualItemRect(item).center())
        self.gestures += 1
        QApplication.processEvents()


def test_by_mouse_in_at_most_25_gestures(qtbot: QtBot, empty: MainWindow) -> None:
    hand = Person(empty)
    canvas = hand.canvas
    hand.gestures = 0
    hand.click(hand.card("@entry"))
    hand.fill("inspector.entry.event", "Product Added")
    hand.fill("inspector.reentry.identifier", "cart_id")
    hand.click(hand.plus("@entry", None))
    hand.take("Hold until")
    hand.fill("inspector.name", "Two quiet hours")
    hand.fill("inspector.timeout", "2h")
    hand.on(hand.field(QPushButton, "inspector.branch.add"))
    hold = canvas.editor.must().by_key["hold"]
    ordered, changed = (branch.key for branch in hold.branches)  # type: ignore[attr-defined]
    hand.fill(f"inspector.branch.{changed}.event", "Product Added")
    hand.drag(hand.port("hold", changed), hand.middle("hold"))
    hand.click(hand.plus("hold", ordered))
    hand.take("End")
    hand.fill("inspector.outcome", "ordered")
    hand.click(hand.plus("hold", "timeout"))
    hand.take("Message")
    assert agrees(canvas) == []
    assert hand.gestures <= MOST_GESTURES, hand.gestures
    wait_settled(qtbot, empty)
    assert not empty.session.workbench.run.problems
    assert written(empty) == LOOP


def test_by_keyboard_alone_in_the_outline(qtbot: QtBot, empty: MainWindow) -> None:
    keys, outline = Keyboard(empty), empty.journey_page.canvas.outline
    keys.press("Ctrl+Shift+O")
    try:
        assert keys.focused is outline
        assert empty.status.hint.text().startswith("Ins: add · Ctrl+J: connect")
        assert empty.width() == 1280
        keys.press("Home", "F4")
        keys.tab_to("inspector.entry.event")
        keys.replace("Product Added")
        keys.tab_to("inspector.reentry.identifier")
        keys.replace("cart_id")
        keys.press("F4", "Ins")
        keys.type("hold")
        keys.press("Return", "F2", "Ctrl+A")
        keys.type("Two quiet hours")
        keys.press("Return", "Down", "Ins")
        keys.type("end")
        keys.press("Return", "Return")
        assert keys.focused.objectName() == "inspector.outcome"
        keys.replace("ordered")
        keys.press("F4", "Up", "Ctrl+B", "Ctrl+J")
        keys.type("loop")
        keys.press("Return", "Down", "Return")
        assert keys.focused.objectName() == "inspector.timeout"
        keys.replace("2h")
        keys.press("F4", "Ins")
        keys.type("message")
        keys.press("Return")
        assert keys.focused is outline
        assert [item.text(0) for item in outline._rows_of] == [
            "Product Added", "Two quiet hours", "order completed", "End: ordered", "product added", "2 h passed", "Nudge",
        ]  # fmt: skip
        wait_settled(qtbot, empty)
        assert not empty.session.workbench.run.problems
        assert written(empty) == LOOP
        journey = empty.topbar.current.key
        keys.press(*["Ctrl+Z"] * 12)
        assert empty.session.campaigns.journey(journey) is None
        assert not empty.session.document.can_undo
        keys.press(*["Ctrl+Y"] * 12)
        assert written(empty, journey) == LOOP
    finally:
        empty.journey_page.canvas.setFocus()
        keys.press("Ctrl+Shift+O")
