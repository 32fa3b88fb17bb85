"""Logs for tests: calls as Python dicts, written to files or made a store at once.

    store = store_of([track("u1", "Order Completed", 0, total=5), identify("u1", 1, email="a@b.c")])

Instants are microseconds since the epoch or ISO texts.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.workspace import Identity
from engage_desktop.events import EventStore, ImportReport, build_store

Call = Mapping[str, Any]


def instant(at: int | str) -> str:
    return at if isinstance(at, str) else format_instant(at)


def track(user: str | None, event: str, at: int | str, /, **properties: Any) -> dict[str, Any]:
    """A track call; `with_(call, ...)` adds further fields such as anonymousId."""
    call = {"type": "track", "userId": user, "event": event, "timestamp": instant(at), "properties": properties}
    return {key: value for key, value in call.items() if value is not None}


def identify(user: str | None, at: int | str, /, **traits: Any) -> dict[str, Any]:
    call = {"type": "identify", "userId": user, "timestamp": instant(at), "traits": traits}
    return {key: value for key, value in call.items() if value is not None}


def with_(call: Call, /, **fields: Any) -> dict[str, Any]:
    return {**call, **fields}


def write_log(path: Path, calls: Iterable[Call | str]) -> Path:
    """Write JSON Lines; a text stands for a raw line."""
    lines = [call if isinstance(call, str) else json.dumps(call, ensure_ascii=False) for call in calls]
    path.write_bytes("".join(line + "\n" for line in lines).encode())
    return path


def imported(
    calls: Iterable[Call | str], folder: Path | None = None, *, identity: Identity | None = None
) -> tuple[EventStore, ImportReport]:
    """Import calls through a temporary file, into memory or into `folder`."""
    with tempfile.TemporaryDirectory() as temporary:
        return build_store([write_log(Path(temporary) / "log.jsonl", calls)], folder, identity=identity)


def store_of(calls: Iterable[Call | str], *, identity: Identity | None = None) -> EventStore:
    return imported(calls, identity=identity)[0]
