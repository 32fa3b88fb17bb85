"""A destination that sends e-mail, as somebody may add one, and a real server on loopback that takes it.

No type of this version sends e-mail itself: this one shows that what may not leave stops before any type is asked.
"""

from __future__ import annotations

import json
import smtplib
import socketserver
import threading
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from engage_desktop.store import Call


class MailServer:
    """Speaks enough SMTP to take mail; `taken` are the payloads, each with whom it went to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        server = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 here")
                to, body = "", None
                while line := self.rfile.readline().decode():
                    word = line.strip().upper()
                    if body is not None:
                        if line == ".\r\n":
                            server.taken.append((to, json.loads("".join(body).partition("\r\n\r\n")[2])))
                            body = None
                            self._say("250 taken")
                        else:
                            body.append(line)
                        continue
                    if word.startswith("RCPT"):
                        to = line.partition("<")[2].partition(">")[0]
                    if word == "DATA":
                        body = []
                    self._say("354 go on" if word == "DATA" else "221 bye" if word == "QUIT" else "250 fine")

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class MailDestination:
    """Settings: `port`. One mail a call, to its person."""

    batch_size = 1

    def __init__(self, key: str, settings: dict[str, Any], base: Path) -> None:
        self._port = int(settings["port"])

    def check(self) -> None:
        pass

    def send(self, calls: Sequence[Call]) -> None:
        with smtplib.SMTP("127.0.0.1", self._port) as server:
            for call in calls:
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = (
                    "shop@example.org",
                    f"{call.profile}@example.org",
                    call.change,
                )
                mail.set_content(json.dumps(call.payload), cte="7bit")
                server.send_message(mail)

    def close(self) -> None:
        pass
