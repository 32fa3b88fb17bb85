"""Where a wire runs and where its label and its plus stand, clear of cards and of other labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.geometry import Curve
from engage_desktop.ui.canvas.obstacles import Box, Obstacles

WireKind = Literal["curve", "stub", "free", "loop"]
LANE = 14.0
CROSSING = 400.0
"""How much longer a detour may be to keep from crossing its siblings."""
SHALLOW = 40.0
"""A wire that runs this far sideways has its bare count beside an end, where it is steep."""
STUB_REACH = (26.0, 60.0, 96.0, 140.0, 190.0, 250.0)
LABEL_STOPS = (0.62, 0.5, 0.74, 0.36, 0.85, 0.22, 0.14, 0.09, 0.93)


@dataclass(frozen=True, slots=True)
class WireLayout:
    """A wire's course. `label` is the box of its text (maybe empty), `plus` the middle of its add button."""

    kind: WireKind
    curve: Curve | None
    corners: tuple[QPointF, ...]
    label: QRectF
    plus: QPointF

    def distance(self, point: QPointF) -> float:
        """How far `point` is from the line; infinite where there is none."""
        if self.curve is not None:
            return self.curve.distance(point)
        return geo.polyline_distance(self.corners, point) if self.corners else float("inf")

    def path(self) -> QPainterPath:
        """The line itself; empty where there is none."""
        if self.curve is not None:
            return self.curve.path()
        return geo.loop_path(self.corners) if self.corners else QPainterPath()

    def bounds(self) -> QRectF:
        box = QRectF(self.plus.x() - 12, self.plus.y() - 12, 24, 24)
        if self.curve is not None:
            box = box.united(self.curve.bounds())
        for corner in self.corners:
            box = box.united(QRectF(corner.x() - 1, corner.y() - 1, 2, 2))
        if not self.label.isEmpty():
            box = box.united(self.label)
        return box.adjusted(-8, -8, 8, 8)


def course(start: QPointF, end: QPointF, cards: Obstacles | None, side: int = 0) -> Curve:
    """The way of a wire: a long one bends where it passes behind the fewest cards. `side` is where its
    port stands among its siblings (-1 left, 1 right): a detour on the other side would cross them."""
    plain = Curve(start, end)
    if end.y() - start.y() < geo.BEND_SPAN + 40 or cards is None or not cards.struck(plain):
        return plain
    straight = end.y() - start.y() - geo.BEND_SPAN
    late = Curve(start, QPointF(start.x(), start.y() + straight), end)
    early = Curve(start, QPointF(end.x(), end.y() - straight), end)
    for way in (late, early):
        if not cards.struck(way):
            return way
    around = _around(start, end, cards.under(plain) + cards.under(late) + cards.under(early))
    around.sort(key=lambda way: _sway(way) + (CROSSING if side * (way.knots[1].x() - start.x()) < 0 else 0.0))
    free = next((way for way in around if not cards.struck(way)), None)
    return free if free is not None else min((plain, late, early, *around), key=cards.struck)


def _around(start: QPointF, end: QPointF, boxes: list[Box]) -> list[Curve]:
    """Ways that pass beside what stands between: down a lane to its left or right."""
    made = []
    for left, top, right, bottom in boxes:
        above, below = top - 6, bottom + 6
        if above - start.y() < 24 or end.y() - below < 24:
            continue
        for x in (left - LANE, right + LANE):
            made.append(Curve(start, QPointF(x, above), QPointF(x, below), end))
    return made


def _sway(way: Curve) -> float:
    return sum(abs(b.x() - a.x()) for a, b in pairwise(way.knots))


def to_target(
    curve: Curve, text: QSizeF, labelled: bool, blocked: Obstacles, cards: Obstacles | None, owner: Hashable
) -> WireLayout:
    """A wire between two cards; a label sits on the line, a bare count beside it. `blocked` are the lines
    and the labels of all wires, `cards` the cards (None while dragging: the first place will do)."""
    label = QRectF()
    if not text.isEmpty():
        label = _rect(_place(curve, text, labelled, blocked, cards, owner))
    return WireLayout("curve", curve, (), label, curve.at(0.3 if labelled else 0.5))


