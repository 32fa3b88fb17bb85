"""Dots that travel along wires while the clock runs: drawn in one pass over the picture of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter

from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

RADIUS_PX = 3.2
MOST_PER_WIRE = 6
TRAVEL_MS = 900
FRAME_MS = 33
Pulses = Sequence[tuple[WireKey, float]]


def paint_pulses(painter: QPainter, scene: JourneyScene, pulses: Pulses, scale: float) -> None:
    """Draw every dot at one size on screen, in scene coordinates."""
    radius = RADIUS_PX / max(scale, 0.35)
    painter.setPen(Qt.PenStyle.NoPen)
    for role, group in _by_role(scene, pulses).items():
        painter.setBrush(scene.style_.brush(role))
        for point in group:
            painter.drawEllipse(point, radius, radius)


def _by_role(scene: JourneyScene, pulses: Pulses) -> dict[str, list[QPointF]]:
    groups: dict[str, list[QPointF]] = {}
    for key, fraction in pulses:
        wire = scene.wires.get(key)
        point = wire.point_at(fraction) if wire is not None else None
        # A dot passes under a label, never over its figure.
        if wire is not None and point is not None and not wire.layout.label.contains(point):
            groups.setdefault("holdout" if wire.content.holdout else "accent", []).append(point)
    return groups


def pulse_bounds(scene: JourneyScene, pulses: Pulses) -> QRectF:
    """The box of all wires that carry a dot."""
    box = QRectF()
    for key in {key for key, _ in pulses}:
        if key in scene.wires:
            box = box.united(scene.wires[key].boundingRect())
    return box


class PulsePlayer(QObject):
    """Turns flows (people along a wire since the last call) into dots that travel once and go."""

    moved = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dots: list[tuple[WireKey, float]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.advance)

    def play(self, flows: Mapping[WireKey, int]) -> None:
        """Send dots along each wire that carried people: one for one, more for many, never a crowd."""
        for key, people in flows.items():
            for index in range(min(MOST_PER_WIRE, people.bit_length() if people > 0 else 0)):
                self._dots.append((key, -0.14 * index))
        if self._dots and not self._timer.isActive():
            self._timer.start()

    def advance(self) -> None:
        """Move every dot on by one frame."""
        step = FRAME_MS / TRAVEL_MS
        self._dots = [(key, fraction + step) for key, fraction in self._dots if fraction + step <= 1]
        if not self._dots:
            self._timer.stop()
        self.moved.emit([(key, fraction) for key, fraction in self._dots if fraction >= 0])

    def stop(self) -> None:
        self._dots = []
        self._timer.stop()
        self.moved.emit([])

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()
