"""Key presses as the portable texts by which the registry of actions knows them."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from engage_desktop.app.action_registry import Action, Scope
from engage_desktop.app.shortcuts import Shortcuts

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_LONE = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_unknown)


def key_texts(event: QKeyEvent) -> list[str]:
    """What a press may be called, nearest first: a sign typed with Shift is known without it too."""
    key = Qt.Key(event.key())
    if key in _LONE:
        return []
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    found = [_text(held, key)]
    sign = Qt.Key.Key_Exclam <= key <= Qt.Key.Key_ydiaeresis and not Qt.Key.Key_A <= key <= Qt.Key.Key_Z
    if sign and held & _SHIFT:
        found.append(_text(held & ~_SHIFT, key))
    return found


def _text(held: Qt.KeyboardModifier, key: Qt.Key) -> str:
    return QKeySequence(QKeyCombination(held, key)).toString(QKeySequence.SequenceFormat.PortableText)


def action_of(event: QKeyEvent, shortcuts: Shortcuts, scope: Scope) -> Action | None:
    """The action of the canvas that a key press asks for where keys of `scope` work, or None."""
    for text in key_texts(event):
        action = shortcuts.find(text, scope)
        if action is not None and action.command:
            return action
    return None


def typed_letter(event: QKeyEvent) -> str:
    """The letter of a plain key press, which opens the search box; else empty."""
    return event.text() if not event.modifiers() & _HELD and event.text().isalpha() else ""
