"""Frames and notes are selected with steps and apart, moved, deleted, copied, cut, pasted and duplicated with them."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps, dumps_layout
from engage_desktop.domain.layout import JourneyLayout
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.board import BoxRef
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, agrees, document, on_screen
from tests.ui.driver import CTRL, NONE, SHIFT

NOTE, FRAME = BoxRef("note", "note"), BoxRef("frame", "frame")
OLD = """{"format": "engage-steps/1", "steps": [{"key": "old", "type": "delay", "duration": "1d"}],
"places": {"old": [0, 0, 232, 88]}}"""
"""As the clipboard was before frames and notes travelled."""


@pytest.fixture
def board(canvas: JourneyCanvas, hand: Hand) -> JourneyCanvas:
    """Two steps with a frame around them, and a note beside the first, outside of it."""
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    hand.key(Qt.Key.Key_G, CTRL)
    hand.write("The nudge", Qt.Key.Key_Return, NONE)
    hand.hover(QPointF(60, 40))
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("Ask legal")
    hand.key(Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    hand.key(Qt.Key.Key_Escape)
    assert list(canvas.scene.boxes.items) == [FRAME, NOTE]
    assert canvas.scene.boxes.chosen == ()
    return canvas


def layout(canvas: JourneyCanvas) -> JourneyLayout:
    found = canvas.editor.layout
    assert found is not None
    return found


def state(canvas: JourneyCanvas) -> tuple[str, str]:
    return dumps(canvas.document.campaigns), dumps_layout(canvas.document.layout)


def middle(canvas: JourneyCanvas, ref: BoxRef) -> QPointF:
    return canvas.scene.boxes.items[ref].rect().center()


def head(canvas: JourneyCanvas, ref: BoxRef) -> QPointF:
    rect = canvas.scene.boxes.items[ref].rect()
    return QPointF(rect.right() - 40, rect.top() + 12)


def test_a_note_alone_is_copied_cut_pasted_and_duplicated(board: JourneyCanvas, hand: Hand) -> None:
    design, before = state(board)
    (first,) = layout(board).notes
    hand.click(middle(board, NOTE))
    hand.key(Qt.Key.Key_C, CTRL)
    assert state(board) == (design, before)
    spot = QPointF(700, 60)
    hand.hover(spot)
    hand.key(Qt.Key.Key_V, CTRL)
    assert board.document.undo_name == "Paste 1 note"
    second = layout(board).notes[1]
    assert (second.key, second.text, second.color) == ("note_2", "Ask legal", "indigo")
    assert abs(second.box[0] - spot.x()) <= 8
    assert abs(second.box[1] - spot.y()) <= 8
    assert second.box[2:] == first.box[2:]
    assert board.scene.boxes.chosen == (BoxRef("note", "note_2"),)
    hand.key(Qt.Key.Key_V, CTRL)  # again: beside it, not over it
    third = BoxRef("note", "note_3")
    rects = {ref: item.rect() for ref, item in board.scene.boxes.items.items() if ref.kind == "note"}
    assert not any(a.intersects(b) for ref, a in rects.items() for other, b in rects.items() if ref != other)
    hand.key(Qt.Key.Key_D, CTRL)
    assert board.document.undo_name == "Duplicate 1 note"
    hand.undo()
    hand.undo()
    assert third not in board.scene.boxes.items
    hand.undo()
    assert state(board) == (design, before)  # one step each

    hand.menu(middle(board, NOTE))
    hand.pick("Cut")
    assert layout(board).notes == ()
    assert board.document.undo_name == "Delete the note"
    hand.key(Qt.Key.Key_V, CTRL)
    (back,) = layout(board).notes
    assert (back.key, back.text) == ("note", "Ask legal")
    assert dumps(board.document.campaigns) == design
    assert agrees(board) == []


def test_a_frame_and_its_steps_and_a_note_go_to_another_window(
    board: JourneyCanvas, hand: Hand, qtbot: QtBot, theme: Theme
) -> None:
    other = on_screen(qtbot, JourneyCanvas(document(), "cart", theme), 900, 700)
    hand.key(Qt.Key.Key_0, CTRL)
    everything = board.scene.content_rect()
    hand.click(middle(board, NOTE))
    hand.drag(everything.topLeft() - QPointF(30, 30), everything.bottomRight() + QPointF(30, 30), SHIFT)
    chosen = [key for key in board.scene.selection if key in ("nudge", "tuesday")]
    assert chosen == ["nudge", "tuesday"]
    assert board.scene.boxes.chosen == (NOTE, FRAME)
    for key in [key for key in board.scene.selection if key not in chosen]:
        hand.click(hand.card(key), CTRL)
    assert (board.scene.selection, board.scene.boxes.chosen) == (chosen, (NOTE, FRAME))
    assert board.view.accessibleDescription().startswith("2 steps, 1 frame and 1 note selected. ")
    hand.key(Qt.Key.Key_C, CTRL)

    there, before = Hand(other), state(other)
    for _ in range(2):
        there.key(Qt.Key.Key_V, CTRL)
        assert other.document.undo_name == "Paste 2 steps, 1 frame and 1 note"
        keys, boxes = other.scene.selection, other.scene.boxes.chosen
        spots = {old: other.scene.cards[new].pos() for old, new in zip(chosen, keys, strict=True)}
        rects = {ref.kind: other.scene.boxes.items[ref].rect() for ref in boxes}
        apart = spots["nudge"] - board.scene.cards["nudge"].pos()
        for old, spot in spots.items():
            assert ((spot - board.scene.cards[old].pos()) - apart).manhattanLength() <= 16
        for ref in (FRAME, NOTE):
            assert ((rects[ref.kind].topLeft() - board.scene.boxes.items[ref].pos()) - apart).manhattanLength() <= 16
        assert all(rects["frame"].contains(other.scene.cards[key].rect()) for key in keys)
        cards = [card.rect() for card in other.scene.cards.values()]
        assert not any(a.intersects(b) for at, a in enumerate(cards) for b in cards[at + 1 :])
        assert agrees(other) == []
    assert [frame.title for frame in layout(other).frames] == ["The nudge", "The nudge"]
    assert [frame.key for frame in layout(other).frames] == ["frame", "frame_2"]
    assert other.editor.must().by_key["nudge_3"].next == "tuesday_3"
    frames = [item.rect() for ref, item in other.scene.boxes.items.items() if ref.kind == "frame"]
    assert not frames[0].intersects(frames[1])
    there.undo()
    there.undo()
    assert state(other) == before  # a paste is one step

    text = QApplication.clipboard().mimeData().text()
    QApplication.clipboard().setText(text)  # what is left of it after a mail programme
    there.key(Qt.Key.Key_V, CTRL)
    assert len(other.scene.boxes.items) == 2


def test_all_that_is_selected_moves_and_goes_together(board: JourneyCanvas, hand: Hand) -> None:
    before = state(board)
    places = {key: card.pos() for key, card in board.scene.cards.items()}
    boxes = {ref: item.rect() for ref, item in board.scene.boxes.items.items()}
    hand.click(hand.card("wait"))
    hand.click(middle(board, NOTE), CTRL)
    hand.click(head(board, FRAME), SHIFT)
    assert (board.scene.selection, board.scene.boxes.chosen) == (["wait"], (NOTE, FRAME))
    hand.click(head(board, FRAME), CTRL)  # and off again
    assert board.scene.boxes.chosen == (NOTE,)

    by = QPointF(80, 40)
    for start in (hand.card("wait"), middle(board, NOTE)):
        hand.drag(start, start + by)
        assert board.document.undo_name == "Move 1 step and 1 note"
        assert {
            key: card.pos() - places[key] for key, card in board.scene.cards.items() if card.pos() != places[key]
        } == {"wait": by}
        assert board.scene.boxes.items[NOTE].rect() == boxes[NOTE].translated(by)
        assert agrees(board) == []
        hand.undo()
        assert state(board) == before
    hand.key(Qt.Key.Key_Right, CTRL)
    hand.key(Qt.Key.Key_Right, CTRL)
    assert board.scene.cards["wait"].pos() == places["wait"] + QPointF(16, 0)
    assert board.scene.boxes.items[NOTE].rect() == boxes[NOTE].translated(16, 0)
    hand.undo()  # nudges of one selection are one step
    assert state(board) == before

    hand.key(Qt.Key.Key_F2)  # more than one: what is written on is the step, which the inspector has
    assert not board.box_text.isVisible()
    hand.key(Qt.Key.Key_D, CTRL)
    assert board.document.undo_name == "Duplicate 1 step and 1 note"
    assert (board.scene.selection, board.scene.boxes.chosen) == (["wait_2"], (BoxRef("note", "note_2"),))
    hand.key(Qt.Key.Key_Delete)
    assert board.document.undo_name == "Delete 1 step and 1 note"
    assert "wait_2" not in board.scene.cards
    assert BoxRef("note", "note_2") not in board.scene.boxes.items
    hand.undo()
    hand.undo()
    assert state(board) == before

    hand.key(Qt.Key.Key_A, CTRL)
    assert set(board.scene.selection) == set(board.scene.cards)
    assert set(board.scene.boxes.chosen) == {NOTE, FRAME}
    hand.key(Qt.Key.Key_X, CTRL)
    assert board.editor.must().steps == ()
    assert (layout(board).frames, layout(board).notes) == ((), ())
    hand.key(Qt.Key.Key_V, CTRL)
    assert board.document.undo_name == "Paste 5 steps, 1 frame and 1 note"
    assert agrees(board) == []
    hand.undo()
    hand.undo()
    assert state(board) == before
    hand.click(middle(board, NOTE))  # a click takes it alone
    assert (board.scene.selection, board.scene.boxes.chosen) == ([], (NOTE,))


def test_a_band_begun_in_a_frame_takes_no_frame_and_escape_gives_back_what_was(
    board: JourneyCanvas, hand: Hand
) -> None:
    frame = board.scene.boxes.items[FRAME].rect()
    hand.click(middle(board, NOTE))
    hand.drag(frame.topLeft() + QPointF(8, 40), hand.middle("nudge"), drop=False)
    assert (board.scene.selection, board.scene.boxes.chosen) == (["nudge"], ())
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.middle("nudge"))
    assert (board.scene.selection, board.scene.boxes.chosen) == ([], (NOTE,))
    note = board.scene.boxes.items[NOTE].rect()
    hand.drag(note.topLeft() - QPointF(20, 20), note.center(), CTRL)  # changes it to not selected
    assert board.scene.boxes.chosen == ()


def test_what_was_copied_by_an_older_version_is_pasted_as_before(canvas: JourneyCanvas, hand: Hand) -> None:
    QApplication.clipboard().setText(OLD)
    hand.key(Qt.Key.Key_V, CTRL)
    assert canvas.scene.selection == ["old"]
    assert canvas.document.undo_name == "Paste 1 step"
    assert layout(canvas).frames == layout(canvas).notes == ()
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_C, CTRL)
    assert set(json.loads(QApplication.clipboard().mimeData().text())) == {
        "format",
        "steps",
        "places",
    }  # and read by it


@pytest.mark.parametrize(
    "boxes",
    [
        "",
        '"frames": 3',
        '"frames": [{"key": "f"}]',
        '"notes": [{"key": "n", "box": [0, 0, 200, 96], "color": "pink"}]',
        '"notes": [{"key": "n", "box": [0, 0, -5, 96]}]',
        '"notes": [{"key": "n", "box": [1e9, 0, 200, 96]}]',
        '"notes": [{"key": "n", "box": [NaN, 0, 200, 96]}]',
    ],
)
def test_frames_and_notes_that_are_none_are_refused_in_place(canvas: JourneyCanvas, hand: Hand, boxes: str) -> None:
    QApplication.clipboard().setText(f'{{"format": "engage-steps/1", "steps": []{", " * bool(boxes)}{boxes}}}')
    hand.key(Qt.Key.Key_V, CTRL)
    assert canvas.notice.isVisible()
    assert canvas.notice.text() == "The clipboard holds no steps. Copy steps in a journey first."
    assert not canvas.document.can_undo
