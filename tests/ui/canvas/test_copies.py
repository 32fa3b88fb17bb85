"""Steps that travel by the clipboard, and pictures of the journey."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps
from engage_desktop.domain.errors import UserError
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.clipboard import MIME
from engage_desktop.ui.canvas.picture import save_picture
from engage_desktop.ui.theme import Theme
from tests.ui import driver
from tests.ui.canvas.driving import FIGURES, Hand, agrees, document, on_screen
from tests.ui.driver import CTRL

ROOT = Path(__file__).parents[3]
OTHER = """{
  "format": "engage-campaigns/1", "workspace": {"name": "Elsewhere"},
  "journeys": [
    {"key": "a", "name": "A", "entry": {"type": "event", "event": "E"}, "start": "nudge",
     "steps": [{"key": "nudge", "type": "delay", "duration": "1d"}]},
    {"key": "b", "name": "B", "entry": {"type": "event", "event": "E"}, "start": null, "steps": []}]
}"""


@pytest.fixture
def other(qtbot: QtBot, theme: Theme) -> JourneyCanvas:
    """The canvas of another window, on another workspace."""
    return on_screen(qtbot, JourneyCanvas(document(OTHER), "a", theme), 900, 700)


def test_steps_go_to_another_journey_and_another_window_with_their_wires_and_places(
    canvas: JourneyCanvas, hand: Hand, other: JourneyCanvas
) -> None:
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    apart = canvas.scene.cards["tuesday"].pos() - canvas.scene.cards["nudge"].pos()
    hand.key(Qt.Key.Key_C, CTRL)
    there = Hand(other)
    for journey_key, keys in (("a", ["nudge_2", "tuesday"]), ("b", ["nudge", "tuesday"])):
        other.open_journey(journey_key)
        there.key(Qt.Key.Key_V, CTRL)
        journey = other.editor.journey
        assert journey is not None
        assert [step.key for step in journey.steps][-2:] == keys == other.scene.selection
        assert journey.by_key[keys[0]].next == keys[1]
        assert other.document.undo_name == "Paste 2 steps"
        first, second = (other.scene.cards[key].pos() for key in keys)
        assert abs((second - first - apart).x()) <= 8
        assert abs((second - first - apart).y()) <= 8
        boxes = [card.rect() for card in other.scene.cards.values()]
        assert not any(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[at + 1 :])
        assert agrees(other) == []
    assert journey is not None
    assert journey.start == "nudge"  # the first of an empty journey
    assert not canvas.document.can_undo


def test_pasted_at_the_pointer_and_from_the_text_of_a_mail(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_C, CTRL)
    text = QApplication.clipboard().mimeData().text()
    QApplication.clipboard().setText(text)  # what is left of it after a mail programme
    spot = canvas.view.mapToScene(900, 120)
    hand.hover(spot)
    hand.key(Qt.Key.Key_V, CTRL)
    (key,) = canvas.scene.selection
    away = canvas.scene.cards[key].pos() - spot
    assert abs(away.x()) <= 8
    assert abs(away.y()) <= 8
    hand.key(Qt.Key.Key_V, CTRL)  # again: beside it, not over it
    (again,) = canvas.scene.selection
    assert not canvas.scene.cards[again].rect().intersects(canvas.scene.cards[key].rect())


def test_what_was_copied_stays_as_text_when_the_program_ends() -> None:
    """And the program ends well: data that Python made must not be let go of after Python."""
    script = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas import clipboard
from tests.ui.canvas.driving import document
canvas = JourneyCanvas(document(), "cart")
canvas.scene.select(["nudge"])
clipboard.copy(canvas)
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr.count("Traceback")) == (0, 0), ended.stderr


def test_duplicating_keeps_the_wires_among_the_copies(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    hand.key(Qt.Key.Key_D, CTRL)
    journey = canvas.editor.journey
    assert journey is not None
    assert canvas.scene.selection == ["nudge_2", "tuesday_2"]
    assert journey.by_key["nudge_2"].next == "tuesday_2"
    assert canvas.document.undo_name == "Duplicate 2 steps"
    hand.key(Qt.Key.Key_X, CTRL)
    assert canvas.document.undo_name == "Delete 2 steps"
    assert agrees(canvas) == []


def _image() -> QMimeData:
    data = QMimeData()
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    return data


def _text(text: str, kind: str = "") -> QMimeData:
    data = QMimeData()
    data.setText(text)
    if kind:
        data.setData(kind, text.encode())
    return data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_text("Dear all,\nplease send the newsletter on Tuesday at nine"),
         "The clipboard holds the text “Dear all, please send the newsletter on …”, no steps."),
        (_text('{"format": "engage-steps/9", "steps": []}'), "The clipboard holds no steps."),
        (_text('{"format": "engage-steps/1", "steps": [{"key": 5, "type": "delay"}]}'), "The clipboard holds no steps."),
        (_text('{"format": "engage-steps/1", "steps": 3, "places": {"a": [1]}}', MIME), "The clipboard holds no steps."),
        (_text("[1, 2"), "The clipboard holds the text “[1, 2”, no steps."),
        (_image(), "The clipboard holds a picture."),
        (QMimeData(), "The clipboard holds nothing that is a step."),
    ],
)  # fmt: skip
def test_foreign_things_pasted_are_told_in_place(canvas: JourneyCanvas, hand: Hand, data: QMimeData, said: str) -> None:
    copy = QMimeData()
    for kind in data.formats():
        copy.setData(kind, data.data(kind))
    if data.hasImage():
        copy.setImageData(data.imageData())
    QApplication.clipboard().setMimeData(copy)
    before = dumps(canvas.document.campaigns)
    hand.hover(hand.card("nudge"))
    hand.key(Qt.Key.Key_V, CTRL)
    assert dumps(canvas.document.campaigns) == before
    assert not canvas.document.can_undo
    notice = canvas.notice
    assert notice.isVisible()
    assert notice.text() == f"{said} Copy steps in a journey first."
    assert notice.accessibleName() == notice.text()
    near = canvas.view.mapFromScene(hand.card("nudge"))
    assert (notice.pos() - near).manhattanLength() < 80  # where it was tried
    assert canvas.rect().contains(notice.geometry())
    QApplication.clipboard().clear()  # data that a test made may not outlive Python


def test_a_picture_of_all_in_three_kinds(
    canvas: JourneyCanvas, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the dialog begins there
    canvas.set_figures(FIGURES, current=True)
    hand.click(hand.card("coin"))
    canvas.view.zoom_to(0.1)  # far away: the picture is of the journey, not of the view
    assert "Save a picture of the journey…" in [
        action.text() for action in hand.menu(canvas.view.mapToScene(20, 20)).values()
    ]
    hand.pick("Save a picture of the journey…")
    (dialog,) = canvas.findChildren(QFileDialog, "canvas.picture_file")
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    driver.key(field, Qt.Key.Key_A, CTRL)
    driver.write(field, "cart.svg")
    hand.on(dialog.findChildren(QPushButton)[0])  # Save
    for kind, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        path = tmp_path / f"cart.{kind}"
        assert kind == "svg" or save_picture(canvas, path) == path
        assert path.read_bytes().startswith(start)
    image = QImage(str(tmp_path / "cart.png"))
    box = canvas.scene.content_rect()
    assert image.width() > 2 * box.width()
    renderer = QSvgRenderer(str(tmp_path / "cart.svg"))
    assert renderer.isValid()
    ground = canvas.theme.hex("canvas")
    used = {
        image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    assert {ground, canvas.theme.hex("surface")} <= used
    assert canvas.theme.hex("accent") not in used  # neither selection nor pluses
    svg = (tmp_path / "cart.svg").read_text(encoding="utf-8")
    assert "Cart rescue" in svg
    assert canvas.scene.selection == ["coin"]


def test_an_ending_that_is_no_picture_is_refused(canvas: JourneyCanvas, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no picture is written under this ending. Use .svg, .png or .pdf"):
        save_picture(canvas, tmp_path / "cart.doc")
    with pytest.raises(UserError, match="the folder does not exist"):
        save_picture(canvas, tmp_path / "none" / "cart.svg")
