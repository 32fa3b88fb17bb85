"""The window's end of the pipe to the workspace process.

The process is spawned, never forked, and owns the event store, the database and the runs:
numpy would otherwise hold the interpreter lock long enough to stall the window.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from engage_desktop.app.protocol import Close, Failed, Reply, Request

LOST = 0
"""The request id under which the loss of the process is reported."""


class EngineClient:
    """Sends requests, hands replies to `on_reply(request_id, reply)` on a reader thread."""

    def __init__(self, on_reply: Callable[[int, Reply], None]) -> None:
        self._on_reply = on_reply
        self._ids = itertools.count(LOST + 1)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._closing = False

    def start(self) -> None:
        """Spawn the process; returns at once, requests queue in the pipe meanwhile."""
        from engage_desktop.app.engine_process import serve  # its own imports are light

        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._connection = ours
        self._process = context.Process(target=serve, args=(theirs,), name="engage-workspace", daemon=True)
        self._process.start()
        theirs.close()
        threading.Thread(target=self._read, args=(ours,), name="engage-replies", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def send(self, request: Request) -> int:
        """Queue a request; its replies carry the returned id."""
        request_id = next(self._ids)
        with self._lock:
            if self._connection is None:
                raise RuntimeError("start() comes first")
            with contextlib.suppress(OSError):  # a broken pipe: the reader reports the loss, once
                self._connection.send((request_id, request))
        return request_id

    def close(self, timeout_s: float = 3.0) -> None:
        """Ask the process to end, and end it when it does not."""
        self._closing = True
        if self._process is None:
            return
        self.send(Close())
        self._process.join(timeout_s)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(timeout_s)

    def _read(self, connection: Connection) -> None:
        while True:
            try:
                request_id, reply = connection.recv()
            except (EOFError, OSError):
                break
            self._on_reply(request_id, reply)
        if not self._closing:
            self._on_reply(
                LOST,
                Failed("The process that computes figures has ended. Your design is kept; it is being started again."),
            )
