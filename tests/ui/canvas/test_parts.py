"""The parts around the graph: outline, minimap, menu, tool tips."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from engage_desktop.document import ENTRY
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.card_painter import badge_rect
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.menu import build_menu
from engage_desktop.ui.canvas.outline import KEY_ROLE, OutlineView, rows
from engage_desktop.ui.canvas.tips import tip_of
from tests.ui.canvas.driving import FIGURES, Hand, agrees


def listed(outline: OutlineView) -> dict[str, QTreeWidgetItem]:
    return {item.data(0, KEY_ROLE): item for item in outline._items() if item.data(0, KEY_ROLE)}


def test_the_outline_lists_every_step_once_with_its_figures(canvas: JourneyCanvas) -> None:
    canvas.set_figures(FIGURES, current=True)
    canvas.toolbar.outline.click()
    assert canvas.outline.isVisible()
    titles = [(row.depth, row.title, row.figures) for row in rows(canvas.scene)]
    assert titles == [
        (0, "Product Added", "entered 1,204 · people 861"),
        (0, "Two quiet hours", "through 1,162 · inside 42"),
        (1, "added again", "214"),
        (1, "bought", "389"),
        (2, "Bought without help", "ended 389 · of entered 32.3 %"),
        (1, "2 h passed", "773"),
        (2, "Nudge or not", "through 773 · of entered 64.2 %"),
        (3, "mail", "693"),
        (4, "Nudge e-mail", "sent 652 · not sent 41"),
        (4, "Next Tuesday", "through 598 · inside 54"),
        (3, "control", "80"),
    ]
    assert set(listed(canvas.outline)) == set(canvas.scene.cards)
    assert listed(canvas.outline)["nudge"].text(2) == "sent 652 · not sent 41"


def test_outline_and_graph_select_each_other(canvas: JourneyCanvas) -> None:
    canvas.show_outline(True)
    canvas.scene.select(["coin", "nudge"])
    assert {item.data(0, KEY_ROLE) for item in canvas.outline.selectedItems()} == {"coin", "nudge"}
    canvas.outline.clearSelection()
    listed(canvas.outline)["done"].setSelected(True)
    assert canvas.scene.selection == ["done"]


def test_the_outline_renames_and_deletes(canvas: JourneyCanvas, qtbot: QtBot) -> None:
    canvas.show_outline(True)
    listed(canvas.outline)["nudge"].setText(0, "Gentle nudge")
    journey = canvas.editor.journey
    assert journey is not None
    assert journey.by_key["nudge"].name == "Gentle nudge"
    assert canvas.scene.cards["nudge"].content.title == "Gentle nudge"
    canvas.outline.clearSelection()
    listed(canvas.outline)["nudge"].setSelected(True)
    qtbot.keyClick(canvas.outline, Qt.Key.Key_Delete)
    assert "nudge" not in listed(canvas.outline)
    assert agrees(canvas) == []


def test_an_edit_elsewhere_updates_the_outline(canvas: JourneyCanvas) -> None:
    canvas.show_outline(True)
    canvas.editor.add("end", None, (0.0, 900.0))
    assert "end" in listed(canvas.outline)
    canvas.document.undo()
    assert "end" not in listed(canvas.outline)


def test_clicking_the_minimap_goes_there(canvas: JourneyCanvas) -> None:
    canvas.view.zoom_to(2.0)
    scale, offset = canvas.minimap._frame()
    wanted = canvas.scene.cards["tuesday"].rect().center()
    at = wanted * scale + offset
    event = QMouseEvent(
        QEvent.Type.MouseButtonPress, at, canvas.minimap.mapToGlobal(at), Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(canvas.minimap, event)
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


def test_an_empty_journey_shows_how_to_begin(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot) -> None:
    canvas.editor.delete([key for key in canvas.scene.cards if key != ENTRY])
    assert canvas.hint.isVisible()
    hand.key(Qt.Key.Key_Space, text=" ")
    qtbot.keyClick(canvas.popup.box, Qt.Key.Key_Return)
    journey = canvas.editor.journey
    assert journey is not None
    assert journey.start == "delay"
    assert not canvas.hint.isVisible()
