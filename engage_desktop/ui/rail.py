"""The rail at the left: one button a page, icon over label."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton

from engage_desktop.app.actions import PAGE_ICONS, PAGES
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import column

WIDTH_PX = 76
ICON_PX = 20


class Rail(QFrame):
    """`chosen` carries the page key."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH_PX)
        layout = column(self, (0, 8, 0, 8), 0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        for page, title in PAGES:
            made = QToolButton()
            made.setObjectName(f"rail.{page}")
            made.setText(title)
            made.setAccessibleName(title)
            made.setCheckable(True)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            made.setIconSize(QSize(ICON_PX, ICON_PX))
            made.setFixedSize(WIDTH_PX - 1, 56)
            made.clicked.connect(lambda _checked=False, page=page: self.chosen.emit(page))
            self._group.addButton(made)
            self._buttons[page] = made
            layout.addWidget(made)
        layout.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        for page, made in self._buttons.items():
            both = QIcon()
            for ratio in (1.0, 2.0):
                both.addPixmap(
                    theme.pixmap(PAGE_ICONS[page], "text_2", ICON_PX, ratio), QIcon.Mode.Normal, QIcon.State.Off
                )
                both.addPixmap(
                    theme.pixmap(PAGE_ICONS[page], "accent", ICON_PX, ratio), QIcon.Mode.Normal, QIcon.State.On
                )
            made.setIcon(both)

    def focus_current(self) -> None:
        """Give the keyboard to the button of the page in view."""
        checked = self._group.checkedButton()
        if checked is not None:
            checked.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_page(self, page: str) -> None:
        """Mark the page that is in view, or none where it is no page of the rail."""
        checked = self._group.checkedButton()
        if page in self._buttons:
            self._buttons[page].setChecked(True)
        elif checked is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)
