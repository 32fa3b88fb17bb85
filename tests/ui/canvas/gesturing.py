"""Random gestures of one hand: what a person may do next, drawn from a seed and done by mouse, keys and drops."""

from __future__ import annotations

import random

from PySide6.QtCore import QPointF, Qt

from engage_desktop.domain.step import STEP_TYPES
from engage_desktop.ui.canvas import JourneyCanvas
from tests.ui import driver
from tests.ui.canvas.driving import Hand
from tests.ui.driver import CTRL, NONE, SHIFT

ALT = Qt.KeyboardModifier.AltModifier
TYPES = list(STEP_TYPES)
ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
ELSEWHERE = ("picture", "outline", "activate", "rename")
"""Commands that leave the canvas: their own tests do them."""


class Gesturing:
    """Does gestures on a canvas. Every draw is from `seed`, so that a sequence can be done again."""

    def __init__(self, canvas: JourneyCanvas, seed: int) -> None:
        self.canvas, self.hand, self.draw = canvas, Hand(canvas), random.Random(seed)
        self.kinds = (
            self.move, self.move, self.connect, self.drop_wire, self.plus, self.reconnect, self.delete, self.band,
            self.keys, self.shelf, self.copies, self.branch, self.board, self.menu, self.replace, self.arrange,
            self.undo,
        )  # fmt: skip

    def next(self) -> str:
        """Do one gesture to its end; says which."""
        kind = self.draw.choice(self.kinds)
        kind()
        self.rest()
        return kind.__name__

    def rest(self) -> None:
        """Leave nothing open: a search box, a text being written, a gesture half done."""
        canvas = self.canvas
        self.hand.escape_box()
        if canvas.box_text.isVisible():
            driver.key(canvas.box_text, Qt.Key.Key_Escape)
        self.hand.key(Qt.Key.Key_Escape)

    # -- what is there --------------------------------------------------------------------------

    def see(self) -> None:
        self.hand.key(Qt.Key.Key_0, CTRL)  # the whole journey in view

    def some_card(self) -> str:
        return self.draw.choice(list(self.canvas.scene.seen_cards()))

    def some_wire(self) -> tuple[str, str | None]:
        wires = self.canvas.scene.wires.items()
        return self.draw.choice([key for key, wire in wires if not wire.content.loop and wire.isVisible()])

    def some_spot(self) -> QPointF:
        view = self.canvas.view
        area = view.viewport().rect().adjusted(80, 80, -80, -80)
        return view.mapToScene(
            self.draw.randrange(area.left(), area.right()), self.draw.randrange(area.top(), area.bottom())
        )

    def select_some(self) -> None:
        cards = list(self.canvas.scene.seen_cards())
        for place, key in enumerate(self.draw.sample(cards, min(len(cards), self.draw.randrange(1, 5)))):
            self.hand.click(self.hand.card(key), SHIFT if place else NONE)

    def choose(self) -> None:
        """Take a step from the search box, or think better of it."""
        if self.canvas.popup.isVisible() and self.draw.random() < 0.85:
            self.hand.choose(down=self.draw.randrange(len(TYPES)))

    # -- gestures -------------------------------------------------------------------------------

    def move(self) -> None:
        self.see()
        if self.draw.random() < 0.3:
            self.select_some()
        start = self.hand.card(self.some_card())
        by = QPointF(self.draw.uniform(-300, 300), self.draw.uniform(-200, 200))
        self.hand.drag(start, start + by, self.draw.choice([NONE, SHIFT, ALT]), drop=self.draw.random() < 0.9)

    def connect(self) -> None:
        self.see()
        self.hand.drag(self.hand.port(*self.some_wire()), self.hand.card(self.some_card()))

    def drop_wire(self) -> None:
        self.see()
        start = self.hand.input(self.some_card()) if self.draw.random() < 0.2 else self.hand.port(*self.some_wire())
        self.hand.drag(start, self.some_spot())
        self.choose()

    def plus(self) -> None:
        self.see()
        at = self.hand.plus(*self.some_wire())
        self.hand.hover(at)
        self.hand.click(at)
        self.choose()

    def reconnect(self) -> None:
        wires = self.canvas.scene.wires.items()
        curves = [key for key, wire in wires if wire.layout.kind == "curve" and wire.isVisible()]
        if curves:
            self.see()
            at = self.hand.along(*self.draw.choice(curves), self.draw.choice([0.07, 0.93]))
            self.hand.drag(at, self.hand.card(self.some_card()))

    def delete(self) -> None:
        if len(self.canvas.scene.cards) > 3:
            self.see()
            self.hand.click(self.hand.card(self.some_card()))
            self.hand.key(self.draw.choice([Qt.Key.Key_Delete, Qt.Key.Key_Backspace]))

    def band(self) -> None:
        self.see()
        box = self.canvas.scene.content_rect()
        end = QPointF(self.draw.uniform(box.left(), box.right()), self.draw.uniform(box.top(), box.bottom()))
        self.hand.drag(box.topLeft() - QPointF(60, 40), end, self.draw.choice([NONE, CTRL]))

    def keys(self) -> None:
        for _ in range(3):
            self.hand.key(self.draw.choice(ARROWS), self.draw.choice([CTRL, SHIFT, NONE, ALT]))

    def shelf(self) -> None:
        self.see()
        self.hand.drop_step(
            self.draw.choice(TYPES), self.draw.choice([self.some_spot(), self.hand.plus(*self.some_wire())])
        )

    def copies(self) -> None:
        self.see()
        if self.draw.random() < 0.3 and self.canvas.scene.boxes.items:
            self.hand.key(Qt.Key.Key_N, ALT)
            place = self.canvas.scene.boxes.items[self.canvas.scene.boxes.chosen[0]].text_rect().center()
            self.hand.click(self.hand.card(self.some_card()), SHIFT)  # a frame or a note, and a step with it
            if self.draw.random() < 0.5:
                self.hand.drag(place, place + QPointF(self.draw.uniform(-40, 120), self.draw.uniform(-40, 90)))
        else:
            self.select_some()
        for key in self.draw.choice([(Qt.Key.Key_D,), (Qt.Key.Key_C, Qt.Key.Key_V), (Qt.Key.Key_X, Qt.Key.Key_V)]):
            self.hand.key(key, CTRL)

    def branch(self) -> None:
        self.see()
        self.hand.click(self.hand.card(self.some_card()))
        self.hand.key(*self.draw.choice([(Qt.Key.Key_B, CTRL), (Qt.Key.Key_Up, ALT), (Qt.Key.Key_Down, ALT)]))

    def board(self) -> None:
        self.see()
        if self.draw.random() < 0.4:
            self.select_some()
            self.hand.key(self.draw.choice([Qt.Key.Key_M, Qt.Key.Key_G, Qt.Key.Key_H]), CTRL)
            if self.canvas.box_text.isVisible():
                self.hand.write(self.draw.choice(["why", "two\nlines", ""]))
            return
        self.hand.key(Qt.Key.Key_N, ALT)
        boxes = self.canvas.scene.boxes
        if boxes.selected is not None:
            grip = boxes.items[boxes.selected].rect()
            start = self.draw.choice([grip.topLeft() + QPointF(30, 12), grip.bottomRight()])
            self.hand.drag(start, start + QPointF(self.draw.uniform(-40, 120), self.draw.uniform(-40, 90)))
            self.hand.key(
                *self.draw.choice([(Qt.Key.Key_C, ALT), (Qt.Key.Key_Right, CTRL | SHIFT), (Qt.Key.Key_Delete, NONE)])
            )

    def menu(self) -> None:
        self.see()
        at = self.draw.choice([self.hand.card(self.some_card()), self.hand.plus(*self.some_wire()), self.some_spot()])
        registry = self.canvas.commands.shortcuts.registry
        left_out = {registry.by_command(command).title for command in ELSEWHERE} | {"Edit", "Rename…", "Write on it"}
        items = [text for text, item in self.hand.menu(at).items() if item.isEnabled() and text not in left_out]
        self.hand.pick(self.draw.choice(items))
        self.choose()

    def replace(self) -> None:
        self.see()
        self.hand.click(self.hand.card(self.some_card()))
        self.hand.key(Qt.Key.Key_R, CTRL)
        self.choose()

    def arrange(self) -> None:
        self.see()
        if self.draw.random() < 0.5:
            self.hand.key(Qt.Key.Key_T, CTRL | SHIFT)
            return
        self.select_some()
        items = self.hand.menu(self.hand.card((self.canvas.scene.selection or [self.some_card()])[0]))
        ways = [text for text in items if text.startswith(("Align", "Distribute", "Tidy"))] or ["Copy"]
        if items[ways[0]].isEnabled():
            self.hand.pick(self.draw.choice(ways))

    def undo(self) -> None:
        self.hand.undo()
        if self.draw.random() < 0.5:
            self.hand.redo()
