"""Use cases shared by window and command line: read a design, replay it, write the run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.app.levels import ids_of
from engage_desktop.app.lists import Lists, identifiers, keep_lists, put_lists
from engage_desktop.document import content_hash, load, validate
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import DesignError, InputError, UserError
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.version import VERSION

if TYPE_CHECKING:
    from pyarrow import Table

    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore, FileOptions

Progress = Callable[[float, str], None]
RUN_FORMAT = "engage-run/1"
RUN_FILE = "run.json"
MOST_REPLICATES = 10_000
REPLAYS_SHARE = 0.2
"""Of the way to a run with ranges."""


@dataclass(frozen=True)
class LogSource:
    """One input file of a log, known by its content."""

    name: str
    sha256: str


@dataclass(frozen=True)
class LogFile:
    """How one file was read, for a person: `dialect` is such as `semicolons, decimal comma, UTF-16`."""

    name: str
    format: str
    dialect: str
    read: int
    rejected: int

    def how(self) -> str:
        return f"{self.format}, {self.dialect}" if self.dialect else self.format


@dataclass(frozen=True)
class Log:
    """An event store and where it came from; `rejected` and `duplicates` count what was left out."""

    store: EventStore
    sources: tuple[LogSource, ...]
    read: int = 0
    rejected: int = 0
    duplicates: int = 0
    files: tuple[LogFile, ...] = ()


@dataclass(frozen=True)
class Replay:
    """A finished run with what is needed to write it down."""

    run: Run
    log: Log
    campaigns: Campaigns
    problems: tuple[Problem, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    lists: Lists = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Why journeys of the design are not in the run, a sentence each (`left_out.py`)."""

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The public tables of the run (`formats.md` 4), made once."""
        from engage_desktop.delivery import run_tables

        return run_tables(self.run, self.log.store)


def read_design(path: Path) -> tuple[Campaigns, tuple[Problem, ...]]:
    """A design that can run, with the warnings about it; raises DesignError or InputError."""
    campaigns, problems = load(path)
    if campaigns is None:
        raise DesignError(problems)
    return campaigns, check_design(campaigns)


def check_design(campaigns: Campaigns) -> tuple[Problem, ...]:
    """All problems; raises DesignError when one is an error."""
    problems = validate(campaigns)
    if any(problem.is_error for problem in problems):
        raise DesignError(problems)
    return problems


def hash_file(path: Path) -> str:
    """sha256 of the content, as hex."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check the path and its permissions.") from error


def open_logs(
    paths: Sequence[Path],
    campaigns: Campaigns | None,
    *,
    mapping: dict[str, str] | None = None,
    options: FileOptions | None = None,
    progress: Progress | None = None,
) -> Log:
    """Read log files into memory, in the order given."""
    from engage_desktop.events import build_store

    identity = campaigns.identity if campaigns else None
    store, report = build_store(paths, identity=identity, mapping=mapping, options=options, progress=progress)
    sources = tuple(LogSource(path.name, hash_file(path)) for path in paths)
    files = file_reports(store.meta["report"], lambda file: Path(file).name)
    return Log(store, sources, report.read, report.rejected, report.duplicates, files)


def file_reports(report: dict[str, Any], name_of: Callable[[str], str]) -> tuple[LogFile, ...]:
    """How each file of an import was read, from the report that its store keeps (older ones keep none)."""
    return tuple(
        LogFile(name_of(one["file"]), one["format"], one["dialect"], one["read"], one["rejected"])
        for one in report.get("files", ())
    )


def default_window(store: EventStore) -> tuple[int, int]:
    """The log's first and last instant; raises InputError on an empty log."""
    if store.first_us is None or store.last_us is None:
        what = "people but no event" if store.n_profiles else "no usable record"
        raise InputError(f"The log holds {what}, so there is nothing to replay. Import a log with events.")
    return store.first_us, store.last_us


def campaign_keys(campaigns: Campaigns) -> frozenset[str]:
    """Of everything that a run may be limited to (D-25)."""
    return frozenset([*(one.key for one in campaigns.journeys), *(one.key for one in campaigns.broadcasts)])