def _place(
    curve: Curve, text: QSizeF, labelled: bool, blocked: Obstacles, cards: Obstacles | None, owner: Hashable
) -> Box:
    """On the line where that is free, else beside it, else at least not under a card."""
    width, height = text.toTuple()
    first: Box | None = None
    for x, y, dx in _stops(curve, width, labelled):
        box = x + dx, y - height / 2, x + dx + width, y + height / 2
        if cards is None:
            return box
        if cards.hit(box):
            continue
        if not blocked.hit(box, owner):
            return box
        first = first or box
    if first is not None:
        return first
    x, y, dx = next(_stops(curve, width, labelled))
    return x + dx, y - height / 2, x + dx + width, y + height / 2


def _stops(curve: Curve, width: float, labelled: bool) -> Iterator[tuple[float, float, float]]:
    """Where a text may stand, best first: a point, and its left edge from there."""
    left, right = -width - 6, 6.0
    if labelled:
        yield from ((*_at(curve, stop), -width / 2) for stop in LABEL_STOPS)
    else:
        yield from _beside_ends(curve, width)
    for stop in LABEL_STOPS:
        x, y = _at(curve, stop)
        yield x, y, right
        yield x, y, left


def _at(curve: Curve, stop: float) -> tuple[float, float]:
    x, y = curve.at(stop).toTuple()
    return x, y


def _beside_ends(curve: Curve, width: float) -> list[tuple[float, float, float]]:
    """Places for a bare count where a shallow wire is still steep: behind its start, beyond its end."""
    (ax, ay), (bx, by) = curve.first.toTuple(), curve.last.toTuple()
    if abs(bx - ax) <= SHALLOW:
        return []
    behind, beyond = (-width, 0.0) if bx > ax else (0.0, -width)
    return [(ax, ay + 16, behind), (bx, by - 16, beyond)]


def _rect(box: Box) -> QRectF:
    left, top, right, bottom = box
    return QRectF(left, top, right - left, bottom - top)


def to_nowhere(
    start: QPointF, text: QSizeF, side: int, blocked: Obstacles, cards: Obstacles | None, owner: Hashable
) -> WireLayout:
    """A branch without target: a short wire that swings to `side` (-1 left, 1 right) and ends in a plus,
    its label beyond. It stays within the gap between two rows."""
    made = [_stub(start, text, side * reach) for reach in STUB_REACH]
    if cards is None:
        return made[0]

    def is_free(stub: WireLayout) -> bool:
        box = stub_box(stub)
        return not cards.hit(box) and not blocked.hit(box, owner)

    return next((stub for stub in made if is_free(stub)), made[0])


def _stub(start: QPointF, text: QSizeF, dx: float) -> WireLayout:
    end = QPointF(start.x() + dx, start.y() + 28)
    gap = geo.PLUS_RADIUS + 5
    x = end.x() + gap if dx > 0 else end.x() - gap - text.width()
    label = QRectF(x, end.y() - text.height() / 2, text.width(), text.height())
    return WireLayout("stub", Curve(start, end), (), label, end)


def stub_box(stub: WireLayout) -> Box:
    """The room that a stub takes: its text and its plus."""
    both = stub.label.united(QRectF(stub.plus.x() - 10, stub.plus.y() - 10, 20, 20))
    return both.left(), both.top(), both.right(), both.bottom()


def free(start: QPointF) -> WireLayout:
    """A plain output that leads nowhere: only a plus under it."""
    return WireLayout("free", None, (), QRectF(), QPointF(start.x(), start.y() + geo.PLUS_DROP))


def loop_back(card: QRectF, order: int, text: QSizeF) -> WireLayout:
    """A dashed arc from the card's left side back to its input; the label stands left of it."""
    corners = geo.loop_points(card, order)
    middle = (corners[1].y() + corners[2].y()) / 2 + 22 * order
    label = QRectF(corners[1].x() + 5 - text.width(), middle - text.height() / 2, text.width(), text.height())
    return WireLayout("loop", None, corners, label, QPointF(corners[1].x(), middle))
