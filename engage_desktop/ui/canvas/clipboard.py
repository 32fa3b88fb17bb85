"""The clipboard of the canvas: steps, frames and notes with their places, as our own kind of data and as text for other windows."""

from __future__ import annotations

import atexit
import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from engage_desktop.document import ENTRY, EditRefused
from engage_desktop.ui.canvas.board import counted

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

MIME = "application/x-engage-steps+json"
SHOWN = 40
"""So many characters of a foreign text are quoted."""


def copy(canvas: JourneyCanvas) -> bool:
    """Put the selected steps, frames and notes on the clipboard; whether there were any."""
    keys, boxes = [key for key in canvas.scene.selection if key != ENTRY], canvas.scene.boxes.chosen
    if not keys and not boxes:
        return False
    text = json.dumps(canvas.copies.copied(keys, boxes), indent=2, ensure_ascii=False)
    data = QMimeData()
    data.setData(MIME, text.encode())
    data.setText(text)
    QGuiApplication.clipboard().setMimeData(data)
    atexit.unregister(_leave_text)
    atexit.register(_leave_text)
    canvas.say(f"Copied {counted(keys, boxes)}")
    return True


def _leave_text() -> None:
    """At the end of the program what was copied stays as text, which pastes as well: Qt would let go of data that
    Python made only after Python is gone, and crash."""
    if isinstance(QGuiApplication.instance(), QGuiApplication):
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        if data is not None and data.hasFormat(MIME):
            clipboard.setText(data.text())


def cut(canvas: JourneyCanvas) -> None:
    """Copy what is selected and take it out."""
    if copy(canvas):
        delete(canvas)


def delete(canvas: JourneyCanvas) -> None:
    """Take out the selected steps, frames and notes."""
    keys, boxes = canvas.scene.selection, canvas.scene.boxes.chosen
    if boxes:
        canvas.board.delete(boxes, keys)
    elif keys:
        canvas.editor.delete(keys)


def duplicate(canvas: JourneyCanvas) -> None:
    """Add copies of what is selected beside it, without the clipboard."""
    keys, boxes = [key for key in canvas.scene.selection if key != ENTRY], canvas.scene.boxes.chosen
    if keys or boxes:
        made = canvas.copies.duplicate(keys, boxes)
        canvas.scene.select(made.keys, boxes=made.boxes)


def paste(canvas: JourneyCanvas) -> None:
    """Add what is on the clipboard, where the pointer is if it is over the canvas. EditRefused for what holds no
    steps: text of another program, a picture, nothing."""
    steps = _steps()
    at = canvas.view.pointer_place()
    made = canvas.copies.paste(steps, (at.x(), at.y()) if at is not None else None)
    canvas.scene.select(made.keys, boxes=made.boxes)


def _steps() -> dict[str, Any]:
    data = QGuiApplication.clipboard().mimeData()
    if data is None or not (data.hasFormat(MIME) or data.hasText()):
        what = "a picture" if data is not None and data.hasImage() else "nothing that is a step"
        raise EditRefused(f"The clipboard holds {what}. Copy steps in a journey first.")
    text = bytes(data.data(MIME).data()).decode(errors="replace") if data.hasFormat(MIME) else data.text()
    try:
        steps = json.loads(text)
    except ValueError:
        steps = None
    if not isinstance(steps, dict):
        quoted = " ".join(text.split())
        quoted = f"{quoted[:SHOWN]}…" if len(quoted) > SHOWN else quoted
        raise EditRefused(f"The clipboard holds the text “{quoted}”, no steps. Copy steps in a journey first.")
    return steps
