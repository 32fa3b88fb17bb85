"""One change repaints only its cards and wires, and what lies under them: counted, not timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol import JourneyFigures, StepFigures
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import FIGURES, Hand, agrees, on_screen
from tests.ui.canvas.test_scale import large, settle
from tests.ui.driver import CTRL, SHIFT


@pytest.fixture
def ladder(qtbot: QtBot, theme: Theme) -> Hand:
    """Two hundred steps, about thirty of them in view, their places stored."""
    canvas = on_screen(qtbot, JourneyCanvas(large(200), "big", theme), 1400, 2000)
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


def test_what_looks_as_before_is_not_painted_again(ladder: Hand) -> None:
    """Said again, a selection is the same: cards and wires drop a state equal to theirs."""
    hand, canvas = ladder, ladder.canvas
    for place in (hand.card("m3"), hand.along("m4", None, 0.7)):
        hand.hover(place)
        hand.click(place)
        settle()
        canvas.scene.count.reset()
        for _ in range(3):
            hand.click(place)
            settle()
        assert (canvas.scene.count.cards, canvas.scene.count.wires) == (0, 0)
    assert canvas.scene.selected_wire == ("m4", None)
    hand.click(hand.card("m3"))  # the count counts
    settle()
    assert canvas.scene.count.cards > 0


def test_figures_and_wires_that_come_out_equal_paint_nothing(ladder: Hand) -> None:
    canvas, scene = ladder.canvas, ladder.canvas.scene
    wires = dict.fromkeys(scene.wires, 40)
    steps = {key: StepFigures(arrived=40, left=30, inside=10, people=20) for key in scene.cards}
    told = replace(FIGURES, journey="big", wires=wires, steps=steps)

    def painted(figures: JourneyFigures) -> tuple[int, int]:
        settle()
        scene.count.reset()
        canvas.set_figures(figures, current=True)
        settle()
        return scene.count.cards, scene.count.wires

    assert painted(told) > (16, 20)
    assert painted(replace(told, generation=2)) == (0, 0)
    one = replace(told, generation=3, wires={**wires, ("m4", None): 41})
    assert (0, 0) < painted(one) <= (2, 4)

    scene.count.reset()
    scene.route(list(scene.wires))  # nothing has moved: every wire comes out as it lies
    settle()
    assert (scene.count.cards, scene.count.wires) == (0, 0)
