"""Alignment while dragging: lines that the sides and middles of other cards lie on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

REACH = 5.0
"""How near a side must come to a line to be drawn to it."""


class Line(NamedTuple):
    """A side or middle of a card: its coordinate, and how far the card reaches along the line."""

    at: float
    low: float
    high: float


class Guides:
    """The lines of some cards, and which of them a dragged card is drawn to."""

    def __init__(self, rects: Iterable[QRectF]) -> None:
        across: list[Line] = []
        down: list[Line] = []
        for rect in rects:
            for x in (rect.left(), rect.center().x(), rect.right()):
                across.append(Line(x, rect.top(), rect.bottom()))
            for y in (rect.top(), rect.center().y(), rect.bottom()):
                down.append(Line(y, rect.left(), rect.right()))
        self._across, self._down = sorted(across), sorted(down)

    def draw_to(self, rect: QRectF) -> tuple[float | None, float | None]:
        """How far to move a card across and down so that it lies on a line; None where none is near."""
        return (
            _nearest(self._across, (rect.center().x(), rect.left(), rect.right())),
            _nearest(self._down, (rect.top(), rect.center().y(), rect.bottom())),
        )

    def shown(self, rect: QRectF) -> list[tuple[QPointF, QPointF]]:
        """The lines to draw for a card that lies on some, from the far end of it to that of the other card."""
        found = []
        for x in (rect.left(), rect.center().x(), rect.right()):
            lines = _on(self._across, x)
            if lines:
                low, high = min(line.low for line in lines), max(line.high for line in lines)
                found.append((QPointF(x, min(low, rect.top()) - 12), QPointF(x, max(high, rect.bottom()) + 12)))
        for y in (rect.top(), rect.center().y(), rect.bottom()):
            lines = _on(self._down, y)
            if lines:
                low, high = min(line.low for line in lines), max(line.high for line in lines)
                found.append((QPointF(min(low, rect.left()) - 12, y), QPointF(max(high, rect.right()) + 12, y)))
        return found


def _nearest(lines: list[Line], sides: tuple[float, float, float]) -> float | None:
    best: float | None = None
    for side in sides:
        place = bisect_left(lines, (side,))
        for line in lines[max(0, place - 1) : place + 1]:
            by = line.at - side
            if abs(by) <= REACH and (best is None or abs(by) < abs(best)):
                best = by
    return best


def _on(lines: list[Line], at: float) -> list[Line]:
    place = bisect_left(lines, (at - 0.01,))
    found = []
    while place < len(lines) and lines[place].at <= at + 0.01:
        found.append(lines[place])
        place += 1
    return found
