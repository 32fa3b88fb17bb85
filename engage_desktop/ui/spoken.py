"""What assistive technology hears of the parts that are painted by hand: Qt knows their name but not what they are."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

ROLES = {
    "JourneyView": QAccessible.Role.Canvas,
    "HistogramScrubber": QAccessible.Role.Slider,
    "MonthView": QAccessible.Role.List,
}
"""Class to what its widgets are."""
_installed = False


def _interface(_class: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, QWidget):
        return None
    role = ROLES.get(type(thing).__name__)
    return QAccessibleWidget(thing, role) if role is not None else None


def speak_roles() -> None:
    """Have them spoken from now on; once a process."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_interface)
