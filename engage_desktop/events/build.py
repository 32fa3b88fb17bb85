"""From log files to a store: read, drop duplicates, resolve identities, sort, write."""

from __future__ import annotations

import gc
import time as clock
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import Cancelled, InputError
from engage_desktop.domain.workspace import Identity
from engage_desktop.events.arrays import FolderSink, MemoryArrays, Sink
from engage_desktop.events.column import ColumnArrays
from engage_desktop.events.identity import LIMITS, TYPE_NAMES, Resolution, resolve
from engage_desktop.events.log import Group, Log
from engage_desktop.events.read import read_file, sizes_of
from engage_desktop.events.rejects import ID_BLOCKED, LIMIT_EXCEEDED, NO_IDENTIFIERS, Reject
from engage_desktop.events.sorting import stable_order
from engage_desktop.events.store import NEVER, EventStore
from engage_desktop.events.table import TableBuilder, path_text

Progress = Callable[[float, str], None]
Mapping = dict[str, str]
"""Columns to rename: its name in the file to the one meant. One for all files, or one a file."""
_FIELD_OF_TYPE = ("userId", "traits.email", "anonymousId")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every record: read = kept + rejected + duplicates."""

    read: int
    kept: int
    rejected: int
    duplicates: int
    profiles: int
    first_us: int | None
    last_us: int | None
    seconds: float


def read_logs(
    paths: str | Path | Sequence[str | Path],
    *,
    identity: Identity | None = None,
    mapping: Mapping | Sequence[Mapping] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Log:
    """Read files in the order given; raises InputError for a file that is not what it says, Cancelled."""
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if identity is not None and identity.identifiers:
        raise InputError("Own identifier types and limits are not supported yet. Remove `identity.identifiers`.")
    log = Log(identity.blocked if identity else ())
    sizes = sizes_of(files)
    total, before = max(sum(sizes), 1), 0
    with _no_collection():
        for file, size, names in zip(files, sizes, _mappings(mapping, len(files)), strict=True):
            for done in read_file(file, log, names):
                _stop(cancelled)
                if progress:
                    part = 0.8 * (before + min(done, size)) / total
                    progress(part, f"Reading {file.name}: {log.count:,} calls")
            before += size
    return log


def build_store(
    paths: str | Path | Sequence[str | Path],
    folder: Path | None = None,
    *,
    identity: Identity | None = None,
    mapping: Mapping | Sequence[Mapping] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[EventStore, ImportReport]:
    """Import logs into `folder` (replacing an older import there), or into memory without one.

    Raises InputError and Cancelled; in both cases no half-written folder stays behind."""
    started = clock.perf_counter()
    sink = FolderSink(Path(folder)) if folder is not None else None
    try:
        log = read_logs(paths, identity=identity, mapping=mapping, progress=progress, cancelled=cancelled)
        return _assemble(log, sink, started, progress, cancelled)
    except MemoryError as error:
        raise InputError("The log does not fit into memory. Import a part of it, or close other programs.") from error
    finally:
        if sink is not None:
            sink.discard()


def store_of(log: Log) -> tuple[EventStore, ImportReport]:
    """An in-memory store of calls that were added to a `Log` by hand."""
    return _assemble(log, None, clock.perf_counter(), None, None)


def _mappings(mapping: Mapping | Sequence[Mapping] | None, count: int) -> Sequence[Mapping]:
    return [mapping or {}] * count if mapping is None or isinstance(mapping, dict) else mapping


@contextmanager
def _no_collection() -> Iterator[None]:
    """Decoding makes millions of objects and no cycles: the garbage collector would only walk over them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _stop(cancelled: Callable[[], bool] | None) -> None:
    if cancelled and cancelled():
        raise Cancelled("The import was stopped.")


def _assemble(
    log: Log, folder: FolderSink | None, started: float, progress: Progress | None, cancelled: Callable[[], bool] | None
) -> tuple[EventStore, ImportReport]:
    def step(fraction: float, sentence: str) -> None:
        _stop(cancelled)
        if progress:
            progress(fraction, sentence)

    step(0.8, "Dropping duplicates")
    time, received = (
        log.column("time").astype(np.int64, copy=False),
        log.column("received").astype(np.int64, copy=False),
    )
    unique = _first_of_duplicates(log.column("hash"))
    order = _in_time(time, received, unique)
    step(0.83, "Resolving identities")
    codes, combination = log.combinations.codes(), log.column("combination").astype(np.int32, copy=False)
    users, emails, anonymous = (coder.values_by_code for coder in log.combinations.types)
    people = resolve(codes, combination, (users, emails, anonymous), time, order)
    log.rejects = _in_file_order(log.rejects)
    lost = _notices(log, codes, combination, people, order)
    del combination
    step(0.87, "Sorting events")
    order = order[people.profile[order] >= 0]
    order = order[stable_order(people.profile[order])]  # now by profile, time, received, input
    sink: Sink = folder if folder is not None else MemoryArrays()
    meta = _write(log, sink, order, time, people, step)
    report = ImportReport(
        read=log.read,
        kept=len(order),
        rejected=log.read - log.count + lost,
        duplicates=log.count - len(unique),
        profiles=len(people.texts),
        first_us=meta["first_us"],
        last_us=meta["last_us"],
        seconds=clock.perf_counter() - started,
    )
    meta["report"] = {field: getattr(report, field) for field in ImportReport.__slots__}
    if folder is not None:
        step(0.97, "Working out subscriptions")
        meta["subscriptions"] = EventStore(meta, folder.written()).keep_subscriptions(folder)
    step(0.99, "Finishing")
    if folder is not None:
        folder.finish(meta)
        return EventStore.open(folder.folder), report
    assert isinstance(sink, MemoryArrays)
    return EventStore(meta, sink), report


