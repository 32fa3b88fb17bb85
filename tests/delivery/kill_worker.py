"""A sync in a process of its own that ends itself with SIGKILL at the n-th hit of a named point.

`before_send`: the outbox has handed the calls out. `after_send`: they are on the wire, unanswered: the whole
request written and no byte of the answer read, or the rows inserted and COMMIT not sent. `before_commit`: the
destination has acknowledged, the outbox has not ticked off.

python -m tests.delivery.kill_worker WORKSPACE DESTINATION_JSON POINT NTH   (NTH 0 = to the end)
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from engage_desktop.delivery import Sender, open_destination
from engage_desktop.domain.message import Destination
from engage_desktop.store import Workspace


def main(folder: str, settings: str, point: str, nth: int) -> None:
    destination = Destination.model_validate_json(settings)
    hits = 0

    def checkpoint(name: str) -> None:
        nonlocal hits
        hits += name == point
        if nth and hits == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    on_the_wire(lambda: checkpoint("after_send"))
    with Workspace.open(Path(folder)) as workspace:
        opened = open_destination(destination, workspace.folder)
        tally = Sender(workspace.outbox, destination.key, opened, checkpoint=checkpoint).run()
    print(f"{tally.sent} {tally.failed} {tally.pending}")


def on_the_wire(reached: Callable[[], None]) -> None:
    """Call `reached` between sending and acknowledgement, as the HTTP and database libraries tell it."""
    post = httpx.Client.post

    def traced(self: httpx.Client, *arguments: Any, **options: Any) -> httpx.Response:
        def trace(name: str, info: object) -> None:
            if name == "http11.send_request_body.complete":
                reached()

        return post(self, *arguments, extensions={"trace": trace}, **options)

    httpx.Client.post = traced  # type: ignore[method-assign]

    @sa.event.listens_for(sa.Engine, "commit")
    def about_to_commit(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql" and connection.info.pop("rows", None):
            reached()

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def executed(connection: sa.Connection, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith("INSERT"):
            connection.info["rows"] = True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
