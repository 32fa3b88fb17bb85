"""What is wrong with the design as it is now: problems of the design, lints of the newest run, and mends.

Lints are asked for a little after a run is there, so that typing asks for none. Those of an older design are kept to
be shown greyed; none of them counts as a problem, and none of their mends is offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_lints import AskLints, Lint, Lints
from engage_desktop.document.fixes import fix_change
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Fix, Problem

if TYPE_CHECKING:
    from engage_desktop.ui.session import Session

PAUSE_MS = 200
"""After the figures: they come first, and a word being typed starts no lint."""


class Trust(QObject):
    """Follows a session. `changed`: what `problems` gives is another."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._generation = -1
        self._fixes: dict[Problem, Fix] = {}
        self.lints: tuple[Lint, ...] = ()
        """Of the newest run that was looked at; whether that is of the design as it is, says `current`."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)

    @property
    def current(self) -> bool:
        """Whether lints and mends are those of the design as it is now."""
        return self._generation == self._session.generation and not self._session.workbench.run.computing

    def problems(self, found: Sequence[Problem]) -> tuple[Problem, ...]:
        """Those of the design itself, each with its mend, and the lints; while a run is under way the first alone."""
        if not self.current:
            return tuple(found)
        own = tuple(replace(problem, fix=self._fixes.get(problem)) for problem in found)
        return (*own, *(lint.problem for lint in self.lints))

    def place_of(self, problem: Problem) -> int | None:
        """The place of a lint among those of the run; None for a problem of the design itself."""
        return next((place for place, lint in enumerate(self.lints) if lint.problem == problem), None)

    def run_changed(self) -> None:
        """Ask once the run is there, or is refused: then there are mends alone."""
        run = self._session.workbench.run
        if run.computing or not (run.current or run.refused):
            self._timer.stop()
        elif self._generation != run.generation and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        if self._session.started:
            self._session.ask(AskLints(self._session.generation), self._take)

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Lints):
            self._generation = reply.generation
            self._fixes = {replace(one, fix=None): one.fix for one in reply.problems if one.fix is not None}
            self.lints = reply.lints
            self.changed.emit()

    def fix(self, problem: Problem) -> bool:
        """Mend it, as one step of history; whether that was done."""
        if problem.fix is None:
            return False
        try:
            self._session.document.apply(fix_change(self._session.campaigns, problem.fix))
        except UserError as error:
            self._session.notify("error", str(error))
            return False
        return True
