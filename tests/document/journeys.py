"""Journeys for tests: random graphs without circles, and a short way to write one by hand."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from engage_desktop.domain.journey import Journey


def journey(steps: list[dict[str, Any]], start: str | None = None, **fields: Any) -> Journey:
    data = {"key": "j", "name": "J", "entry": {"type": "event", "event": "A"}, "steps": steps}
    data["start"] = start if start is not None or not steps else steps[0]["key"]
    return Journey.model_validate_json(json.dumps(data | fields))


def delay(key: str, next_: str | None = None) -> dict[str, Any]:
    return {"key": key, "type": "delay", "duration": "1d", "next": next_}


def split(key: str, *targets: str | None) -> dict[str, Any]:
    """A split whose last target is `otherwise`, its branches `b0`, `b1`, ..."""
    *branches, otherwise = targets
    found = [{"key": f"b{n}", "condition": "audience('a')", "next": to} for n, to in enumerate(branches)]
    return {"key": key, "type": "split", "branches": found, "otherwise": otherwise}


@st.composite
def graphs(draw: st.DrawFn, most: int = 25) -> Journey:
    """Delays and splits that only lead to later steps; some steps are never reached."""
    count = draw(st.integers(0, most))
    steps = []
    for number in range(count):
        later = st.none() | st.integers(number + 1, count - 1) if number + 1 < count else st.none()
        targets = [None if to is None else f"k{to}" for to in draw(st.lists(later, min_size=1, max_size=4))]
        steps.append(delay(f"k{number}", targets[0]) if len(targets) == 1 else split(f"k{number}", *targets))
    order = draw(st.permutations(steps))
    return journey(list(order), start=draw(st.sampled_from([step["key"] for step in order])) if order else None)
