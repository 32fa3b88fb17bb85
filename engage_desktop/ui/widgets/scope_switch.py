"""Whose figures are shown: those of the journey in view alone, or with all campaigns."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from engage_desktop.ui.widgets.common import row, toggle

ALONE_TIP = "Figures of this journey as if no other campaign were live"
ALL_TIP = "Figures of this journey with every campaign live: shared caps, priorities, traits and responses"


class ScopeSwitch(QWidget):
    """`chosen` carries True for alone, False for with all."""

    chosen = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self.alone = self._button(f"{name}.alone", "Alone", ALONE_TIP, alone=True)
        self.all = self._button(f"{name}.all", "With all", ALL_TIP, alone=False)
        self.setLayout(row(self.alone, self.all, spacing=4))
        self.show_scope(alone=False)

    def _button(self, name: str, text: str, tip: str, *, alone: bool) -> QPushButton:
        made = toggle(text, name, self._group, lambda: self.chosen.emit(alone))
        made.setAccessibleDescription(tip)
        made.setToolTip(tip)
        return made

    def show_scope(self, *, alone: bool, awaited: bool = False) -> None:
        """What is chosen; `awaited`: only the journey alone is computed yet, and all campaigns are chosen."""
        (self.alone if alone else self.all).setChecked(True)
        self.all.setText("With all …" if awaited else "With all")
        said = "Shown greyed are the figures of this journey alone; those with all campaigns are being computed"
        self.all.setToolTip(said if awaited else ALL_TIP)
        self.all.setAccessibleDescription(said if awaited else ALL_TIP)
