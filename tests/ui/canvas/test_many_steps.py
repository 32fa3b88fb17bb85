"""Journeys of very many steps: how much of outline and wires one change touches, counted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from benchmarks.canvas_designs import figures
from engage_desktop.document.wiring import reaches
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.outline_rows import rows
from engage_desktop.ui.inspector import edits
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, on_screen
from tests.ui.canvas.test_scale import large


@pytest.fixture
def ladder(qtbot: QtBot, theme: Theme) -> JourneyCanvas:
    return on_screen(qtbot, JourneyCanvas(large(300), "big", theme), 1400, 900)


def shown(canvas: JourneyCanvas) -> list[tuple[int, str]]:
    """Depth and title of each row of the outline, as the list itself has them."""
    found = []
    waiting = [(canvas.outline.topLevelItem(n), 0) for n in reversed(range(canvas.outline.topLevelItemCount()))]
    while waiting:
        item, depth = waiting.pop()
        assert item is not None
        found.append((depth, item.text(0)))
        waiting += [(item.child(n), depth + 1) for n in reversed(range(item.childCount()))]
    return found


def test_an_edit_touches_few_rows_of_the_outline(ladder: JourneyCanvas) -> None:
    hand, outline = Hand(ladder), ladder.outline
    hand.click(hand.card("m0"))
    hand.key(Qt.Key.Key_Delete)
    ladder.show_outline(True)
    assert outline.count > 300  # the count counts
    for change in (hand.undo, hand.redo, hand.undo):
        outline.count = 0
        change()
        assert 0 < outline.count < 12
        assert shown(ladder) == [(row.depth, row.title) for row in rows(ladder.scene)]


def test_first_figures_place_texts_in_view_and_the_others_in_slices(qtbot: QtBot, ladder: JourneyCanvas) -> None:
    journey = ladder.editor.must()
    ladder.set_figures(figures(journey), current=True)
    waiting = set(ladder.scene._unplaced)
    seen = ladder.view.seen()
    assert len(waiting) > 200
    assert not any(ladder.scene.wires[key].layout.label.intersects(seen) for key in waiting)
    qtbot.waitUntil(lambda: not ladder.scene._unplaced)
    placed = [wire for key, wire in ladder.scene.wires.items() if key in waiting and wire.target is not None]
    assert all(not wire.layout.label.isEmpty() for wire in placed)


def test_where_an_output_may_lead_is_what_does_not_lead_to_it(ladder: JourneyCanvas) -> None:
    journey = ladder.editor.must()
    for key in ("s0", "m7", "s149"):
        wanted = [step.key for step in journey.steps if step.key != key and not reaches(journey, step.key, key)]
        assert edits.targets(journey, key) == wanted