def _first_of_duplicates(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Calls to keep, ascending: of those with one message id the first (EV-3, D-47)."""
    if not len(hashes):
        return np.empty(0, dtype=np.intp)
    words = np.sort(hashes[:, 0])
    twice = words[1:][(words[1:] == words[:-1]) & (words[1:] != 0)]
    if not len(twice):
        return np.arange(len(hashes))
    members = np.nonzero(np.isin(hashes[:, 0], twice))[0]
    again = np.zeros(len(hashes), dtype=bool)
    seen: set[tuple[int, int]] = set()
    for i, key in zip(members.tolist(), map(tuple, hashes[members].tolist()), strict=True):
        if key in seen:
            again[i] = True
        seen.add(key)
    return np.nonzero(~again)[0]


def _in_time(time: NDArray[np.int64], received: NDArray[np.int64], kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """The kept calls by (time, received, position in the input)."""
    at, late = time[kept], received[kept]
    if (at == late).all():
        if (at[1:] >= at[:-1]).all():
            return kept
        return kept[stable_order(at)]
    by_received = stable_order(late)
    return kept[by_received[stable_order(at[by_received])]]


def _notices(
    log: Log, codes: NDArray[np.int32], combination: NDArray[np.int32], people: Resolution, order: NDArray[np.intp]
) -> int:
    """Tell of blocked and dropped identifiers (ID-5, ID-12); returns how many calls had none left (ID-9)."""
    lines, files = log.column("line"), log.column("file")

    def tell(call: int, field: str, code: str, message: str) -> None:
        log.rejects.append(Reject(log.files[int(files[call])], int(lines[call]), field, code, message))

    sources = log.combinations.types
    for kind, source in enumerate(sources):
        if source.blocked:
            code = codes[kind][combination]
            places = np.nonzero(code < -1)[0]
            values, first, counts = np.unique(code[places], return_index=True, return_counts=True)
            for value, at, count in zip(values.tolist(), first.tolist(), counts.tolist(), strict=True):
                what = f"{source.blocked[-value - 2]!r} is a blocked {TYPE_NAMES[kind]}"
                tell(int(places[at]), _FIELD_OF_TYPE[kind], ID_BLOCKED, f"{what}; it was set aside in {count:,} calls.")
    for call, kind, value in people.dropped:
        text = sources[kind].values_by_code[value]
        limit = f"{LIMITS[kind]} {TYPE_NAMES[kind]}" if kind else "one user_id"
        message = f"{text!r} was not attached, or a profile would break its limits ({limit}). The event is kept."
        tell(call, _FIELD_OF_TYPE[kind], LIMIT_EXCEEDED, message)
    without = order[people.profile[order] < 0]
    for call in without.tolist():
        tell(
            call,
            "userId",
            NO_IDENTIFIERS,
            "every identifier of the call is blocked. Give it a real userId or anonymousId.",
        )
    return len(without)


def _in_file_order(rejects: list[Reject]) -> list[Reject]:
    """By file as first met, then by line; a block finds broken lines before it finds wrong fields."""
    place = {file: i for i, file in enumerate(dict.fromkeys(reject.file for reject in rejects))}
    return sorted(rejects, key=lambda reject: (place[reject.file], reject.line))


def _write(
    log: Log,
    sink: Sink,
    order: NDArray[np.intp],
    time: NDArray[np.int64],
    people: Resolution,
    step: Callable[[float, str], None],
) -> dict[str, Any]:
    """Write every array. A call's *place* is its position in `order`; rows count events only."""
    calls = len(people.profile)
    place_of = np.full(calls, -1, dtype=np.int64)
    place_of[order] = np.arange(len(order))
    profile_at, time_at = people.profile[order], time[order]
    is_event = np.ones(calls, dtype=bool)
    for seqs in log.silent.seqs:
        is_event[seqs] = False
    event_at = is_event[order]
    place_of_row = np.nonzero(event_at)[0]
    row_at = np.cumsum(event_at) - 1
    n_profiles = len(people.texts)
    starts = np.searchsorted(profile_at[place_of_row], np.arange(n_profiles + 1))
    event_time = time_at[place_of_row]
    sink.put("time", event_time)
    sink.put("profile_start", starts.astype(np.int64))
    sink.put("place_of_row", place_of_row.astype(np.uint32))
    heads = np.searchsorted(profile_at, np.arange(n_profiles))
    sink.put("since", time_at[heads] if n_profiles else np.empty(0, np.int64))
    sink.put_texts("profile_ids", people.texts)
    _write_identifiers(log, sink, people)
    events: list[dict[str, Any]] = []
    contexts: list[tuple[str, dict[str, Any], NDArray[np.int32]]] = []
    names = sorted(log.groups)
    for i, name in enumerate(names):
        step(0.88 + 0.06 * i / len(names), f"Writing {name}")
        group = log.groups.pop(name)
        by, places, context_rows = _group_order(group, place_of)
        if len(by):
            key = f"e{len(events)}"
            sink.put(f"{key}.row", row_at[places].astype(np.uint32))
            sink.put(f"{key}.profile", profile_at[places])
            columns = _write_table(sink, f"{key}.p", group.properties, by)
            events.append({"name": name, "count": len(by), "properties": columns, "context": {}})
            contexts.append((f"{key}.c", events[-1]["context"], context_rows))
    by, places, context_rows = _group_order(log.silent, place_of)
    sink.put("silent.place", places.astype(np.uint32))
    sink.put("silent.profile", profile_at[places])
    sink.put("silent.time", time_at[places])
    silent: dict[str, Any] = {"count": len(by), "context": {}}
    contexts.append(("silent.c", silent["context"], context_rows))
    by, places, _ = _group_order(log.traits, place_of)
    sink.put("traits.place", places.astype(np.uint32))
    sink.put("traits.profile", profile_at[places])
    sink.put("traits.time", time_at[places])
    traits = {"count": len(by), "columns": _write_table(sink, "traits.t", log.traits.properties, by, keep_missing=True)}
    step(0.94, "Writing contexts")
    _write_contexts(sink, log.contexts, contexts)
    sink.put_texts("rejects", [msgspec.json.encode(reject).decode() for reject in log.rejects])
    return {
        "n_events": len(place_of_row),
        "n_profiles": n_profiles,
        "first_us": int(event_time.min()) if len(event_time) else None,
        "last_us": int(event_time.max()) if len(event_time) else None,
        "events": events,
        "silent": silent,
        "traits": traits,
    }


def _write_identifiers(log: Log, sink: Sink, people: Resolution) -> None:
    sources = log.combinations.types
    pairs = zip(people.identifier_type.tolist(), people.identifier_code.tolist(), strict=True)
    sink.put("id.profile", people.identifier_profile)
    sink.put("id.type", people.identifier_type)
    sink.put("id.time", people.identifier_time)
    sink.put_texts("id.value", [sources[kind].values_by_code[code] for kind, code in pairs])
    for name, types in (("eligible.known", 2), ("eligible.all", 3)):
        since = np.full(len(people.texts), NEVER, dtype=np.int64)
        counted = people.identifier_type < types
        np.minimum.at(since, people.identifier_profile[counted], people.identifier_time[counted])
        sink.put(name, since)


def _group_order(
    group: Group, place_of: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int32]]:
    """Positions in the group's own order of those calls that stay, sorted by place; their places and context rows."""
    seqs = np.concatenate(group.seqs) if group.seqs else np.empty(0, dtype=np.int32)
    rows = np.concatenate(group.contexts) if group.contexts else np.zeros(len(seqs), dtype=np.int32)
    group.seqs, group.contexts = [], []
    places = place_of[seqs]
    kept = np.nonzero(places >= 0)[0]
    by = kept[stable_order(places[kept])]
    return by, places[by], rows[by]


