"""Looking at a journey: fit, 100 %, level of detail, and where wires run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.detail import FROM, Level
from tests.ui import driver
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.driver import CTRL, SHIFT


def test_fit_all_fit_the_selection_and_100_percent(canvas: JourneyCanvas, hand: Hand) -> None:
    view = canvas.view
    hand.wheel(hand.middle("wait"), 600, CTRL)
    hand.key(Qt.Key.Key_1)
    assert view.seen().contains(canvas.scene.content_rect())
    hand.click(hand.card("nudge"))
    hand.click(hand.card("tuesday"), CTRL)
    both = canvas.scene.content_rect(["nudge", "tuesday"])
    hand.key(Qt.Key.Key_2)
    assert view.seen().contains(both)
    assert view.scale_ == pytest.approx(1.25)  # near, but never blown up
    assert (view.seen().center() - both.center()).manhattanLength() < 40
    hand.key(Qt.Key.Key_0)
    assert view.scale_ == pytest.approx(1.0)
    fit = canvas.toolbar.findChild(QPushButton, "canvas.fit")
    assert isinstance(fit, QPushButton)
    hand.on(fit)  # the button does the same
    assert view.seen().contains(canvas.scene.content_rect())


def test_everything_before_a_step_is_selected_by_one_key(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Up, SHIFT)
    assert set(canvas.scene.selection) == {"@entry", "wait", "coin", "nudge"}
    assert canvas.scene.current == "nudge"  # the keyboard stays where it was


def test_detail_follows_the_size_on_screen_and_does_not_flicker(canvas: JourneyCanvas, hand: Hand) -> None:
    def level_at(scale: float) -> Level:
        canvas.view.zoom_to(scale)
        canvas.view.viewport().repaint()
        QApplication.processEvents()
        return canvas.scene.detail.level

    limit = FROM[Level.FULL]
    assert level_at(1.0) == Level.FULL
    assert level_at(limit * 0.985) == Level.FULL  # just under it: as it was
    assert level_at(limit * 0.9) == Level.NAME
    assert level_at(limit * 1.015) == Level.NAME  # just over it: as it was
    assert level_at(limit * 1.1) == Level.FULL
    assert level_at(FROM[Level.NAME] * 0.5) == Level.BLOCK


def test_a_wire_runs_by_its_direction(canvas: JourneyCanvas, hand: Hand) -> None:
    parts = [part / 20 for part in range(21)]
    heights = [hand.along("nudge", None, part).y() for part in parts]
    assert heights == sorted(heights)  # onward: straight down
    # The target dragged above its source: the wire leaves downwards, swings out and comes in from above.
    hand.drag(hand.card("tuesday"), hand.card("@entry") + QPointF(420, 0))
    back = [hand.along("nudge", None, part).y() for part in parts]
    source, target = canvas.scene.cards["nudge"].rect(), canvas.scene.cards["tuesday"].rect()
    assert target.bottom() < source.top()
    assert max(back) > source.bottom() + 8
    assert min(back) < target.top() - 8
    assert agrees(canvas) == []
    # A loop-back of a hold leaves to the left and comes in over its own input, dashed.
    loop = canvas.scene.wires[("wait", "again")].layout
    hold = canvas.scene.cards["wait"].rect()
    assert loop.kind == "loop"
    assert min(corner.x() for corner in loop.corners) < hold.left()
    assert loop.corners[-1].y() < hold.top()


def test_a_view_without_any_size_bears_everything(canvas: JourneyCanvas, hand: Hand) -> None:
    """Squeezed to nothing and back, with the box, a note and a refusal open."""
    canvas.resize(0, 0)
    hand.key(Qt.Key.Key_1)
    hand.key(Qt.Key.Key_Space)
    hand.escape_box()
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("small")
    hand.click(hand.card("tuesday"))
    hand.key(Qt.Key.Key_H, CTRL)
    assert "Nothing to fold" in canvas.notice.text()
    canvas.grab()
    canvas.resize(1280, 900)
    hand.key(Qt.Key.Key_1)
    assert canvas.view.seen().contains(canvas.scene.content_rect())
    assert agrees(canvas) == []


def test_finding_walks_cards_notes_and_what_is_folded(canvas: JourneyCanvas, hand: Hand) -> None:
    bar = canvas.finder
    hand.click(hand.card("wait"))
    hand.key(Qt.Key.Key_M, CTRL)
    hand.write("Nudge only once")
    hand.click(hand.card("coin"))
    hand.key(Qt.Key.Key_H, CTRL)  # the nudge is behind a fold
    hand.key(Qt.Key.Key_F, CTRL)
    assert bar.field.hasFocus()
    driver.write(bar.field, "nudge")
    assert (canvas.scene.selection, bar.count.text()) == (["coin"], "1 of 3")  # Nudge or not
    driver.key(bar.field, Qt.Key.Key_Return)
    assert (canvas.scene.selection, bar.count.text()) == (["nudge"], "2 of 3")
    assert canvas.scene.cards["nudge"].isVisible()
    assert canvas.view.seen().contains(canvas.scene.cards["nudge"].rect())
    driver.key(bar.field, Qt.Key.Key_Return)
    assert (canvas.scene.boxes.selected, bar.count.text()) == (("note", "note"), "3 of 3")
    driver.key(bar.field, Qt.Key.Key_Return, SHIFT)
    assert canvas.scene.selection == ["nudge"]
    driver.key(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert canvas.view.hasFocus()
    hand.key(Qt.Key.Key_F3)  # goes on from here without the bar
    assert canvas.scene.boxes.selected == ("note", "note")
    hand.key(Qt.Key.Key_F3, SHIFT)
    hand.on(canvas.view.viewport(), QPointF(20, 20))
    hand.key(Qt.Key.Key_F, CTRL)
    driver.write(bar.field, "zebra")
    assert bar.count.text() == "none"
    hand.on(bar.buttons["close"])
    hand.key(Qt.Key.Key_F3)  # nothing to go on to: asks what to look for
    assert bar.isVisible()
