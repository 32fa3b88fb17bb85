"""From log files to a store: read, drop duplicates, resolve identities, sort, write."""

from __future__ import annotations

import gc
import time as clock
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import Cancelled, InputError
from engage_desktop.domain.workspace import Identity
from engage_desktop.events.accounts import write_accounts
from engage_desktop.events.arrays import FolderSink, MemoryArrays, Sink
from engage_desktop.events.call_times import place_at_start
from engage_desktop.events.combinations import Coded
from engage_desktop.events.file_options import FileOptions
from engage_desktop.events.file_report import FileReport
from engage_desktop.events.identifiers import KNOWN
from engage_desktop.events.identity import Resolution, resolve
from engage_desktop.events.log import Log
from engage_desktop.events.notices import tell_of_identifiers
from engage_desktop.events.read import read_file, sizes_of
from engage_desktop.events.rejects import Reject
from engage_desktop.events.sorting import stable_order
from engage_desktop.events.store import NEVER, EventStore
from engage_desktop.events.writing import group_order, write_column, write_contexts, write_table

_T = TypeVar("_T")
Progress = Callable[[float, str], None]
Mapping = dict[str, str]
"""Columns to rename: its name in the file to the one meant. One for all files, or one a file."""


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
    files: tuple[FileReport, ...] = ()


