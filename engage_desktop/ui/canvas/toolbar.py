"""The buttons below the canvas, at its left: a view of the registry of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engage_desktop.app.shortcuts import Shortcuts
from engage_desktop.ui.menus import key_words
from engage_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas

SHOWN = ("add", "tidy", "view.fit", "view.actual", "outline")
"""The commands that have a button, from left to right."""
_NAMES = {"add": "add_step", "view.fit": "fit", "view.actual": "actual"}
_HINTS = {"add": "Space, or type its name", "view.actual": "Ctrl and wheel zooms at the pointer"}


class CanvasToolbar(QWidget):
    """One button for each command of `SHOWN`; its tip says the keys of the moment."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        super().__init__(canvas)
        self.setObjectName("canvas.toolbar")
        self._canvas, self._buttons = canvas, dict[str, QPushButton]()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        for command in SHOWN:
            button = self._buttons[command] = QPushButton(self)
            button.setObjectName(f"canvas.{_NAMES.get(command, command)}")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, command=command: canvas.commands.run(command))
            row.addWidget(button)
        self.outline.setCheckable(True)
        row.addStretch(1)
        self.setAutoFillBackground(True)
        self.set_theme(canvas.theme)
        self.show_keys(canvas.commands.shortcuts)

    @property
    def outline(self) -> QPushButton:
        return self._buttons["outline"]

    def show_keys(self, shortcuts: Shortcuts) -> None:
        """Texts and tips by the registry and the keys as they are now."""
        for command, button in self._buttons.items():
            record = shortcuts.registry.by_command(command)
            keys = shortcuts.keys(record.id)
            says = [text for text in (key_words(keys[0]) if keys else "", _HINTS.get(command, "")) if text]
            title = record.title.rstrip("…")
            button.setText(record.short or title)
            button.setAccessibleName(title)
            button.setToolTip(f"{title} ({'; '.join(says)})" if says else title)

    def set_editable(self, editable: bool) -> None:
        for command, button in self._buttons.items():
            button.setEnabled(editable or not self._canvas.commands.edits(command))

    def set_outline(self, shown: bool) -> None:
        """Say what is shown; the outline has no zoom."""
        self.outline.setChecked(shown)
        for command in ("view.fit", "view.actual"):
            self._buttons[command].setEnabled(not shown)

    def set_theme(self, theme: Theme) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("canvas"))
        self.setPalette(palette)
