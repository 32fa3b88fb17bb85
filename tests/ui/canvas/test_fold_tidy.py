"""Tidying where branches are folded: only what is in view takes room, and what comes into view covers nothing."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt

from engage_desktop.document import ENTRY, dumps_layout
from engage_desktop.document.tidy import LAYER_GAP_PX
from engage_desktop.domain.journey import Journey
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.folding import fold_name, hidden, wires_of
from engage_desktop.ui.canvas.placing import BRANCH_ROOM, Position, overlaps, tidy
from engage_desktop.ui.canvas.tidying import tidied, unfolded
from tests.document.journeys import graphs
from tests.ui.canvas.driving import Hand, agrees
from tests.ui.driver import CTRL, SHIFT

SIZE = (232.0, 88.0)
GRID = 8.0


def covering(places: Mapping[str, Position], keys: list[str]) -> list[tuple[str, str]]:
    pairs = itertools.combinations(keys, 2)
    return [(a, b) for a, b in pairs if overlaps(places[a], SIZE, places[b], SIZE)]


def empty_rows(places: Mapping[str, Position], keys: list[str]) -> list[float]:
    """The tops of rows above which more stands empty than the gap between two layers."""
    tops = sorted({places[key][1] for key in keys})
    most = SIZE[1] + LAYER_GAP_PX + BRANCH_ROOM + GRID
    return [below for above, below in itertools.pairwise(tops) if below - above > most]


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 2**32))
def test_folded_branches_take_no_room_and_unfolding_covers_nothing(journey: Journey, seed: int) -> None:
    draw = random.Random(seed)
    names = [fold_name(ref) for ref in wires_of(journey) if ref.step != ENTRY]
    collapsed = draw.sample(names, min(len(names), draw.randint(1, 4)))
    gone = hidden(journey, collapsed)
    sizes = dict.fromkeys([ENTRY, *journey.by_key], SIZE)
    first = tidy(journey, sizes)
    seen = [key for key in first if key not in gone]

    placed = tidied(journey, first, sizes, gone=gone)
    assert covering(placed, seen) == []
    assert empty_rows(placed, seen) == []
    assert all(abs(new - old) <= GRID / 2 for new, old in zip(placed[ENTRY], first[ENTRY], strict=True))
    assert tidied(journey, placed, sizes, gone=gone) == placed

    if draw.random() < 0.5:  # a person has put something elsewhere: only what comes into view may give way
        key = draw.choice(seen)
        placed = {**placed, key: (placed[key][0] + 1200, placed[key][1])}
    while collapsed:
        collapsed.pop()
        before, gone = gone, hidden(journey, collapsed)
        old, placed = placed, unfolded(journey, placed, sizes, before, gone)
        shown = [key for key in placed if key not in gone]
        if not covering(old, [key for key in old if key not in before]):
            assert covering(placed, shown) == []


def test_tidy_of_a_folded_branch_by_hand_and_back(canvas: JourneyCanvas, hand: Hand) -> None:
    hand.drag(hand.port("coin", "control"), QPointF(760, 560))
    hand.choose("delay")
    hand.key(Qt.Key.Key_T, CTRL | SHIFT)
    apart = {key: card.pos() for key, card in canvas.scene.cards.items()}
    hand.click(hand.plus("coin", "mail"))  # a step more in the branch: opens the box only
    hand.escape_box()
    hand.click(hand.card("nudge"))
    hand.key(Qt.Key.Key_Up)
    assert canvas.scene.selection == ["coin"]
    hand.key(Qt.Key.Key_H, CTRL)
    folded = {key for key in canvas.scene.cards if key not in canvas.scene.seen_cards()}
    assert folded == {"nudge", "tuesday", "delay"}
    hand.click(hand.plus("coin", "control"))  # open the one, keep the other
    assert {key for key in canvas.scene.cards if key not in canvas.scene.seen_cards()} == {"nudge", "tuesday"}
    assert {key: card.pos() for key, card in canvas.scene.cards.items()} == apart  # nothing was in the way
    kept = dumps_layout(canvas.document.layout)

    hand.key(Qt.Key.Key_T, CTRL | SHIFT)
    coin, delay = (canvas.scene.cards[key].rect() for key in ("coin", "delay"))
    assert abs(coin.center().x() - delay.center().x()) <= 8  # where the branch beside it would have pushed it aside
    assert canvas.document.undo_name == "Tidy up"
    assert agrees(canvas) == []
    hand.undo()
    assert dumps_layout(canvas.document.layout) == kept
    hand.redo()

    hand.click(hand.plus("coin", "mail"))
    assert canvas.document.undo_name == "Unfold"
    rects = [card.rect() for card in canvas.scene.seen_cards().values()]
    assert not any(a.intersects(b) for a, b in itertools.combinations(rects, 2))
    assert {key: card.pos() for key, card in canvas.scene.cards.items()} == apart  # as tidy as before
    assert agrees(canvas) == []
    hand.undo()
    assert canvas.scene.cards["delay"].rect() == delay  # one step back for fold and places
