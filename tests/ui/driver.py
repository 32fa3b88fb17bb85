"""The hand of the tests of the window: what a person does with actions, buttons, lists and boxes, by mouse and keys.

Steps on the canvas are for `canvas/driving.py`, keys that go to whatever has the keyboard for `keyboard.py`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QListWidget

from engage_desktop.ui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def act(window: MainWindow, action_id: str) -> None:
    """Do an action by its key; by its title in the palette where it has none."""
    action = window.actions_[action_id]
    assert action.isEnabled(), action_id
    keys = action.shortcuts()
    if keys and window.actions_.registry[action_id].scope == "window":
        QTest.keySequence(window, keys[0])
        return
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(window.palette_.field, action.text())
    first = window.palette_.list.item(0)
    assert first is not None, action.text()
    assert first.text().startswith(action.text())
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)


def undo(window: MainWindow) -> None:
    act(window, "edit.undo")


def press(button: QAbstractButton) -> None:
    """Click a button, a tick or a switch."""
    assert button.isEnabled(), button.text()
    QTest.mouseClick(button, LEFT, pos=button.rect().center())


def row(view: QAbstractItemView, number: int, column: int = 0) -> None:
    """Click a row of a list or a table."""
    index = view.model().index(number, column)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())


def open_row(view: QListWidget, number: int) -> None:
    """Open a row of a list by Enter, as the keyboard does."""
    row(view, number)
    QTest.keyClick(view, Qt.Key.Key_Return)


def choose(combo: QComboBox, number: int) -> None:
    """Go to an item of a box by the arrows; the one it stands at is chosen anew from its list."""
    combo.setFocus()
    if number == combo.currentIndex():
        QTest.keyClick(combo, Qt.Key.Key_F4)
        QTest.keyClick(combo.view(), Qt.Key.Key_Return)
        return
    key = Qt.Key.Key_Down if number > combo.currentIndex() else Qt.Key.Key_Up
    for _ in range(combo.count()):
        if combo.currentIndex() == number:
            break
        QTest.keyClick(combo, key)
    assert combo.currentIndex() == number


def type_over(field: QLineEdit, text: str, end: Qt.Key | None = None) -> None:
    """Type in the place of all that stands in a field."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, text)
    if end is not None:
        QTest.keyClick(field, end)
    QApplication.processEvents()
