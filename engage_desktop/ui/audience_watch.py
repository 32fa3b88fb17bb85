"""Follows one audience: asks for its figures at the clock, after each replay and for each page of members."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engage_desktop.app.protocol import AskAudience, AudienceFigures, Reply
from engage_desktop.ui.session import Session

FIRST_PAGE, PAGE = 8, 50


class AudienceWatch(QObject):
    """`changed` carries AudienceFigures, or None when another audience is followed."""

    changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._active = False
        self.key: str | None = None
        self.figures: AudienceFigures | None = None
        session.clock_changed.connect(lambda _at: self.ask())
        session.run_changed.connect(lambda _run: self.ask())

    @property
    def current(self) -> bool:
        """Whether the figures held are those of the design and the clock as they are."""
        figures, session = self.figures, self._session
        return (
            session.current
            and figures is not None
            and (figures.generation, figures.at_us) == (session.generation, session.at_us)
        )

    def set_active(self, active: bool) -> None:
        """While nobody looks, the clock may run without questions about an audience."""
        self._active = active
        if active and not self.current:
            self.ask()

    def follow(self, key: str | None) -> None:
        if key != self.key:
            self.key, self.figures = key, None
            self.changed.emit(None)
        self.ask()

    def ask(self, offset: int = 0, search: str = "", limit: int | None = None) -> None:
        key, session = self.key, self._session
        if key is None or not self._active:
            return
        count = limit or (PAGE if offset else FIRST_PAGE)
        session.latest(
            "audience",
            lambda: AskAudience(session.generation, key, session.at_us, 120, search, offset, count),
            self._take,
        )

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, AudienceFigures) and reply.key == self.key:
            self.figures = reply
            self.changed.emit(reply)
