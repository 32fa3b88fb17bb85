"""Tidy layout: nothing overlaps, wires run onward, branches keep their order, parents stand centred."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.document import ENTRY, tidy
from engage_desktop.document.tidy import CARD_PX, SIBLING_GAP_PX
from engage_desktop.domain.step import outputs

from .journeys import delay, graphs, journey, split

SIZES = st.tuples(st.integers(40, 400), st.integers(20, 200))


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_no_two_cards_touch_and_wires_run_onward(found, data):
    keys = [ENTRY, *found.by_key]
    sizes = {key: data.draw(SIZES) for key in keys if data.draw(st.booleans())}
    direction = data.draw(st.sampled_from(["down", "right"]))
    places = tidy(found, sizes, direction)
    assert set(places) == set(keys)
    assert places == tidy(found, sizes, direction)
    boxes = [(*places[key], *sizes.get(key, CARD_PX)) for key in keys]
    for one, (x, y, width, height) in enumerate(boxes):
        for left, top, broad, high in boxes[:one]:
            apart = max(left - (x + width), x - (left + broad), top - (y + height), y - (top + high))
            assert apart >= SIBLING_GAP_PX
    axis = 1 if direction == "down" else 0
    for step in found.steps:
        for output in outputs(step):
            if output.target is not None:
                assert places[step.key][axis] < places[output.target][axis]
    assert min(x for x, _ in places.values()) == min(y for _, y in places.values()) == 0


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_branches_keep_their_order(found):
    """Siblings that hang under one step alone stand in the order of its outputs."""
    places = tidy(found)
    parents: dict[str, list[str]] = {found.start: [ENTRY]} if found.start else {}
    for step in found.steps:
        for output in outputs(step):
            if output.target is not None:
                parents.setdefault(output.target, []).append(step.key)
    for step in found.steps:
        own = [output.target for output in outputs(step) if output.target and parents[output.target] == [step.key]]
        across = [places[key][0] for key in own]
        assert across == sorted(across)


def test_a_chain_is_straight_and_a_diamond_even():
    places = tidy(journey([split("s", "a", "b"), delay("a", "j"), delay("b", "j"), delay("j", "k"), delay("k")]))
    assert places[ENTRY][0] == places["s"][0] == places["j"][0] == places["k"][0]
    assert places["a"][0] + places["b"][0] == 2 * places["s"][0]
    assert [places[key][1] for key in (ENTRY, "s", "a", "j", "k")] == [0, 144, 288, 432, 576]


def test_parents_of_a_tree_stand_over_the_middle_of_their_children():
    found = journey([split("s", "a", "z"), split("a", "p", "q"), split("z", "r", "t"), *map(delay, "pqrt")])
    places = tidy(found)
    for step in found.steps:
        children = [places[output.target][0] for output in outputs(step) if output.target]
        if children:
            assert places[step.key][0] == sum(children) / len(children)


def test_a_long_wire_keeps_clear_of_the_cards_it_passes():
    places = tidy(journey([split("s", "a", "end"), delay("a", "b"), delay("b", "end"), delay("end")]))
    middle = places["s"][0] + CARD_PX[0] / 2
    assert not places["a"][0] <= middle <= places["a"][0] + CARD_PX[0] or places["a"][0] < places["end"][0]


def test_circles_and_dangling_wires_of_a_broken_design_are_borne():
    places = tidy(journey([delay("a", "b"), delay("b", "a"), delay("c", "gone"), delay("d", "d")], start="a"))
    assert set(places) == {ENTRY, "a", "b", "c", "d"}
    assert places[ENTRY][1] < places["a"][1] < places["b"][1]
    assert tidy(journey([])) == {ENTRY: (0.0, 0.0)}
    assert set(tidy(journey([delay("a")], start="gone"))) == {ENTRY, "a"}


@pytest.mark.bench
def test_a_thousand_steps_take_under_a_tenth_of_a_second():
    steps = [split(f"k{n}", *(f"k{to}" if to < 1000 else None for to in (2 * n + 1, 2 * n + 2))) for n in range(1000)]
    found = journey(steps)
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        tidy(found)
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.1
