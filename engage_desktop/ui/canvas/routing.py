"""Lays the wires of a scene: which are laid, in which order, and what they keep clear of.

Remembers where cards, lines and labels stand, so that one edit asks about its own wires only.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas import wire_layout
from engage_desktop.ui.canvas.geometry import Curve
from engage_desktop.ui.canvas.obstacles import Obstacles
from engage_desktop.ui.canvas.wire_layout import WireLayout
from engage_desktop.ui.canvas.wire_painter import label_size

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.scene import JourneyScene, WireKey

MARGIN = 2.0
"""How much room a card has around it."""


class Router:
    """Gives wire items their layouts. Lines stand under their wire's key, texts under `("text", key)`."""

    def __init__(self, scene: JourneyScene) -> None:
        self._scene = scene
        self._cards = Obstacles()
        self._taken = Obstacles()

    def forget(self, key: WireKey) -> None:
        """A wire is gone."""
        self._taken.drop(key)
        self._taken.drop(("text", key))

    def route(self, keys: Iterable[WireKey], *, fast: bool = False) -> None:
        """Lay wires anew, in the order of the file. `fast` (while dragging) looks for no free places."""
        wires = self._scene.wires
        chosen = set(keys)
        ordered = [key for key in wires if key in chosen] if len(chosen) > 1 else list(chosen)
        if not fast:
            self._see_cards()
        cards = None if fast else self._cards
        curves = {key: self._course(key, cards) for key in ordered}
        if not fast:
            for key, curve in curves.items():
                self._taken.drop(("text", key))
                if curve is None:
                    self._taken.drop(key)
                else:
                    self._taken.put_line(key, curve)
        for key in sorted(ordered, key=lambda key: wires[key].target is None):
            layout = self._lay(key, curves[key], cards)
            if not fast:
                self._take(key, layout)
            wires[key].set_layout(layout)

    def retext(self, keys: Iterable[WireKey], most_ms: float = inf) -> list[WireKey]:
        """Find places for texts that are of another size; the wires keep their courses. Those for which there is no
        time come back, their texts where they stood."""
        wires = self._scene.wires
        waiting = sorted(dict.fromkeys(keys), key=lambda key: wires[key].target is None)
        self._see_cards()
        for key in waiting:
            self._taken.drop(("text", key))
        begun = time.monotonic()
        for place, key in enumerate(waiting):
            if (time.monotonic() - begun) * 1000 > most_ms:
                return waiting[place:]
            wire = wires[key]
            layout = self._lay(key, wire.layout.curve if wire.layout.kind == "curve" else None, self._cards)
            self._take(key, layout)
            wire.set_layout(layout)
        return []

    def _see_cards(self) -> None:
        cards = self._scene.cards
        self._cards.keep(cards)
        for key, card in cards.items():
            x, y = card.pos().toTuple()
            box = x - MARGIN, y - MARGIN, x + card.card.width + MARGIN, y + card.card.height + MARGIN
            self._cards.put(key, box)

    def _take(self, key: WireKey, layout: WireLayout) -> None:
        if layout.kind == "stub":
            self._taken.put(("text", key), wire_layout.stub_box(layout))
        elif not layout.label.isEmpty():
            box = layout.label
            self._taken.put(("text", key), (box.left(), box.top(), box.right(), box.bottom()))

    def _course(self, key: WireKey, cards: Obstacles | None) -> Curve | None:
        scene = self._scene
        wire = scene.wires[key]
        if wire.target is None or wire.content.loop:
            return None
        start, end = scene.port(*key), geo.input_port(scene.cards[wire.target].rect())
        off = start.x() - scene.cards[key[0]].rect().center().x()
        return wire_layout.course(start, end, cards, (off > 1) - (off < -1))

    def _lay(self, key: WireKey, curve: Curve | None, cards: Obstacles | None) -> WireLayout:
        scene = self._scene
        wire = scene.wires[key]
        source, branch = key
        size = label_size(wire.content, scene.style_)
        if wire.content.loop:
            loops = [output.branch for output in scene.outputs_of(source) if output.loop]
            return wire_layout.loop_back(scene.cards[source].rect(), loops.index(branch), size)
        if curve is not None:
            return wire_layout.to_target(curve, size, bool(wire.content.label), self._taken, cards, key)
        start = scene.port(source, branch)
        if not wire.content.label:
            return wire_layout.free(start)
        forward = [output.branch for output in scene.outputs_of(source) if not output.loop]
        side = -1 if forward.index(branch) < (len(forward) - 1) / 2 else 1
        return wire_layout.to_nowhere(start, size, side, self._taken, cards, key)
