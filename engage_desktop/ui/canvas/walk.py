"""Where an arrow key leads on the graph. Qt-free and pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from engage_desktop.document import ENTRY
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

Direction = Literal["up", "down", "left", "right"]
Point = tuple[float, float]


def children(journey: Journey, key: str) -> list[str]:
    """The cards that a card leads to, in the order of its outputs."""
    if key == ENTRY:
        return [journey.start] if journey.start is not None and journey.start in journey.by_key else []
    found = [o.target for o in outputs(journey.by_key[key]) if o.target in journey.by_key and not o.loop]
    return list(dict.fromkeys(target for target in found if target is not None))


def parents(journey: Journey, key: str) -> list[str]:
    """The cards that lead to a card, in the order of the file."""
    found = [ENTRY] if journey.start == key else []
    return found + [step.key for step in journey.steps if key in children(journey, step.key)]


def walk(journey: Journey, middles: Mapping[str, Point], key: str, direction: Direction) -> str | None:
    """The card an arrow key leads to: along the wires up and down, to the nearest beside it sideways."""
    if direction in ("left", "right"):
        return _beside(middles, key, direction)
    ahead = children(journey, key) if direction == "down" else parents(journey, key)
    ahead = [card for card in ahead if card in middles]
    return min(ahead, key=lambda card: abs(middles[card][0] - middles[key][0]), default=None)


def _beside(middles: Mapping[str, Point], key: str, direction: Direction) -> str | None:
    x, y = middles[key]
    sign = 1 if direction == "right" else -1

    def cost(card: str) -> float:
        return abs(middles[card][0] - x) + 3 * abs(middles[card][1] - y)

    found = [card for card, (cx, cy) in middles.items() if (cx - x) * sign > 8 and abs(cy - y) <= abs(cx - x)]
    return min(found, key=cost, default=None)


def reach(journey: Journey, keys: Sequence[str], *, down: bool) -> list[str]:
    """The cards and all that lie down (or up) stream of them."""
    ways = {key: children(journey, key) for key in [ENTRY, *journey.by_key]}
    if not down:
        ways = _reversed(ways)
    found: dict[str, None] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop(0)
        if key not in found:
            found[key] = None
            waiting += ways[key]
    return list(found)


def _reversed(ways: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    back: dict[str, list[str]] = {key: [] for key in ways}
    for key, ahead in ways.items():
        for target in ahead:
            back[target].append(key)
    return back