def read_logs(
    paths: str | Path | Sequence[str | Path],
    *,
    identity: Identity | None = None,
    mapping: Mapping | Sequence[Mapping] | None = None,
    options: FileOptions | Sequence[FileOptions] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Log:
    """Read files in the order given; raises InputError for a file that is not what it says, Cancelled."""
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    log = Log(identity)
    sizes = sizes_of(files)
    total, before = max(sum(sizes), 1), 0
    with _no_collection():
        told = zip(_each(mapping or {}, len(files)), _each(options or FileOptions(), len(files)), strict=True)
        for file, size, (names, read_as) in zip(files, sizes, told, strict=True):
            for done in read_file(file, log, names, read_as):
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
    options: FileOptions | Sequence[FileOptions] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[EventStore, ImportReport]:
    """Import logs into `folder` (replacing an older import there), or into memory without one.

    Raises InputError and Cancelled; in both cases no half-written folder stays behind."""
    started = clock.perf_counter()
    sink = FolderSink(Path(folder)) if folder is not None else None
    try:
        log = read_logs(
            paths, identity=identity, mapping=mapping, options=options, progress=progress, cancelled=cancelled
        )
        return _assemble(log, sink, started, progress, cancelled)
    except MemoryError as error:
        raise InputError("The log does not fit into memory. Import a part of it, or close other programs.") from error
    finally:
        if sink is not None:
            sink.discard()


def store_of(log: Log) -> tuple[EventStore, ImportReport]:
    """An in-memory store of calls that were added to a `Log` by hand."""
    return _assemble(log, None, clock.perf_counter(), None, None)


def _each(given: _T | Sequence[_T], count: int) -> Sequence[_T]:
    """One value a file, where one may have been given for all of them."""
    return given if isinstance(given, list | tuple) else [given] * count  # type: ignore[list-item]


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
    time, received = place_at_start(time, received, log.undated_file)
    unique = _first_of_duplicates(log.column("hash"))
    order = _in_time(time, received, unique)
    step(0.83, "Resolving identities")
    coded, combination = log.combinations.codes(), log.column("combination").astype(np.int32, copy=False)
    values = [coder.values_by_code for coder in log.combinations.coders]
    people = resolve(coded, combination, values, log.combinations.identifiers, time, order)
    log.rejects = _in_file_order(log.rejects)
    lost = _tell(log, coded, combination, people, order)
    del coded, combination
    step(0.87, "Sorting events")
    sink: Sink = folder if folder is not None else MemoryArrays()
    order = order[people.profile[order] >= 0]
    is_event = _is_event(log)
    accounts = write_accounts(log, sink, order, people.profile, time)
    ordinal = _ordinals(is_event, order) if accounts else None
    order = order[stable_order(people.profile[order])]  # now by profile, time, received, input
    meta = _write(log, sink, order, is_event, time, people, step)
    meta["accounts"] = accounts
    if ordinal is not None:
        sink.put("ordinal", ordinal[order[is_event[order]]])
    report = ImportReport(
        read=log.read,
        kept=len(order),
        rejected=log.read - log.count + lost,
        duplicates=log.count - len(unique),
        profiles=len(people.texts),
        first_us=meta["first_us"],
        last_us=meta["last_us"],
        seconds=clock.perf_counter() - started,
        files=tuple(log.reports),
    )
    meta["report"] = asdict(report)
    if folder is not None:
        step(0.97, "Working out subscriptions")
        meta |= EventStore(meta, folder.written()).keep_subscriptions(folder)
    step(0.99, "Finishing")
    if folder is not None:
        folder.finish(meta)
        return EventStore.open(folder.folder), report
    assert isinstance(sink, MemoryArrays)
    return EventStore(meta, sink), report


def _is_event(log: Log) -> NDArray[np.bool_]:
    is_event = np.ones(log.count, dtype=bool)
    for seqs in log.silent.seqs:
        is_event[seqs] = False
    return is_event


def _ordinals(is_event: NDArray[np.bool_], in_time: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Of each event its place among all events in the order of `in_time`, uint32[calls]."""
    ordinal = np.zeros(len(is_event), dtype=np.uint32)
    ordinal[in_time] = np.cumsum(is_event[in_time]) - 1
    return ordinal


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


def _tell(log: Log, coded: Coded, combination: NDArray[np.int32], people: Resolution, order: NDArray[np.intp]) -> int:
    """Note what became of identifiers; returns how many calls had none left (ID-9)."""
    lines, files = log.column("line"), log.column("file")

    def tell(call: int, field: str, code: str, message: str) -> None:
        log.rejects.append(Reject(log.files[int(files[call])], int(lines[call]), field, code, message))

    kept = np.sort(order)
    return len(tell_of_identifiers(log.combinations, coded, combination, people, kept, tell))


def _in_file_order(rejects: list[Reject]) -> list[Reject]:
    """By file as first met, then by line; a block finds broken lines before it finds wrong fields."""
    place = {file: i for i, file in enumerate(dict.fromkeys(reject.file for reject in rejects))}
    return sorted(rejects, key=lambda reject: (place[reject.file], reject.line))


def _write(
    log: Log,
    sink: Sink,
    order: NDArray[np.intp],
    is_event: NDArray[np.bool_],
    time: NDArray[np.int64],
    people: Resolution,
    step: Callable[[float, str], None],
) -> dict[str, Any]:
    """Write every array. A call's *place* is its position in `order`; rows count events only."""
    calls = len(people.profile)
    place_of = np.full(calls, -1, dtype=np.int64)
    place_of[order] = np.arange(len(order))
    profile_at, time_at = people.profile[order], time[order]
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
    identifier_types = _write_identifiers(log, sink, people)
    events: list[dict[str, Any]] = []
    contexts: list[tuple[str, dict[str, Any], NDArray[np.int32]]] = []
    names = sorted(log.groups)
    for i, name in enumerate(names):
        step(0.88 + 0.06 * i / len(names), f"Writing {name}")
        group = log.groups.pop(name)
        by, places, context_rows = group_order(group, place_of)
        if len(by):
            key = f"e{len(events)}"
            sink.put(f"{key}.row", row_at[places].astype(np.uint32))
            sink.put(f"{key}.profile", profile_at[places])
            columns = write_table(sink, f"{key}.p", group.properties, by)
            events.append({"name": name, "count": len(by), "properties": columns, "context": {}})
            source = write_column(sink, f"{key}.s", group.source, group.properties.count, by)
            if source:
                events[-1]["source"] = {"sourceId": source}
            contexts.append((f"{key}.c", events[-1]["context"], context_rows))
    by, places, context_rows = group_order(log.silent, place_of)
    sink.put("silent.place", places.astype(np.uint32))
    sink.put("silent.profile", profile_at[places])
    sink.put("silent.time", time_at[places])
    silent: dict[str, Any] = {"count": len(by), "context": {}}
    contexts.append(("silent.c", silent["context"], context_rows))
    by, places, _ = group_order(log.traits, place_of)
    sink.put("traits.place", places.astype(np.uint32))
    sink.put("traits.profile", profile_at[places])
    sink.put("traits.time", time_at[places])
    traits = {"count": len(by), "columns": write_table(sink, "traits.t", log.traits.properties, by, keep_missing=True)}
    step(0.94, "Writing contexts")
    write_contexts(sink, log.contexts, contexts)
    sink.put_texts("rejects", [msgspec.json.encode(reject).decode() for reject in log.rejects])
    return {
        "n_events": len(place_of_row),
        "n_profiles": n_profiles,
        "identifier_types": identifier_types,
        "first_us": int(event_time.min()) if len(event_time) else None,
        "last_us": int(event_time.max()) if len(event_time) else None,
        "events": events,
        "silent": silent,
        "traits": traits,
    }


def _write_identifiers(log: Log, sink: Sink, people: Resolution) -> list[str]:
    """Identifiers by profile, and from when they make it eligible (AU-4); returns the types by number."""
    coders, names = log.combinations.coders, [one.name for one in log.combinations.identifiers.types]
    pairs = zip(people.identifier_type.tolist(), people.identifier_code.tolist(), strict=True)
    sink.put("id.profile", people.identifier_profile)
    sink.put("id.type", people.identifier_type)
    sink.put("id.time", people.identifier_time)
    sink.put_texts("id.value", [coders[kind].values_by_code[code] for kind, code in pairs])
    for array, types in (("eligible.known", KNOWN), ("eligible.all", KNOWN | {"anonymous_id"})):
        since = np.full(len(people.texts), NEVER, dtype=np.int64)
        counted = np.array([name in types for name in names])[people.identifier_type]
        np.minimum.at(since, people.identifier_profile[counted], people.identifier_time[counted])
        sink.put(array, since)
    return names
