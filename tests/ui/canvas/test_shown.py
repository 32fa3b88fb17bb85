"""What is painted equals what was given, and nothing is painted for nothing."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engage_desktop.app.protocol import ENTRY
from engage_desktop.document import dumps
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.placing import overlaps
from engage_desktop.ui.theme import Theme, ThemeMode
from tests.ui.canvas.driving import FIGURES, Hand, agrees
from tests.ui.driver import SHIFT


def shown(canvas: JourneyCanvas, key: str) -> dict[str, str]:
    return {figure.label: figure.text for figure in canvas.scene.cards[key].content.figures}


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def test_cards_and_wires_show_the_given_figures(canvas: JourneyCanvas) -> None:
    canvas.set_figures(FIGURES, current=True)
    assert shown(canvas, ENTRY) == {"entered": "1,204", "people": "861"}
    assert shown(canvas, "wait") == {"through": "1,162", "inside": "42"}
    assert shown(canvas, "done") == {"ended": "389", "of entered": "32.3 %"}
    assert shown(canvas, "coin") == {"through": "773", "of entered": "64.2 %"}
    assert shown(canvas, "nudge") == {"sent": "652", "not sent": "41"}
    counts = {key: wire.content.count for key, wire in canvas.scene.wires.items()}
    assert {key: count.replace(",", "") for key, count in counts.items()} == {
        key: str(number) for key, number in FIGURES.wires.items()
    }
    assert canvas.scene.wires[("wait", "timeout")].content.label == "2 h passed"
    assert canvas.scene.wires[("coin", "control")].content.holdout


def test_figures_that_are_not_current_are_marked_so(canvas: JourneyCanvas) -> None:
    canvas.set_figures(FIGURES, current=True)
    canvas.set_figures(FIGURES, current=False)
    assert not any(card.content.current for card in canvas.scene.cards.values())
    assert not any(wire.content.current for wire in canvas.scene.wires.values())
    assert "being counted again" in canvas.scene.cards["wait"].content.spoken()


def test_without_figures_no_number_is_invented(canvas: JourneyCanvas) -> None:
    canvas.set_figures(None, current=False)
    assert shown(canvas, "wait") == {"through": "–", "inside": "–"}
    assert {wire.content.count for wire in canvas.scene.wires.values()} == {""}


def test_figures_of_another_journey_are_not_shown(canvas: JourneyCanvas) -> None:
    canvas.set_figures(dataclasses.replace(FIGURES, journey="other"), current=True)
    assert shown(canvas, "wait") == {"through": "–", "inside": "–"}


def test_one_changed_figure_paints_one_card(canvas: JourneyCanvas) -> None:
    canvas.set_figures(FIGURES, current=True)
    settle()
    canvas.scene.count.reset()
    canvas.view.viewport().update()
    settle()
    assert canvas.scene.count.cards == len(canvas.scene.cards)  # the counter counts
    canvas.scene.count.reset()
    steps = FIGURES.steps | {"done": dataclasses.replace(FIGURES.steps["done"], ended=390)}
    canvas.set_figures(dataclasses.replace(FIGURES, generation=2, steps=steps), current=True)
    settle()
    assert canvas.scene.count.cards == 1
    canvas.scene.count.reset()
    canvas.set_figures(dataclasses.replace(FIGURES, generation=3, steps=steps), current=True)
    settle()
    assert (canvas.scene.count.cards, canvas.scene.count.wires) == (0, 0)


def test_pulses_paint_no_card_and_no_wire(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.set_figures(FIGURES, current=True)
    canvas.set_pulses([((ENTRY, None), 0.1)])
    settle()
    canvas.scene.count.reset()
    for fraction in (0.2, 0.4, 0.6, 0.8):
        canvas.set_pulses([((ENTRY, None), fraction), (("coin", "mail"), fraction)])
        settle()
    assert (canvas.scene.count.cards, canvas.scene.count.wires) == (0, 0)
    hand.click(hand.card("coin"))  # the picture under the dots follows
    settle()
    assert canvas.scene.count.cards > 0
    canvas.set_pulses([])


def test_flows_become_dots_that_travel_and_go(canvas: JourneyCanvas, qtbot: QtBot) -> None:
    canvas.motion_ms = 120
    canvas.play_pulses({("wait", "bought"): 3, ("wait", "timeout"): 0})
    assert canvas.player.is_playing
    canvas.player.advance()
    assert {key for key, _ in canvas.view.pulses} == {("wait", "bought")}
    qtbot.waitUntil(lambda: not canvas.player.is_playing, timeout=5000)
    assert list(canvas.view.pulses) == []


def test_moving_the_pointer_over_a_card_paints_it_alone(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.hover(hand.card("coin"))
    settle()
    canvas.scene.count.reset()
    hand.hover(hand.card("coin") + QPointF(4, 4))
    settle()
    assert canvas.scene.count.cards == 0
    hand.hover(hand.card("done"))
    settle()
    assert canvas.scene.count.cards == 2


def test_problems_are_badges_on_their_step(canvas: JourneyCanvas) -> None:
    canvas.set_problems(
        [
            Problem("error", "unknown_message", "journeys.cart.steps.nudge.message", "There is no such message.", "Choose one."),
            Problem("warning", "stage", "journeys.cart.stage", "No such stage."),
            Problem("error", "other", "journeys.other.steps.nudge", "Elsewhere."),
        ]
    )  # fmt: skip
    assert canvas.scene.cards["nudge"].content.severity == "error"
    assert canvas.scene.cards["nudge"].content.problems == ("There is no such message. Choose one.",)
    assert canvas.scene.cards[ENTRY].content.severity == "warning"
    assert canvas.scene.cards["coin"].content.severity == ""
    canvas.set_problems([])
    assert canvas.scene.cards["nudge"].content.severity == ""


def test_tidy_is_one_undo_step_without_overlaps_and_keeps_the_entry(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.card("coin"), hand.card("done"))
    entry = canvas.scene.cards[ENTRY].pos()
    hand.key(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert canvas.document.undo_name == "Tidy up"
    cards = list(canvas.scene.cards.values())
    boxes = [((card.x(), card.y()), (card.card.width, card.card.height)) for card in cards]
    for place, (at, size) in enumerate(boxes):
        assert not any(overlaps(at, size, *other, margin=16) for other in boxes[place + 1 :])
    assert canvas.scene.cards[ENTRY].pos() == entry
    assert agrees(canvas) == []


def test_gliding_ends_where_the_document_says(canvas: JourneyCanvas, hand: Hand, qtbot: QtBot) -> None:
    hand.drag(hand.card("coin"), hand.card("coin") + QPointF(160, 80))
    canvas.motion_ms = 30
    hand.undo()
    hand.redo()
    hand.key(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | SHIFT)
    qtbot.waitUntil(lambda: not canvas._glide._ways, timeout=3000)
    assert agrees(canvas) == []


def test_no_text_is_cut_at_100_percent(canvas: JourneyCanvas) -> None:
    assert not any(card.card.elided for card in canvas.scene.cards.values())
    assert {card.card.width for card in canvas.scene.cards.values()} <= {232.0, 248.0, 264.0, 280.0, 296.0}


def test_labels_stand_clear_of_cards_and_of_each_other(canvas: JourneyCanvas) -> None:
    canvas.set_figures(FIGURES, current=True)
    labels = [wire.layout.label for wire in canvas.scene.wires.values() if not wire.layout.label.isEmpty()]
    assert len(labels) >= 7
    for place, label in enumerate(labels):
        assert not any(label.intersects(card.rect()) for card in canvas.scene.cards.values())
        assert not any(label.intersects(other) for other in labels[place + 1 :])


def test_the_view_says_where_the_keyboard_stands(canvas: JourneyCanvas, hand: Hand) -> None:
    canvas.set_figures(FIGURES, current=True)
    hand.click(hand.card("wait"))
    assert canvas.view.accessibleName() == "Journey canvas: Cart rescue"
    assert canvas.view.accessibleDescription() == (
        "Two quiet hours. Wait 2 h for Order Completed. through 1,162, inside 42"
    )


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.CONTRAST])
def test_another_theme_repaints_in_its_colours(canvas: JourneyCanvas, mode: ThemeMode) -> None:
    canvas.set_theme(Theme.of(mode))
    picture = canvas.view.viewport().grab().toImage()
    assert picture.pixelColor(2, picture.height() // 2).name().upper() == Theme.of(mode).hex("canvas")
    centre = canvas.view.mapFromScene(canvas.scene.cards["wait"].rect().center() + QPointF(90, -30))
    assert picture.pixelColor(centre).name().upper() == Theme.of(mode).hex("surface")


def test_the_first_edit_keeps_the_campaign_text_apart_from_places(canvas: JourneyCanvas, hand: Hand) -> None:
    before = dumps(canvas.document.campaigns)
    hand.drag(hand.card("done"), hand.card("done") + QPointF(-120, 16))
    assert dumps(canvas.document.campaigns) == before
    assert canvas.document.layout.journeys["cart"].nodes["done"] == (
        canvas.scene.cards["done"].x(),
        canvas.scene.cards["done"].y(),
    )


def test_a_figure_that_rests_on_an_assumption_says_so(canvas: JourneyCanvas) -> None:
    steps = FIGURES.steps | {
        "nudge": dataclasses.replace(FIGURES.steps["nudge"], assumed=3),
        "tuesday": dataclasses.replace(FIGURES.steps["tuesday"], assumed=1),
    }
    canvas.set_figures(dataclasses.replace(FIGURES, steps=steps, kind="assumed"), current=True)
    assert shown(canvas, "nudge") == {"sent, assumed": "652", "not sent": "41"}
    assert shown(canvas, "tuesday") == {"through, assumed": "598", "inside": "54"}
    assert shown(canvas, "wait") == {"through": "1,162", "inside": "42"}
    assert "sent, assumed 652" in canvas.scene.cards["nudge"].content.spoken()
