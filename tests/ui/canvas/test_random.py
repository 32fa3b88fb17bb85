"""Thirty random gestures: after each, the scene is the document; undoing all brings the first bytes back."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps, dumps_layout
from engage_desktop.domain.step import STEP_TYPES
from engage_desktop.ui.canvas import JourneyCanvas
from tests.ui.canvas.driving import CTRL, SHIFT, Hand, agrees

TYPES = list(STEP_TYPES)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_gestures_keep_scene_and_document_equal(
    canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, seed: int
) -> None:
    draw = random.Random(seed)
    first = dumps(canvas.document.campaigns), dumps_layout(canvas.document.layout)
    edits = 0
    for _ in range(30):
        before = canvas.document.campaigns, canvas.document.layout
        gesture = draw.choice([_move, _connect, _drop_wire, _delete, _plus, _reconnect, _band, _undo, _keys, _tidy])
        gesture(canvas, hand, qtbot, draw)
        assert agrees(canvas) == [], gesture.__name__
        edits += (canvas.document.campaigns, canvas.document.layout) != before
    assert edits >= 8  # the hand really changed something
    last = dumps(canvas.document.campaigns)
    count = 0
    while canvas.document.can_undo:
        hand.undo()
        count += 1
        assert agrees(canvas) == []
    assert (dumps(canvas.document.campaigns), dumps_layout(canvas.document.layout)) == first
    for _ in range(count):
        hand.redo()
    assert dumps(canvas.document.campaigns) == last
    assert agrees(canvas) == []


def _any_card(canvas: JourneyCanvas, draw: random.Random) -> str:
    return draw.choice(list(canvas.scene.cards))


def _see(hand: Hand) -> None:
    hand.key(Qt.Key.Key_1)


def _move(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    _see(hand)
    start = hand.card(_any_card(canvas, draw))
    hand.drag(
        start,
        start + QPointF(draw.uniform(-200, 200), draw.uniform(-150, 150)),
        draw.choice([SHIFT, Qt.KeyboardModifier.NoModifier]),
    )


def _connect(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    _see(hand)
    source, branch = draw.choice([key for key, wire in canvas.scene.wires.items() if not wire.content.loop])
    hand.drag(hand.port(source, branch), hand.card(_any_card(canvas, draw)))
    hand.escape_box()


def _choose(canvas: JourneyCanvas, qtbot: QtBot, draw: random.Random) -> None:
    if canvas.popup.isVisible():
        if draw.random() < 0.2:
            qtbot.keyClick(canvas.popup.box, Qt.Key.Key_Escape)
            return
        for _ in range(draw.randrange(len(TYPES))):
            qtbot.keyClick(canvas.popup.box, Qt.Key.Key_Down)
        qtbot.keyClick(canvas.popup.box, Qt.Key.Key_Return)


def _drop_wire(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    _see(hand)
    source, branch = draw.choice([key for key, wire in canvas.scene.wires.items() if not wire.content.loop])
    spot = canvas.view.mapToScene(draw.randrange(80, 1100), draw.randrange(80, 700))
    hand.drag(hand.port(source, branch), spot)
    _choose(canvas, qtbot, draw)


def _plus(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    _see(hand)
    wire = canvas.scene.wires[draw.choice(list(canvas.scene.wires))]
    hand.hover(wire.layout.plus)
    hand.click(wire.layout.plus)
    _choose(canvas, qtbot, draw)


def _delete(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    if len(canvas.scene.cards) > 3:
        _see(hand)
        hand.click(hand.card(_any_card(canvas, draw)))
        hand.key(Qt.Key.Key_Delete)


def _reconnect(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    curves = [wire for wire in canvas.scene.wires.values() if wire.layout.kind == "curve"]
    if curves:
        _see(hand)
        curve = draw.choice(curves).layout.curve
        assert curve is not None
        hand.drag(curve.at(0.93), hand.card(_any_card(canvas, draw)))
        hand.escape_box()


def _band(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    _see(hand)
    box = canvas.scene.content_rect()
    hand.drag(
        box.topLeft() - QPointF(60, 40),
        QPointF(draw.uniform(box.left(), box.right()), draw.uniform(box.top(), box.bottom())),
    )


def _undo(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    hand.undo()
    if draw.random() < 0.5:
        hand.redo()


def _keys(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    for _ in range(3):
        hand.key(
            draw.choice([Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right]),
            draw.choice([CTRL, SHIFT, Qt.KeyboardModifier.NoModifier]),
        )
    if draw.random() < 0.4 and canvas.scene.selection:
        hand.key(Qt.Key.Key_D, CTRL)


def _tidy(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot, draw: random.Random) -> None:
    hand.key(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | SHIFT)
