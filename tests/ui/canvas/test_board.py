"""Frames, notes and folds by mouse and key: kept in the layout, never in the design, each one undo step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from engage_desktop.document import dumps, dumps_layout, loads_layout
from engage_desktop.domain.layout import Frame, JourneyLayout, Note
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.arrange import followed_frames, followed_notes
from engage_desktop.ui.canvas.board import BoxRef
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.driver import CTRL, NONE, SHIFT

CTRL_SHIFT = CTRL | SHIFT
ALT = Qt.KeyboardModifier.AltModifier


def layout(canvas: JourneyCanvas) -> JourneyLayout:
    found = canvas.editor.layout
    assert found is not None
    return found


def note(canvas: JourneyCanvas) -> Note:
    (found,) = layout(canvas).notes
    return found


def frame(canvas: JourneyCanvas) -> Frame:
    (found,) = layout(canvas).frames
    return found


def corner(canvas: JourneyCanvas, ref: BoxRef) -> QPointF:
    rect = canvas.scene.boxes.items[ref].rect()
    return QPointF(rect.right(), rect.bottom())


NOTE, FRAME = BoxRef("note", "note"), BoxRef("frame", "frame")


def test_a_note_is_written_moved_resized_coloured_and_taken_away(canvas: JourneyCanvas, hand: Hand) -> None:
    design = dumps(canvas.document.campaigns)
    empty = QPointF(60, 40)
    hand.menu(empty)
    hand.pick("Add a note")
    hand.write("Ask legal\nabout this")
    assert note(canvas).text == "Ask legal\nabout this"
    assert canvas.document.undo_name == "Write on the note"
    hand.double_click(canvas.scene.boxes.items[NOTE].rect().center())
    hand.write("thrown away", Qt.Key.Key_Escape, NONE)
    assert note(canvas).text == "Ask legal\nabout this"

    x, y, width, height = note(canvas).box
    middle = canvas.scene.boxes.items[NOTE].rect().center()
    hand.drag(middle, middle + QPointF(81, 42))
    assert note(canvas).box == (x + 80, y + 40, width, height)  # on the grid
    grip = corner(canvas, NOTE)
    hand.drag(grip, grip + QPointF(40, 24))
    assert note(canvas).box[2:] == (width + 40, height + 24)
    hand.drag(corner(canvas, NOTE), corner(canvas, NOTE) - QPointF(900, 900))
    assert note(canvas).box[2:] == (64, 48)  # never smaller than can be taken hold of
    hand.key(Qt.Key.Key_C, ALT)
    assert note(canvas).color == "indigo"
    assert agrees(canvas) == []

    kept = dumps_layout(canvas.document.layout)
    again, problems = loads_layout(kept)
    assert (again, problems) == (canvas.document.layout, ())
    hand.key(Qt.Key.Key_Delete)
    assert layout(canvas).notes == ()
    hand.undo()
    assert dumps_layout(canvas.document.layout) == kept
    assert agrees(canvas) == []
    while canvas.document.can_undo:
        hand.undo()
        assert agrees(canvas) == []
    assert canvas.document.layout.journeys == {}
    assert dumps(canvas.document.campaigns) == design


def test_a_note_by_keys_only(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("First")
    hand.key(Qt.Key.Key_Escape)
    assert canvas.scene.boxes.selected is None
    hand.key(Qt.Key.Key_N, ALT)
    assert canvas.scene.boxes.selected == NOTE
    assert canvas.view.accessibleDescription() == "Note, amber. First"
    x, y, width, height = note(canvas).box
    for key, mods in ((Qt.Key.Key_Right, CTRL), (Qt.Key.Key_Right, CTRL), (Qt.Key.Key_Down, CTRL_SHIFT)):
        hand.key(key, mods)
    assert note(canvas).box == (x + 16, y, width, height + 8)
    hand.key(Qt.Key.Key_F2)
    hand.write("Second")
    assert note(canvas).text == "Second"
    hand.undo()
    hand.undo()
    hand.undo()  # two nudges of one box are one
    assert note(canvas).box == (x, y, width, height)


def test_a_frame_takes_along_what_it_holds(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    hand.key(Qt.Key.Key_G, CTRL)
    hand.write("The nudge", Qt.Key.Key_Return, NONE)
    assert frame(canvas).title == "The nudge"
    box = canvas.scene.boxes.items[FRAME].rect()
    for key in ("nudge", "tuesday"):
        assert box.contains(canvas.scene.cards[key].rect())
    before = {key: card.pos() for key, card in canvas.scene.cards.items()}
    head = box.topLeft() + QPointF(box.width() - 40, 12)
    hand.drag(head, head + QPointF(160, 80), drop=False)
    assert canvas.scene.cards["nudge"].pos() == before["nudge"] + QPointF(160, 80)
    hand.key(Qt.Key.Key_Escape)
    assert canvas.scene.cards["nudge"].pos() == before["nudge"]
    hand.release(head)
    hand.drag(head, head + QPointF(160, 80))
    assert canvas.document.undo_name == "Move the frame “The nudge”"
    moved = {key for key, card in canvas.scene.cards.items() if card.pos() != before[key]}
    assert moved == {"nudge", "tuesday"}
    assert canvas.scene.boxes.items[FRAME].rect() == box.translated(160, 80)
    assert agrees(canvas) == []
    hand.undo()
    assert {key: card.pos() for key, card in canvas.scene.cards.items()} == before

    # A band begins within it, and a card is taken before it.
    hand.drag(box.topLeft() + QPointF(8, 40), hand.middle("nudge"))
    assert canvas.scene.selection == ["nudge"]
    # Room made for a new step widens it, tidying carries it along.
    low = canvas.scene.boxes.items[FRAME].rect().bottom()
    hand.hover(hand.plus("nudge", None))
    hand.click(hand.plus("nudge", None))
    hand.choose("delay")
    assert canvas.scene.boxes.items[FRAME].rect().bottom() > low
    assert canvas.scene.boxes.items[FRAME].rect().contains(canvas.scene.cards["delay"].rect())
    hand.click(canvas.scene.boxes.items[FRAME].rect().topLeft() + QPointF(60, 12))
    hand.key(Qt.Key.Key_Delete)
    assert layout(canvas).frames == ()
    assert "nudge" in canvas.scene.cards
    assert agrees(canvas) == []


def test_a_branch_folds_and_unfolds(canvas: JourneyCanvas, hand: Hand) -> None:
    design = dumps(canvas.document.campaigns)
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_H, CTRL)
    assert canvas.document.undo_name == "Fold 2 steps"
    assert layout(canvas).collapsed == ("coin/mail",)
    assert not canvas.scene.cards["nudge"].isVisible()
    assert canvas.scene.wires[("coin", "mail")].content.label == "mail · 2 folded"
    assert dumps(canvas.document.campaigns) == design
    assert agrees(canvas) == []
    assert not canvas.scene.content_rect().intersects(canvas.scene.cards["tuesday"].rect())
    # What is hidden moves with what hides it.
    place = canvas.scene.cards["tuesday"].pos()
    hand.drag(hand.card("coin"), hand.card("coin") + QPointF(120, 0), SHIFT)
    assert canvas.scene.cards["tuesday"].pos() == place + QPointF(120, 0)
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_H, CTRL)  # the same key opens it again
    assert canvas.scene.cards["nudge"].isVisible()
    assert canvas.document.undo_name == "Unfold"
    hand.undo()
    # The plus of a folded wire opens it again; nothing is added.
    hand.click(hand.plus("coin", "mail"))
    assert canvas.scene.cards["nudge"].isVisible()
    assert not canvas.popup.isVisible()
    assert agrees(canvas) == []
    hand.undo()
    assert not canvas.scene.cards["nudge"].isVisible()
    # Going to a step that is hidden, from the list of problems say, shows it.
    canvas.show_step("tuesday")
    assert canvas.scene.cards["tuesday"].isVisible()
    assert canvas.scene.selection == ["tuesday"]
    hand.key(Qt.Key.Key_H, CTRL)
    assert "Nothing to fold" in canvas.notice.text()
    assert canvas.notice.isVisible()


def test_only_what_no_other_way_leads_to_is_hidden(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.port("tuesday", None), hand.card("done"))  # joins what the hold leads to as well
    hand.double_click(QPointF(820, 60))
    hand.choose("delay")  # one that stands free is behind nothing
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_H, CTRL)
    assert {key for key, card in canvas.scene.cards.items() if not card.isVisible()} == {"nudge", "tuesday"}
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_Delete)  # what the fold hung on is gone
    assert all(card.isVisible() for card in canvas.scene.cards.values())
    assert agrees(canvas) == []


def test_a_frame_holds_notes_too_and_goes_with_what_is_folded(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("Beside it")
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_G, CTRL)
    hand.write("Both", Qt.Key.Key_Return, NONE)
    grip = canvas.scene.boxes.items[FRAME].rect().topRight() + QPointF(0, 24)
    hand.drag(grip, grip + QPointF(240, 0))  # widened by its border, until it holds the note
    x, y, *_ = note(canvas).box
    head = canvas.scene.boxes.items[FRAME].rect().topLeft() + QPointF(70, 12)
    hand.drag(head, head + QPointF(0, 160))
    assert note(canvas).box[:2] == (x, y + 160)
    hand.undo()
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_H, CTRL)
    assert not canvas.scene.boxes.items[FRAME].isVisible()  # a frame around nothing
    hand.key(Qt.Key.Key_H, CTRL)
    assert canvas.scene.boxes.items[FRAME].isVisible()
    assert agrees(canvas) == []


def test_frames_and_notes_follow_by_numbers() -> None:
    before = {"a": (0.0, 0.0), "b": (0.0, 200.0), "c": (900.0, 0.0)}
    after = {"a": (80.0, 0.0), "b": (40.0, 300.0), "c": (900.0, 0.0)}
    sizes = dict.fromkeys(before, (232.0, 88.0))
    frames = (Frame(key="f", box=(-24, -56, 280, 368)), Frame(key="empty", box=(400, 400, 100, 100)))
    moved = followed_frames(frames, before, after, sizes)
    assert [frame.box for frame in moved] == [(16, -56, 320, 468), (400, 400, 100, 100)]
    notes = (Note(key="n", box=(260, 210, 100, 50)), Note(key="far", box=(1200, 0, 100, 50)))
    assert [one.box for one in followed_notes(notes, before, after, sizes)] == [(300, 310, 100, 50), (1200, 0, 100, 50)]


def test_a_read_only_board_stays_as_it_is(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("Stays")
    before = canvas.document.layout
    canvas.set_editable(False)
    rect = canvas.scene.boxes.items[NOTE].rect()
    hand.drag(rect.center(), rect.center() + QPointF(90, 0))
    for key, mods in ((Qt.Key.Key_Delete, NONE), (Qt.Key.Key_F2, NONE), (Qt.Key.Key_Right, CTRL), (Qt.Key.Key_M, CTRL)):
        hand.key(key, mods)
    assert canvas.document.layout is before
    assert not canvas.box_text.isVisible()
    assert canvas.notice.text() == "This view is read-only."


@pytest.mark.parametrize("broken", ['"box": [1, 2, 3]', '"box": [0, 0, 9, 9], "color": "pink"'])
def test_a_broken_note_in_the_layout_file_is_told(broken: str) -> None:
    text = f'{{"format": "engage-layout/1", "journeys": {{"cart": {{"notes": [{{"key": "a", {broken}}}]}}}}}}'
    found, problems = loads_layout(text)
    assert found is None
    assert problems[0].path.startswith("journeys.cart.notes")
