"""New steps: a key nobody has, and fields that make the step run as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import STEP_TYPES, StepBase

_LONGEST_KEY = 63
_BOUGHT = "event('Order Completed').count() >= 1"
_DEFAULTS: dict[str, dict[str, Any]] = {
    "delay": {"duration": "1d"},
    "delay_until": {"time": "09:00"},
    "hold": {"branches": ({"key": "order_completed", "event": "Order Completed"},), "timeout": "1d"},
    "wait": {"condition": _BOUGHT},
    "split": {"branches": ({"key": "yes", "name": "Yes", "condition": _BOUGHT},)},
    "fork": {"branches": ({"key": "a", "name": "A", "condition": _BOUGHT},)},
    "random": {"branches": ({"key": "a", "name": "A", "percent": 50}, {"key": "b", "name": "B", "percent": 50})},
    "message": {"message": "message"},
    "ad": {"destination": "destination"},
    "send": {"destination": "destination"},
    "set_trait": {"trait": "tagged", "value": True},
    "end": {},
}


def new_step(type_: str, key: str, **fields: Any) -> StepBase:
    """A step of a type with defaults that make sense, `fields` over them (a message key, say)."""
    return STEP_TYPES[type_].model_validate({"key": key, "type": type_} | _DEFAULTS[type_] | fields)


def fresh_key(journey: Journey, type_: str) -> str:
    """A key no step of the journey has: the type itself, else with the first free number."""
    return unused_key(type_, journey.by_key)


def unused_key(wish: str, taken: Iterable[str]) -> str:
    """A valid key near the wish that is not taken: `nudge`, `nudge_2`, `nudge_3`."""
    stem = re.sub(r"[^a-z0-9]+", "_", wish.lower()).strip("_")[:_LONGEST_KEY] or "item"
    taken = set(taken)
    if stem not in taken:
        return stem
    base = re.sub(r"_\d+$", "", stem) or stem
    number = 2
    while True:
        key = f"{base[: _LONGEST_KEY - len(str(number)) - 1]}_{number}"
        if key not in taken:
            return key
        number += 1
