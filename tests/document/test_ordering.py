"""Steps before others and one place up or down: nothing is lost, no circle comes to be, and back is back."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engage_desktop.document import EditRefused, new_step
from engage_desktop.document.ordering import incoming, insert_before, move_step
from engage_desktop.document.wiring import OutputRef, connect, reaches
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.step import End, Hold, StepBase, outputs

TYPES = ("delay", "hold", "split", "random", "fork", "message", "wait", "end")


def journey(draw: random.Random) -> Journey:
    """Up to nine steps of any kinds, each output led to a later step or to none."""
    steps = [new_step(draw.choice(TYPES), f"s{at}") for at in range(draw.randrange(2, 10))]
    made = Journey(
        key="j", name="J", entry=EventEntry(type="event", event="Product Added"), start="s0", steps=tuple(steps)
    )
    for at, step in enumerate(steps):
        for output in outputs(step):
            if at + 1 < len(steps) and draw.random() < 0.8:
                made = connect(made, OutputRef(step.key, output.branch), f"s{draw.randrange(at + 1, len(steps))}")
    return made


def bare(step: StepBase) -> dict[str, Any]:
    """All of a step but where it leads."""
    data = step.model_dump(exclude={"next", "on_timeout", "otherwise"})
    for branch in data.get("branches", ()):
        branch.pop("next")
    return data


def test_moves_keep_every_step_make_no_circle_and_go_back() -> None:
    draw = random.Random(6)
    moved = refused = 0
    for _ in range(250):
        before = journey(draw)
        key = draw.choice(before.steps).key
        try:
            after = move_step(before, key, up=(up := draw.random() < 0.5))
        except EditRefused:
            refused += 1
            continue
        moved += 1
        assert [bare(step) for step in after.steps] == [bare(step) for step in before.steps]
        for step in after.steps:
            assert not any(o.target and not o.loop and reaches(after, o.target, step.key) for o in outputs(step))
        assert {step.key for step in after.steps if reaches(after, after.start or "", step.key)} == {
            step.key for step in before.steps if reaches(before, before.start or "", step.key)
        }
        if up:
            assert reaches(after, key, incoming(before, key)[0].step)
        else:  # it hangs by a main output now, so the other way brings back what was there
            assert move_step(after, key, up=True) == before
    assert min(moved, refused) > 50


def test_a_step_goes_before_a_join_with_all_its_ways() -> None:
    draw = random.Random(3)
    joined = 0
    for _ in range(150):
        before = journey(draw)
        key = draw.choice(before.steps).key
        ways = incoming(before, key)
        after = insert_before(before, key, new_step("delay", "new"))
        assert incoming(after, key) == (OutputRef("new"),)
        assert incoming(after, "new") == ways
        joined += len(ways) > 1
    assert joined > 20
    with pytest.raises(EditRefused, match="has no output"):
        insert_before(before, key, End(key="new", type="end"))
    with pytest.raises(EditRefused, match="already a step"):
        insert_before(before, key, new_step("delay", key))


def test_each_refusal_says_what_stands_in_the_way() -> None:
    hold = Hold(key="a", type="hold", timeout="1h", on_timeout="b")
    made = Journey(
        key="j", name="J", entry=EventEntry(type="event", event="x"), start="a",
        steps=(hold, new_step("random", "b"), new_step("delay", "c"), End(key="d", type="end"), new_step("delay", "e")),
    )  # fmt: skip
    made = connect(connect(connect(made, OutputRef("b", "a"), "c"), OutputRef("b", "b"), "c"), OutputRef("c"), "d")
    said = {
        ("a", True): "“a” is the first step already.",
        ("c", True): "2 ways join at “c”, so it has no one place before it. Connect the steps anew instead.",
        ("b", False): "2 ways join at “c”, so it has no one place before it. Connect the steps anew instead.",
        ("d", True): "“d” has no output, so nothing can come after it.",
        ("c", False): "“d” has no output, so nothing can come after it.",
        ("d", False): "“d” is the last step of its path already.",
        ("e", True): "“e” is connected to nothing. Connect a step to it first.",
    }
    for (key, up), sentence in said.items():
        with pytest.raises(EditRefused) as refusal:
            move_step(made, key, up=up)
        assert str(refusal.value) == sentence
