"""Steps as data that travels: copy, paste and duplicate, within a journey and between windows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engage_desktop.document.canonical import to_data
from engage_desktop.document.fresh import unused_key
from engage_desktop.document.wiring import EditRefused, retarget, step_of
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import Step

CLIPBOARD_FORMAT = "engage-steps/1"
_STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


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
        raise EditRefused("The clipboard holds no steps. Copy steps in a journey first.") from None
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
