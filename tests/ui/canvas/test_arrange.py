"""Where cards stand: snapping, guides, aligning, distributing, tidying a part, and steps put into wires."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt

from engage_desktop.document import dumps
from engage_desktop.domain.step import Hold, RandomSplit
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.arrange import align, distribute
from engage_desktop.ui.canvas.placing import overlaps
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.driver import CTRL, NONE, SHIFT

ALT = Qt.KeyboardModifier.AltModifier


def place(canvas: JourneyCanvas, key: str) -> tuple[float, float]:
    x, y = canvas.scene.cards[key].pos().toTuple()
    return x, y


def test_a_drag_snaps_to_the_grid_and_shift_lets_go(canvas: JourneyCanvas, hand: Hand) -> None:
    x, y = place(canvas, "done")
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-83, 301))
    assert place(canvas, "done") == (round((x - 83) / 8) * 8, round((y + 301) / 8) * 8)
    x, y = place(canvas, "done")
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-13, 21), SHIFT)
    assert place(canvas, "done") == (x - 13, y + 21)


def test_guides_draw_a_card_to_the_sides_and_middles_of_others(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.view.fit(canvas.scene.content_rect(), most=1.0)
    done, nudge = canvas.scene.cards["done"].rect(), canvas.scene.cards["nudge"].rect()
    # To the height of another card, four pixels off it and off the grid.
    by = QPointF(-51, nudge.top() - done.top() + 4)
    hand.drag(hand.card("done"), hand.card("done") + by, drop=False)
    moved = canvas.scene.cards["done"].rect()
    assert moved.top() == nudge.top()
    assert canvas.view.gesture is not None
    assert not canvas.view.gesture.bounds().isEmpty()
    line = canvas.view.mapFromScene(QPointF((moved.right() + nudge.left()) / 2, nudge.top()))
    picture = canvas.view.viewport().grab().toImage()
    beside = {picture.pixelColor(line.x(), line.y() + by).name().upper() for by in (-1, 0, 1)}
    assert canvas.theme.hex("accent") in beside
    # With Shift nothing draws it.
    hand.move(hand.card("done") + QPointF(0, 3), SHIFT)
    assert canvas.view.gesture.bounds().isEmpty()
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.card("done"))
    # Another one that stands off the grid draws it there.
    hand.drag(hand.card("coin"), hand.card("coin") + QPointF(3, 3), SHIFT)
    off = canvas.scene.cards["coin"].rect().top()
    assert off % 8 != 0
    hand.click(hand.card("done"))  # alone: Shift had added the other
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-51, off - done.top() + 2))
    assert canvas.scene.cards["done"].rect().top() == off
    hand.undo()
    hand.undo()
    # A middle, too.
    by = QPointF(nudge.center().x() - done.center().x() + 3, -330)
    hand.drag(hand.card("done"), hand.card("done") + by)
    assert canvas.scene.cards["done"].rect().center().x() == nudge.center().x()
    assert agrees(canvas) == []


@pytest.mark.parametrize(
    ("item", "name"),
    [("Align left sides", "Align 3 steps: left"), ("Align middles one under the other", "Align 3 steps: center"),
     ("Align upper sides", "Align 3 steps: top")],
)  # fmt: skip
def test_aligning_is_one_undo_step(canvas: JourneyCanvas, hand: Hand, item: str, name: str) -> None:
    before = {key: place(canvas, key) for key in canvas.scene.cards}
    for key in ("done", "coin", "tuesday"):
        hand.click(hand.card(key), CTRL)
    rects = [canvas.scene.cards[key].rect() for key in ("done", "coin", "tuesday")]
    assert item in hand.menu(hand.card("coin"))
    hand.pick(item)
    assert canvas.document.undo_name == name
    now = [canvas.scene.cards[key].rect() for key in ("done", "coin", "tuesday")]
    if "left" in name:
        assert {rect.left() for rect in now} == {min(rect.left() for rect in rects)}
    elif "center" in name:
        middles = [rect.center().x() for rect in now]
        assert max(middles) - min(middles) <= 1  # to whole pixels
    else:
        assert {rect.top() for rect in now} == {min(rect.top() for rect in rects)}
    assert agrees(canvas) == []
    hand.undo()
    assert {key: place(canvas, key) for key in canvas.scene.cards} == before


def test_distributing_makes_the_gaps_equal(canvas: JourneyCanvas, hand: Hand) -> None:
    keys = ("wait", "done", "nudge", "tuesday")
    for key in keys:
        hand.click(hand.card(key), CTRL)
    hand.menu(hand.card("nudge"))
    hand.pick("Distribute from top to bottom")
    rects = sorted((canvas.scene.cards[key].rect() for key in keys), key=lambda rect: rect.top())
    gaps = [below.top() - above.bottom() for above, below in pairwise(rects)]
    assert max(gaps) - min(gaps) <= 1
    assert canvas.document.undo_name == "Distribute 4 steps down"
    hand.click(hand.card("done"))
    assert "Distribute from top to bottom" not in hand.menu(hand.card("done"))  # one alone has no neighbours


def test_every_side_and_axis_by_numbers() -> None:
    places = {"a": (0.0, 10.0), "b": (50.0, 0.0), "c": (200.0, 300.0)}
    sizes = {"a": (100.0, 50.0), "b": (20.0, 30.0), "c": (60.0, 40.0)}
    assert align(places, sizes, "right") == {"a": (160.0, 10.0), "b": (240.0, 0.0), "c": (200.0, 300.0)}
    assert align(places, sizes, "bottom") == {"a": (0.0, 290.0), "b": (50.0, 310.0), "c": (200.0, 300.0)}
    assert align(places, sizes, "middle") == {"a": (0.0, 145.0), "b": (50.0, 155.0), "c": (200.0, 150.0)}
    assert distribute(places, sizes, "across") == {"a": (0.0, 10.0), "b": (140.0, 0.0), "c": (200.0, 300.0)}
    assert distribute({"a": (1.0, 2.0), "b": (3.0, 4.0)}, sizes, "down") == {"a": (1.0, 2.0), "b": (3.0, 4.0)}


def test_tidying_a_selection_leaves_the_others_and_keeps_its_corner(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.card("tuesday"), hand.card("tuesday") + QPointF(-420, -40))
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_Down, SHIFT)
    chosen = set(canvas.scene.selection)
    assert chosen == {"coin", "nudge", "tuesday"}
    before = {key: place(canvas, key) for key in canvas.scene.cards}
    hand.menu(hand.card("coin"))
    hand.pick("Tidy the selection")
    assert canvas.document.undo_name == "Tidy 3 steps"
    assert {key for key in canvas.scene.cards if place(canvas, key) != before[key]} <= chosen
    rects = [canvas.scene.cards[key].rect() for key in ("coin", "nudge", "tuesday")]
    assert all(below.top() >= above.bottom() + 24 for above, below in pairwise(rects))
    boxes = [(place(canvas, key), (card.card.width, card.card.height)) for key, card in canvas.scene.cards.items()]
    assert not any(overlaps(*a, *b) for at, a in enumerate(boxes) for b in boxes[at + 1 :])
    once = {key: place(canvas, key) for key in canvas.scene.cards}
    hand.menu(hand.card("coin"))
    hand.pick("Tidy the selection")
    assert {key: place(canvas, key) for key in canvas.scene.cards} == once  # stable
    hand.undo()
    assert {key: place(canvas, key) for key in canvas.scene.cards} == before


def test_a_step_from_the_shelf_goes_into_a_wire_behind_an_output_or_beside(canvas: JourneyCanvas, hand: Hand) -> None:
    first = dumps(canvas.document.campaigns)
    on_wire = hand.along("nudge", None, 0.5)
    hand.drop_step("delay", on_wire, end="hold")
    assert canvas.scene.wires[("nudge", None)].state.lit
    assert canvas.document.campaigns is not None
    hand.drop_step("delay", on_wire, end="leave")
    assert not canvas.scene.wires[("nudge", None)].state.lit
    assert dumps(canvas.document.campaigns) == first
    low = canvas.scene.cards["tuesday"].y()
    hand.drop_step("delay", on_wire)
    journey = canvas.editor.journey
    assert journey is not None
    assert (journey.by_key["nudge"].next, journey.by_key["delay"].next) == ("delay", "tuesday")
    assert canvas.scene.cards["tuesday"].y() > low  # what is below moved down
    assert canvas.document.undo_name == "Add “Delay”"
    hand.undo()
    # An end fits only where a path ends.
    hand.drop_step("end", on_wire, end="hold")
    assert not canvas.scene.wires[("nudge", None)].state.lit
    hand.drop_step("end", hand.plus("coin", "control"))
    journey = canvas.editor.journey
    assert journey is not None
    coin = journey.by_key["coin"]
    assert isinstance(coin, RandomSplit)
    assert coin.branches[1].next == "end"
    hand.drop_step("message", canvas.view.mapToScene(80, 600))
    assert canvas.scene.selection == ["message"]
    assert agrees(canvas) == []
    canvas.set_editable(False)
    before = canvas.document.campaigns
    hand.drop_step("delay", on_wire)
    assert canvas.document.campaigns is before


def test_a_click_on_the_shelf_adds_behind_what_is_selected(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("tuesday"))
    tile = next(tile for tile in canvas.shelf.tiles if tile.item.type == "end")
    assert tile.accessibleName() == "Add: End"
    hand.on(tile)
    journey = canvas.editor.journey
    assert journey is not None
    assert journey.by_key["tuesday"].next == "end"


def test_a_wired_step_dragged_onto_another_wire_moves_there_and_alt_only_places_it(
    canvas: JourneyCanvas, hand: Hand
) -> None:
    wire = canvas.scene.wires[("wait", "bought")]
    goal = hand.along("wait", "bought", 0.45) + hand.card("nudge") - hand.middle("nudge")
    hand.drag(hand.card("nudge"), goal, ALT, drop=False)
    assert not wire.state.lit
    hand.move(goal, NONE)
    hand.move(goal + QPointF(1, 0), NONE)
    assert wire.state.lit
    hand.release(goal)
    journey = canvas.editor.journey
    assert journey is not None
    hold = journey.by_key["wait"]
    assert isinstance(hold, Hold)
    assert hold.branches[1].next == "nudge"
    assert journey.by_key["nudge"].next == "done"
    coin = journey.by_key["coin"]
    assert isinstance(coin, RandomSplit)
    assert coin.branches[0].next == "tuesday"  # reconnected
    assert canvas.document.undo_name == "Insert “Nudge e-mail”"
    assert agrees(canvas) == []
    hand.undo()
    assert agrees(canvas) == []
    # One with several paths that go on is never torn off them.
    goal = hand.along("nudge", None, 0.5) + hand.card("wait") - hand.middle("wait")
    hand.drag(hand.card("wait"), goal, drop=False)
    hand.move(goal)
    assert not any(wire.state.lit for wire in canvas.scene.wires.values())


def test_replacing_keeps_place_name_and_wires(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-40, 0))  # places are stored from now on
    where = place(canvas, "tuesday")
    hand.click(hand.card("tuesday"))
    hand.key(Qt.Key.Key_R, CTRL)
    hand.choose("delay")
    journey = canvas.editor.journey
    assert journey is not None
    assert journey.by_key["nudge"].next == "delay"
    assert (journey.by_key["delay"].type, journey.by_key["delay"].name) == ("delay", "Next Tuesday")
    assert place(canvas, "delay") == where
    assert canvas.scene.selection == ["delay"]
    assert canvas.document.undo_name == "Replace “Next Tuesday” by “Delay”"
    assert agrees(canvas) == []
