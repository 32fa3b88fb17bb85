"""A hand for the canvas: mouse and keys sent to the viewport as a person's would arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engage_desktop.app.protocol import ENTRY, JourneyFigures, StepFigures
from engage_desktop.document import Document, OutputRef, loads
from engage_desktop.domain.campaigns import JourneyLayout
from engage_desktop.domain.step import outputs
from engage_desktop.ui.canvas import JourneyCanvas
from engage_desktop.ui.canvas.folding import fold_name, hidden

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton

CART = """{
  "format": "engage-campaigns/1",
  "workspace": {"name": "Storefront"},
  "messages": [{"key": "nudge", "channel": "email", "subject": "Still thinking?", "body": "x"}],
  "journeys": [{
    "key": "cart", "name": "Cart rescue",
    "entry": {"type": "event", "event": "Product Added", "where": "property('price') >= 20"},
    "start": "wait",
    "steps": [
      {"key": "wait", "type": "hold", "name": "Two quiet hours", "branches": [
        {"key": "again", "name": "added again", "event": "Product Added", "loop": true},
        {"key": "bought", "event": "Order Completed", "next": "done"}], "timeout": "2h", "on_timeout": "coin"},
      {"key": "done", "type": "end", "name": "Bought without help"},
      {"key": "coin", "type": "random", "name": "Nudge or not", "branches": [
        {"key": "mail", "percent": 90, "next": "nudge"},
        {"key": "control", "percent": 10, "role": "holdout"}]},
      {"key": "nudge", "type": "message", "name": "Nudge e-mail", "message": "nudge", "next": "tuesday"},
      {"key": "tuesday", "type": "delay_until", "name": "Next Tuesday", "time": "09:00", "weekdays": ["tue"]}
    ]}]
}"""

FIGURES = JourneyFigures(
    generation=1,
    journey="cart",
    at_us=0,
    entered=1204,
    people=861,
    inside=96,
    completed=889,
    exited={},
    steps={
        "wait": StepFigures(arrived=1204, left=1162, inside=42, people=800),
        "done": StepFigures(arrived=389, left=389, people=300, ended=389),
        "coin": StepFigures(arrived=773, left=773, people=600),
        "nudge": StepFigures(arrived=693, left=693, people=560, sent=652, not_sent=41),
        "tuesday": StepFigures(arrived=652, left=598, inside=54, people=500),
    },
    wires={
        (ENTRY, None): 1204,
        ("wait", "again"): 214,
        ("wait", "bought"): 389,
        ("wait", "timeout"): 773,
        ("coin", "mail"): 693,
        ("coin", "control"): 80,
        ("nudge", None): 652,
        ("tuesday", None): 598,
    },
    messages=652,
    kind="observed",
)


def document(text: str = CART) -> Document:
    campaigns, problems = loads(text)
    assert campaigns is not None, problems
    return Document(campaigns)


class Hand:
    """Drives one canvas; points are in scene coordinates."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        self.canvas = canvas
        self.view = canvas.view

    def _send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton, mods: object) -> None:
        port = self.view.viewport()
        local = QPointF(self.view.mapFromScene(at))
        event = QMouseEvent(kind, local, port.mapToGlobal(local), button, held, mods)  # type: ignore[call-overload]
        QApplication.sendEvent(port, event)

    def press(self, at: QPointF, mods: object = NONE, button: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.MouseButtonPress, at, button, button, mods)

    def move(self, at: QPointF, mods: object = NONE, held: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, held, mods)

    def release(self, at: QPointF, mods: object = NONE, button: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, mods)

    def hover(self, at: QPointF) -> None:
        for _ in range(2):
            self.move(at, held=Qt.MouseButton.NoButton)

    def click(self, at: QPointF, mods: object = NONE) -> None:
        self.press(at, mods)
        self.release(at, mods)

    def drag(self, start: QPointF, end: QPointF, mods: object = NONE, steps: int = 6, *, drop: bool = True) -> None:
        self.press(start, mods)
        for step in range(1, steps + 1):
            self.move(start + (end - start) * (step / steps), mods)
        if drop:
            self.release(end, mods)

    def wheel(self, at: QPointF, delta: int, mods: Qt.KeyboardModifier = NONE) -> None:
        port = self.view.viewport()
        local = QPointF(self.view.mapFromScene(at))
        from PySide6.QtCore import QPoint

        event = QWheelEvent(
            local, port.mapToGlobal(local), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, mods,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(port, event)

    def key(self, key: Qt.Key, mods: Qt.KeyboardModifier = NONE, text: str = "") -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.view, QKeyEvent(kind, key, mods, text))

    # -- places -----------------------------------------------------------------------------

    def card(self, key: str) -> QPointF:
        """A point on a card away from its ports."""
        rect = self.canvas.scene.cards[key].rect()
        return QPointF(rect.left() + 70, rect.center().y() - 4)

    def port(self, key: str, branch: str | None) -> QPointF:
        return self.canvas.scene.port(key, branch)

    def plus(self, key: str, branch: str | None) -> QPointF:
        return self.canvas.scene.wires[(key, branch)].layout.plus


