"""How closely the graph is drawn: by the size that a card has on screen, decided once a paint."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtGui import QPainter, QTransform

from engage_desktop.ui.canvas.far_painter import FarPainter
from engage_desktop.ui.canvas.style import CanvasStyle


class Level(IntEnum):
    """What can still be read."""

    BLOCK = 0
    """Only where cards are and of which kind."""
    NAME = 1
    """Icon, name and main figure, in large type."""
    FULL = 2
    """All texts."""


FROM = {Level.NAME: 0.3, Level.FULL: 0.58}
"""The least scale of a level: under 0.58 a second line would be under 7 pixels."""
SLACK = 0.03
"""How far the scale must leave a level before another is drawn: zooming about a limit does not flicker."""


class Detail:
    """The scale (device pixels a scene unit) and the level of the paint that is going on."""

    def __init__(self) -> None:
        self.scale = 1.0
        self.level = Level.FULL
        self.far = FarPainter()
        self._whole = QTransform()

    def begin(self, painter: QPainter) -> None:
        """Take scale and level from a painter, before any item paints."""
        self._whole = painter.worldTransform()
        # The device ratio counts too: detail follows the pixels a card really gets.
        scale = self._whole.m11() * painter.device().devicePixelRatio()
        if scale != self.scale:
            self.scale, self.level = scale, level_at(scale, self.level)
        # Said once for all items: the smooth edges of blocks would only cost time.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.level > Level.BLOCK)

    def end(self, painter: QPainter, style: CanvasStyle) -> None:
        """Draw what the items left to be drawn together, after all of them."""
        if self.level == Level.BLOCK:
            painter.setWorldTransform(self._whole)
            self.far.paint(painter, style)


def level_at(scale: float, before: Level) -> Level:
    """The level at a scale, when it was `before`: upwards only once the scale is clear of the limit."""
    found = Level.BLOCK
    for level, least in FROM.items():
        if scale >= least * (1 + SLACK if level > before else 1 - SLACK):
            found = level
    return found
