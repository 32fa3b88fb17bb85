"""A sync in a process of its own that ends itself with SIGKILL at the n-th hit of a named point.

python -m tests.delivery.kill_worker WORKSPACE DESTINATION_JSON POINT NTH   (NTH 0 = to the end)
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

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

    with Workspace.open(Path(folder)) as workspace:
        opened = open_destination(destination, workspace.folder)
        tally = Sender(workspace.outbox, destination.key, opened, checkpoint=checkpoint).run()
    print(f"{tally.sent} {tally.failed} {tally.pending}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
