"""The open workspace for widgets: the workbench's topics as Qt signals, and questions to its process.

Widgets never hold what they can ask; every answer they get belongs to the document as it is now.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engage_desktop.app.protocol import Approvals, AskApprovals, CancelWork, Progress, Reply, Request
from engage_desktop.app.protocol_delivery import SyncProgress
from engage_desktop.app.workbench import Notice, Workbench
from engage_desktop.document import Document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Problem
from engage_desktop.ui.asked import names_what_is
from engage_desktop.ui.bridge import Bridge
from engage_desktop.ui.trust import Trust

Then = Callable[[Reply], None]


class Session(QObject):
    """One open workspace. Signals carry the topic's value; instants travel as objects (64 bit)."""

    log_changed = Signal(object)
    run_changed = Signal(object)
    document_changed = Signal(object)
    clock_changed = Signal(object)
    figures_changed = Signal(object)
    alone_changed = Signal(bool)
    approvals_changed = Signal()
    noticed = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None, *, seed: int = 0) -> None:
        super().__init__(parent)
        self.bridge = Bridge(self)
        self.workbench = Workbench(path, self.bridge.post, seed=seed)
        self.approvals: dict[tuple[str, str], str] = {}
        self.hashes: dict[tuple[str, str], str] = {}
        self._out: dict[str, Then] = {}
        self._unanswered: dict[object, int | None] = {}
        self._next: dict[str, tuple[Callable[[], Request], Then]] = {}
        self.started = False
        self.trust = Trust(self)
        bench = self.workbench
        bench.on("log", self.log_changed.emit)
        bench.on("run", self._run_changed)
        bench.on("document", self.document_changed.emit)
        bench.on("clock", self.clock_changed.emit)
        bench.on("figures", self.figures_changed.emit)
        bench.on("alone", self.alone_changed.emit)
        bench.on("notice", self.noticed.emit)

    # -- what is open ---------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self.workbench.document

    @property
    def campaigns(self) -> Campaigns:
        return self.workbench.document.campaigns

    @property
    def zone(self) -> str:
        """The zone in which every time of the window is shown."""
        return self.campaigns.workspace.timezone

    @property
    def at_us(self) -> int:
        return self.workbench.at_us

    @property
    def alone(self) -> bool:
        """Whether figures of the journey in view are wanted for it by itself."""
        return self.workbench.alone

    @property
    def generation(self) -> int:
        return self.workbench.run.generation

    @property
    def current(self) -> bool:
        """Whether there is a run of the document as it is now."""
        return self.workbench.run.current

    def problems(self, prefix: str = "") -> tuple[Problem, ...]:
        """Problems of the last validation, and lints of the design as it is, whose path is `prefix` or below it."""
        found = self.trust.problems(self.workbench.run.problems)
        return tuple(p for p in found if not prefix or p.path == prefix or p.path.startswith(prefix + "."))

    def state_of(self, kind: str, key: str) -> str:
        """`approved` or `draft`, of the campaign as it is now."""
        return self.approvals.get((kind, key), "draft")

    @property
    def idle(self) -> bool:
        """Whether every question asked has been answered."""
        return not self._out and not self._next and not self._unanswered

    # -- life -----------------------------------------------------------------------------

    def start(self) -> None:
        """Bring the process up; call after the first paint."""
        if not self.started:
            self.started = True
            self.workbench.start()

    def close(self) -> None:
        self.bridge.close()
        if self.started:
            self.workbench.close()

    # -- asking ---------------------------------------------------------------------------

    def ask(self, request: Request, then: Then) -> None:
        """Send a request; `then` gets its replies on this thread, unless the document changes first."""
        generation, token = getattr(request, "generation", None), object()
        if not isinstance(request, CancelWork):  # it has no reply of its own
            self._unanswered[token] = generation

        def arrived(reply: Reply) -> None:
            if not isinstance(reply, Progress | SyncProgress):
                self._unanswered.pop(token, None)
            then(reply)

        self.workbench.ask(request, arrived)

    def latest(self, slot: str, request: Callable[[], Request], then: Then) -> None:
        """Ask, but have only one question of a slot out at a time: of those that come meanwhile the
        newest is asked afterwards, with the generation and clock of that moment. Waits for a
        current run."""
        self._next[slot] = (request, then)
        self._ask_next(slot)

    def _ask_next(self, slot: str) -> None:
        if slot in self._out or not self.started or not self.current or slot not in self._next:
            return
        request, then = self._next.pop(slot)
        question = request()
        if not names_what_is(question, self.campaigns):
            return  # an edit, or its undo, took away what was asked about: no error to a person
        self._out[slot] = then

        def arrived(reply: Reply) -> None:
            if self._out.get(slot) is not then:
                return
            del self._out[slot]
            then(reply)
            self._ask_next(slot)

        self.ask(question, arrived)

    def _run_changed(self, state: object) -> None:
        # Answers of an older generation never come: their slots are free again.
        if not self.current:
            self._out.clear()
            self._unanswered = {token: asked for token, asked in self._unanswered.items() if asked is None}
        self.trust.run_changed()
        self.run_changed.emit(state)
        if self.current:
            for slot in tuple(self._next):
                self._ask_next(slot)
            self.ask_approvals()

    def ask_approvals(self) -> None:
        if self.workbench.workspace is None:
            return  # a bare campaign file has no database; all in it are drafts
        self.latest("approvals", lambda: AskApprovals(self.generation), self.take_approvals)

    def take_approvals(self, reply: Reply) -> None:
        """Keep the states of an `Approvals` reply and tell."""
        if isinstance(reply, Approvals):
            self.approvals, self.hashes = dict(reply.states), dict(reply.hashes)
            self.approvals_changed.emit()

    def notify(self, severity: str, sentence: str) -> None:
        self.noticed.emit(Notice(severity, sentence))  # type: ignore[arg-type]  # callers pass literals
