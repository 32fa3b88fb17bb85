"""A journey of twelve steps is read at the first look: in a window of 1280x800 nothing is cut and no label hides."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from benchmarks.canvas_designs import figures
from benchmarks.journey_designs import DESIGN
from engage_desktop.document import Document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.card_painter import _figure_width
from engage_desktop.ui.canvas.detail import Level
from engage_desktop.ui.canvas.geometry import PAD
from engage_desktop.ui.theme import Theme

PLACE = (872, 660)
"""What rail, inspector and bars leave to the canvas of a window of 1280x800."""


@pytest.fixture
def twelve(qtbot: QtBot, theme: Theme) -> JourneyCanvas:
    document = Document(Campaigns.model_validate(DESIGN, strict=False))
    journey = document.campaigns.journeys[0]
    assert len(journey.steps) == 12
    canvas = JourneyCanvas(document, journey.key, theme)
    canvas.motion_ms = 0
    canvas.set_figures(figures(journey, entered=1_234_567), current=True)
    qtbot.addWidget(canvas)
    canvas.resize(*PLACE)
    with qtbot.waitExposed(canvas):
        canvas.show()
    qtbot.wait(1)
    return canvas


def test_twelve_steps_are_read_at_the_first_look(twelve: JourneyCanvas) -> None:
    scene = twelve.scene
    twelve.view.viewport().grab()
    assert scene.detail.level is Level.FULL
    assert [key for key, card in scene.cards.items() if card.card.elided] == []
    for key, card in scene.cards.items():
        text = " ".join((*card.card.title, *card.card.line))
        assert "…" not in text, key
        room = card.card.width - 2 * PAD - 4
        widths = [_figure_width(figure, scene.style_, tight=True) for figure in card.content.figures]
        assert sum(widths) <= room, (key, "figures run into each other")
    labels = [wire.layout.label for wire in scene.wires.values() if not wire.layout.label.isEmpty()]
    assert len(labels) >= 12
    assert not any(a.intersects(b) for a, b in combinations(labels, 2))
    assert not any(label.intersects(card.rect()) for label in labels for card in scene.cards.values())
    for key, wire in scene.wires.items():
        others = [other.layout.curve for at, other in scene.wires.items() if at != key]
        points = [QPointF(*point) for curve in others if curve is not None for point in curve.samples]
        assert not any(wire.layout.label.contains(point) for point in points), (key, "lies under another wire")
    boxes = [card.rect() for card in scene.cards.values()]
    assert not any(a.intersects(b) for a, b in combinations(boxes, 2))
