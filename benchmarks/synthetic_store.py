"""A log of any size as an imported store on disk: blocks of the synthetic log one below the other, no import.

Only one block is in memory at a time. Every person has one identify call at their first instant, before their first
event: e-mail address, plan and subscription are its traits. There are no cart ids, which nobody asks about here.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic_log import CATEGORIES, SyntheticLog
from engage_desktop.events import EventStore
from engage_desktop.events.arrays import FolderSink
from engage_desktop.events.column import NUMBER, TEXT

BLOCK_EVENTS, EVENTS_A_PERSON = 1_000_000, 10
BYTES_AN_EVENT, BYTES_A_PERSON = 36, 140
DIGITS = 7
TRAITS = {
    "email": None,
    "email_subscription_status": ("subscribed", "did_not_subscribe"),
    "plan": ("free", "free plus", "plus"),
}
"""Texts of each; the address is the person's id."""


def bytes_needed(events: int) -> int:
    """On disk while it is written: the store, and its parts before they are put together."""
    return 2 * events * (BYTES_AN_EVENT + BYTES_A_PERSON // EVENTS_A_PERSON)


def write_store(folder: Path, events: int, seed: int = 20110307, block_events: int = BLOCK_EVENTS) -> EventStore:
    """A store of whole blocks in `folder`, a million events of a hundred thousand people each unless told otherwise;
    `events` must be a multiple of that and the people no more than their ids have digits for."""
    blocks, people = events // block_events, events // EVENTS_A_PERSON
    if events % block_events or people > 10**DIGITS:
        raise ValueError(f"{events:,} events are not whole blocks of {block_events:,}, or too many people")
    sink = FolderSink(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".parts-") as parts:
        try:
            written = _Parts(Path(parts), sink)
            spans = [_block(written, block_events, block, seed) for block in range(blocks)]
            names = written.names
            written.put_all()
            sink.put("profile_start", _starts(sink))
            _put_ids(sink, "profile_ids", people)
            meta = _put_calls(sink, people, block_events // EVENTS_A_PERSON)
            meta |= {
                "n_events": events,
                "n_profiles": people,
                "first_us": min(first for first, _ in spans),
                "last_us": max(last for _, last in spans),
                "events": [_event(sink, at, name, count) for at, (name, count) in enumerate(sorted(names.items()))],
                "accounts": {},
            }
            meta["subscriptions"] = EventStore(meta, sink.written()).keep_subscriptions(sink)
            sink.finish(meta)
        finally:
            sink.discard()
    return EventStore.open(folder)


class _Parts:
    """Arrays that grow block by block, each in a file of its own."""

    def __init__(self, folder: Path, sink: FolderSink) -> None:
        self._folder, self._sink = folder, sink
        self._types: dict[str, np.dtype[Any]] = {}
        self.names: dict[str, int] = {}

    def add(self, name: str, array: Any) -> None:
        array = np.ascontiguousarray(array)
        self._types[name] = array.dtype
        with (self._folder / name).open("ab") as file:
            file.write(array.data)

    def put_all(self) -> None:
        """Hand them over one by one; each is gone from here afterwards."""
        for name, dtype in self._types.items():
            file = self._folder / name
            self._sink.put(name, np.memmap(file, dtype, "r") if file.stat().st_size else np.empty(0, dtype))
            file.unlink()


def _block(parts: _Parts, events: int, block: int, seed: int) -> tuple[int, int]:
    """One block; returns its first and last instant. Of a call the place is its row and the identify calls before it."""
    people = events // EVENTS_A_PERSON
    log = SyntheticLog(events, people, seed + block)
    first_row, first_person = block * events, block * people
    row = np.arange(first_row, first_row + events)
    parts.add("time", log.time)
    parts.add("place_of_row", (row + log.person + first_person + 1).astype(np.uint32))
    parts.add("since", log.since)
    parts.add("first_row", log.profile_start[:-1] + first_row)
    for at, name in enumerate(sorted(log.event_names)):
        parts.add(f"e{at}.row", log.rows(name) + np.uint32(first_row))
        parts.add(f"e{at}.profile", log.profiles(name) + np.int32(first_person))
        category = log.column(name, "category")
        parts.add(f"e{at}.p0.kind", category.kind)
        parts.add(f"e{at}.p0.code", category.code)
        parts.add(f"e{at}.p1.number", log.column(name, "price").number)
        parts.names[name] = parts.names.get(name, 0) + len(log.rows(name))
    return log.first_us, log.last_us


def _event(sink: FolderSink, at: int, name: str, count: int) -> dict[str, Any]:
    sink.put_texts(f"e{at}.p0.text", CATEGORIES)
    properties = {
        "category": {"key": f"e{at}.p0", "text": f"e{at}.p0.text"},
        "price": {"key": f"e{at}.p1", "kind": NUMBER, "number": True},
    }
    return {"name": name, "count": count, "properties": properties, "context": {}}


def _starts(sink: FolderSink) -> Any:
    written = sink.written()
    return np.append(written.get("first_row"), len(written.get("time")))


def _put_calls(sink: FolderSink, people: int, block_people: int) -> dict[str, Any]:
    """The identify calls: who, when, and what they say, in every block alike."""
    since, first_row = (sink.written().get(name) for name in ("since", "first_row"))
    who = np.arange(people, dtype=np.int32)
    place = (first_row + who).astype(np.uint32)
    for kind in ("silent", "traits"):
        for part, array in (("place", place), ("profile", who), ("time", since)):
            sink.put(f"{kind}.{part}", array)
    for part, array in (("profile", who), ("type", np.zeros(people, np.int8)), ("time", since)):
        sink.put(f"id.{part}", array)
    _put_ids(sink, "id.value", people)
    for which in ("known", "all"):
        sink.put(f"eligible.{which}", since)
    columns = {}
    own = who % block_people
    for at, (trait, texts) in enumerate(TRAITS.items()):
        key = f"traits.t{at}"
        code = who if texts is None else (own % 7 // 5 if len(texts) == 2 else own % 3)
        sink.put(f"{key}.code", code.astype(np.int32))
        if texts is None:
            _put_ids(sink, f"{key}.text", people)
        else:
            sink.put_texts(f"{key}.text", texts)
        columns[trait] = {"key": key, "kind": TEXT, "text": f"{key}.text"}
    sink.put_texts("rejects", [])
    return {
        "identifier_types": ["user_id"],
        "silent": {"count": people, "context": {}},
        "traits": {"count": people, "columns": columns},
    }


def _put_ids(sink: FolderSink, name: str, people: int) -> None:
    """`u-0000000`, ...: as `put_texts` writes them, without a text for each."""
    width = DIGITS + 2
    text = np.empty((people, width), np.uint8)
    text[:, :2] = np.frombuffer(b"u-", np.uint8)
    number = np.arange(people)
    for place in range(DIGITS):
        text[:, -1 - place] = ord("0") + number // 10**place % 10
    sink.put(f"{name}.blob", text.ravel())
    sink.put(f"{name}.offsets", np.arange(people + 1, dtype=np.int64) * width)


def room_for(folder: Path, events: int) -> str | None:
    """Why a store of so many events cannot be written there, None if it can."""
    free, needed = shutil.disk_usage(folder).free, bytes_needed(events)
    if free >= needed:
        return None
    return f"{needed / 1e9:.0f} GB are needed in {folder} and {free / 1e9:.0f} GB are free; name another with --folder."
