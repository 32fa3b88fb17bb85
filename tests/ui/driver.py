"""The one driver of all tests of the window and the canvas: every event of mouse, key, wheel and drop is made here.

First how an event reaches a widget, then what a person does by several. What is acted on is named by the callers:
places of a journey by `canvas/driving.py`, fields of a form by `window/hand.py`, what has the keyboard by
`keyboard.py`. `test_only_by_hand.py` holds all others to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QWidget,
)

if TYPE_CHECKING:
    from engage_desktop.ui.window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
_APPROACH_PX = (QPoint(40, 40), QPoint(20, 20), QPoint(10, 10), QPoint(0, 0))
"""The way of something dragged to where it is let go."""

# -- mouse: points are in the widget's own coordinates ------------------------------------------


def mouse_down(widget: QWidget, at: QPoint, mods: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
    QTest.mousePress(widget, button, mods, _spot(at))


def mouse_up(widget: QWidget, at: QPoint, mods: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseRelease(widget, button, mods, _spot(at))


def mouse_move(widget: QWidget, at: QPoint, mods: Qt.KeyboardModifier = NONE, held: Qt.MouseButton = LEFT) -> None:
    """QTest's own move holds no button and asks for no modifier."""
    _mouse(widget, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, held, mods)


def click(
    widget: QWidget, at: QPoint | None = None, mods: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    """In the middle where no place is told."""
    place = widget.rect().center() if at is None else at
    mouse_down(widget, place, mods, button)
    mouse_up(widget, place, mods, button)


def double_click(widget: QWidget, at: QPoint) -> None:
    click(widget, at)
    _mouse(widget, QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NONE)
    mouse_up(widget, at)


def wheel(widget: QWidget, at: QPoint, delta: int, mods: Qt.KeyboardModifier = NONE) -> None:
    """Turn it by eighths of a degree; towards the hand is below zero."""
    event = QWheelEvent(
        QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, mods,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def leave(widget: QWidget) -> None:
    """Take the pointer away."""
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def drop(widget: QWidget, at: QPoint, data: QMimeData, *, end: Literal["drop", "hold", "leave"] = "drop") -> None:
    """Drag data over a widget. The system's own drag would wait for a real mouse."""
    first, *others = _APPROACH_PX
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(at + first, copy, data, LEFT, NONE))
    for before in others:
        QApplication.sendEvent(widget, QDragMoveEvent(at + before, copy, data, LEFT, NONE))
    if end == "drop":
        QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, LEFT, NONE))
    elif end == "leave":
        QApplication.sendEvent(widget, QDragLeaveEvent())


def ask_menu(widget: QWidget, at: QPoint) -> None:
    """Ask for the context menu: a right click that Qt was not sent by the system brings none."""
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)


def pick(menu: QMenu, action: QAction) -> None:
    """Click an item of an open menu."""
    click(menu, menu.actionGeometry(action).center())


def _mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPoint,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    mods: Qt.KeyboardModifier,
) -> None:
    place = QPointF(at)
    QApplication.sendEvent(widget, QMouseEvent(kind, place, widget.mapToGlobal(place), button, held, mods))


def _spot(at: QPoint) -> QPoint:
    """QTest takes the very corner for no place at all."""
    return QPoint(0, 1) if at.isNull() else at


# -- keyboard -----------------------------------------------------------------------------------


def key(widget: QWidget, which: Qt.Key, mods: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(widget, which, mods)


def keys(widget: QWidget, combination: str | QKeySequence) -> None:
    """Press a combination, as menus write it: `Ctrl+K`."""
    QTest.keySequence(widget, QKeySequence(combination))


def write(widget: QWidget, text: str) -> None:
    """Type signs one after the other."""
    for sign in text:
        if sign.isascii():
            QTest.keyClick(widget, sign)
        else:  # QTest knows no key for it; a keyboard that does sends just its text
            QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, NONE, sign))


def rewrite(widget: QWidget, text: str, end: Qt.Key | None = None, mods: Qt.KeyboardModifier = NONE) -> None:
    """Type in the place of all that stands in a field."""
    key(widget, Qt.Key.Key_A, CTRL)
    write(widget, text)
    if end is not None:
        key(widget, end, mods)


def empty(widget: QWidget) -> None:
    """Take away all that stands in a field."""
    key(widget, Qt.Key.Key_A, CTRL)
    key(widget, Qt.Key.Key_Delete)


# -- what a person does by several --------------------------------------------------------------


def act(window: MainWindow, action_id: str) -> None:
    """Do an action by its key; by its title in the palette where it has none."""
    action = window.actions_[action_id]
    assert action.isEnabled(), action_id
    shortcuts = action.shortcuts()
    if shortcuts and window.actions_.registry[action_id].scope == "window":
        keys(window, shortcuts[0])
        return
    key(window, Qt.Key.Key_K, CTRL)
    write(window.palette_.field, action.text())
    first = window.palette_.list.item(0)
    assert first is not None, action.text()
    assert first.text().startswith(action.text())
    key(window.palette_.field, Qt.Key.Key_Return)


def undo(window: MainWindow) -> None:
    act(window, "edit.undo")


def press(button: QAbstractButton) -> None:
    """Click a button, a tick or a switch."""
    assert button.isEnabled(), button.text()
    click(button)


def row(view: QAbstractItemView, number: int, column: int = 0) -> None:
    """Click a row of a list or a table."""
    index = view.model().index(number, column)
    view.scrollTo(index)
    click(view.viewport(), view.visualRect(index).center())


def open_row(view: QListWidget, number: int) -> None:
    """Open a row of a list by Enter, as the keyboard does."""
    row(view, number)
    key(view, Qt.Key.Key_Return)


def choose(combo: QComboBox, number: int) -> None:
    """Go to an item of a box by the arrows; the one it stands at is chosen anew from its list."""
    combo.setFocus()
    if number == combo.currentIndex():
        key(combo, Qt.Key.Key_F4)
        key(combo.view(), Qt.Key.Key_Return)
        return
    arrow = Qt.Key.Key_Down if number > combo.currentIndex() else Qt.Key.Key_Up
    for _ in range(combo.count()):
        if combo.currentIndex() == number:
            break
        key(combo, arrow)
    assert combo.currentIndex() == number


def type_over(field: QLineEdit, text: str, end: Qt.Key | None = None) -> None:
    """Type in the place of all that stands in a field."""
    field.setFocus()
    rewrite(field, text, end)
    QApplication.processEvents()
