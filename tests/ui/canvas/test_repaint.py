"""One change repaints only its cards and wires, and what lies under them: counted, not timed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.canvas.test_scale import large, settle
from tests.ui.driver import CTRL, SHIFT


@pytest.fixture
def ladder(qtbot: QtBot, theme: Theme) -> Hand:
    """Two hundred steps, about thirty of them in view, their places stored."""
    canvas = JourneyCanvas(large(200), "big", theme)
    canvas.motion_ms = 0
    qtbot.addWidget(canvas)
    canvas.resize(1400, 2000)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.view.zoom_to(0.62)
    canvas.view.reveal(canvas.scene.cards["s8"].rect())
    hand = Hand(canvas)
    hand.click(hand.card("m0"))
    hand.key(Qt.Key.Key_Right, CTRL)
    settle()
    return hand


def test_an_edit_paints_what_it_touches(ladder: Hand) -> None:
    hand, canvas, scene = ladder, ladder.canvas, ladder.canvas.scene
    seen = canvas.view.seen()
    cards = sum(seen.contains(card.rect()) for card in scene.cards.values())
    wires = sum(seen.contains(wire.boundingRect()) for wire in scene.wires.values())
    assert cards >= 16
    assert wires >= 20

    def painted(act: Callable[[], None]) -> tuple[int, int]:
        settle()
        scene.count.reset()
        act()
        settle()
        assert agrees(canvas) == []
        return scene.count.cards, scene.count.wires

    everything = painted(lambda: canvas.view.viewport().update())
    assert everything[0] >= cards  # the count counts
    assert everything[1] >= wires

    edits: dict[str, tuple[Callable[[], None], int, int]] = {
        "select": (lambda: hand.click(hand.card("m3")), 2, 6),
        "nudge": (lambda: hand.key(Qt.Key.Key_Right, CTRL), 3, 6),
        "undo a nudge": (hand.undo, 3, 6),
        "fold": (lambda: hand.key(Qt.Key.Key_H, CTRL), 2, 4),  # nothing to fold: told, not done
        "delete": (lambda: hand.key(Qt.Key.Key_Delete), 3, 6),
        "undo a delete": (hand.undo, 3, 6),
        "select a wire": (lambda: hand.click(hand.along("m4", None, 0.7)), 3, 4),
        "disconnect": (lambda: hand.key(Qt.Key.Key_Delete), 3, 6),
        "undo a disconnect": (hand.undo, 3, 6),
        "select another": (lambda: hand.click(hand.card("m5")), 3, 6),
        "duplicate": (lambda: hand.key(Qt.Key.Key_D, CTRL), 4, 7),
        "undo a duplicate": (hand.undo, 4, 7),
    }
    counts = {name: painted(act) for name, (act, _, _) in edits.items()}
    over = {name: counts[name] for name, (_, most_cards, most_wires) in edits.items()
            if counts[name][0] > most_cards or counts[name][1] > most_wires}  # fmt: skip
    assert over == {}, counts
    assert counts["nudge"] > (0, 0)
    assert counts["delete"] > (0, 0)


def test_a_dragged_card_paints_itself_and_its_wires_at_each_step(ladder: Hand) -> None:
    hand, scene = ladder, ladder.canvas.scene
    start = hand.card("m6")
    hand.press(start)
    hand.move(start + QPointF(9, 0), SHIFT)
    settle()
    scene.count.reset()
    for step in range(2, 12):
        hand.move(start + QPointF(9 * step, 0), SHIFT)  # without guides, which cross many
        settle()
    assert scene.count.cards <= 10 * 4
    assert scene.count.wires <= 10 * 8
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
