"""Drag a wire: from an output to a step, from a step back to an output, or either end of an old wire."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.document import ENTRY, EditRefused, OutputRef, main_output
from engage_desktop.ui.canvas import geometry as geo
from engage_desktop.ui.canvas.geometry import Curve
from engage_desktop.ui.canvas.gestures.base import Gesture, Pointer, Stage
from engage_desktop.ui.canvas.hit import card_at
from engage_desktop.ui.canvas.scene import WireKey
from engage_desktop.ui.canvas.walk import reach

Loose = Literal["target", "source"]


class ConnectGesture(Gesture):
    """`loose` is the end in the hand. With `fixed` an output, the target is looked for; with `fixed` a
    step, the source. `old` is the wire being reconnected, if any."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        stage: Stage,
        *,
        ref: OutputRef | None = None,
        step: str | None = None,
        old: WireKey | None = None,
    ) -> None:
        super().__init__(stage)
        self._ref, self._step, self._old = ref, step, old
        self._loose: Loose = "target" if ref is not None else "source"
        self._hand = QPointF()
        self._over: str | None = None
        self._why: str | None = None
        self._allowed: dict[str, str] = {}

    def start(self, at: Pointer) -> None:
        self._hand = at.scene
        self._allowed = dict.fromkeys(self._possible(), "yes")
        self.stage.scene.set_targets(self._allowed)

    def _possible(self) -> list[str]:
        """The cards to light: one walk over the graph instead of a question for each card."""
        scene = self.stage.scene
        assert scene.journey is not None
        if self._ref is not None:
            above = set(reach(scene.journey, [self._ref.step], down=False))
            loops = self.stage.editor.why_not(self._ref, self._ref.step) is None
            found = [key for key in scene.cards if key not in above and key != ENTRY]
            return [*found, self._ref.step] if loops else found
        assert self._step is not None
        below = set(reach(scene.journey, [self._step], down=True))
        return [key for key in scene.cards if key not in below and any(not o.loop for o in scene.outputs_of(key))]

    def move(self, at: Pointer) -> None:
        self._hand = at.scene
        over = self._card_near(at.scene)
        if over == self._over:
            return
        self._over, self._why = over, None
        targets = dict(self._allowed)
        if over is not None:
            self._why = self._reason(over)
            if self._why is not None:
                targets[over] = "no"
                self.stage.say(self._why)
        self.stage.scene.set_targets(targets)

    def _card_near(self, point: QPointF) -> str | None:
        """The card under the hand, or one whose input is close above it."""
        found = card_at(self.stage.scene, point)
        return found if found is not None else card_at(self.stage.scene, QPointF(point.x(), point.y() + 14))

    def _reason(self, over: str) -> str | None:
        if self._ref is not None:
            return self.stage.editor.why_not(self._ref, over)
        return self._source_at(over)[1]

    def _source_at(self, key: str) -> tuple[OutputRef | None, str | None]:
        """The output of a card that would lead here, and why it may not."""
        assert self._step is not None
        free = [output for output in self.stage.scene.outputs_of(key) if not output.loop]
        if not free:
            return None, "This step is an end and has no output. Choose a step that goes on."
        chosen = next((output for output in free if output.target is None), None)
        ref = OutputRef(key, chosen.branch) if chosen else self._main(key)
        return ref, self.stage.editor.why_not(ref, self._step)

    def _main(self, key: str) -> OutputRef:
        journey = self.stage.scene.journey
        if key == ENTRY or journey is None:
            return OutputRef(ENTRY, None)
        return main_output(journey.by_key[key]) or OutputRef(key, None)

    def finish(self, at: Pointer) -> None:
        self.move(at)
        self.stage.scene.set_targets({})
        if self._over is None:
            self._dropped_on_nothing(at)
            return
        if self._why is not None:
            self.stage.say(self._why)
            return
        try:
            self._connect(self._over)
        except EditRefused as refusal:
            self.stage.say(str(refusal))

    def _connect(self, over: str) -> None:
        editor = self.stage.editor
        if self._ref is not None:
            editor.connect(self._ref, over)
            return
        ref, _ = self._source_at(over)
        if ref is None or self._step is None:
            return
        if self._old is not None:
            editor.move_source(OutputRef(*self._old), ref)
        else:
            editor.connect(ref, self._step)

    def _dropped_on_nothing(self, at: Pointer) -> None:
        if self._ref is not None and self._old is None:
            self.stage.open_add(self._ref, at.scene)
        elif self._old is None and self._step is not None:
            self.stage.open_before(self._step, at.scene)
        elif self._old is not None:
            self.stage.editor.disconnect(OutputRef(*self._old))
            self.stage.say("Disconnected: the path now ends here.")

    def cancel(self) -> None:
        self.stage.scene.set_targets({})

    def _curve(self) -> Curve:
        scene = self.stage.scene
        if self._ref is not None:
            end = self._hand
            if self._over is not None and self._why is None:
                end = geo.input_port(scene.cards[self._over].rect())
            return Curve(scene.port(*self._ref), end)
        assert self._step is not None
        return Curve(self._hand, geo.input_port(scene.cards[self._step].rect()))

    def paint(self, painter: QPainter) -> None:
        style = self.stage.scene.style_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(style.pen("error" if self._why else "accent", 2.5))
        painter.drawPath(self._curve().path())
        if self._why:
            self._paint_reason(painter)

    def _paint_reason(self, painter: QPainter) -> None:
        style, box = self.stage.scene.style_, self._reason_box()
        painter.setPen(style.pen("error"))
        painter.setBrush(style.brush("error_soft"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(style.color("error"))
        painter.setFont(style.line_font)
        painter.drawText(box.adjusted(8, 5, -8, -5), int(Qt.TextFlag.TextWordWrap), self._why or "")

    def _reason_box(self) -> QRectF:
        style = self.stage.scene.style_
        flags = int(Qt.TextFlag.TextWordWrap)
        text = style.line_metrics.boundingRect(QRectF(0, 0, 300, 200), flags, self._why or "")
        return QRectF(self._hand.x() + 16, self._hand.y() + 14, text.width() + 17, text.height() + 10)

    def bounds(self) -> QRectF:
        box = self._curve().bounds().adjusted(-6, -6, 6, 6)
        return box.united(self._reason_box()) if self._why else box
