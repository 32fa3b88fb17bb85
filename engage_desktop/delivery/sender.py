"""Empties the outbox of one destination: claim, send, tick off, with back-off and rate.

A crash at any point loses nothing: a call is ticked off only after the destination took it, so
after it the call is either still pending (and sent again under the same message id) or done.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from engage_desktop.delivery.destinations import Destination, TemporaryFailure, Unavailable
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call, Outbox

CLAIM = 200
MAX_ATTEMPTS = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
UNAVAILABLE_IN_A_ROW, BUSY_IN_A_ROW = 4, 12
"""Failures with no call taken between them that end the round: of a destination nobody answers at, of one that
answers each time that it cannot take the call. What is left stays in the outbox."""
LONGEST_PAUSE_S = 120.0
"""A round does not sit and wait longer than this for the next call to fall due."""


@dataclass(frozen=True)
class Tally:
    """Calls of the destination so far: sent and failed in this round, pending in its outbox."""

    sent: int
    failed: int
    pending: int
    last_error: str | None = None


class Sender:
    """Sends what the outbox holds for one destination until it is empty or `cancelled` is set.

    `checkpoint(name)` is called at `before_send` and `before_commit` (acknowledged, not yet ticked off); tests end the
    process there.
    """

    def __init__(
        self,
        outbox: Outbox,
        key: str,
        destination: Destination,
        *,
        rate: float | None = None,
        progress: Callable[[Tally], None] | None = None,
        cancelled: threading.Event | None = None,
        checkpoint: Callable[[str], None] = lambda name: None,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> None:
        self._outbox, self._key, self._destination = outbox, key, destination
        self._gap_s = 1.0 / rate if rate else 0.0
        self._progress = progress or (lambda tally: None)
        self._cancelled = cancelled or threading.Event()
        self._checkpoint = checkpoint
        self._max_attempts = max_attempts
        self._sent = self._failed = self._in_a_row = 0
        self._gave_up = False
        self._last_error: str | None = None

    def run(self) -> Tally:
        """Work the outbox off; raises DeliveryError only when the destination's settings cannot work."""
        self._destination.check()
        self._outbox.release(self._key)  # we are the only sender of this destination: leases of a dead one end here
        try:
            while not self._cancelled.is_set() and not self._gave_up:
                claimed = self._outbox.claim(self._key, max(CLAIM, self._destination.batch_size), _now_us())
                if claimed:
                    self._send_all([(one.call, one.attempts) for one in claimed])
                elif not self._wait_for_next():
                    break
        finally:
            self._outbox.release(self._key)
            self._destination.close()
        return self._tally()

    def _wait_for_next(self) -> bool:
        """Sleep until the next call is due; False when none is pending."""
        counts = self._outbox.counts(self._key)
        if counts.pending == 0 or counts.next_attempt_at is None:
            return False
        pause_s = (counts.next_attempt_at - _now_us()) / 1e6
        if pause_s > LONGEST_PAUSE_S:
            return False
        self._cancelled.wait(max(0.01, pause_s))
        return True

    def _send_all(self, claimed: list[tuple[Call, int]]) -> None:
        size = max(1, self._destination.batch_size)
        for low in range(0, len(claimed), size):
            if self._cancelled.is_set() or self._gave_up:
                return
            self._send_batch(claimed[low : low + size])
            self._progress(self._tally())

    def _send_batch(self, batch: list[tuple[Call, int]]) -> None:
        calls = [call for call, _ in batch]
        self._checkpoint("before_send")
        try:
            self._destination.send(calls)
        except TemporaryFailure as error:
            self._put_back(batch, error)
            self._lose_patience(error)
            return
        except DeliveryError as error:
            for call in calls:
                self._outbox.mark_failed(call.message_id, str(error), None)
            self._failed += len(calls)
            self._last_error = str(error)
            return
        self._in_a_row = 0
        self._checkpoint("before_commit")
        self._outbox.mark_sent([call.message_id for call in calls], _now_us())
        self._sent += len(calls)
        if self._gap_s:
            self._cancelled.wait(self._gap_s * len(calls))

    def _put_back(self, batch: list[tuple[Call, int]], error: TemporaryFailure) -> None:
        self._last_error = str(error)
        patient = isinstance(error, Unavailable)  # says nothing about this very call
        for call, attempts in batch:
            if attempts >= self._max_attempts and not patient:
                self._outbox.mark_failed(call.message_id, str(error), None)
                self._failed += 1
                continue
            wait_s = 0.0 if patient else error.retry_after_s
            if wait_s is None:
                wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempts - 1, 20)) * random.uniform(0.5, 1.0)
            self._outbox.mark_failed(call.message_id, str(error), _now_us() + int(wait_s * 1e6))

    def _lose_patience(self, error: TemporaryFailure) -> None:
        """Wait a while after some failures in a row, longer each time, and end the round after many."""
        if error.retry_after_s is not None:  # it says itself when to come again
            return
        self._in_a_row += 1
        if self._in_a_row >= (UNAVAILABLE_IN_A_ROW if isinstance(error, Unavailable) else BUSY_IN_A_ROW):
            self._gave_up = True
        elif isinstance(error, Unavailable):
            self._cancelled.wait(FIRST_WAIT_S * 2 ** (self._in_a_row - 1) * random.uniform(0.5, 1.0))

    def _tally(self) -> Tally:
        return Tally(self._sent, self._failed, self._outbox.counts(self._key).pending, self._last_error)


def _now_us() -> int:
    return time.time_ns() // 1_000
