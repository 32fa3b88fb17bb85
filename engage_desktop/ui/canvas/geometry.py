"""Where things stand on the canvas: measures, ports, the curve of a wire, the arc of a loop-back.

Scene units are pixels at 100 %. A card's position is its top left corner. No painting here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

GRID = 8
DOT_PITCH = 20
CARD_MIN_WIDTH = 232
CARD_MAX_WIDTH = 296
CARD_WIDTH_STEP = 16
CARD_HEIGHT = 88
CARD_RADIUS = 8
PAD = 12
TILE = 30
TEXT_X = PAD + TILE + 10
FIGURE_BAND = 33
PORT_SPACING = 48
STUB = 44
"""Length of the wire under a branch that leads nowhere; its plus sits at the end."""
PLUS_DROP = 18
"""How far below a free plain output its plus sits."""
PLUS_RADIUS = 9
LOOP_OUT = 62
"""How far left of its card a loop-back swings."""
WIRE_SEGMENTS = 18


def snap(value: float) -> float:
    """The nearest multiple of the grid."""
    return round(value / GRID) * GRID


def input_port(rect: QRectF) -> QPointF:
    return QPointF(rect.center().x(), rect.top())


def output_port(rect: QRectF, index: int, count: int) -> QPointF:
    """Where output `index` of `count` leaves the card: spread evenly around the middle of its lower edge."""
    spacing = min(PORT_SPACING, (rect.width() - 2 * PAD) / max(1, count - 1))
    offset = (index - (count - 1) / 2) * spacing
    return QPointF(rect.center().x() + offset, rect.bottom())


BEND_SPAN = 130.0
"""How much height a long wire takes for a bend when it does not bend over its whole length."""


class Curve:
    """A wire's course through knots: a vertical cubic where x changes, a straight run where it does not.
    Samples and path are made once, when first asked for: most wires are only drawn."""

    __slots__ = ("_path", "_samples", "first", "knots", "last")

    def __init__(self, *knots: QPointF) -> None:
        self.knots = knots
        self.first, self.last = knots[0], knots[-1]
        self._samples: list[tuple[float, float]] | None = None
        self._path: QPainterPath | None = None

    @property
    def samples(self) -> list[tuple[float, float]]:
        """Points along the course as numbers, evenly in `at`'s measure."""
        if self._samples is None:
            if len(self.knots) == 2:
                ax, ay = self.first.toTuple()
                bx, by = self.last.toTuple()
                bend = _bend(bx - ax, by - ay)
                self._samples = [(p * ax + q * bx, p * ay + q * by + r * bend) for p, q, r in _BASIS]
            else:
                self._samples = [self.at(i / WIRE_SEGMENTS).toTuple() for i in range(WIRE_SEGMENTS + 1)]
        return self._samples

    def at(self, t: float) -> QPointF:
        """The point at `t`, 0 at the source to 1 at the target; along several knots, by height."""
        if len(self.knots) == 2:
            return _cubic_at(self.first, self.last, t)
        deep = self.first.y() + t * (self.last.y() - self.first.y())
        for a, b in pairwise(self.knots):
            if deep <= b.y() or b is self.last:
                height = b.y() - a.y()
                return _cubic_at(a, b, (deep - a.y()) / height if height else 1.0)
        return self.last

    def path(self) -> QPainterPath:
        if self._path is None:
            self._path = QPainterPath(self.first)
            for a, b in pairwise(self.knots):
                bend = _bend(b.x() - a.x(), b.y() - a.y())
                self._path.cubicTo(QPointF(a.x(), a.y() + bend), QPointF(b.x(), b.y() - bend), b)
        return self._path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Curve) and self.knots == other.knots

    __hash__ = None  # type: ignore[assignment]  # as of any list of points

    def bounds(self) -> QRectF:
        """A box around the course (that of its control points)."""
        xs = [knot.x() for knot in self.knots]
        ys = [knot.y() for knot in self.knots]
        if len(self.knots) == 2:
            bend = _bend(xs[1] - xs[0], ys[1] - ys[0])
            ys += [ys[0] + bend, ys[1] - bend]
        return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def distance(self, point: QPointF) -> float:
        x, y = point.toTuple()
        return min(_segment_distance(*a, *b, x, y) for a, b in pairwise(self.samples))


def _bend(dx: float, dy: float) -> float:
    """How far the control points of a vertical cubic stand from its ends, which are (dx, dy) apart."""
    if dy >= 24:
        return max(16.0, dy / 2)
    # The target stands above: swing out below and come back from above.
    return min(200.0, 56 - dy * 0.4 + abs(dx) * 0.1)


def _weights(t: float) -> tuple[float, float, float]:
    """What the first point, the last point and the bend count for at `t`."""
    u = 1 - t
    first, q, r = u * u * (u + 3 * t), 3 * u * u * t, 3 * u * t * t
    return first, 1 - first, q - r


_BASIS = tuple(_weights(i / WIRE_SEGMENTS) for i in range(WIRE_SEGMENTS + 1))


def _cubic_at(a: QPointF, b: QPointF, t: float) -> QPointF:
    p, q, r = _weights(t)
    ax, ay = a.toTuple()
    bx, by = b.toTuple()
    return QPointF(p * ax + q * bx, p * ay + q * by + r * _bend(bx - ax, by - ay))


def polyline_distance(points: Sequence[QPointF], point: QPointF) -> float:
    """The distance of `point` to the nearest segment of a polyline."""
    x, y = point.toTuple()
    return min(_segment_distance(*a.toTuple(), *b.toTuple(), x, y) for a, b in pairwise(points))


def _segment_distance(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length))
    return hypot(ax + t * dx - x, ay + t * dy - y)


def loop_points(rect: QRectF, order: int) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """The corners of a loop-back: out of the card's left side, up, and in above its input.
    `order` sets several loops of one card apart."""
    out = LOOP_OUT + 14 * order
    low = rect.top() + 44 + 10 * order
    high = rect.top() - 18 - 8 * order
    left = rect.left() - out
    return (
        QPointF(rect.left(), low),
        QPointF(left, low),
        QPointF(left, high),
        QPointF(rect.center().x(), high),
    )


def loop_path(corners: Sequence[QPointF], radius: float = 8.0) -> QPainterPath:
    """A rounded path through the corners of a loop-back."""
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(corner, _towards(corner, after, radius))
    path.lineTo(corners[-1])
    return path


def _towards(start: QPointF, end: QPointF, by: float) -> QPointF:
    length = hypot(end.x() - start.x(), end.y() - start.y()) or 1.0
    step = min(by, length / 2) / length
    return QPointF(start.x() + (end.x() - start.x()) * step, start.y() + (end.y() - start.y()) * step)
