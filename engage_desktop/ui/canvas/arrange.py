"""Aligning and distributing cards, and how frames and notes follow what they belong to. Qt-free and pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from engage_desktop.domain.layout import Box, Frame, Note
from engage_desktop.ui.canvas.placing import Position, Size

Side = Literal["left", "center", "right", "top", "middle", "bottom"]
Axis = Literal["across", "down"]
SIDES: tuple[Side, ...] = ("left", "center", "right", "top", "middle", "bottom")
AXES: tuple[Axis, ...] = ("across", "down")
_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}


def align(places: Mapping[str, Position], sizes: Mapping[str, Size], side: Side) -> dict[str, Position]:
    """The places with one side (or middle) of all cards on one line: that of the box around them."""
    share, axis = _SHARE[side], 0 if side in ("left", "center", "right") else 1
    low = min(at[axis] for at in places.values())
    high = max(at[axis] + sizes[key][axis] for key, at in places.items())
    line = low + share * (high - low)
    return {key: _moved(at, axis, line - share * sizes[key][axis]) for key, at in places.items()}


def distribute(places: Mapping[str, Position], sizes: Mapping[str, Size], axis: Axis) -> dict[str, Position]:
    """The places with equal gaps between neighbours; the outermost two stay."""
    way = 0 if axis == "across" else 1
    order = sorted(places, key=lambda key: (places[key][way] + sizes[key][way] / 2, key))
    if len(order) < 3:
        return dict(places)
    low, high = places[order[0]][way], places[order[-1]][way] + sizes[order[-1]][way]
    gap = (high - low - sum(sizes[key][way] for key in order)) / (len(order) - 1)
    made, at = {}, low
    for key in order:
        made[key] = _moved(places[key], way, at)
        at += sizes[key][way] + gap
    return {key: made[key] for key in places}


def _moved(at: Position, axis: int, value: float) -> Position:
    return (value, at[1]) if axis == 0 else (at[0], value)


def within(box: Box, places: Mapping[str, Position], sizes: Mapping[str, Size]) -> list[str]:
    """The cards whose middle lies in a box: what a frame holds."""
    left, top, width, height = box
    found = []
    for key, (x, y) in places.items():
        middle = x + sizes[key][0] / 2, y + sizes[key][1] / 2
        if left <= middle[0] <= left + width and top <= middle[1] <= top + height:
            found.append(key)
    return found


def around(keys: Iterable[str], places: Mapping[str, Position], sizes: Mapping[str, Size]) -> Box:
    """The box around cards: left, top, width, height."""
    chosen = list(keys)
    left, top = min(places[key][0] for key in chosen), min(places[key][1] for key in chosen)
    right = max(places[key][0] + sizes[key][0] for key in chosen)
    bottom = max(places[key][1] + sizes[key][1] for key in chosen)
    return left, top, right - left, bottom - top


def followed_frames(
    frames: Sequence[Frame],
    before: Mapping[str, Position],
    after: Mapping[str, Position],
    sizes: Mapping[str, Size],
) -> tuple[Frame, ...]:
    """Frames after their cards were moved for people (tidied, made room): each side keeps its distance to what it holds."""
    made = []
    for frame in frames:
        held = [key for key in within(frame.box, before, sizes) if key in after]
        if held:
            old, new = around(held, before, sizes), around(held, after, sizes)
            x, y, width, height = frame.box
            box = (x + new[0] - old[0], y + new[1] - old[1], width + new[2] - old[2], height + new[3] - old[3])
            frame = frame.with_(box=box) if box != frame.box else frame
        made.append(frame)
    return tuple(made)


def followed_notes(
    notes: Sequence[Note],
    before: Mapping[str, Position],
    after: Mapping[str, Position],
    sizes: Mapping[str, Size],
) -> tuple[Note, ...]:
    """Notes after cards were moved for people: each goes where the card nearest to it went."""
    known = [key for key in before if key in after]
    made = []
    for note in notes:
        if known:
            x, y, width, height = note.box
            middle = x + width / 2, y + height / 2
            near = min(known, key=lambda key: _apart(middle, before[key], sizes[key]))
            dx, dy = after[near][0] - before[near][0], after[near][1] - before[near][1]
            note = note.with_(box=(x + dx, y + dy, width, height)) if dx or dy else note
        made.append(note)
    return tuple(made)


def _apart(point: Position, at: Position, size: Size) -> float:
    dx = max(at[0] - point[0], 0.0, point[0] - at[0] - size[0])
    dy = max(at[1] - point[1], 0.0, point[1] - at[1] - size[1])
    return dx * dx + dy * dy
