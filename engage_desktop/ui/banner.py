"""Notices inline, above the page: one sentence each, never a modal box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import button, label, set_property

_SHOWN_MS = {"info": 8_000, "warning": 20_000, "error": 0}


@dataclass(frozen=True)
class _Offer:
    """What may be answered, and what each answer does."""

    yes: str
    on_yes: Callable[[], None]
    no: str
    on_no: Callable[[], None]


@dataclass(frozen=True)
class _Told:
    severity: str
    sentence: str
    offer: _Offer | None = None


class Banner(QFrame):
    """Shows the newest notice; an error stays until it is closed, an offer until it is answered or closed. What a newer
    notice covers comes back after it; only what is good to know and no more (`info`) does not."""

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
        self._close.clicked.connect(self._end)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        for widget in (self._yes, self._no, self._close):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)
        self._told: _Told | None = None
        self._covered: list[_Told] = []
        self._yes.clicked.connect(lambda: self._answer(True))
        self._no.clicked.connect(lambda: self._answer(False))
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._close.setIcon(theme.icon("x", "text_2", 14))

    @property
    def sentence(self) -> str:
        return "" if self._told is None else self._told.sentence

    def tell(self, severity: str, sentence: str) -> None:
        self._put(_Told(severity, sentence))

    def offer(self, sentence: str, yes: str, on_yes: Callable[[], None], no: str, on_no: Callable[[], None]) -> None:
        """A question inline; either answer ends it."""
        self._put(_Told("warning", sentence, _Offer(yes, on_yes, no, on_no)))

    def clear(self) -> None:
        """Forget all notices."""
        self._covered.clear()
        self._end()

    def _put(self, told: _Told) -> None:
        before = [*self._covered, *([] if self._told is None else [self._told])]
        self._covered = [one for one in before if one.severity != "info" and one.sentence != told.sentence]
        self._show(told)

    def _answer(self, yes: bool) -> None:
        offer = None if self._told is None else self._told.offer
        self._end()
        if offer is not None:
            (offer.on_yes if yes else offer.on_no)()

    def _end(self) -> None:
        """The notice is over: what it covered is shown again."""
        self._timer.stop()
        self._told = None
        if self._covered:
            self._show(self._covered.pop())
        else:
            self.hide()

    def _show(self, told: _Told) -> None:
        self._timer.stop()
        self._told = told
        texts = ("", "") if told.offer is None else (told.offer.yes, told.offer.no)
        for made, text in zip((self._yes, self._no), texts, strict=True):
            made.setText(text)
            made.setAccessibleName(text)
            made.setVisible(bool(text))
        self._text.setText(told.sentence)
        set_property(self, "tone", told.severity)
        self.setAccessibleName(told.sentence)
        self.show()
        shown = 0 if told.offer is not None else _SHOWN_MS.get(told.severity, 0)
        if shown:
            self._timer.start(shown)
