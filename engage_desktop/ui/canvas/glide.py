"""Cards gliding to new places: only a look, the document is there already."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QVariantAnimation

from engage_desktop.ui.canvas.scene import JourneyScene


class Glide(QObject):
    """Moves cards from where they were to where they now belong."""

    def __init__(self, scene: JourneyScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._ways: dict[str, tuple[QPointF, QPointF]] = {}
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._step)
        self._animation.finished.connect(self._end)

    def play(self, before: Mapping[str, QPointF], duration_ms: int) -> None:
        """Glide from `before` to where the cards stand now."""
        cards = self._scene.cards
        self._ways = {key: (before[key], card.pos()) for key, card in cards.items() if before.get(key) != card.pos()}
        self._ways = {key: way for key, way in self._ways.items() if key in before}
        if self._ways:
            self._animation.setDuration(duration_ms)
            self._animation.start()

    def finish(self) -> None:
        """Jump to the end."""
        if self._ways:
            self._animation.stop()
            self._end()

    def _step(self, fraction: float) -> None:
        for key, (start, end) in self._ways.items():
            if key in self._scene.cards:
                self._scene.cards[key].setPos(start + (end - start) * fraction)
        self._scene.route(list(self._scene.wires_at(self._ways)), fast=True)

    def _end(self) -> None:
        ways, self._ways = self._ways, {}
        for key, (_, end) in ways.items():
            if key in self._scene.cards:
                self._scene.cards[key].setPos(end)
        self._scene.route(self._scene.wires_at(ways))
