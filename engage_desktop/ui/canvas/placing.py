"""Where cards stand: stored positions, and sensible ones for steps that have none. Qt-free and pure."""

from __future__ import annotations

from collections.abc import Mapping

from engage_desktop.document import ENTRY
from engage_desktop.document.tidy import tidy as tidy_boxes
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

Position = tuple[float, float]
Size = tuple[float, float]
ROW_GAP = 48.0
COLUMN_GAP = 32.0
BRANCH_ROOM = 16.0
"""Further room under a card whose wires carry labels."""
LOOP_ROOM = 112.0
"""Room left of a card for its loop-back and the label on it."""


def tidy(journey: Journey, sizes: Mapping[str, Size]) -> dict[str, Position]:
    """The tidy layout, with room for what is drawn beside the cards."""
    rooms: dict[str, float] = {}
    boxes: dict[str, Size] = {}
    for key, (width, height) in sizes.items():
        step = journey.by_key.get(key)
        found = outputs(step) if step is not None else ()
        rooms[key] = LOOP_ROOM if any(output.loop for output in found) else 0.0
        labelled = any(output.branch is not None for output in found)
        boxes[key] = (width + 2 * rooms[key], height + (BRANCH_ROOM if labelled else 0.0))
    return {key: (x + rooms.get(key, 0.0), y) for key, (x, y) in tidy_boxes(journey, boxes).items()}


def positions(journey: Journey, layout: JourneyLayout | None, sizes: Mapping[str, Size]) -> dict[str, Position]:
    """The top left corner of every card. Stored ones stand; where some are missing, they stand as the
    tidy layout has them, beside the nearest stored step above."""
    keys = [ENTRY, *journey.by_key]
    stored = {key: (float(x), float(y)) for key, (x, y) in layout.nodes.items()} if layout else {}
    known = {key: stored[key] for key in keys if key in stored}
    if len(known) == len(keys):
        return known
    ideal = tidy(journey, sizes)
    if not known:
        return {key: ideal[key] for key in keys}
    parents = _parents(journey)
    placed = dict(known)
    for key in sorted(keys, key=lambda key: (ideal[key][1], ideal[key][0])):
        if key not in placed:
            anchor = next((parent for parent in parents.get(key, ()) if parent in placed), None)
            dx, dy = _offset(placed, ideal, anchor)
            wish = (ideal[key][0] + dx, ideal[key][1] + dy)
            placed[key] = clear_of(wish, sizes[key], {k: (placed[k], sizes[k]) for k in placed})
    return {key: placed[key] for key in keys}


def _offset(placed: Mapping[str, Position], ideal: Mapping[str, Position], anchor: str | None) -> Position:
    if anchor is None:
        anchor = next(iter(placed))
    return placed[anchor][0] - ideal[anchor][0], placed[anchor][1] - ideal[anchor][1]


def _parents(journey: Journey) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if journey.start is not None:
        found[journey.start] = [ENTRY]
    for step in journey.steps:
        for output in outputs(step):
            if output.target is not None and not output.loop:
                found.setdefault(output.target, []).append(step.key)
    return found


def overlaps(a: Position, a_size: Size, b: Position, b_size: Size, margin: float = 0.0) -> bool:
    return (
        a[0] < b[0] + b_size[0] + margin
        and b[0] < a[0] + a_size[0] + margin
        and a[1] < b[1] + b_size[1] + margin
        and b[1] < a[1] + a_size[1] + margin
    )


def clear_of(wish: Position, size: Size, others: Mapping[str, tuple[Position, Size]]) -> Position:
    """The first place from `wish` to the right where a card of `size` covers no other."""
    x, y = wish
    for _ in range(len(others) + 1):
        blocking = [(p, s) for p, s in others.values() if overlaps((x, y), size, p, s, 16)]
        if not blocking:
            break
        x = max(p[0] + s[0] for p, s in blocking) + COLUMN_GAP
    return on_grid(x), on_grid(y)


def on_grid(value: float) -> float:
    """The nearest multiple of the grid."""
    return round(value / 8) * 8.0
