"""The buttons below the canvas, at its left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engage_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from engage_desktop.ui.canvas.canvas import JourneyCanvas


class CanvasToolbar(QWidget):
    """Add, tidy, fit, 100 % and outline."""

    def __init__(self, canvas: JourneyCanvas) -> None:
        super().__init__(canvas)
        self.setObjectName("canvas.toolbar")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        self.add = self._button("+ Step", "add_step", "Add a step (Space, or type its name)")
        self.tidy = self._button("Tidy", "tidy", "Lay the journey out anew (Shift+Alt+T)")
        self.fit = self._button("Fit", "fit", "Show the whole journey (1)")
        self.actual = self._button("100 %", "actual", "Actual size (0); Ctrl and wheel zooms at the pointer")
        self.outline = self._button("Outline", "outline", "The journey as a list")
        self.outline.setCheckable(True)
        row.addStretch(1)
        self.setAutoFillBackground(True)
        self.set_theme(canvas.theme)
        self.add.clicked.connect(lambda: canvas.commands.run("add"))
        self.tidy.clicked.connect(lambda: canvas.commands.run("tidy"))
        self.fit.clicked.connect(lambda: canvas.commands.run("view.fit"))
        self.actual.clicked.connect(lambda: canvas.commands.run("view.actual"))
        self.outline.toggled.connect(canvas.show_outline)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"canvas.{name}")
        button.setAccessibleName(tip.split(" (")[0])
        button.setToolTip(tip)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._row.addWidget(button)
        return button

    def set_editable(self, editable: bool) -> None:
        self.add.setEnabled(editable)
        self.tidy.setEnabled(editable)

    def set_outline(self, shown: bool) -> None:
        """Say what is shown, without asking for it again."""
        self.outline.blockSignals(True)
        self.outline.setChecked(shown)
        self.outline.blockSignals(False)
        for button in (self.fit, self.actual):
            button.setEnabled(not shown)

    def set_theme(self, theme: Theme) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("canvas"))
        self.setPalette(palette)
