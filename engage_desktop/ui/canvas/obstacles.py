"""What nothing may be placed on, found by place: boxes in a grid of buckets.

Plain numbers, no Qt objects: a large journey asks some ten thousand times before it is first seen.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

from engage_desktop.ui.canvas.geometry import Curve

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Cell = tuple[int, int]
BUCKET = 256
REACH = 6.0
"""How near a line may pass."""
DOT = 3.0
"""How far the boxes that stand for a line reach beyond it."""


class Obstacles:
    """Boxes with an owner each. An owner has one box, or the points of one line."""

    def __init__(self, boxes: Iterable[tuple[Hashable, Box]] = ()) -> None:
        self._cells: dict[Cell, list[tuple[Hashable, Box]]] = {}
        self._of: dict[Hashable, tuple[Box, ...]] = {}
        for owner, box in boxes:
            self.put(owner, box)

    def put(self, owner: Hashable, *boxes: Box) -> None:
        """Let an owner have these boxes, in place of those it had."""
        if owner in self._of:
            if self._of[owner] == boxes:
                return
            self.drop(owner)
        self._of[owner] = boxes
        cells = self._cells
        for box in boxes:
            for cell in _cells(box):
                cells.setdefault(cell, []).append((owner, box))

    def put_line(self, owner: Hashable, curve: Curve) -> None:
        """Keep others off a line: a box for each piece of it."""
        pieces = pairwise(curve.samples)
        self.put(
            owner,
            *(
                (min(ax, bx) - DOT, min(ay, by) - DOT, max(ax, bx) + DOT, max(ay, by) + DOT)
                for (ax, ay), (bx, by) in pieces
            ),
        )

    def drop(self, owner: Hashable) -> None:
        """Take an owner's boxes away, if it has any."""
        for box in self._of.pop(owner, ()):
            for cell in _cells(box):
                self._cells[cell] = [one for one in self._cells[cell] if one[0] != owner]

    def keep(self, owners: Iterable[Hashable]) -> None:
        """Drop everybody but these."""
        for owner in self._of.keys() - set(owners):
            self.drop(owner)

    def hit(self, box: Box, but: Hashable = None) -> bool:
        """Whether anything lies under `box` that is not `but`'s."""
        left, top, right, bottom = box
        for cell in _cells(box):
            for owner, (x0, y0, x1, y1) in self._cells.get(cell, ()):
                if left < x1 and x0 < right and top < y1 and y0 < bottom and (but is None or owner != but):
                    return True
        return False

    def under(self, curve: Curve) -> list[Box]:
        """The boxes that a course passes through or by, each once."""
        found: dict[Box, None] = {}
        for x, y in _inner(curve):
            for box in self._around(x, y):
                found[box] = None
        return list(found)

    def struck(self, curve: Curve) -> int:
        """How many points of a course lie in something or too near."""
        inner = _inner(curve)
        xs, ys = [x for x, _ in inner], [y for _, y in inner]
        if not self.hit((min(xs) - REACH, min(ys) - REACH, max(xs) + REACH, max(ys) + REACH)):
            return 0  # most wires cross the gap between two rows and meet nothing
        return sum(bool(self._around(x, y)) for x, y in inner)

    def _around(self, x: float, y: float) -> list[Box]:
        left, top, right, bottom = x - REACH, y - REACH, x + REACH, y + REACH
        return [
            one[1]
            for cell in _cells((left, top, right, bottom))
            for one in self._cells.get(cell, ())
            if left < one[1][2] and one[1][0] < right and top < one[1][3] and one[1][1] < bottom
        ]


def _inner(curve: Curve) -> Sequence[tuple[float, float]]:
    """A course without its ends, which lie at the cards that it connects."""
    return curve.samples[2:-2]


def _cells(box: Box) -> list[Cell]:
    first, last = int(box[0] // BUCKET), int(box[2] // BUCKET)
    upper, lower = int(box[1] // BUCKET), int(box[3] // BUCKET)
    if first == last and upper == lower:
        return [(first, upper)]
    rows = range(upper, lower + 1)
    return [(column, row) for column in range(first, last + 1) for row in rows]
