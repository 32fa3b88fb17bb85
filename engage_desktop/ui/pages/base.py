"""What every page is: a title, a sentence, a column of cards that scrolls; it refreshes while in view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import column, label, row

MARGIN_PX = 32


class Page(QScrollArea):
    """`head` takes buttons at the right of the title; `body` takes cards. Subclasses implement
    `refresh`, which is called when the page comes into view and when what it listens to changes."""

    def __init__(self, session: Session, name: str, title: str, sentence: str = "") -> None:
        super().__init__()
        self.setObjectName(f"page.{name}")
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.session = session
        inside = QWidget()
        inside.setProperty("kind", "page")
        self.body: QVBoxLayout = column(inside, (MARGIN_PX, 24, MARGIN_PX, 24), 16)
        self.title = label(title, "page", f"{name}.title", wrap=True)
        self.sentence = label(sentence, "muted", f"{name}.sentence", wrap=True)
        self.heads = column(None, spacing=4)
        self.heads.addWidget(self.title)
        self.heads.addWidget(self.sentence)
        self.head: QHBoxLayout = row(spacing=8)
        top = row(spacing=16)
        top.addLayout(self.heads, 1)
        top.addLayout(self.head)
        self.body.addLayout(top)
        self.setWidget(inside)
        self._stale = True

    def refresh(self) -> None:
        """Ask for what is shown."""

    def theme_changed(self) -> None:
        """Icons made in the old colours are to be made anew."""
        self.touch()

    def touch(self, *_ignored: object) -> None:
        """What is shown may have changed: refresh now if in view, else when it next is."""
        if self.isVisible():
            self.refresh()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.refresh()


def sides(left: Sequence[QWidget], right: Sequence[QWidget], shares: tuple[int, int] = (1, 1)) -> QHBoxLayout:
    """Two columns of cards with these shares of the width."""
    made = row(spacing=16)
    for cards, share in zip((left, right), shares, strict=True):
        side = column(spacing=16)
        for card in cards:
            side.addWidget(card)
        side.addStretch(1)
        made.addLayout(side, share)
    return made


class OpeningPage(Page):
    """A page from which things are opened. `opened` carries (kind, key)."""

    opened = Signal(str, str)
