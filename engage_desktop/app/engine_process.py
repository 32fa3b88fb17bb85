"""The workspace process: one queue of requests, worked off in order, replies down the pipe.

A reader thread takes requests off the pipe, so that a newer document or a cancel is seen while
an older replay still computes.
"""

from __future__ import annotations

import queue
import threading
from multiprocessing.connection import Connection

from engage_desktop.app.protocol import CancelWork, Close, Reply, Request, SetDocument


class Inbox:
    """Requests in order of arrival, plus what must be known at once: the newest generation and cancels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[tuple[int, Request]] = queue.SimpleQueue()
        self._send_lock = threading.Lock()
        self.generation = 0
        self.cancel_work = threading.Event()
        threading.Thread(target=self._read, name="engage-requests", daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                request_id, request = self._connection.recv()
            except (EOFError, OSError):
                request_id, request = 0, Close()  # the window is gone; so are we
            if isinstance(request, SetDocument):
                self.generation = request.generation
            if isinstance(request, CancelWork | Close):
                self.cancel_work.set()
            self._queue.put((request_id, request))
            if isinstance(request, Close):
                return

    def next(self) -> tuple[int, Request]:
        return self._queue.get()

    def reply(self, request_id: int, reply: Reply) -> None:
        """Send from any thread; a closed pipe is no error, nobody listens any more."""
        with self._send_lock:
            try:
                self._connection.send((request_id, reply))
            except (BrokenPipeError, OSError):
                self.cancel_work.set()


def serve(connection: Connection) -> None:
    """Run until the window closes the pipe or asks to close."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C belongs to the window, which then closes us
    inbox = Inbox(connection)
    from engage_desktop.app.faults import keep_faults

    keep_faults()
    from engage_desktop.app.desk import Desk  # numpy and friends load here, off the window's process

    desk = Desk(inbox)
    while True:
        request_id, request = inbox.next()
        if isinstance(request, Close):
            desk.close()
            return
        if not isinstance(request, CancelWork):
            desk.answer(request_id, request)