def replay(
    campaigns: Campaigns,
    log: Log,
    *,
    lists: Lists | None = None,
    window: tuple[int | None, int | None] = (None, None),
    seed: int = 0,
    only: Iterable[str] = (),
    problems: tuple[Problem, ...] = (),
    load_seconds: float = 0.0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    cache: Any = None,
    before: Run | None = None,
    edits: bool = False,
    alone: bool = False,
    replicates: int = 0,
) -> Replay:
    """Compile and run; the window defaults to the whole log. `lists` are those that `read_lists` found for the design,
    `before` a run over the same log: people whom the edits since then cannot have touched keep their rows. `edits`: such
    a run may follow. `alone`: of the one journey that `only` names just its own rows are asked (`engine.alone`). With
    `replicates` the run has ranges (D-29)."""
    from engage_desktop.engine import compile_campaigns, simulate
    from engage_desktop.engine.alone import simulate_alone
    from engage_desktop.engine.splice import resimulate

    start, end = window
    if start is None or end is None:
        first, last = default_window(log.store)
        start, end = first if start is None else start, last if end is None else end
    if start > end:
        raise UserError(f"--from {format_instant(start)} is after --to {format_instant(end)}. Swap them.")
    only = tuple(only)
    known = campaign_keys(campaigns)
    for key in only:
        if key not in known:
            mend = f"Use one of: {', '.join(sorted(known))}." if known else "This design has none; leave it out."
            raise UserError(f"--only {key}: no journey and no broadcast has this key. {mend}")
    if not 0 <= replicates <= MOST_REPLICATES:
        raise UserError(f"--replicates {replicates}: ranges take 1 to {MOST_REPLICATES:,} replicates; 0 makes none.")
    begun = time.perf_counter()
    share = REPLAYS_SHARE if replicates else 1.0
    setting: dict[str, Any] = {"window": (start, end), "seed": seed, "cancelled": cancelled, "cache": cache}
    plan = compile_campaigns(campaigns, identifiers(lists or {}))
    if alone:
        run = simulate_alone(plan, log.store, only[0], before=before, **setting)
    else:
        setting |= {"only": only or None, "progress": _part_of(progress, 0.0, share)}
        run = (partial(simulate, edits=edits) if before is None else partial(resimulate, before=before))(
            plan, log.store, **setting
        )
    if replicates:
        run = with_ranges(run, log, replicates, progress=_part_of(progress, share, 1.0), cancelled=cancelled)
    seconds = {"load": round(load_seconds, 3), "run": round(time.perf_counter() - begun, 3)}
    return Replay(run, log, campaigns, problems, seconds, only, lists or {})


def with_ranges(
    run: Run,
    log: Log,
    replicates: int,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Run:
    """The run with the ranges of its figures; raises Cancelled."""
    from engage_desktop.analysis.estimates import counted, estimates

    counts = counted(run, log.store, replicates, progress=progress, cancelled=cancelled)
    return replace(run, estimates=estimates(run, counts))


def _part_of(progress: Progress | None, first: float, last: float) -> Progress | None:
    """Progress from 0 to 1 as a part of a longer way."""
    return None if progress is None else lambda done, what: progress(first + done * (last - first), what)


def counts(replayed: Replay) -> dict[str, int]:
    """People existing by the run's end (D-48), events, and rows of each table."""
    run, store = replayed.run, replayed.log.store
    return {
        "profiles": int((store.since <= run.window[1]).sum()),
        "events": int(((store.time >= run.window[0]) & (store.time <= run.window[1])).sum()),
        "instances": len(run.instances["profile"]),
        "visits": len(run.visits["profile"]),
        "memberships": len(run.memberships["profile"]),
        "messages": len(run.messages["profile"]),
    }


def write_run(replayed: Replay, out: Path) -> dict[str, Any]:
    """Write run.json and the Parquet tables; returns what `engage simulate --json` prints.
    The files depend on inputs and seed only, so the same inputs give the same bytes."""
    import pyarrow.parquet as pq

    begun = time.perf_counter()
    tables = replayed.tables
    numbers = counts(replayed) | {name: table.num_rows for name, table in tables.items()}
    half = out / ".part"  # a run that was there stays whole until all of the new one is on the disk
    made = not out.exists()
    try:
        shutil.rmtree(half, ignore_errors=True)  # of a run that was killed
        half.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            pq.write_table(table, half / f"{name}.parquet", compression="zstd")
        keep_lists(replayed.lists, half)
        (half / RUN_FILE).write_text(_run_json(replayed, numbers), encoding="utf-8", newline="\n")
        (out / RUN_FILE).unlink(missing_ok=True)  # comes last: its presence says that the run is whole
        put_lists(half, out)
        for name in (*(f"{name}.parquet" for name in tables), RUN_FILE):
            os.replace(half / name, out / name)
    except OSError as error:
        raise UserError(
            f"{out}: the run cannot be written ({error.strerror or error}). Free space or choose another folder."
        ) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):  # stays where the run is in it
                out.rmdir()
    seconds = replayed.seconds | {"write": round(time.perf_counter() - begun, 3)}
    return {"run": str(out), "counts": numbers, "seconds": seconds}


