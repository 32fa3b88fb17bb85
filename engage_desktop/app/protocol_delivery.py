"""What the window and the workspace process say about delivery; the rules of `protocol` hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engage_desktop.app.protocol import Reply, Request


@dataclass(frozen=True)
class AskDryRun(Request):
    """`recipients`: how many real people the sender has typed that lists are to be added (D-39); None: the allow-list."""

    generation: int
    destination: str
    recipients: int | None = None


@dataclass(frozen=True)
class StartSync(Request):
    """Deliver in the background; `SyncProgress` messages, then `SyncDone`. `recipients`: see `AskDryRun`."""

    generation: int
    destination: str
    recipients: int | None = None


@dataclass(frozen=True)
class DryRun(Reply):
    """What a sync would send. `refused` is the sentence that forbids it (D-39, drafts), else None; `for_lists` the
    people whom lists would be added if everybody might."""

    generation: int
    destination: str
    calls: int
    people: int
    seconds_at_rate: float
    sample: tuple[dict[str, Any], ...]
    withheld: dict[str, int]
    refused: str | None = None
    pending: int = 0
    for_lists: int = 0


@dataclass(frozen=True)
class SyncProgress(Reply):
    destination: str
    sent: int
    failed: int
    pending: int
    last_error: str | None = None


@dataclass(frozen=True)
class SyncDone(Reply):
    destination: str
    sent: int
    failed: int
    pending: int
    cancelled: bool
    results: tuple[tuple[str, str, str], ...] = ()
    """the last rows: (message id, state, error or "")"""
