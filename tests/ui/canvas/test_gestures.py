"""Every gesture by mouse and key, asserted on the document and on what the scene shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engage_desktop.document import ENTRY
from engage_desktop.ui.canvas import JourneyCanvas
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.driver import CTRL, SHIFT


def test_drag_from_an_output_to_a_step_connects(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.port("tuesday", None), hand.card("done"))
    assert canvas.editor.journey.by_key["tuesday"].next == "done"
    assert canvas.document.undo_name == "Connect to “Bought without help”"
    assert agrees(canvas) == []
    hand.undo()
    assert canvas.editor.journey.by_key["tuesday"].next is None
    assert agrees(canvas) == []


def test_a_circle_is_refused_with_its_reason_while_dragging(canvas: JourneyCanvas, hand: Hand) -> None:
    before = canvas.document.campaigns
    said: list[str] = []
    canvas.status_text.connect(said.append)
    hand.drag(hand.port("tuesday", None), hand.card("coin"), drop=False)
    states = {key: card.state.target for key, card in canvas.scene.cards.items()}
    assert states["coin"] == "no"
    assert states["done"] == "yes"
    assert states["wait"] == ""
    assert "circle" in said[-1]
    hand.release(hand.card("coin"))
    assert canvas.document.campaigns is before
    assert not canvas.document.can_undo
    assert {card.state.target for card in canvas.scene.cards.values()} == {""}


def test_drag_from_an_input_back_to_a_free_output_connects(canvas: JourneyCanvas, hand: Hand) -> None:
    rect = canvas.scene.cards["done"].rect()
    hand.drag(QPointF(rect.center().x(), rect.top()), hand.card("tuesday"))
    # The wire's own end lies on the input too; the port wins.
    assert canvas.editor.journey.by_key["tuesday"].next == "done"
    assert agrees(canvas) == []


def test_the_end_of_a_wire_can_be_led_elsewhere(canvas: JourneyCanvas, hand: Hand) -> None:
    curve = canvas.scene.wires[("nudge", None)].layout.curve
    assert curve is not None
    hand.drag(QPointF(curve.last.x(), curve.last.y() - 16), hand.card("done"))
    assert canvas.editor.journey.by_key["nudge"].next == "done"
    assert agrees(canvas) == []


def test_the_beginning_of_a_wire_can_be_led_elsewhere(canvas: JourneyCanvas, hand: Hand) -> None:
    start = hand.along("nudge", None, 0) + QPointF(0, 16)
    hand.drag(start, hand.card("coin"))  # its free branch takes over
    assert canvas.editor.journey.by_key["nudge"].next is None
    assert canvas.editor.journey.by_key["coin"].branches[1].next == "tuesday"
    assert canvas.document.undo_name == "Reconnect “Next Tuesday”"
    assert agrees(canvas) == []
    hand.undo()
    assert canvas.editor.journey.by_key["nudge"].next == "tuesday"


def test_the_end_of_a_wire_dropped_on_nothing_disconnects(canvas: JourneyCanvas, hand: Hand) -> None:
    curve = canvas.scene.wires[("nudge", None)].layout.curve
    assert curve is not None
    hand.drag(QPointF(curve.last.x(), curve.last.y() - 16), QPointF(curve.last.x() + 300, curve.last.y() - 10))
    assert canvas.editor.journey.by_key["nudge"].next is None
    assert agrees(canvas) == []


def test_plus_under_a_free_output_adds_behind_it(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.plus("coin", "control"))
    assert canvas.popup.isVisible()
    hand.choose("end")
    journey = canvas.editor.journey
    assert journey.by_key["coin"].branches[1].next == "end"
    assert journey.by_key["end"].type == "end"
    assert canvas.scene.selection == ["end"]
    # An end that only a holdout reaches says so.
    assert canvas.scene.cards["end"].content.title == "Holdout"
    assert agrees(canvas) == []


def test_plus_on_a_hovered_wire_splices_and_moves_what_is_below_down(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-80, 0))  # positions are stored from now on
    below = canvas.scene.cards["coin"].y()
    wire = canvas.scene.wires[("wait", "timeout")]
    hand.hover(wire.layout.plus)
    hand.click(wire.layout.plus)
    hand.choose("delay")
    journey = canvas.editor.journey
    assert journey.by_key["wait"].on_timeout == "delay"
    assert journey.by_key["delay"].next == "coin"
    assert canvas.scene.cards["coin"].y() > below
    assert canvas.document.undo_name == "Add “Delay”"
    assert agrees(canvas) == []
    hand.undo()
    assert canvas.scene.cards["coin"].y() == below
    assert agrees(canvas) == []


def test_a_wire_dropped_on_empty_canvas_opens_the_box_and_adds_there(canvas: JourneyCanvas, hand: Hand) -> None:
    spot = canvas.scene.cards["coin"].rect().topRight() + QPointF(360, 40)
    hand.drag(hand.port("tuesday", None), spot)
    assert canvas.popup.isVisible()
    assert canvas.view.ghost is not None
    hand.choose("sms")
    assert canvas.view.ghost is None
    assert canvas.editor.journey.by_key["tuesday"].next == "message"
    assert abs(canvas.scene.cards["message"].y() - spot.y()) <= 8
    assert agrees(canvas) == []


def test_escape_closes_the_box_and_changes_nothing(canvas: JourneyCanvas, hand: Hand) -> None:
    before = canvas.document.campaigns
    hand.drag(hand.port("tuesday", None), hand.port("tuesday", None) + QPointF(300, 60))
    hand.escape_box()
    assert not canvas.popup.isVisible()
    assert canvas.view.ghost is None
    assert canvas.document.campaigns is before


def test_a_free_step_dropped_on_a_wire_is_spliced_in(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.double_click(QPointF(720, 40))
    hand.choose("set trait")
    wire = canvas.scene.wires[("nudge", None)]
    start = hand.card("set_trait")
    offset = start - canvas.scene.cards["set_trait"].rect().center()
    assert wire.layout.curve is not None
    hand.drag(start, wire.layout.curve.at(0.5) + offset, drop=False)
    assert wire.state.lit
    hand.release(wire.layout.curve.at(0.5) + offset)
    journey = canvas.editor.journey
    assert journey.by_key["nudge"].next == "set_trait"
    assert journey.by_key["set_trait"].next == "tuesday"
    assert agrees(canvas) == []


def test_delete_reconnects_and_one_undo_brings_all_back(canvas: JourneyCanvas, hand: Hand) -> None:
    before = canvas.document.campaigns
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Delete)
    assert canvas.editor.journey.by_key["coin"].branches[0].next == "tuesday"
    assert canvas.document.undo_name == "Delete “Nudge e-mail”"
    assert agrees(canvas) == []
    hand.undo()
    assert canvas.document.campaigns == before
    assert agrees(canvas) == []


def test_the_entry_cannot_be_deleted(canvas: JourneyCanvas, hand: Hand) -> None:
    said: list[str] = []
    canvas.status_text.connect(said.append)
    hand.click(hand.card(ENTRY))
    hand.key(Qt.Key.Key_Delete)
    assert said == ["The entry cannot be deleted. Change how people enter in the inspector."]
    assert not canvas.document.can_undo


def test_delete_on_a_selected_wire_disconnects(canvas: JourneyCanvas, hand: Hand) -> None:
    wire = canvas.scene.wires[("wait", "bought")]
    hand.click(wire.layout.label.center())
    assert canvas.scene.selected_wire == ("wait", "bought")
    hand.key(Qt.Key.Key_Delete)
    assert canvas.editor.journey.by_key["wait"].branches[1].next is None
    assert agrees(canvas) == []


def test_dragging_cards_is_one_undo_step_on_the_grid(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("coin"))
    hand.click(hand.card("nudge"), CTRL)
    places = {key: card.pos() for key, card in canvas.scene.cards.items()}
    hand.drag(hand.card("coin"), hand.card("coin") + QPointF(203, 61), steps=20)
    assert canvas.document.undo_name == "Move 2 steps"
    moved = {key for key, card in canvas.scene.cards.items() if card.pos() != places[key]}
    assert moved == {"coin", "nudge"}
    shift = canvas.scene.cards["coin"].pos() - places["coin"]
    assert canvas.scene.cards["nudge"].pos() - places["nudge"] == shift
    assert canvas.scene.cards["coin"].x() % 8 == 0
    assert canvas.scene.cards["coin"].y() % 8 == 0
    assert not canvas.document.design_is_dirty  # a place is no change of meaning
    hand.undo()
    assert not canvas.document.can_undo
    assert {key: card.pos() for key, card in canvas.scene.cards.items()} == places


def test_escape_while_dragging_leaves_everything_as_it_was(canvas: JourneyCanvas, hand: Hand) -> None:
    place = canvas.scene.cards["coin"].pos()
    hand.drag(hand.card("coin"), hand.card("coin") + QPointF(200, 50), drop=False)
    assert canvas.scene.cards["coin"].pos() != place
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.card("coin"))
    assert canvas.scene.cards["coin"].pos() == place
    assert not canvas.document.can_undo
    assert agrees(canvas) == []


def test_a_rubber_band_selects_what_it_touches_and_shift_adds(canvas: JourneyCanvas, hand: Hand) -> None:
    done = canvas.scene.cards["done"].rect()
    hand.drag(done.topLeft() + QPointF(-40, -8), done.center())
    assert canvas.scene.selection == ["done"]
    box = canvas.scene.cards["tuesday"].rect()
    hand.drag(box.topLeft() + QPointF(-30, -10), box.center(), SHIFT)
    assert canvas.scene.selection == ["done", "tuesday"]
    hand.click(QPointF(done.left() - 60, done.top()))
    assert canvas.scene.selection == []


def test_a_band_with_ctrl_toggles_what_it_touches(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("done"))
    row = canvas.scene.content_rect(["done", "coin"])
    hand.drag(row.topLeft() + QPointF(-30, 8), row.bottomRight() + QPointF(10, -8), CTRL)
    assert canvas.scene.selection == ["coin"]
    hand.drag(row.topLeft() + QPointF(-30, 8), row.bottomRight() + QPointF(10, -8), CTRL, drop=False)
    hand.key(Qt.Key.Key_Escape)  # given up: as it was
    assert canvas.scene.selection == ["coin"]


def test_the_box_offers_only_what_may_stand_there(canvas: JourneyCanvas, hand: Hand) -> None:
    def offered() -> set[str]:
        rows = canvas.popup.list
        return {rows.item(at).text().split(".")[0] for at in range(rows.count())}

    hand.drag(hand.port("tuesday", None), QPointF(720, 600))
    assert "End" in offered()
    assert "Bought without help" in offered()  # a step to join
    assert "Nudge or not" not in offered()  # that would be a circle
    hand.escape_box()
    hand.hover(hand.plus("nudge", None))
    hand.click(hand.plus("nudge", None))
    assert "End" not in offered()  # what follows would be cut off
    hand.escape_box()
    assert canvas.view.hasFocus()


def test_an_input_dropped_on_nothing_adds_a_step_that_leads_to_it(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.port("coin", "control"), QPointF(760, 420))
    hand.choose("end")
    assert canvas.scene.selection == ["end"]
    hand.drag(hand.input("end"), QPointF(800, 200))
    assert canvas.view.ghost is not None
    hand.choose("delay")
    assert canvas.view.ghost is None
    assert canvas.editor.journey.by_key["delay"].next == "end"
    assert canvas.scene.selection == ["delay"]
    assert agrees(canvas) == []


def test_a_drag_at_the_edge_moves_the_view_and_the_card_along(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot) -> None:
    before, place = canvas.view.seen().left(), canvas.scene.cards["done"].x()
    edge = canvas.view.mapToScene(6, 400)
    hand.drag(hand.card("done"), edge, drop=False)
    qtbot.waitUntil(lambda: canvas.view.seen().left() < before - 60, timeout=3000)
    hand.release(canvas.view.mapToScene(6, 400))
    assert canvas.scene.cards["done"].x() < place - 60
    assert canvas.document.undo_name == "Move “Bought without help”"
    stopped = canvas.view.seen().left()
    qtbot.wait(60)
    assert canvas.view.seen().left() == stopped


def test_ctrl_click_toggles(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot) -> None:
    hand.click(hand.card("coin"))
    with qtbot.waitSignal(canvas.selection_changed) as caught:
        hand.click(hand.card("done"), CTRL)
    assert caught.args == [["coin", "done"]]
    hand.click(hand.card("coin"), CTRL)
    assert canvas.scene.selection == ["done"]


def test_middle_drag_pans(canvas: JourneyCanvas, hand: Hand) -> None:
    middle = Qt.MouseButton.MiddleButton
    view = canvas.view
    at = view.mapToScene(400, 300)
    hand.press(at, button=middle)
    hand.move(at + QPointF(50, 30), held=middle)
    hand.release(at, button=middle)  # the grabbed point is under the pointer again
    now = view.mapToScene(400, 300)
    assert abs(now.x() - (at.x() - 50)) <= 1
    assert abs(now.y() - (at.y() - 30)) <= 1


@pytest.mark.parametrize("delta", [120, -240, 600])
def test_zooming_keeps_the_point_under_the_cursor(canvas: JourneyCanvas, hand: Hand, delta: int) -> None:
    at = hand.card("done")
    before = canvas.view.mapFromScene(at)
    hand.wheel(at, delta, CTRL)
    after = canvas.view.mapFromScene(at)
    assert canvas.view.scale_ != 1.0
    assert (after - before).manhattanLength() <= 2
    hand.key(Qt.Key.Key_0)
    assert canvas.view.scale_ == pytest.approx(1.0)


def test_fit_shows_every_card(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.view.zoom_to(2.5)
    hand.key(Qt.Key.Key_1)
    assert canvas.view.seen().contains(canvas.scene.content_rect())


def test_arrow_keys_walk_the_graph(canvas: JourneyCanvas, hand: Hand) -> None:
    walked = []
    for key in ("Down", "Down", "Down", "Right", "Down", "Down", "Up"):
        hand.key(getattr(Qt.Key, f"Key_{key}"))
        walked.append(canvas.scene.current)
    assert walked[:2] == [ENTRY, "wait"]
    assert walked[2:] == ["done", "coin", "nudge", "tuesday", "nudge"]
    assert canvas.scene.selection == ["nudge"]


def test_ctrl_arrows_nudge_as_one_undo_step(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("done"))
    place = canvas.scene.cards["done"].pos()
    for _ in range(3):
        hand.key(Qt.Key.Key_Right, CTRL)
    assert canvas.scene.cards["done"].pos() == place + QPointF(24, 0)
    hand.undo()
    assert canvas.scene.cards["done"].pos() == place


def test_shift_down_takes_everything_below(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert canvas.scene.selection == ["coin", "nudge", "tuesday"]


def test_a_letter_opens_the_box_with_it_and_space_opens_it_empty(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.key(Qt.Key.Key_W)
    assert canvas.popup.isVisible()
    assert canvas.popup.box.text() == "w"
    assert canvas.popup.list.count() > 0
    hand.escape_box()
    hand.key(Qt.Key.Key_Space)
    assert canvas.popup.isVisible()
    assert canvas.popup.box.text() == ""


def test_f2_asks_for_a_new_name_and_double_click_opens(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot) -> None:
    hand.click(hand.card("coin"))
    with qtbot.waitSignal(canvas.rename_requested) as caught:
        hand.key(Qt.Key.Key_F2)
    assert caught.args == ["coin"]
    with qtbot.waitSignal(canvas.step_activated) as opened:
        hand.key(Qt.Key.Key_Return)
    assert opened.args == ["coin"]


def test_copy_and_paste_make_steps_with_fresh_keys(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    assert len(canvas.editor.journey.steps) == 7
    assert len(canvas.scene.selection) == 2
    assert canvas.document.undo_name == "Paste 2 steps"
    assert agrees(canvas) == []


def test_read_only_looks_but_edits_nothing(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.set_editable(False)
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Delete)
    hand.drag(hand.card("nudge"), hand.card("nudge") + QPointF(100, 100))
    hand.drag(hand.port("tuesday", None), hand.card("done"))
    assert canvas.scene.selection
    assert not canvas.document.can_undo
    canvas.set_editable(True)
