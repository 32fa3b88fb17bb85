"""What pressing on each thing of the canvas may become: a click, or which gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engage_desktop.document import OutputRef
from engage_desktop.ui.canvas.boxes import BoxHit
from engage_desktop.ui.canvas.folding import fold_name
from engage_desktop.ui.canvas.gestures import (
    BandGesture,
    ConnectGesture,
    Gesture,
    MoveBoxGesture,
    MoveGesture,
    Pointer,
    ResizeBoxGesture,
)
from engage_desktop.ui.canvas.hit import Hit
from engage_desktop.ui.canvas.view import Press

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas


def press_on(canvas: JourneyCanvas, hit: Hit, at: Pointer) -> Press:
    """Declare what a left press on `hit` may become."""
    match hit.kind:
        case "card":
            return _on_card(canvas, hit, at)
        case "plus" | "output":
            assert hit.wire is not None
            return _on_output(canvas, OutputRef(*hit.wire), at, click=hit.kind == "plus")
        case "input":
            return Press(at, _select(canvas, hit.key), lambda: ConnectGesture(canvas.stage, step=hit.key))
        case "wire_plus":
            return Press(at, lambda: canvas.open_add(OutputRef(*hit.wire) if hit.wire else None, None))
        case "wire_end" | "wire_start" | "wire":
            return _on_wire(canvas, hit, at)
        case "box":
            assert hit.box is not None
            return _on_box(canvas, hit.box, at)
        case _:
            keep = at.adds
            return Press(at, None if keep else lambda: canvas.scene.select([]), lambda: BandGesture(canvas.stage))


def _select(canvas: JourneyCanvas, key: str | None):  # type: ignore[no-untyped-def]  # a callable without arguments
    return lambda: canvas.scene.select([key] if key is not None else [])


def _on_card(canvas: JourneyCanvas, hit: Hit, at: Pointer) -> Press:
    scene, key = canvas.scene, hit.key
    assert key is not None
    was_selected = key in scene.selection
    boxes = scene.boxes.chosen
    if was_selected:
        scene.select(scene.selection, current=key, boxes=boxes)
    else:
        scene.select([*scene.selection, key] if at.adds else [key], boxes=boxes if at.adds else ())

    def clicked() -> None:
        # Only now: a drag of several selected cards begins on one of them, with Shift too.
        if was_selected:
            rest = [card for card in scene.selection if card != key]
            scene.select(rest if at.adds else [key], current=key, boxes=boxes if at.adds else ())

    def dragged() -> Gesture:
        if scene.boxes.chosen:
            return MoveBoxGesture(canvas.stage, canvas.board, scene.boxes.chosen[0])
        return MoveGesture(canvas.stage, key)

    return Press(at, clicked, dragged if canvas.is_editable else None)


def _on_box(canvas: JourneyCanvas, hit: BoxHit, at: Pointer) -> Press:
    scene, ref = canvas.scene, hit.ref
    was_selected = ref in scene.boxes.chosen
    if not was_selected:
        scene.select(scene.selection if at.adds else [], boxes=[*scene.boxes.chosen, ref] if at.adds else [ref])

    def clicked() -> None:
        # Only now, as with cards: a drag of all that is selected may begin on it.
        if was_selected and at.adds:
            scene.select(scene.selection, boxes=[box for box in scene.boxes.chosen if box != ref])
        elif was_selected:
            scene.select([], boxes=[ref])

    if not canvas.is_editable:
        return Press(at, clicked)
    if hit.part == "body":
        return Press(at, clicked, lambda: MoveBoxGesture(canvas.stage, canvas.board, ref))
    return Press(at, clicked, lambda: ResizeBoxGesture(canvas.stage, canvas.board, hit))


def _on_output(canvas: JourneyCanvas, ref: OutputRef, at: Pointer, *, click: bool) -> Press:
    if fold_name(ref) in canvas.scene.folded:
        return Press(at, lambda: canvas.board.unfold(ref))

    def clicked() -> None:
        if click:
            canvas.open_add(ref, None)
        else:
            canvas.scene.select([ref.step])

    return Press(at, clicked, lambda: ConnectGesture(canvas.stage, ref=ref))


def _on_wire(canvas: JourneyCanvas, hit: Hit, at: Pointer) -> Press:
    wire = hit.wire
    assert wire is not None
    item = canvas.scene.wires[wire]

    def clicked() -> None:
        canvas.scene.select([], wire=wire)
        canvas.say(_wire_sentence(canvas, wire))

    if not canvas.is_editable or item.target is None or item.content.loop or hit.kind == "wire":
        return Press(at, clicked)
    if hit.kind == "wire_end":
        return Press(at, clicked, lambda: ConnectGesture(canvas.stage, ref=OutputRef(*wire), old=wire))
    return Press(at, clicked, lambda: ConnectGesture(canvas.stage, step=item.target, old=wire))


def _wire_sentence(canvas: JourneyCanvas, wire: tuple[str, str | None]) -> str:
    item = canvas.scene.wires[wire]
    source = canvas.scene.cards[wire[0]].content.title
    goal = canvas.scene.cards[item.target].content.title if item.target else "the end of the path"
    label = f" by “{item.content.label}”" if item.content.label else ""
    count = f": {item.content.count} went this way" if item.content.count else ""
    return f"{source}{label} to {goal}{count}. Delete disconnects."