def _write_table(
    sink: Sink, key: str, table: TableBuilder, by: NDArray[np.intp], *, keep_missing: bool = False
) -> dict[str, dict[str, Any]]:
    """Columns under `key`, taken at `by`; returns by path what the manifest must know."""
    described: dict[str, dict[str, Any]] = {}
    for k, path in enumerate(sorted(table.columns)):
        builder = table.columns.pop(path)
        column = builder.finish(table.count).take(by, keep_missing=keep_missing)
        if column is not None:
            described[path_text(path)] = _write_column(sink, f"{key}{k}", column, f"{key}{k}.text")
            if column.code is not None:
                sink.put_texts(f"{key}{k}.text", list(builder.codes))
    return described


def _write_contexts(
    sink: Sink, table: TableBuilder, targets: list[tuple[str, dict[str, Any], NDArray[np.int32]]]
) -> None:
    """Every context column for every (key, description to fill, rows of `table`); they share their texts."""
    for k, path in enumerate(sorted(table.columns)):
        builder = table.columns.pop(path)
        arrays = builder.finish(table.count)
        if arrays.code is not None:
            sink.put_texts(f"c{k}.text", list(builder.codes))
        for key, described, rows in targets:
            column = arrays.take(rows)
            if column is not None:
                described[path_text(path)] = _write_column(sink, f"{key}{k}", column, f"c{k}.text")


def _write_column(sink: Sink, key: str, column: ColumnArrays, texts: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": key}
    if isinstance(column.kind, int):
        entry["kind"] = column.kind
    else:
        sink.put(f"{key}.kind", column.kind)
    if column.number is not None:
        entry["number"] = True
        sink.put(f"{key}.number", column.number)
    if column.code is not None:
        entry["text"] = texts
        sink.put(f"{key}.code", column.code)
    return entry
