"""A run of two audiences and a three-step journey over a log of arrays, beside DuckDB on the audience part.

    python -m benchmarks.bench_simulate [--events 10000000] [--people 1000000] [--workspace DIR] [--profile] [--no-duckdb]

With --workspace the log is the one imported there, columns still on disk when the clock starts.
One core, cold caches, loading excluded. Both do the same first audience on the same table,
sorted by (person, time), and their intervals are compared row by row.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import sys
import time
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from benchmarks.measuring import peak_mb  # noqa: E402  # threads are fixed before numpy
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog  # noqa: E402  # threads are fixed before numpy

WINDOW_US = 30 * DAY_US
DESIGN = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Benchmark"},
    "audiences": [
        {
            "key": "regulars",
            "name": "Regulars",
            "include_anonymous": True,
            "definition": "event('Order Completed').within(30 days).count() >= 2",
        },
        {
            "key": "lookers",
            "name": "Lookers",
            "definition": "event('Product Viewed').where(property('price') >= 20).within(7 days).count() >= 3 "
            "AND NOT audience('regulars')",
        },
    ],
    "messages": [{"key": "nudge", "channel": "email", "body": "Still thinking?"}],
    "journeys": [
        {
            "key": "cart_rescue",
            "name": "Cart rescue",
            "entry": {"type": "event", "event": "Product Added", "where": "property('price') >= 5"},
            "exits": [{"key": "bought", "event": "Order Completed"}],
            "start": "wait",
            "steps": [
                {
                    "key": "wait",
                    "type": "hold",
                    "branches": [{"key": "again", "event": "Product Viewed", "loop": True}],
                    "timeout": "2h",
                    "on_timeout": "coin",
                },
                {
                    "key": "coin",
                    "type": "random",
                    "branches": [
                        {"key": "mail", "percent": 90, "next": "nudge"},
                        {"key": "control", "percent": 10, "role": "holdout"},
                    ],
                },
                {"key": "nudge", "type": "message", "message": "nudge"},
            ],
        }
    ],
}
SQL = f"""
CREATE TABLE members AS
WITH spans AS (
    SELECT person, lead(time) OVER per_person AS start_us, time + {WINDOW_US} AS end_us
    FROM events WHERE name = 'Order Completed' WINDOW per_person AS (PARTITION BY person ORDER BY time)
), full_spans AS (
    SELECT person, start_us, end_us,
        coalesce(start_us > lag(end_us) OVER (PARTITION BY person ORDER BY start_us), true) AS opens
    FROM spans WHERE start_us < end_us
), numbered AS (
    SELECT *, sum(opens::int) OVER (PARTITION BY person ORDER BY start_us, end_us) AS piece FROM full_spans
)
SELECT person, min(start_us) AS start_us, max(end_us) AS end_us FROM numbered GROUP BY person, piece
"""


def duckdb_audience(log: Any) -> tuple[float, list[object]]:
    """Seconds and the intervals of `regulars` as columns sorted by (person, start)."""
    import duckdb
    import numpy as np
    import pyarrow as pa

    connection = duckdb.connect(config={"threads": 1})
    person = np.repeat(np.arange(log.n_profiles, dtype=np.int32), np.diff(log.profile_start))
    kind = np.empty(log.n_events, np.int8)
    for at, name in enumerate(log.event_names):
        kind[log.rows(name)] = at
    names = pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(log.event_names))
    table = pa.table({"person": person, "time": log.time, "name": names.cast(pa.string())})
    connection.register("arrow_events", table)
    connection.execute("CREATE TABLE events AS SELECT * FROM arrow_events")
    started = time.perf_counter()
    connection.execute(SQL)
    seconds = time.perf_counter() - started
    found = connection.execute("SELECT * FROM members ORDER BY person, start_us").fetchnumpy()
    return seconds, [found["person"], found["start_us"], found["end_us"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--workspace", type=Path, help="use the log imported there")
    parser.add_argument("--profile", action="store_true", help="print where the time goes instead")
    parser.add_argument("--no-duckdb", action="store_true")
    options, _ = parser.parse_known_args()
    from engage_desktop.document import loads
    from engage_desktop.engine import compile_campaigns, membership, simulate

    log: Any
    if options.workspace is None:
        log = SyntheticLog(options.events, options.people)
        window = (START_US, START_US + DAYS * DAY_US)
    else:
        from engage_desktop.events import EventStore

        log = EventStore.open(options.workspace / "events")
        window = (log.first_us, log.last_us)
    campaigns, problems = loads(json.dumps(DESIGN))
    assert campaigns is not None, problems
    plan = compile_campaigns(campaigns)
    loaded_mb = peak_mb()
    profiler = cProfile.Profile()
    if options.profile:
        profiler.enable()
    started, processor = time.perf_counter(), time.process_time()
    run = simulate(plan, log, window=window, seed=7)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    if options.profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    print(f"{log.n_events:,} events, {log.n_profiles:,} people: {run.counts}")
    print(
        f"simulate {seconds:.2f} s (processor {processor:.2f} s); peak {peak_mb():,.0f} MB, of which the log {loaded_mb:,.0f} MB"
    )
    for what, limit, value in (("simulate", 1.5, seconds), ("memory", 2_000, peak_mb())):
        if value > limit:
            print(f"above the aim: {what} {value:,.2f} > {limit}")
    started = time.perf_counter()
    mine = membership(plan, log, "regulars")
    alone = time.perf_counter() - started
    print(f"audience alone {alone:.3f} s, {len(mine):,} intervals")
    if options.no_duckdb:
        return 0
    theirs_seconds, theirs = duckdb_audience(log)
    equal = all((a == b).all() for a, b in zip((mine.profile, mine.start, mine.end), theirs, strict=True))
    print(
        f"DuckDB, one thread, same table: {theirs_seconds:.3f} s = {theirs_seconds / alone:.1f} x; equal rows: {equal}"
    )
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
