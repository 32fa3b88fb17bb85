"""The parts around the graph: minimap, menu, tool tips."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from engage_desktop.document import ENTRY
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.card_painter import badge_rect
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.menu import build_menu
from engage_desktop.ui.canvas.tips import tip_of
from tests.ui.canvas.driving import FIGURES, Hand
from tests.ui.driver import CTRL


def test_clicking_the_minimap_goes_there(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.view.zoom_to(2.0)
    scale, offset = canvas.minimap._frame()
    wanted = canvas.scene.cards["tuesday"].rect().center()
    at = wanted * scale + offset
    hand.on(canvas.minimap, at)
    reached = canvas.view.seen().center()
    assert abs(reached.x() - wanted.x()) < 3
    assert abs(reached.y() - wanted.y()) < 3


def test_the_menu_offers_what_fits_the_thing(canvas: JourneyCanvas) -> None:
    def texts(hit: Hit) -> dict[str, bool]:
        menu = build_menu(canvas, hit, QPointF(0, 0))
        return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}

    assert texts(Hit("card", "nudge"))["Delete"]
    assert canvas.scene.selection == ["nudge"]
    assert not texts(Hit("card", ENTRY))["Delete"]
    assert texts(Hit("wire", None, ("nudge", None)))["Disconnect"]
    assert "Insert a step …" not in texts(Hit("wire", None, ("wait", "again")))
    canvas.set_editable(False)
    assert not texts(Hit("card", "nudge"))["Delete"]


def test_tool_tips_say_what_a_figure_counts_and_what_is_wrong(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.set_figures(FIGURES, current=False)
    canvas.set_problems([Problem("error", "x", "journeys.cart.steps.nudge", "No such message.", "Choose one.")])
    rect = canvas.scene.cards["nudge"].rect()
    low = QPointF(rect.center().x(), rect.bottom() - 8)
    assert "messages sent up to the clock" in tip_of(canvas.scene, Hit("card", "nudge"), low)
    assert "Being counted again" in tip_of(canvas.scene, Hit("card", "nudge"), low)
    assert tip_of(canvas.scene, Hit("card", "nudge"), badge_rect(rect).center()) == "No such message. Choose one."
    assert "773" in tip_of(canvas.scene, Hit("wire", None, ("wait", "timeout")), low)


def test_an_empty_journey_shows_how_to_begin(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_Delete)
    assert canvas.hint.isVisible()
    hand.key(Qt.Key.Key_Space)
    hand.choose()
    journey = canvas.editor.journey
    assert journey is not None
    assert journey.start == "delay"
    assert not canvas.hint.isVisible()
