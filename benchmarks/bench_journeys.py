"""Journeys beside what one would write without an engine, and beside each other.

    python -m benchmarks.bench_journeys [--events 10000000] [--people N] [--quick] [--chart FILE]

A twelve-step journey behind an audience beside DuckDB (ASOF joins, one thread, tables in memory) and SimPy (a process
a person, on a sample); entries on a frequent event; edits beside full runs; waves beside the fold. The log is loaded
and warm, the cache of conditions cold; an edit has that of the run before, as in the window, and is set beside a full
run from an empty one and, in words, beside one that has the same cache. Visits, or all rows, must
be those of the alternative. Seconds are medians of wall time, processor time in parentheses; ratios, and what is held, go
by the processor time, which a busy machine does not spoil. With a chart also how the time grows from a hundredth of the
events.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import (
    Line,
    asked,
    asker,
    hand_back,
    in_a_process_of_its_own,
    machine,
    of_size,
    seconds,
    table,
    timed,
)
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog

SEED, RUNS, QUICK_RUNS, SLOW_RUNS = 7, 5, 1, 2
WINDOW = (START_US, START_US + DAYS * DAY_US)
SAMPLE = 20_000
"""People whom SimPy simulates."""
EDITS = {"late step": 0.25, "middle step": 0.5, "entry number": 0.8}
"""What is edited, and which part of a full run it may take."""


def main() -> int:
    parser = asker(__doc__, MEASURES)
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--chart", type=Path, help="draw how the time grows into this file")
    options = asked(parser)
    if options.one:
        log = SyntheticLog(options.events, options.people)
        hand_back(MEASURES[options.one](log, QUICK_RUNS if options.quick else RUNS))
        return 0

    def measure(what: str, part: int = 1) -> list[Line]:
        quick = ["--quick"] if options.quick else []
        return in_a_process_of_its_own("benchmarks.bench_journeys", what, *of_size(options, part), *quick)

    found = {what: measure(what) for what in MEASURES}
    lines = [line for of_one in found.values() for line in of_one]
    print(
        f"{machine()}; {options.events:,} events, {options.people:,} people, each side on one core; s wall (processor).\n"
    )
    print(table(lines))
    if options.chart:
        from benchmarks.growth_chart import draw

        smaller = {options.events // part: measure("journey", part) for part in (100, 10)}
        lines += [line for of_one in smaller.values() for line in of_one]
        draw(
            {size: of_one[0].times for size, of_one in (smaller | {options.events: found["journey"]}).items()},
            options.chart,
        )
    alike = all(line.equal for line in lines)
    print("\nAll rows are those of the alternatives." if alike else "\nROWS DIFFER.")
    return 0 if alike else 1


# -- one journey, beside a database and a simulation library ------------------------------------


def journey(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.journey_designs import KEY, journey
    from benchmarks.journey_duckdb import JourneyDatabase
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate
    from engage_desktop.engine.draw import hashes_of, uniforms

    plan = compile_campaigns(journey())
    run = partial(simulate, plan, log, window=WINDOW, seed=SEED)
    ours = timed(lambda: run(cache=LeafCache()), runs)
    mine = visits(run())
    draws = uniforms(SEED, [KEY, "coin"], hashes_of(log.profile_ids))
    database = JourneyDatabase(log, draws)
    equal, theirs = True, {}
    for way, ask in {"a table a step": database.tables, "one statement": database.statement}.items():
        theirs[way] = timed(ask, min(runs, SLOW_RUNS))
        equal &= same(mine, database.visits())
    database.close()
    way = min(theirs, key=lambda one: theirs[one][1])
    times = {"ours": ours[1], "DuckDB": theirs[way][1]}
    what = f"audience entry and twelve steps ({len(mine['step']):,} visits)"
    against = f"DuckDB {seconds(theirs[way])}, {way}"
    line = Line(what, seconds(ours), against, times["ours"] / times["DuckDB"], 0.15, equal=equal, times=times)
    return [line, _simpy(log, mine, draws, log.n_events / ours[1])]


def _simpy(log: SyntheticLog, mine: dict[str, Any], draws: Any, rate: float) -> Line:
    """Events a second of people simulated by processes: as Python runs them, which the ratio goes by, and without
    garbage collection. What is there before they begin is not collected."""
    from benchmarks import journey_simpy

    size = min(SAMPLE, log.n_profiles)
    people = np.sort(np.random.default_rng(SEED).choice(log.n_profiles, size, replace=False))
    given = journey_simpy.events_of(log, people.tolist())
    theirs = {person: float(draws[person]) for person in people.tolist()}
    events = int(np.diff(log.profile_start)[people].sum())
    taken, rows = {}, []
    for collecting in (True, False):
        gc.collect()
        gc.freeze()
        if not collecting:
            gc.disable()
        begun = time.process_time()
        rows = journey_simpy.run(given, theirs)
        taken[collecting] = events / (time.process_time() - begun)
        gc.enable()
        gc.unfreeze()
    chosen = np.isin(mine["person"], people)
    columns = [column[chosen].tolist() for column in mine.values()]
    equal = [list(row) for row in zip(*columns, strict=True)] == rows
    against = f"SimPy {taken[True]:,.0f} events/s ({size:,} people, {len(rows):,} visits)"
    against += f"; without garbage collection {taken[False]:,.0f}: {rate / taken[False]:,.0f} x"
    return Line("the same", f"{rate:,.0f} events/s", against, rate / taken[True], 500, at_least=True, equal=equal)


# -- entry on a frequent event ---------------------------------------------------------------------


def frequent(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.journey_designs import FREQUENT_WHERE, frequent
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate

    prices = log.column("Product Viewed", "price").number
    candidates = int((prices >= float(FREQUENT_WHERE.rpartition(" ")[2])).sum())
    lines = []
    for mode, how in (("every", "each, filtered by an audience"), ("after_exit", "one at a time, cool-down a day")):
        plan = compile_campaigns(frequent(mode))
        run = simulate(plan, log, window=WINDOW, seed=SEED)
        rows: list[float] = []
        with writing_timed(rows):
            ours = timed(lambda plan=plan: simulate(plan, log, window=WINDOW, seed=SEED, cache=LeafCache()), runs)
        writing = statistics.median(rows[1:])  # the first is that of the run which does not count
        what = f"entry on {candidates:,} events, {how} ({run.counts['instances']:,} instances)"
        told = f"{seconds(ours)}, {writing:.2f} of it writing the rows, excluded"
        lines.append(Line(what, told, "", ours[1] - writing, 1.5, unit="s"))
    return lines


@contextmanager
def writing_timed(found: list[float]) -> Iterator[None]:
    """Processor seconds of each putting together of a journey's rows, as they come."""
    module = import_module("engage_desktop.engine.simulate")
    collect = module.collect

    def timing(*arguments: Any) -> Any:
        since = time.process_time()
        try:
            return collect(*arguments)
        finally:
            found.append(time.process_time() - since)

    setattr(module, "collect", timing)  # noqa: B010
    try:
        yield
    finally:
        setattr(module, "collect", collect)  # noqa: B010


