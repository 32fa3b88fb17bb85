"""What every gesture is: an object with start, move, finish, cancel, that paints its own feedback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engage_desktop.document import OutputRef
from engage_desktop.ui.canvas.editor import JourneyEditor
from engage_desktop.ui.canvas.scene import JourneyScene

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.view import JourneyView


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in the scene and in the view, and which keys are held."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def adds(self) -> bool:
        """Whether Ctrl or Shift asks to add to the selection."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))


class AddDoor(Protocol):
    """Opens the search box for a new step."""

    def __call__(self, ref: OutputRef | None, at: QPointF | None, text: str = "") -> None: ...


@dataclass
class Stage:
    """What gestures act on."""

    view: JourneyView
    scene: JourneyScene
    editor: JourneyEditor
    say: Callable[[str], None]
    open_add: AddDoor
    open_before: Callable[[str, QPointF], None]
    """Opens it for a step that shall lead to one that is there."""


class Gesture:
    """One multi-step gesture; only one runs at a time. `finish` or `cancel` ends it, never both."""

    cursor = Qt.CursorShape.ArrowCursor
    pans_at_edges = True

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def start(self, at: Pointer) -> None:
        raise NotImplementedError

    def move(self, at: Pointer) -> None:
        raise NotImplementedError

    def finish(self, at: Pointer) -> None:
        raise NotImplementedError

    def cancel(self) -> None:
        """Leave everything as it was before `start`."""

    def paint(self, painter: QPainter) -> None:
        """Draw the feedback in scene coordinates, over the graph."""

    def bounds(self) -> QRectF:
        """The scene rectangle of what `paint` draws now; empty when nothing."""
        return QRectF()

    def parts(self) -> list[QRectF]:
        """The same in pieces, where these are much smaller than the box around them."""
        return [self.bounds()]
