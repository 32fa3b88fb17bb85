"""Logs and designs for engine tests, through the real doors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_instant
from engage_desktop.engine import NEVER, LeafCache, Run, compile_campaigns, simulate, to_arrow
from engage_desktop.events import EventStore, build_store

DAY = 86_400_000_000
T0 = parse_instant("2024-01-01T00:00:00Z")


def store_of(records: list[dict[str, Any]], folder: Path) -> EventStore:
    """An in-memory store of Segment calls."""
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return build_store([path])[0]


def track(user: str, event: str, at: str, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "userId": user, "event": event, "timestamp": at, "properties": properties}


def identify(user: str, at: str, **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "timestamp": at, "traits": traits}


def campaigns(**parts: Any) -> Campaigns:
    """A campaign file of the given lists (plain values)."""
    from engage_desktop.document import loads

    text = json.dumps({"format": "engage-campaigns/1", "workspace": {"name": "Test"}, **parts})
    found, problems = loads(text)
    assert found is not None, problems
    return found


def tables(run: Run, store: EventStore) -> dict[str, list[dict[str, Any]]]:
    """Public tables as rows, instants as int64 microseconds, None where null."""
    result = {}
    for name, table in to_arrow(run, store).items():
        columns = {}
        for field in table.schema:
            column = table[field.name]
            if str(field.type).startswith("timestamp"):
                column = column.cast("int64")
            columns[field.name] = column.to_pylist()
        result[name] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return result


def replay(
    records: list[dict[str, Any]],
    design: Campaigns,
    window: tuple[int, int],
    folder: Path,
    seed: int = 0,
    cache: LeafCache | None = None,
    lists: dict[str, list[str]] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    store = store_of(records, folder)
    return tables(simulate(compile_campaigns(design, lists), store, window=window, seed=seed, cache=cache), store)


__all__ = ["DAY", "NEVER", "T0", "campaigns", "identify", "replay", "store_of", "tables", "track"]
