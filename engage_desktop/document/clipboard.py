"""Steps, frames and notes as data that travels: copy, paste and duplicate, within a journey and between windows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from engage_desktop.document.canonical import to_data
from engage_desktop.document.fresh import unused_key
from engage_desktop.document.wiring import EditRefused, retarget, step_of
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.layout import Frame, JourneyLayout, Note
from engage_desktop.domain.step import Step

CLIPBOARD_FORMAT = "engage-steps/1"
FARTHEST_PX = 100_000.0
"""Nothing is pasted farther out, or larger."""
_STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])
_FRAMES: TypeAdapter[tuple[Frame, ...]] = TypeAdapter(tuple[Frame, ...])
_NOTES: TypeAdapter[tuple[Note, ...]] = TypeAdapter(tuple[Note, ...])
NO_STEPS = "The clipboard holds no steps. Copy steps in a journey first."
Box = TypeVar("Box", Frame, Note)


def copy_steps(journey: Journey, keys: Iterable[str]) -> dict[str, Any]:
    """Steps as plain data in authored order; wires that leave the selection are cut."""
    chosen = set(keys)
    for key in chosen:
        step_of(journey, key)
    steps = [
        retarget(step, lambda target: target if target in chosen else None)
        for step in journey.steps
        if step.key in chosen
    ]
    return {"format": CLIPBOARD_FORMAT, "steps": [to_data(step, canonical=False) for step in steps]}


def paste_steps(journey: Journey, data: Mapping[str, Any]) -> tuple[Journey, dict[str, str]]:
    """Add copied steps under new keys; returns the journey and old key -> new key.

    Raises EditRefused for anything that `copy_steps` did not make.
    """
    try:
        if data.get("format") != CLIPBOARD_FORMAT:
            raise ValueError
        steps = _STEPS.validate_json(json.dumps(data["steps"]), by_alias=True, by_name=False)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise EditRefused(NO_STEPS) from None
    taken = set(journey.by_key)
    minted: dict[str, str] = {}
    for step in steps:
        if step.key in minted:
            raise EditRefused("The clipboard holds two steps of one key. Copy the steps again.")
        minted[step.key] = unused_key(step.key, taken)
        taken.add(minted[step.key])
    pasted = tuple(retarget(step, minted.get).with_(key=minted[step.key]) for step in steps)
    start = journey.start if journey.start is not None or journey.steps or not pasted else pasted[0].key
    return journey.with_(steps=(*journey.steps, *pasted), start=start), minted


def duplicate_steps(journey: Journey, keys: Iterable[str]) -> tuple[Journey, dict[str, str]]:
    """Copies of steps beside them, wired among themselves; returns old key -> new key."""
    return paste_steps(journey, copy_steps(journey, keys))


def copy_boxes(frames: Iterable[Frame], notes: Iterable[Note]) -> dict[str, Any]:
    """Frames and notes as plain data, to go beside that of `copy_steps`; a kind there is none of is left out."""
    told = {"frames": frames, "notes": notes}
    made = {kind: [to_data(box, canonical=False) for box in boxes] for kind, boxes in told.items()}
    return {kind: boxes for kind, boxes in made.items() if boxes}


def paste_boxes(layout: JourneyLayout, data: Mapping[str, Any]) -> tuple[tuple[Frame, ...], tuple[Note, ...]]:
    """The copied frames and notes under keys that are new in the layout, where they stood; none in data that was
    copied before they travelled. Raises EditRefused for anything that `copy_boxes` did not make."""
    try:
        frames = _FRAMES.validate_json(json.dumps(data.get("frames", [])), by_alias=True, by_name=False)
        notes = _NOTES.validate_json(json.dumps(data.get("notes", [])), by_alias=True, by_name=False)
    except (ValueError, TypeError):
        raise EditRefused(NO_STEPS) from None
    boxes: tuple[Frame | Note, ...] = (*frames, *notes)
    for x, y, width, height in (box.box for box in boxes):
        if not (max(abs(x), abs(y), width, height) < FARTHEST_PX and min(width, height) > 0):
            raise EditRefused(NO_STEPS)
    return _renamed(frames, layout.frames), _renamed(notes, layout.notes)


def _renamed(boxes: Iterable[Box], known: Iterable[Box]) -> tuple[Box, ...]:
    taken, made = {box.key for box in known}, []
    for box in boxes:
        made.append(box.with_(key=unused_key(box.key, taken)))
        taken.add(made[-1].key)
    return tuple(made)
