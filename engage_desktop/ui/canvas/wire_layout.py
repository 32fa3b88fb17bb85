"""Where a wire runs and where its label and its plus stand, clear of cards and of other labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.geometry import Curve

WireKind = Literal["curve", "stub", "free", "loop"]
BUCKET = 256
LANE = 14.0
CROSSING = 400.0
"""How much longer a detour may be to keep from crossing its siblings."""
SHALLOW = 40.0
"""A wire that runs this far sideways has its bare count beside an end, where it is steep."""
STUB_REACH = (26.0, 60.0, 96.0, 140.0, 190.0, 250.0)
LABEL_STOPS = (0.62, 0.5, 0.74, 0.36, 0.85, 0.22, 0.14, 0.09, 0.93)


class Obstacles:
    """Rectangles that nothing may be placed on, found by place."""

    def __init__(self, rects: Iterable[QRectF] = ()) -> None:
        self._buckets: dict[tuple[int, int], list[tuple[QRectF, object]]] = {}
        for rect in rects:
            self.add(rect)

    def add(self, rect: QRectF, owner: object = None) -> None:
        for cell in _cells(rect):
            self._buckets.setdefault(cell, []).append((rect, owner))

    def add_line(self, curve: Curve, owner: object) -> None:
        """Keep others off a line; its owner may stand on it."""
        for point in curve.points[1:-1:2]:
            self.add(QRectF(point.x() - 3, point.y() - 3, 6, 6), owner)

    def hit(self, rect: QRectF, owner: object = None) -> bool:
        """Whether anything lies under `rect` that `owner` (if any) did not put there."""
        return any(
            other.intersects(rect)
            for cell in _cells(rect)
            for other, whose in self._buckets.get(cell, ())
            if owner is None or whose != owner
        )

    def under(self, curve: Curve) -> list[QRectF]:
        """The rectangles that a course passes through, each once."""
        found: dict[tuple[float, float], QRectF] = {}
        for point in curve.points[2:-2]:
            box = QRectF(point.x() - 6, point.y() - 6, 12, 12)
            for cell in _cells(box):
                for other, _ in self._buckets.get(cell, ()):
                    if other.intersects(box):
                        found[(other.x(), other.y())] = other
        return list(found.values())

    def struck(self, curve: Curve) -> int:
        """How many points of a course lie under something."""
        return sum(self.hit(QRectF(point.x() - 6, point.y() - 6, 12, 12)) for point in curve.points[2:-2])


def _cells(rect: QRectF) -> list[tuple[int, int]]:
    left, top = rect.x(), rect.y()
    first, last = int(left // BUCKET), int((left + rect.width()) // BUCKET)
    upper, lower = int(top // BUCKET), int((top + rect.height()) // BUCKET)
    if first == last and upper == lower:
        return [(first, upper)]
    columns, rows = range(first, last + 1), range(upper, lower + 1)
    return [(column, row) for column in columns for row in rows]


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


def _around(start: QPointF, end: QPointF, boxes: list[QRectF]) -> list[Curve]:
    """Ways that pass beside what stands between: down a lane to its left or right."""
    made = []
    for box in boxes:
        top, bottom = box.top() - 6, box.bottom() + 6
        if top - start.y() < 24 or end.y() - bottom < 24:
            continue
        for x in (box.left() - LANE, box.right() + LANE):
            made.append(Curve(start, QPointF(x, top), QPointF(x, bottom), end))
    return made


def _sway(way: Curve) -> float:
    return sum(abs(b.x() - a.x()) for a, b in pairwise(way.knots))


def to_target(
    curve: Curve, text: QSizeF, labelled: bool, blocked: Obstacles, cards: Obstacles | None, owner: object
) -> WireLayout:
    """A wire between two cards; a label sits on the line, a bare count beside it."""
    label = QRectF()
    if not text.isEmpty():
        label = _place(curve, text, labelled, blocked, cards, owner)
        blocked.add(label)
    return WireLayout("curve", curve, (), label, curve.at(0.3 if labelled else 0.5))


def _place(
    curve: Curve, text: QSizeF, labelled: bool, blocked: Obstacles, cards: Obstacles | None, owner: object
) -> QRectF:
    """On the line where that is free, else beside it, else at least not under a card."""
    if cards is None:  # while dragging, the first place will do
        return _box(curve.at(LABEL_STOPS[0]), -text.width() / 2 if labelled else 6.0, text)
    middles = [curve.at(stop) for stop in LABEL_STOPS]
    left, right = -text.width() - 6, 6.0
    boxes = [_box(point, -text.width() / 2, text) for point in middles] if labelled else _beside_ends(curve, text)
    boxes += [_box(point, side, text) for point in middles for side in (right, left)]
    seen = [box for box in boxes if not cards.hit(box)]
    return next((box for box in seen if not blocked.hit(box, owner)), (seen or boxes)[0])


def _beside_ends(curve: Curve, text: QSizeF) -> list[QRectF]:
    """Places for a bare count where a shallow wire is still steep: behind its start, beyond its end."""
    across = curve.last.x() - curve.first.x()
    if abs(across) <= SHALLOW:
        return []
    behind, beyond = (-text.width(), 0.0) if across > 0 else (0.0, -text.width())
    start = QPointF(curve.first.x(), curve.first.y() + 16)
    end = QPointF(curve.last.x(), curve.last.y() - 16)
    return [_box(start, behind, text), _box(end, beyond, text)]


def _box(point: QPointF, dx: float, text: QSizeF) -> QRectF:
    return QRectF(point.x() + dx, point.y() - text.height() / 2, text.width(), text.height())


def to_nowhere(start: QPointF, text: QSizeF, side: int, blocked: Obstacles) -> WireLayout:
    """A branch without target: a short wire that swings to `side` (-1 left, 1 right) and ends in a plus,
    its label beyond. It stays within the gap between two rows."""
    made = [_stub(start, text, side * reach) for reach in STUB_REACH]
    free = (stub for stub in made if not blocked.hit(_stub_box(stub)))
    chosen = next(free, made[0])
    blocked.add(_stub_box(chosen))
    return chosen


def _stub(start: QPointF, text: QSizeF, dx: float) -> WireLayout:
    end = QPointF(start.x() + dx, start.y() + 28)
    gap = geo.PLUS_RADIUS + 5
    x = end.x() + gap if dx > 0 else end.x() - gap - text.width()
    label = QRectF(x, end.y() - text.height() / 2, text.width(), text.height())
    return WireLayout("stub", Curve(start, end), (), label, end)


def _stub_box(stub: WireLayout) -> QRectF:
    return stub.label.united(QRectF(stub.plus.x() - 10, stub.plus.y() - 10, 20, 20))


def free(start: QPointF) -> WireLayout:
    """A plain output that leads nowhere: only a plus under it."""
    return WireLayout("free", None, (), QRectF(), QPointF(start.x(), start.y() + geo.PLUS_DROP))


def loop_back(card: QRectF, order: int, text: QSizeF) -> WireLayout:
    """A dashed arc from the card's left side back to its input; the label stands left of it."""
    corners = geo.loop_points(card, order)
    middle = (corners[1].y() + corners[2].y()) / 2 + 22 * order
    label = QRectF(corners[1].x() + 5 - text.width(), middle - text.height() / 2, text.width(), text.height())
    return WireLayout("loop", None, corners, label, QPointF(corners[1].x(), middle))
