"""Follows one thing: asks for its figures at the clock, after each replay and for each page of people."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from engage_desktop.app.protocol import AskAudience, AudienceFigures, Reply, Request
from engage_desktop.app.protocol_traits import AskTrait, TraitFigures
from engage_desktop.ui.session import Session

FIRST_PAGE, PAGE = 8, 50


class Watch(QObject):
    """`changed` carries the figures, or None when another thing is followed. Subclasses say what they
    are called (`slot`), which reply they take and how they ask."""

    changed = Signal(object)
    slot = ""
    takes: type[Any]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._active = False
        self.key: str | None = None
        self._figures: Any = None
        session.clock_changed.connect(lambda _at: self.ask())
        session.run_changed.connect(lambda _run: self.ask())

    def request(self, key: str, search: str, offset: int, limit: int) -> Request:
        raise NotImplementedError

    @property
    def current(self) -> bool:
        """Whether the figures held are those of the design and the clock as they are."""
        figures, session = self._figures, self._session
        return (
            session.current
            and figures is not None
            and (figures.generation, figures.at_us) == (session.generation, session.at_us)
        )

    def set_active(self, active: bool) -> None:
        """While nobody looks, the clock may run without questions."""
        self._active = active
        if active and not self.current:
            self.ask()

    def follow(self, key: str | None) -> None:
        if key != self.key:
            self.key, self._figures = key, None
            self.changed.emit(None)
        self.ask()

    def ask(self, offset: int = 0, search: str = "", limit: int | None = None) -> None:
        key = self.key
        if key is None or not self._active:
            return
        count = limit or (PAGE if offset else FIRST_PAGE)
        self._session.latest(self.slot, lambda: self.request(key, search, offset, count), self._take)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, self.takes) and reply.key == self.key:
            self._figures = reply
            self.changed.emit(reply)


class AudienceWatch(Watch):
    slot, takes = "audience", AudienceFigures

    @property
    def figures(self) -> AudienceFigures | None:
        found: AudienceFigures | None = self._figures
        return found

    def request(self, key: str, search: str, offset: int, limit: int) -> Request:
        return AskAudience(self._session.generation, key, self._session.at_us, 120, search, offset, limit)


class TraitWatch(Watch):
    slot, takes = "trait", TraitFigures

    @property
    def figures(self) -> TraitFigures | None:
        found: TraitFigures | None = self._figures
        return found

    def request(self, key: str, search: str, offset: int, limit: int) -> Request:
        return AskTrait(self._session.generation, key, self._session.at_us, search, offset, limit)