def _run_json(replayed: Replay, numbers: dict[str, int]) -> str:
    run, log = replayed.run, replayed.log
    document = {
        "format": RUN_FORMAT,
        "engine": VERSION,
        "inputs": {
            "campaigns": content_hash(replayed.campaigns),
            "logs": [{"name": source.name, "sha256": source.sha256} for source in log.sources],
            "lists": [
                {"audience": key, "name": one.named.file, "sha256": one.named.sha256, "identifiers": len(one.ids)}
                for key, one in replayed.lists.items()
            ],
        },
        "seed": run.seed,
        "from": format_instant(run.window[0]),
        "to": format_instant(run.window[1]),
        "only": list(replayed.only),
        "replicates": max((one.replicates for one in run.estimates), default=0),
        "log": {"read": log.read, "rejected": log.rejected, "duplicates": log.duplicates},
        "counts": numbers,
        "warnings": [problem.sentence() for problem in replayed.problems] + remarks(replayed),
        "campaigns": json.loads(_canonical(replayed.campaigns)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _canonical(campaigns: Campaigns) -> str:
    from engage_desktop.document import dumps

    return dumps(campaigns)


def assumptions(campaigns: Campaigns) -> list[str]:
    """What the design assumes where the log knows nothing (D-23), one sentence each."""
    found = []
    policies = campaigns.policies
    if policies.address.unknown == "assume":
        found.append("Assumed: people whose address the log has never shown have one.")
    if policies.subscription.unknown == "assume":
        found.append("Assumed: people whose subscription the log does not know are subscribed.")
    return found


def remarks(replayed: Replay) -> list[str]:
    """What a person should know about the figures of a run, one sentence each."""
    found = assumptions(replayed.campaigns)
    if replayed.only:
        found.insert(0, f"Only this ran: {', '.join(replayed.only)}; caps and conditions saw no other campaign.")
    store, (start, end) = replayed.log.store, replayed.run.window
    if store.first_us is None or store.last_us is None:
        found.append("The log holds people but no event.")
    elif end < store.first_us or start > store.last_us:
        span = f"{format_instant(store.first_us)} to {format_instant(store.last_us)}"
        found.append(f"The window lies outside the log, which covers {span}: no event falls into it.")
    return found


def unseen_events(campaigns: Campaigns, log: Log, key: str) -> list[str]:
    """A remark for each event of an audience's own definition that the log does not hold: it may be misspelt."""
    from engage_desktop.language import parse_condition, references

    audience = campaigns.audience(key)
    if audience is None or audience.definition is None:
        return []
    names = log.store.event_names
    found = []
    for event in references(parse_condition(audience.definition)).events:
        if event not in names:
            close = get_close_matches(event, names, n=1)
            found.append(f"The log has no event {event!r}{f'; did you mean {close[0]!r}?' if close else '.'}")
    return found


def audience_at(
    campaigns: Campaigns, log: Log, key: str, at_us: int | None, lists: Lists | None = None
) -> tuple[int, list[str]]:
    """The instant asked (default the log's last) and the members' ids, people or accounts, by code points."""
    from engage_desktop.engine import compile_campaigns, members

    audience = campaigns.audience(key)
    if audience is None:
        known = ", ".join(audience.key for audience in campaigns.audiences) or "none"
        if any(trait.key == key for trait in campaigns.traits):
            raise UserError(f"{key!r} is a computed trait: it has values, not members. The audiences: {known}.")
        raise UserError(f"There is no audience {key!r} in this design. Its audiences: {known}.")
    at_us = default_window(log.store)[1] if at_us is None else at_us
    ids = ids_of(log.store, audience.level)
    plan = compile_campaigns(campaigns, identifiers(lists or {}))
    return at_us, [ids[int(member)] for member in members(plan, log.store, key, at_us)]
