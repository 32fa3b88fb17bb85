"""Works out ranges for the window inside the workspace process: on a thread of its own, so that figures stay answered."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as base
from engage_desktop.app.faults import fault_file
from engage_desktop.app.protocol_ranges import AskRanges, Range, Ranges, RangesStopped, StopRanges
from engage_desktop.app.replay import MOST_REPLICATES, with_ranges
from engage_desktop.domain.errors import Cancelled, UserError

if TYPE_CHECKING:
    from engage_desktop.app.desk import Desk
    from engage_desktop.app.engine_process import Inbox
    from engage_desktop.app.replay import Replay

logger = logging.getLogger(__name__)
PROGRESS_EVERY_S = 0.1
SETTLES_S = 30.0
"""How long work that was stopped may take until it sees that."""


class RangeDesk:
    """One set of ranges at a time."""

    def __init__(self, desk: Desk, inbox: Inbox) -> None:
        self._desk, self._inbox = desk, inbox
        self._stop = threading.Event()
        self._working: threading.Thread | None = None
        self._of = -1
        """The generation that is worked on."""
        self.answers: dict[type[base.Request], Callable[[int, Any], base.Reply | None]] = {
            AskRanges: self._ask,
            StopRanges: self._stopped,
        }

    def close(self) -> None:
        """Stop what is under way."""
        self._stop.set()
        if self._working is not None:
            self._working.join(SETTLES_S)

    def _stopped(self, request_id: int, request: StopRanges) -> base.Reply:
        self._stop.set()
        return base.Ok()

    def _ask(self, request_id: int, request: AskRanges) -> None:
        replayed = self._desk.need_run()
        if not 1 <= request.replicates <= MOST_REPLICATES:
            raise UserError(
                f"{request.replicates:,} replicates: ranges take 1 to {MOST_REPLICATES:,}. 100 is a good number."
            )
        if self._working is not None and self._working.is_alive():
            if self._of == request.generation and not self._stop.is_set():
                raise UserError("Ranges are being worked out already. Wait until they are there, or stop them first.")
            self._stop.set()
            self._working.join(SETTLES_S)
        self._stop, self._of = threading.Event(), request.generation
        self._working = threading.Thread(
            target=self._work, args=(request_id, request, replayed, self._stop), name="engage-ranges", daemon=True
        )
        self._working.start()

    def _work(self, request_id: int, request: AskRanges, replayed: Replay, stop: threading.Event) -> None:
        last = 0.0

        def show(done: float, _what: str) -> None:
            nonlocal last
            if time.monotonic() - last >= PROGRESS_EVERY_S:
                last = time.monotonic()
                number = min(round(done * request.replicates) + 1, request.replicates)
                self._inbox.reply(request_id, base.Progress(done, f"Replicate {number:,} of {request.replicates:,}"))

        def cancelled() -> bool:
            return stop.is_set() or self._desk.is_old(request.generation)

        try:
            run = with_ranges(replayed.run, replayed.log, request.replicates, progress=show, cancelled=cancelled)
            self._inbox.reply(request_id, _reply(request, run))
        except Cancelled:
            old = self._desk.is_old(request.generation)
            self._inbox.reply(request_id, (base.Superseded if old else RangesStopped)(request.generation))
        except UserError as error:
            self._inbox.reply(request_id, base.Failed(str(error)))
        except MemoryError:
            self._inbox.reply(
                request_id, base.Failed("There is not enough memory for ranges. Close other programs first.")
            )
        except Exception:
            logger.exception("ranges failed")
            said = f"Something went wrong inside while ranges were worked out; {fault_file()} has the details. Your work is kept."
            self._inbox.reply(request_id, base.Failed(said))


def _reply(request: AskRanges, run: Any) -> Ranges:
    rows = tuple(Range(one.campaign, one.step, one.figure, one.p5, one.p50, one.p95, one.kind) for one in run.estimates)
    kind: base.Kind = "assumed" if any(one.kind == "assumed" for one in rows) else "observed"
    return Ranges(request.generation, request.replicates, rows, kind)
