"""What lies under a point of the canvas: a pure question to the scene."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from engage_desktop.document import ENTRY
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.boxes import BoxHit
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

HitKind = Literal["none", "card", "output", "input", "plus", "wire_plus", "wire_end", "wire_start", "wire", "box"]
REACH_PX = 12.0
"""Half the size of every target on screen: nothing to aim at is under 24 pixels."""
WIRE_REACH_PX = 9.0
PORTS_FROM = 0.35
"""Zoomed out further, ports and pluses are too small to mean: only cards and wires are hit."""


class Hit(NamedTuple):
    """`key` is a card, `wire` a wire (for outputs and pluses: the output's own), `box` a frame or a note."""

    kind: HitKind
    key: str | None = None
    wire: WireKey | None = None
    box: BoxHit | None = None


NOTHING = Hit("none")


def hit_at(scene: JourneyScene, point: QPointF, scale: float, *, editable: bool = True) -> Hit:
    """The topmost thing at `point` (scene coordinates) at a zoom of `scale`."""
    reach = REACH_PX / scale
    if editable and scale >= PORTS_FROM:
        plus = _plus_at(scene, point, reach)
        if plus is not None:
            return plus
        port = _port_at(scene, point, reach)
        if port is not None:
            return port
    card = card_at(scene, point)
    if card is not None:
        return Hit("card", card)
    wire = _wire_hit(scene, point, scale, editable)
    if wire.kind != "none":
        return wire
    box = scene.boxes.hit(point, scale, editable=editable)
    return Hit("box", box=box) if box is not None else NOTHING


def card_at(scene: JourneyScene, point: QPointF) -> str | None:
    return next((card.key for card in scene.cards_near(_around(point, 1)) if card.rect().contains(point)), None)


def _around(point: QPointF, reach: float) -> QRectF:
    return QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)


def _plus_at(scene: JourneyScene, point: QPointF, reach: float) -> Hit | None:
    for wire in scene.wires_near(_around(point, reach)):
        key, kind = wire.key, wire.layout.kind
        if kind in ("free", "stub") and _near(wire.layout.plus, point, max(reach, geo.PLUS_RADIUS)):
            return Hit("plus", key[0], key)
    hovered = scene.hovered_wire
    if hovered is not None and hovered in scene.wires:
        wire = scene.wires[hovered]
        if wire.layout.kind == "curve" and _near(wire.layout.plus, point, max(reach, geo.PLUS_RADIUS)):
            return Hit("wire_plus", None, hovered)
    return None


def _port_at(scene: JourneyScene, point: QPointF, reach: float) -> Hit | None:
    for card in scene.cards_near(_around(point, reach)):
        key = card.key
        if not card.rect().adjusted(-reach, -reach, reach, reach).contains(point):
            continue
        forward = [output.branch for output in scene.outputs_of(key) if not output.loop]
        ports = [(branch, geo.output_port(card.rect(), i, len(forward))) for i, branch in enumerate(forward)]
        near = [(abs(port.x() - point.x()), branch) for branch, port in ports if _near(port, point, reach)]
        if near:
            branch = min(near, key=lambda pair: pair[0])[1]
            return Hit("output", key, (key, branch))
        if key != ENTRY and _near(geo.input_port(card.rect()), point, reach):
            return Hit("input", key)
    return None


def _wire_hit(scene: JourneyScene, point: QPointF, scale: float, editable: bool) -> Hit:
    reach = WIRE_REACH_PX / scale
    best: tuple[float, WireKey] | None = None
    for key in wires_near(scene, point, reach):
        wire = scene.wires[key]
        distance = 0.0 if wire.layout.label.contains(point) else wire.layout.distance(point)
        if distance <= max(reach, 3.0) and (best is None or distance < best[0]):
            best = (distance, key)
    if best is None:
        return NOTHING
    curve = scene.wires[best[1]].layout.curve
    if editable and scale >= PORTS_FROM and curve is not None and scene.wires[best[1]].target is not None:
        if _near(curve.last, point, 2.2 * REACH_PX / scale):
            return Hit("wire_end", None, best[1])
        if _near(curve.first, point, 2.2 * REACH_PX / scale):
            return Hit("wire_start", None, best[1])
    return Hit("wire", None, best[1])


def wires_near(scene: JourneyScene, point: QPointF, reach: float) -> list[WireKey]:
    """The wires whose box holds the point."""
    return [wire.key for wire in scene.wires_near(_around(point, reach))]


def _near(a: QPointF, b: QPointF, reach: float) -> bool:
    return abs(a.x() - b.x()) <= reach and abs(a.y() - b.y()) <= reach
