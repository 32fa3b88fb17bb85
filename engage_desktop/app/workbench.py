"""The open workspace as the window sees it: the document, the clock, and what is known so far.

Qt-free. Replies of the workspace process arrive on a reader thread and are handed to `post`,
which runs them on the caller's thread (the window queues them as a signal). Listeners are
called on that thread only.

Topics: `log` (LogInfo), `run` (RunState), `document` (document.Changed), `clock` (instant),
`figures` (JourneyFigures or None), `alone` (bool), `notice` (Notice).
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from engage_desktop.app.alone import differs
from engage_desktop.app.engine_client import LOST, EngineClient
from engage_desktop.app.left_out import why_left_out
from engage_desktop.app.protocol import (
    AloneReady,
    AskFigures,
    Checked,
    Failed,
    JourneyFigures,
    Load,
    LogInfo,
    Progress,
    Refused,
    Reply,
    Request,
    RunReady,
    SetDocument,
    Superseded,
)
from engage_desktop.app.protocol_delivery import SyncProgress
from engage_desktop.document import Change, Changed, Document, dumps, load, loads_layout, save, save_layout
from engage_desktop.domain.campaigns import Campaigns, Layout
from engage_desktop.domain.errors import DesignError, UserError
from engage_desktop.domain.problem import Problem

Topic = Literal["log", "run", "document", "clock", "figures", "alone", "notice"]


@dataclass(frozen=True)
class Notice:
    """One sentence for the banner."""

    severity: Literal["info", "warning", "error"]
    sentence: str


@dataclass(frozen=True)
class RunState:
    """Where the newest generation stands. `current` = the figures shown are those of the
    document as it is now; while `computing` the last ones are shown greyed."""

    generation: int = 0
    computing: bool = False
    current: bool = False
    refused: bool = False
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    first_us: int = 0
    last_us: int = 0
    counts: dict[str, int] | None = None
    progress: float = 0.0


class Workbench:
    """One open workspace folder (or a bare campaign file, then without a log)."""

    def __init__(self, path: Path, post: Callable[[Callable[[], None]], None], *, seed: int = 0) -> None:
        """Read the design at once (raises UserError); `start()` brings the process up."""
        self.workspace: Path | None = path if path.is_dir() else None
        self.campaigns_path = path / "campaigns.json" if path.is_dir() else path
        self.seed = seed
        self.log: LogInfo | None = None
        self.run = RunState()
        self.at_us = 0
        self.journey: str | None = None
        self.figures: JourneyFigures | None = None
        self.alone = False
        """Whether figures of the journey in view are wanted for it by itself, else with all campaigns."""
        self._post = post
        self._listeners: dict[str, list[Callable[[Any], None]]] = {}
        self._waiting: dict[int, Callable[[Reply], None]] = {}
        self._figures_asked: tuple[int, str, int, bool] | None = None
        self._closed = False
        self._restarts: list[float] = []
        self._layout_fault = False
        self.document = self._open_document()
        self._left = self._read_journal()
        self.kept_journal: Path | None = None
        """The journal of a crash, once it had to make way for that of this session."""
        self.document.subscribe(self._document_changed)
        self._client = EngineClient(self._reply_arrived)

    # -- the design -----------------------------------------------------------------------

    @property
    def layout_path(self) -> Path:
        return self.campaigns_path.with_name(f"{self.campaigns_path.stem}.layout.json")

    @property
    def journal_path(self) -> Path:
        """Changes since the last save, one a line; what a crash leaves is offered at the next start."""
        return self.campaigns_path.with_name(f".{self.campaigns_path.stem}.journal.jsonl")

    def _free_journal_path(self) -> Path:
        """Where the journal of a crash is kept once that of this session begins; none is written over."""
        number = 1
        while (path := self.journal_path.with_suffix(f".kept{number}.jsonl")).exists():
            number += 1
        return path

    def _open_document(self) -> Document:
        campaigns, problems = load(self.campaigns_path)
        if campaigns is None:
            raise DesignError(problems)
        return Document(campaigns, self._open_layout(), journal=self._write_journal)

    def _open_layout(self) -> Layout:
        layout = None
        try:
            layout, _ = loads_layout(self.layout_path.read_text(encoding="utf-8"))
            self._layout_fault = layout is None
        except FileNotFoundError:
            pass
        except (OSError, UnicodeDecodeError):
            self._layout_fault = True
        return layout or Layout(format="engage-layout/1")

    @property
    def campaigns(self) -> Campaigns:
        return self.document.campaigns

    def save(self) -> None:
        """Write design and layout, each whole or not at all; raises UserError."""
        save(self.campaigns, self.campaigns_path)
        try:
            if self._layout_fault:  # what could not be read is set aside, not written over
                os.replace(self.layout_path, self.layout_path.with_suffix(".broken.json"))
                self._layout_fault = False
            self._set_journal_aside()
            self.journal_path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(
                f"{self.campaigns_path} is saved, but {error.filename} cannot be replaced ({error.strerror}). "
                "Allow writing there and save again."
            ) from error
        save_layout(self.document.layout, self.layout_path)
        self.document.mark_saved()

    def _read_journal(self) -> list[str]:
        """Changes that a crash left; a last line cut short is none."""
        try:
            text = self.journal_path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip()]

    def _set_journal_aside(self) -> None:
        """Keep what a crash left out of the way of this session's own journal."""
        if self._left and self.kept_journal is None:
            kept = self._free_journal_path()
            with contextlib.suppress(FileNotFoundError):
                os.replace(self.journal_path, kept)
            self.kept_journal = kept

    def recoverable(self) -> int:
        """How many unsaved changes a crash left behind."""
        return len(self._left)

    def recover(self) -> int:
        """Apply what a crash left; stops at the first line that no longer fits. Returns how many."""
        if not self._left:
            return 0
        try:
            self._set_journal_aside()
        except OSError as error:
            self.notify("error", f"{error.filename} cannot be moved ({error.strerror}), so nothing was brought back.")
            return 0
        lines, self._left = self._left, []
        kept = self.kept_journal or self.journal_path
        done = 0
        for line in lines:
            try:
                self.document.apply(Change.from_json(json.loads(line)))  # and so into the new journal
            except (ValueError, UserError, KeyError, TypeError, AttributeError, RecursionError):
                rest = len(lines) - done
                self.notify("warning", f"{rest} changes no longer fit the design; they lie in {kept}.")
                return done
            done += 1
        self._forget(kept)
        return done

    def discard_recovery(self) -> None:
        """Forget what a crash left, not what was done since."""
        if self._left:
            self._forget(self.kept_journal or self.journal_path)
        self._left = []

    def _forget(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self.notify("warning", f"{path} cannot be deleted ({error.strerror}). Allow writing there, or delete it.")

    # -- listening ------------------------------------------------------------------------

    def on(self, topic: Topic, listener: Callable[[Any], None]) -> Callable[[], None]:
        """Call `listener(value)` whenever the topic changes; returns the way to stop it."""
        self._listeners.setdefault(topic, []).append(listener)
        return lambda: self._listeners[topic].remove(listener)

    def _tell(self, topic: Topic, value: Any) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            listener(value)

    def notify(self, severity: Literal["info", "warning", "error"], sentence: str) -> None:
        self._tell("notice", Notice(severity, sentence))

    # -- the process ----------------------------------------------------------------------

    def start(self) -> None:
        """Spawn the workspace process, load the log, replay the design."""
        self._client.start()
        if self._layout_fault:
            self.notify(
                "warning",
                f"{self.layout_path} cannot be read, so steps are laid out anew. Saving keeps it as .broken.json.",
            )
        if self.workspace is not None:
            self.ask(Load(str(self.workspace)), self._log_loaded)
        self.replay()

    def close(self) -> None:
        self._closed = True
        self._client.close()

    def ask(self, request: Request, then: Callable[[Reply], None]) -> None:
        """Send a request; `then` gets its reply (and any Progress before it) on this thread.
        Replies for an older generation of the document are dropped; a Failed becomes a notice
        and is passed on."""
        self._waiting[self._client.send(request)] = then

    def _reply_arrived(self, request_id: int, reply: Reply) -> None:
        self._post(lambda: self._handle(request_id, reply))

    def _handle(self, request_id: int, reply: Reply) -> None:
        if self._closed:
            return
        if request_id == LOST:
            self._restart(reply)
            return
        if isinstance(reply, Progress | SyncProgress | AloneReady):
            then = self._waiting.get(request_id)
        else:
            then = self._waiting.pop(request_id, None)
        generation = getattr(reply, "generation", None)
        if then is None or (generation is not None and generation != self.run.generation):
            return
        if isinstance(reply, Failed):
            self.notify("error", reply.sentence)
        then(reply)

    def _restart(self, reply: Reply) -> None:
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < 60] + [now]
        self._waiting.clear()
        self._figures_asked = None
        if len(self._restarts) > 3:
            self.notify(
                "error",
                "The process that computes figures keeps ending. Your design is kept: save it, then reopen the workspace.",
            )
            self._set_run(replace(self.run, computing=False, current=False))
            return
        if isinstance(reply, Failed):
            self.notify("warning", reply.sentence)
        self._client = EngineClient(self._reply_arrived)
        self.start()

    def _log_loaded(self, reply: Reply) -> None:
        if isinstance(reply, LogInfo):
            self.log = reply
            self._tell("log", reply)

    def set_log(self, info: LogInfo) -> None:
        """After an import: the log is another one, so everything is replayed."""
        self._log_loaded(info)
        self.replay()

    # -- replay ---------------------------------------------------------------------------

    def replay(self, *, seed: int | None = None) -> None:
        """Compute the run of the document as it is now."""
        if seed is not None:
            self.seed = seed
        generation = self.run.generation + 1
        self._set_run(replace(self.run, generation=generation, computing=True, current=False, progress=0.0))
        text = dumps(self.campaigns)
        self.ask(SetDocument(generation, text, self.seed, self.journey, self.at_us), self._run_ready)

    def _run_ready(self, reply: Reply) -> None:
        match reply:
            case Checked():
                self._set_run(replace(self.run, problems=reply.problems, refused=False))
            case Progress():
                self._set_run(replace(self.run, progress=reply.fraction))
            case AloneReady():
                self._set_run(replace(self.run, refused=False))
                self._figures_arrived(reply.figures)
            case Refused():
                self._set_run(replace(self.run, computing=False, current=False, refused=True, problems=reply.problems))
            case RunReady():
                first = self.run.last_us == 0
                self._set_run(
                    RunState(
                        generation=reply.generation,
                        current=True,
                        problems=reply.problems,
                        seconds=reply.seconds,
                        first_us=reply.first_us,
                        last_us=reply.last_us,
                        counts=reply.counts,
                    )
                )
                if first or not reply.first_us <= self.at_us <= reply.last_us:
                    self.set_clock(reply.last_us)
                self._figures_asked = None
                self._ask_figures()
            case Failed():
                self._set_run(replace(self.run, computing=False, current=False))
            case Superseded():
                pass

    def _set_run(self, state: RunState) -> None:
        if state != self.run:
            self.run = state
            self._tell("run", state)

    # -- clock and figures ----------------------------------------------------------------

    def set_clock(self, at_us: int) -> None:
        """Move the instant everything is shown for; figures follow."""
        if self.run.last_us:
            at_us = min(max(at_us, self.run.first_us), self.run.last_us)
        if at_us != self.at_us:
            self.at_us = at_us
            self._tell("clock", at_us)
        self._ask_figures()

    def show_journey(self, key: str | None) -> None:
        """Choose the journey whose figures are followed."""
        if key != self.journey:
            self.journey = key
            self.figures = None
            self._tell("figures", None)
            self._ask_figures()

    def _ask_figures(self) -> None:
        # One question at a time: while it is out, only the newest wish is remembered.
        if self._figures_asked is not None or self.journey is None or not self.run.current:
            return
        if why_left_out(self.campaigns.journey(self.journey)) is not None:
            if self.figures is not None:
                self.figures = None
                self._tell("figures", None)
            return
        self._figures_asked = (self.run.generation, self.journey, self.at_us, self.alone)
        self.ask(AskFigures(*self._figures_asked), self._figures_arrived)

    def _figures_arrived(self, reply: Reply) -> None:
        self._figures_asked = None
        if not isinstance(reply, JourneyFigures):
            return
        if reply.journey == self.journey:
            self.figures = reply
            self._tell("figures", reply)
        if (reply.journey, reply.at_us, reply.alone) != (self.journey, self.at_us, self.alone):
            self._ask_figures()

    @property
    def figures_current(self) -> bool:
        """Whether the figures held are those of the document as it is now, at the clock, alone or with all as wanted.
        Those of the journey alone come before the run of all is done."""
        figures = self.figures
        return (
            figures is not None
            and (self.run.current or (figures.alone and not self.run.refused))
            and (figures.generation, figures.journey, figures.at_us, figures.alone)
            == (self.run.generation, self.journey, self.at_us, self.alone)
        )

    @property
    def has_others(self) -> bool:
        """Whether alone and with all can differ: there are other campaigns beside a journey."""
        return differs(self.campaigns)

    def show_alone(self, alone: bool) -> None:
        """Want figures of the journey in view by itself, or with all campaigns."""
        if alone != self.alone:
            self.alone = alone
            self._tell("alone", alone)
            self._tell("figures", self.figures)
            self._ask_figures()

    # -- edits ----------------------------------------------------------------------------

    def _document_changed(self, changed: Changed) -> None:
        # First the figures stop being current, then the design is shown: never the other way round.
        if not changed.layout_only:
            self.replay()
        self._tell("document", changed)

    def _write_journal(self, change: dict[str, Any]) -> None:
        try:
            self._set_journal_aside()
            with self.journal_path.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(change) + "\n")
        except OSError as error:
            self.notify(
                "warning", f"Changes cannot be journalled ({error.strerror}), so a crash would lose them. Save often."
            )