def agrees(canvas: JourneyCanvas) -> list[str]:
    """Where scene and document differ; empty when they are equal."""
    journey, scene = canvas.editor.journey, canvas.scene
    assert journey is not None
    wrong: list[str] = []
    if list(scene.cards) != [ENTRY, *(step.key for step in journey.steps)]:
        wrong.append(f"cards {list(scene.cards)}")
    wanted: dict[tuple[str, str | None], str | None] = {(ENTRY, None): journey.start}
    for step in journey.steps:
        wanted |= {(step.key, output.branch): output.target for output in outputs(step)}
    wanted = {at: None if fold_name(OutputRef(*at)) in scene.folded else target for at, target in wanted.items()}
    shown = {key: wire.target for key, wire in scene.wires.items()}
    if shown != wanted:
        wrong.append(f"wires {shown} instead of {wanted}")
    stored: Mapping[str, Sequence[float]] = canvas.editor.layout.nodes if canvas.editor.layout else {}
    for key, place in stored.items():
        card = scene.cards.get(key)
        if card is None or (card.x(), card.y()) != tuple(map(float, place)):
            wrong.append(f"{key} stands elsewhere than at {place}")
    for at, wire in scene.wires.items():
        if wire.layout.kind == "curve" and wire.layout.curve is not None:
            target = scene.cards[wire.target or ""].rect()
            if wire.layout.curve.last != QPointF(target.center().x(), target.top()):
                wrong.append(f"{at} does not end at its target")
            if wire.layout.curve.first != scene.port(*at):
                wrong.append(f"{at} does not begin at its port")
    items = {id(item) for item in scene.items()}
    if len(items) != len(scene.cards) + len(scene.wires) + len(scene.boxes.items):
        wrong.append("items left over in the scene")
    return wrong + _board(canvas)


def _board(canvas: JourneyCanvas) -> list[str]:
    """Where frames, notes and folds in the scene differ from the layout."""
    journey, scene = canvas.editor.journey, canvas.scene
    layout = canvas.editor.layout or JourneyLayout()
    assert journey is not None
    wrong = []
    boxes = {("frame", frame.key): frame.box for frame in layout.frames}
    boxes |= {("note", note.key): note.box for note in layout.notes}
    rects = {ref: item.rect().getRect() for ref, item in scene.boxes.items.items()}
    if rects != boxes:
        wrong.append(f"boxes {rects} instead of {boxes}")
    unseen = {key for key, card in scene.cards.items() if not card.isVisible()}
    if unseen != hidden(journey, layout.collapsed):
        wrong.append(f"{unseen} hidden instead of {hidden(journey, layout.collapsed)}")
    if any(wire.isVisible() == (key[0] in unseen) for key, wire in scene.wires.items()):
        wrong.append("wires of hidden cards are seen")
    return wrong
