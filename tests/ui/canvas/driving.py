"""A hand at a canvas: names the places of a journey for the one driver, in coordinates of the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol import ENTRY, JourneyFigures, StepFigures
from engage_desktop.document import Document, OutputRef, loads
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.step import outputs
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.folding import fold_name, hidden
from tests.ui import driver
from tests.ui.driver import CTRL, LEFT, NONE

Mods = Qt.KeyboardModifier

CART = """{
  "format": "engage-campaigns/1",
  "workspace": {"name": "Storefront"},
  "messages": [{"key": "nudge", "channel": "email", "subject": "Still thinking?", "body": "x"}],
  "journeys": [{
    "key": "cart", "name": "Cart rescue",
    "entry": {"type": "event", "event": "Product Added", "where": "property('price') >= 20"},
    "start": "wait",
    "steps": [
      {"key": "wait", "type": "hold", "name": "Two quiet hours", "branches": [
        {"key": "again", "name": "added again", "event": "Product Added", "loop": true},
        {"key": "bought", "event": "Order Completed", "next": "done"}], "timeout": "2h", "on_timeout": "coin"},
      {"key": "done", "type": "end", "name": "Bought without help"},
      {"key": "coin", "type": "random", "name": "Nudge or not", "branches": [
        {"key": "mail", "percent": 90, "next": "nudge"},
        {"key": "control", "percent": 10, "role": "holdout"}]},
      {"key": "nudge", "type": "message", "name": "Nudge e-mail", "message": "nudge", "next": "tuesday"},
      {"key": "tuesday", "type": "delay_until", "name": "Next Tuesday", "time": "09:00", "weekdays": ["tue"]}
    ]}]
}"""

FIGURES = JourneyFigures(
    generation=1,
    journey="cart",
    at_us=0,
    entered=1204,
    people=861,
    inside=96,
    completed=889,
    exited={},
    steps={
        "wait": StepFigures(arrived=1204, left=1162, inside=42, people=800),
        "done": StepFigures(arrived=389, left=389, people=300, ended=389),
        "coin": StepFigures(arrived=773, left=773, people=600),
        "nudge": StepFigures(arrived=693, left=693, people=560, sent=652, not_sent=41),
        "tuesday": StepFigures(arrived=652, left=598, inside=54, people=500),
    },
    wires={
        (ENTRY, None): 1204,
        ("wait", "again"): 214,
        ("wait", "bought"): 389,
        ("wait", "timeout"): 773,
        ("coin", "mail"): 693,
        ("coin", "control"): 80,
        ("nudge", None): 652,
        ("tuesday", None): 598,
    },
    messages=652,
    kind="observed",
)


def document(text: str = CART) -> Document:
    campaigns, problems = loads(text)
    assert campaigns is not None, problems
    return Document(campaigns)


def on_screen(qtbot: QtBot, canvas: JourneyCanvas, width: int, height: int) -> JourneyCanvas:
    """A canvas in a window of its own, in view, where nothing glides."""
    canvas.motion_ms = 0
    qtbot.addWidget(canvas)
    canvas.resize(width, height)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


class Hand:
    """A person at one canvas, acting by `tests/ui/driver.py`. Points are in scene coordinates;
    `gestures` counts what was done with the hand: a click, a drag, a key, a word typed."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        self.canvas = canvas
        self.view = canvas.view
        self.gestures = 0
        self._menu: QMenu | None = None

    # -- mouse ----------------------------------------------------------------------------------

    def _at(self, at: QPointF) -> QPoint:
        return self.view.mapFromScene(at)

    def press(self, at: QPointF, mods: Mods = NONE, button: Qt.MouseButton = LEFT) -> None:
        driver.mouse_down(self.view.viewport(), self._at(at), mods, button)

    def move(self, at: QPointF, mods: Mods = NONE, held: Qt.MouseButton = LEFT) -> None:
        driver.mouse_move(self.view.viewport(), self._at(at), mods, held)

    def release(self, at: QPointF, mods: Mods = NONE, button: Qt.MouseButton = LEFT) -> None:
        driver.mouse_up(self.view.viewport(), self._at(at), mods, button)

    def hover(self, at: QPointF) -> None:
        for _ in range(2):
            self.move(at, held=Qt.MouseButton.NoButton)

    def click(self, at: QPointF, mods: Mods = NONE) -> None:
        driver.click(self.view.viewport(), self._at(at), mods)
        self.gestures += 1

    def double_click(self, at: QPointF) -> None:
        driver.double_click(self.view.viewport(), self._at(at))
        self.gestures += 1

    def drag(
        self,
        start: QPointF,
        end: QPointF,
        mods: Mods = NONE,
        steps: int = 6,
        *,
        drop: bool = True,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        self.press(start, mods, button)
        for step in range(1, steps + 1):
            self.move(start + (end - start) * (step / steps), mods, button)
        if drop:
            self.release(end, mods, button)
        self.gestures += 1

    def wheel(self, at: QPointF, delta: int, mods: Mods = NONE) -> None:
        driver.wheel(self.view.viewport(), self._at(at), delta, mods)

    def leave(self) -> None:
        """Take the pointer away from the canvas."""
        driver.leave(self.view.viewport())

    def on(self, widget: QWidget, at: QPointF | None = None) -> None:
        """Click another part of the canvas: a button, the minimap."""
        driver.click(widget, at.toPoint() if at is not None else None)
        self.gestures += 1

    def drop_step(self, type_: str, at: QPointF, *, end: Literal["drop", "hold", "leave"] = "drop") -> None:
        """Drag a tile of the shelf over the canvas; what the tile gives is asked of it."""
        tile = next(tile for tile in self.canvas.shelf.tiles if tile.item.type == type_)
        driver.drop(self.view.viewport(), self._at(at), tile.mime(), end=end)
        self.gestures += 1

    def menu(self, at: QPointF) -> dict[str, QAction]:
        """Open the context menu of what is at a point; its items by their text."""
        driver.ask_menu(self.view.viewport(), self._at(at))
        menus = self.canvas.findChildren(QMenu, "canvas.menu")
        self._menu = menus[-1]
        self.gestures += 1
        return {action.text(): action for action in self._menu.actions() if action.text()}

    def pick(self, text: str) -> None:
        """Click an item of the open context menu."""
        assert self._menu is not None
        driver.pick(self._menu, next(found for found in self._menu.actions() if found.text() == text))
        self.gestures += 1

    # -- keyboard -------------------------------------------------------------------------------

    def key(self, key: Qt.Key, mods: Mods = NONE) -> None:
        driver.key(self.view, key, mods)
        self.gestures += 1

    def choose(self, text: str = "", *, down: int = 0) -> None:
        """Type into the open search box, go some rows down, and press Enter."""
        assert self.canvas.popup.isVisible()
        driver.write(self.canvas.popup.box, text)
        for _ in range(down):
            driver.key(self.canvas.popup.box, Qt.Key.Key_Down)
        driver.key(self.canvas.popup.box, Qt.Key.Key_Return)
        self.gestures += 1

    def escape_box(self) -> None:
        """Close the search box with Escape, where it is open."""
        if self.canvas.popup.isVisible():
            driver.key(self.canvas.popup.box, Qt.Key.Key_Escape)
            self.gestures += 1

    def write(self, text: str, end: Qt.Key = Qt.Key.Key_Return, mods: Mods = CTRL) -> None:
        """Write on the note or frame that is open for it."""
        field = self.canvas.box_text
        assert field.isVisible()
        driver.key(field, Qt.Key.Key_A, CTRL)
        for number, line in enumerate(text.split("\n")):
            if number:
                driver.key(field, Qt.Key.Key_Return)
            driver.write(field, line)
        driver.key(field, end, mods)
        self.gestures += 1

    def undo(self) -> None:
        """Ctrl+Z belongs to the window; a canvas alone stands on its document."""
        self.canvas.document.undo()

    def redo(self) -> None:
        """The same for Ctrl+Y."""
        self.canvas.document.redo()

    # -- places ---------------------------------------------------------------------------------

    def card(self, key: str) -> QPointF:
        """A point on a card away from its ports."""
        rect = self.canvas.scene.cards[key].rect()
        return QPointF(rect.left() + 70, rect.center().y() - 4)

    def middle(self, key: str) -> QPointF:
        return self.canvas.scene.cards[key].rect().center()

    def port(self, key: str, branch: str | None) -> QPointF:
        return self.canvas.scene.port(key, branch)

    def input(self, key: str) -> QPointF:
        rect = self.canvas.scene.cards[key].rect()
        return QPointF(rect.center().x(), rect.top())

    def plus(self, key: str, branch: str | None) -> QPointF:
        return self.canvas.scene.wires[(key, branch)].layout.plus

    def along(self, key: str, branch: str | None, part: float) -> QPointF:
        """A point part of the way along a wire."""
        curve = self.canvas.scene.wires[(key, branch)].layout.curve
        assert curve is not None
        return curve.at(part)


def agrees(canvas: JourneyCanvas) -> list[str]:
    """Where scene and document differ; empty when they are equal."""
    journey, scene = canvas.editor.journey, canvas.scene
    assert journey is not None
    wrong: list[str] = []
    if list(scene.cards) != [ENTRY, *(step.key for step in journey.steps)]:
        wrong.append(f"cards {list(scene.cards)}")
    wanted: dict[tuple[str, str | None], str | None] = {(ENTRY, None): journey.start}
    for step in journey.steps:
        wanted |= {(step.key, output.branch): output.target for output in outputs(step)}
    wanted = {at: None if fold_name(OutputRef(*at)) in scene.folded else target for at, target in wanted.items()}
    shown = {key: wire.target for key, wire in scene.wires.items()}
    if shown != wanted:
        wrong.append(f"wires {shown} instead of {wanted}")
    stored: Mapping[str, Sequence[float]] = canvas.editor.layout.nodes if canvas.editor.layout else {}
    for key, place in stored.items():
        card = scene.cards.get(key)
        if card is None or (card.x(), card.y()) != tuple(map(float, place)):
            wrong.append(f"{key} stands elsewhere than at {place}")
    for at, wire in scene.wires.items():
        if wire.layout.kind == "curve" and wire.layout.curve is not None:
            target = scene.cards[wire.target or ""].rect()
            if wire.layout.curve.last != QPointF(target.center().x(), target.top()):
                wrong.append(f"{at} does not end at its target")
            if wire.layout.curve.first != scene.port(*at):
                wrong.append(f"{at} does not begin at its port")
    items = {id(item) for item in scene.items()}
    if len(items) != len(scene.cards) + len(scene.wires) + len(scene.boxes.items):
        wrong.append("items left over in the scene")
    return wrong + _board(canvas)


def _board(canvas: JourneyCanvas) -> list[str]:
    """Where frames, notes and folds in the scene differ from the layout."""
    journey, scene = canvas.editor.journey, canvas.scene
    layout = canvas.editor.layout or JourneyLayout()
    assert journey is not None
    wrong = []
    boxes = {("frame", frame.key): frame.box for frame in layout.frames}
    boxes |= {("note", note.key): note.box for note in layout.notes}
    rects = {ref: item.rect().getRect() for ref, item in scene.boxes.items.items()}
    if rects != boxes:
        wrong.append(f"boxes {rects} instead of {boxes}")
    unseen = {key for key, card in scene.cards.items() if not card.isVisible()}
    if unseen != hidden(journey, layout.collapsed):
        wrong.append(f"{unseen} hidden instead of {hidden(journey, layout.collapsed)}")
    if any(wire.isVisible() == (key[0] in unseen) for key, wire in scene.wires.items()):
        wrong.append("wires of hidden cards are seen")
    return wrong
