"""Notices inline, above the page: one sentence each, never a modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import button, label, set_property

_SHOWN_MS = {"info": 8_000, "warning": 20_000, "error": 0}


class Banner(QFrame):
    """Shows the newest notice; an error stays until it is closed. May carry one or two offers."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("kind", "banner")
        self._text = label("", name="banner.text", wrap=True)
        self._yes = button("Yes", "banner.yes")
        self._no = button("No", "banner.no", "quiet")
        self._close = QToolButton()
        self._close.setObjectName("banner.close")
        self._close.setAccessibleName("Close this notice")
        self._close.setProperty("kind", "quiet")
        self._close.setFixedSize(24, 24)
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        for widget in (self._yes, self._no, self._close):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._answers: tuple[Callable[[], None], Callable[[], None]] | None = None
        self._yes.clicked.connect(lambda: self._answer(0))
        self._no.clicked.connect(lambda: self._answer(1))
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._close.setIcon(theme.icon("x", "text_2", 14))

    @property
    def sentence(self) -> str:
        return self._text.text()

    def tell(self, severity: str, sentence: str) -> None:
        self._yes.hide()
        self._no.hide()
        self._show(severity, sentence)
        if shown := _SHOWN_MS.get(severity, 0):
            self._timer.start(shown)

    def offer(self, sentence: str, yes: str, on_yes: Callable[[], None], no: str, on_no: Callable[[], None]) -> None:
        """A question inline; either answer hides it."""
        self._answers = (on_yes, on_no)
        for made, text in ((self._yes, yes), (self._no, no)):
            made.setText(text)
            made.setAccessibleName(text)
            made.show()
        self._show("warning", sentence)

    def _answer(self, which: int) -> None:
        answers, self._answers = self._answers, None
        self.hide()
        if answers is not None:
            answers[which]()

    def _show(self, severity: str, sentence: str) -> None:
        self._timer.stop()
        self._text.setText(sentence)
        set_property(self, "tone", severity)
        self.setAccessibleName(sentence)
        self.show()
