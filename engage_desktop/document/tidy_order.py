"""The order of cards within the layers of a layout: few crossings, branches from left to right.

Sweeps down and up by the mean of neighbours, each mended by swaps of neighbours that take crossings away;
the best order seen stays. Cards that hang under one step alone never change their order: it is that of its outputs.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field

SWEEPS = 8
PASSES = 4


@dataclass(slots=True, eq=False)
class Node:
    """A card, or (with an empty key) a lane that holds a long wire's way open."""

    key: str
    breadth: float
    layer: int = 0
    order: float = 0.0
    centre: float = 0.0
    above: list[tuple[Node, float]] = field(default_factory=list)
    """Parents, each with the place of its output in 0..1."""
    below: list[Node] = field(default_factory=list)


Rows = list[list[Node]]


def arrange(rows: Rows) -> None:
    """Sort every row, from left to right."""
    for row in rows:
        _sort(row, _over)
    best, least = [list(row) for row in rows], _crossings(rows)
    for sweep in range(SWEEPS):
        if least == 0:
            break
        if sweep % 2 == 0:
            for row in reversed(rows[:-1]):
                _sort(row, _under)
                _mend(row)
        else:
            for row in rows[1:]:
                _sort(row, _over)
        _swap(rows)
        found = _crossings(rows)
        if found < least:
            best, least = [list(row) for row in rows], found
    for row, chosen in zip(rows, best, strict=True):
        _number(row, chosen)


def _over(node: Node) -> float:
    """Where its parents would have it; who has none comes last."""
    if not node.above:
        return math.inf
    return sum(parent.order + place for parent, place in node.above) / len(node.above)


def _under(node: Node) -> float:
    """Where its children would have it; who has none stays."""
    if not node.below:
        return node.order
    return sum(child.order for child in node.below) / len(node.below)


def _sort(row: list[Node], wish: Callable[[Node], float]) -> None:
    _number(row, sorted(row, key=wish))


def _number(row: list[Node], chosen: list[Node]) -> None:
    row[:] = chosen
    for place, node in enumerate(row):
        node.order = place


def _mend(row: list[Node]) -> None:
    """Put cards that hang under one step alone back into the order of its outputs, on the places they have."""
    families: dict[int, list[Node]] = {}
    for node in row:
        if node.key and len(node.above) == 1:
            families.setdefault(id(node.above[0][0]), []).append(node)
    for family in families.values():
        if len(family) > 1:
            places = [int(node.order) for node in family]
            for place, node in zip(places, sorted(family, key=lambda node: node.above[0][1]), strict=True):
                row[place], node.order = node, place


def _swap(rows: Rows) -> None:
    """Swap neighbours while that takes crossings away; on every other pass also where it changes nothing,
    which lets others through."""
    for turn in range(PASSES):
        gained = 0
        for row in rows:
            for place in range(len(row) - 1):
                left, right = row[place], row[place + 1]
                if _bound(left, right):
                    continue
                gain = _between(left, right) - _between(right, left)
                if gain > 0 or (gain == 0 and turn % 2 == 1):
                    row[place], row[place + 1] = right, left
                    left.order, right.order = place + 1, place
                    gained += gain
        if gained == 0 and turn % 2 == 1:
            break


def _bound(left: Node, right: Node) -> bool:
    """Whether both hang under one step alone."""
    if not left.key or not right.key or len(left.above) != 1 or len(right.above) != 1:
        return False
    return left.above[0][0] is right.above[0][0]


def _between(left: Node, right: Node) -> int:
    """How many wires of two neighbours cross when they stand in this order."""
    found = 0
    for parent, place in left.above:
        start = parent.order + place
        for other, output in right.above:
            found += start > other.order + output
    for child in left.below:
        for other in right.below:
            found += child.order > other.order
    return found


def _crossings(rows: Rows) -> int:
    """How many pairs of wires cross between neighbouring layers."""
    total = 0
    for row in rows[1:]:
        wires = sorted((parent.order + place, node.order) for node in row for parent, place in node.above)
        seen: list[float] = []
        for _, end in wires:
            total += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return total
