"""Which wire a step held over it would be put into."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPointF

from engage_desktop.document import main_output
from engage_desktop.domain.step import StepBase
from engage_desktop.ui.canvas.hit import wires_near
from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

REACH = 26.0
"""How near a free step must come to a wire."""
WIRED_REACH = 14.0
"""One that is wired already must be meant: nearer, and with its middle."""


def wire_under(
    scene: JourneyScene,
    points: Sequence[QPointF],
    step: StepBase,
    *,
    reach: float = REACH,
    but: Collection[WireKey] = (),
) -> WireKey | None:
    """The wire at any of the points that `step` can be put into, or the free output; none of `but`. An end fits
    only where a path ends."""
    goes_on = main_output(step) is not None
    for where in points:
        for key in wires_near(scene, where, reach):
            wire = scene.wires[key]
            if key in but or wire.content.loop or not (goes_on or wire.layout.kind != "curve"):
                continue
            far = wire.layout.plus - where
            away = wire.layout.distance(where) if wire.layout.kind == "curve" else max(abs(far.x()), abs(far.y()))
            if away <= reach:
                return key
    return None
