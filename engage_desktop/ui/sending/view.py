"""What every view of sending is: one question about the run of all campaigns, asked while the view is looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from engage_desktop.app.protocol import Reply, Request
from engage_desktop.ui.session import Session
from engage_desktop.ui.widgets.common import column


class SendingView(QWidget):
    """Subclasses say what they are called (`key`, `title`), which reply they take, how they ask and how they show it.
    While the answer is not that of the design as it is, the view is greyed."""

    answered = Signal()
    key = title = sentence = ""
    takes: type[Any]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName(f"sending.{self.key}")
        self.setAccessibleName(self.title)
        self.session = session
        self.reply: Any = None
        self.body = column(self, spacing=16)
        session.run_changed.connect(lambda _run: self.refresh())

    def request(self) -> Request:
        raise NotImplementedError

    def show_reply(self, reply: Any) -> None:
        raise NotImplementedError

    def show_current(self, current: bool) -> None:
        """Grey what is not of the design as it is."""
        self.setEnabled(current)

    @property
    def current(self) -> bool:
        """Whether what is shown is of the design as it is."""
        return self.session.current and self.reply is not None and self.reply.generation == self.session.generation

    def refresh(self) -> None:
        """Ask where the answer is another one by now; only while somebody looks."""
        self.show_current(self.current)
        if self.isVisible() and self.session.current and not self.current:
            self.session.latest(f"sending.{self.key}", self.request, self._take)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, self.takes):
            self.reply = reply
            self.show_reply(reply)
            self.show_current(self.current)
            self.answered.emit()

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        super().showEvent(event)
        self.refresh()
