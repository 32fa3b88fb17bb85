"""Edits of the order of a journey: a step before another, a step one place up or down.

Pure functions like those of `edit.py`; other branches of a step that moves go along with it.
"""

from __future__ import annotations

from engage_desktop.document.wiring import (
    ENTRY,
    EditRefused,
    OutputRef,
    label,
    main_output,
    output_of,
    retarget,
    set_target,
    step_of,
)
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import StepBase, outputs


def incoming(journey: Journey, key: str) -> tuple[OutputRef, ...]:
    """Every output that leads to a step, the entry's first; loops do not count."""
    found = [OutputRef(ENTRY)] if journey.start == key else []
    for step in journey.steps:
        found += [
            OutputRef(step.key, output.branch) for output in outputs(step) if output.target == key and not output.loop
        ]
    return tuple(found)


def insert_before(journey: Journey, key: str, step: StepBase) -> Journey:
    """Add a step before another: all that led there leads to the new one, and that goes on there."""
    step_of(journey, key)
    if step.key in journey.by_key:
        raise EditRefused(f"There is already a step {step.key!r} in this journey. Choose another key.")
    main = main_output(step)
    if main is None:
        raise EditRefused(f"{label(step)} has no output, so what follows would be cut off. Add it where a path ends.")
    ways = incoming(journey, key)
    journey = journey.with_(steps=(*journey.steps, retarget(step, lambda _: None)))
    for way in ways:
        journey = set_target(journey, way, step.key)
    return set_target(journey, main, key)


def move_step(journey: Journey, key: str, *, up: bool) -> Journey:
    """Swap a step with the one before it, or with the one its main output leads to."""
    step = step_of(journey, key)
    if up:
        ways = incoming(journey, key)
        if ways and ways[0].step == ENTRY:
            raise EditRefused(f"{label(step)} is the first step already.")
        if len(ways) != 1:
            raise EditRefused(_unclear(step, len(ways)))
        return _swap(journey, step_of(journey, ways[0].step), ways[0], step)
    main = main_output(step)
    target = output_of(journey, main).target if main is not None else None
    if main is None or target is None:
        raise EditRefused(f"{label(step)} is the last step of its path already.")
    below = step_of(journey, target)
    ways = incoming(journey, target)
    if len(ways) != 1:
        raise EditRefused(_unclear(below, len(ways)))
    return _swap(journey, step, main, below)


def _unclear(step: StepBase, ways: int) -> str:
    if not ways:
        return f"{label(step)} is connected to nothing. Connect a step to it first."
    return f"{ways} ways join at {label(step)}, so it has no one place before it. Connect the steps anew instead."


def _swap(journey: Journey, upper: StepBase, way: OutputRef, lower: StepBase) -> Journey:
    """`upper` leads to `lower` by `way`, the only one: afterwards lower's main output leads to upper."""
    main = main_output(lower)
    if main is None:
        raise EditRefused(f"{label(lower)} has no output, so nothing can come after it.")
    after = output_of(journey, main).target
    above = incoming(journey, upper.key)
    journey = set_target(set_target(journey, way, after), main, upper.key)
    for other in above:
        journey = set_target(journey, other, lower.key)
    return journey
