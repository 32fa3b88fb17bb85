"""The undo machine: random gestures; the scene is the document after each, undoing all gives the first bytes back,
redoing all the last, and every step between is met again on both ways.

A sequence that fails is done again by its seed: `Gesturing(canvas, seed)`.
"""

from __future__ import annotations

from collections import Counter

import pytest
from pytestqt.qtbot import QtBot

from engage_desktop.document import dumps, dumps_layout
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.theme import Theme
from tests.ui.canvas.driving import Hand, agrees, document, on_screen
from tests.ui.canvas.gesturing import Gesturing

BLOCKS, SEQUENCES, LENGTH = 4, 15, 16


def run(qtbot: QtBot, theme: Theme, seed: int, length: int) -> Counter[str]:
    """One sequence there, back and there again; which gestures changed the document."""
    canvas = on_screen(qtbot, JourneyCanvas(document(), "cart", theme), 1280, 900)
    gestures, hand = Gesturing(canvas, seed), Hand(canvas)
    done: list[str] = []
    edited: Counter[str] = Counter()
    states = {0: bytes_of(canvas)}
    """What the document was when so many steps could be undone. A kind of gesture may be several, cut and paste say:
    what lies between is met first on the way back."""
    for _ in range(length):
        before = states[depth(canvas)]
        done.append(gestures.next())
        assert agrees(canvas) == [], (seed, done)
        height, now = depth(canvas), bytes_of(canvas)
        edited[done[-1]] += now != before
        if done[-1] == "undo":
            assert states.get(height, now) == now, (seed, done)
        else:
            assert now == before or height > 0, (seed, done)
        states = {at: state for at, state in states.items() if at < height} | {height: now}
    top = depth(canvas)
    for height in range(top - 1, -1, -1):
        hand.undo()
        now = bytes_of(canvas)
        assert (states.setdefault(height, now), agrees(canvas)) == (now, []), (seed, done, height)
    assert not canvas.document.can_undo
    for height in range(1, top + 1):
        hand.redo()
        assert (bytes_of(canvas), agrees(canvas)) == (states[height], []), (seed, done, height)
    canvas.close()
    return edited


def bytes_of(canvas: JourneyCanvas) -> tuple[str, str]:
    return dumps(canvas.document.campaigns), dumps_layout(canvas.document.layout)


def depth(canvas: JourneyCanvas) -> int:
    """How many steps may be undone."""
    return len(canvas.document._history.done)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_undo_and_redo_pass_the_same_states(qtbot: QtBot, theme: Theme, block: int) -> None:
    edited: Counter[str] = Counter()
    for number in range(SEQUENCES):
        edited += run(qtbot, theme, block * SEQUENCES + number, LENGTH)
    assert sum(edited.values()) >= SEQUENCES * LENGTH // 3  # the hand really changed something
    assert len(edited) >= 12


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_a_thousand_sequences_there_and_back(qtbot: QtBot, theme: Theme) -> None:
    edited: Counter[str] = Counter()
    for seed in range(1000, 2000):
        edited += run(qtbot, theme, seed, 30)
    print(f"\n{sum(edited.values())} edits by {dict(edited)}")
    assert len(edited) == 15  # every kind but the rubber band