# -- edits, and waves --------------------------------------------------------------------------------


def edits(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.journey_designs import edited, journey
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate

    try:
        from engage_desktop.engine.splice import resimulate
    except ImportError:
        print("edits: the engine cannot splice yet", file=sys.stderr)
        return []
    plan, cache = compile_campaigns(journey()), LeafCache()
    before = simulate(plan, log, window=WINDOW, seed=SEED)

    def warm() -> None:
        """The cache as the run before the edit leaves it."""
        cache.clear()
        simulate(plan, log, window=WINDOW, seed=SEED, cache=cache)

    lines = []
    for where, limit in EDITS.items():
        after = compile_campaigns(edited(where))
        splice: Callable[[], Any] = partial(resimulate, after, log, before, window=WINDOW, seed=SEED, cache=cache)
        whole: Callable[[], Any] = partial(simulate, after, log, window=WINDOW, seed=SEED, cache=cache)
        warm()
        spliced, full = splice(), whole()
        ours, theirs = timed(splice, runs, warm), timed(whole, runs, warm)
        cold = timed(partial(whole, cache=None), runs)
        against = f"full run {seconds(cold)}; of one with the cache of the run before {ours[1] / theirs[1]:.2f} x"
        equal = same_runs(spliced, full)
        lines.append(Line(f"edit: {where}", seconds(ours), against, ours[1] / cold[1], limit, equal=equal))
    return lines


def waves(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.journey_designs import journey
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate

    run: Callable[..., Any] = partial(simulate, compile_campaigns(journey()), log, window=WINDOW, seed=SEED)
    try:
        coupled = run(coupled=True)
    except TypeError:
        print("waves: the engine cannot run them yet", file=sys.stderr)
        return []
    equal = same_runs(coupled, run())
    ours = timed(lambda: run(cache=LeafCache(), coupled=True), runs)
    fold = timed(lambda: run(cache=LeafCache()), runs)
    return [
        Line("the twelve steps in waves", seconds(ours), f"fold {seconds(fold)}", ours[1] / fold[1], 4, equal=equal)
    ]


# -- rows ----------------------------------------------------------------------------------------------


def visits(run: Any) -> dict[str, Any]:
    """Columns by (person, number of the instance, seq), branches as texts."""
    names = ("profile", "instance", "seq", "step", "entered_at", "left_at")
    columns = dict(zip(("person", "n", "seq", "step", "entered", "left_at"), map(run.visits.get, names), strict=True))
    return columns | {"branch": _texts(run, "visits", "branch")}


def _texts(run: Any, table: str, column: str) -> Any:
    return np.array([*run.texts, None], object)[getattr(run, table)[column]]


def same(mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return all(
        len(mine[name]) == len(theirs[name]) and bool((mine[name] == np.asarray(theirs[name], mine[name].dtype)).all())
        for name in mine
    )


TEXTS = {"instances": ("detail", "identifier"), "visits": ("branch",), "deliveries": ("identifier",)}


def same_runs(one: Any, other: Any) -> bool:
    """Every row of every table; codes of texts may be others."""

    def columns(run: Any, name: str) -> dict[str, Any]:
        return getattr(run, name) | {column: _texts(run, name, column) for column in TEXTS.get(name, ())}

    names = ("instances", "visits", "memberships", "messages", "deliveries")
    return all(same(columns(one, name), columns(other, name)) for name in names)


MEASURES = {"journey": journey, "frequent": frequent, "edits": edits, "waves": waves}


if __name__ == "__main__":
    sys.exit(main())
