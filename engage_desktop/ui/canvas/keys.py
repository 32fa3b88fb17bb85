"""The keyboard of the canvas, as data: which key asks for which action."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier

KEYMAP: dict[tuple[Qt.KeyboardModifier, Qt.Key], str] = {
    (_NONE, Qt.Key.Key_Up): "walk.up",
    (_NONE, Qt.Key.Key_Down): "walk.down",
    (_NONE, Qt.Key.Key_Left): "walk.left",
    (_NONE, Qt.Key.Key_Right): "walk.right",
    (_CTRL, Qt.Key.Key_Up): "nudge.up",
    (_CTRL, Qt.Key.Key_Down): "nudge.down",
    (_CTRL, Qt.Key.Key_Left): "nudge.left",
    (_CTRL, Qt.Key.Key_Right): "nudge.right",
    (_SHIFT, Qt.Key.Key_Up): "select.upstream",
    (_SHIFT, Qt.Key.Key_Down): "select.downstream",
    (_CTRL, Qt.Key.Key_A): "select.all",
    (_NONE, Qt.Key.Key_Escape): "select.none",
    (_NONE, Qt.Key.Key_Delete): "delete",
    (_NONE, Qt.Key.Key_Backspace): "delete",
    (_NONE, Qt.Key.Key_F2): "rename",
    (_NONE, Qt.Key.Key_Return): "activate",
    (_NONE, Qt.Key.Key_Enter): "activate",
    (_CTRL, Qt.Key.Key_C): "copy",
    (_CTRL, Qt.Key.Key_X): "cut",
    (_CTRL, Qt.Key.Key_V): "paste",
    (_CTRL, Qt.Key.Key_D): "duplicate",
    (_NONE, Qt.Key.Key_0): "view.actual",
    (_NONE, Qt.Key.Key_1): "view.fit",
    (_NONE, Qt.Key.Key_2): "view.fit_selection",
    (_NONE, Qt.Key.Key_Plus): "view.zoom_in",
    (_SHIFT, Qt.Key.Key_Plus): "view.zoom_in",
    (_NONE, Qt.Key.Key_Minus): "view.zoom_out",
    (_CTRL, Qt.Key.Key_Plus): "view.zoom_in",
    (_CTRL, Qt.Key.Key_Minus): "view.zoom_out",
    (_ALT | _SHIFT, Qt.Key.Key_T): "tidy",
    (_NONE, Qt.Key.Key_Insert): "add",
}


def action_of(event: QKeyEvent) -> str | None:
    """The action a key asks for, or None."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return KEYMAP.get((modifiers, Qt.Key(event.key())))


def typed_letter(event: QKeyEvent) -> str:
    """The letter of a plain key press, which opens the search box; else empty."""
    plain = not event.modifiers() & (_CTRL | _ALT | Qt.KeyboardModifier.MetaModifier)
    return event.text() if plain and event.text().isalpha() else ""
