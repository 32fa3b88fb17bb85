"""Logs that are streamed in buckets of people: the most memory, and whether the time is linear.

    python -m benchmarks.bench_large [--events 10000000] [--folder DIR]     that many, and three times as many
    python -m benchmarks.bench_large --large [--folder DIR]                 a hundred million

The log is a store on disk written by `synthetic_store`, mapped into memory; the run is that of the twelve steps with
all its tables. Peaks are those of a process that opens the store and runs, pages of the store that the system keeps
for it among them. Times are those of a second run. Rows of the smallest log must be those of a run without buckets.
The writing takes twice the disk of the store: 10 GB for a hundred million, all given back at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import (
    Line,
    Timing,
    hand_back,
    in_a_process_of_its_own,
    machine,
    peak_mb,
    seconds,
    table,
    timed,
)
from benchmarks.synthetic_log import DAY_US, DAYS, START_US
from benchmarks.synthetic_store import room_for, write_store

WINDOW, SEED = (START_US, START_US + DAYS * DAY_US), 7
EVENTS_A_BUCKET = 4_000_000
LARGE, LARGE_GB, PEAK_GB = 100_000_000, 6, 5
LINEAR = 1.2
"""Times as long an event as in the log of a third of the size, for what a busy machine and caches do."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} events alone")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the stores are written")
    parser.add_argument("--one", choices=("written", "run"), help=argparse.SUPPRESS)  # a child: JSON to stdout
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--compare", action="store_true", help=argparse.SUPPRESS)
    options, _ = parser.parse_known_args()
    if options.one == "written":
        hand_back([_write(options.store, options.events, _limit(options.large))])
        return 0
    if options.one:
        hand_back([_run(options.store, _limit(options.large), options.compare)])
        return 0
    sizes = (LARGE,) if options.large else (options.events, 3 * options.events)
    lacking = room_for(options.folder, sizes[-1])
    if lacking is not None:
        print(f"Not measured: {lacking}")
        return 0
    lines = []
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="engage-bench-") as folder:
        for size in sizes:
            store = str(Path(folder) / "events")
            of_size = ("--events", str(size), "--store", store, *(["--large"] if options.large else []))
            compared = ["--compare"] if size < LARGE and size == sizes[0] else []
            lines += in_a_process_of_its_own("benchmarks.bench_large", "written", *of_size)
            lines += in_a_process_of_its_own("benchmarks.bench_large", "run", *of_size, *compared)
    if len(sizes) == 2:
        lines.append(_growth(lines[1], lines[3]))
    print(f"{machine()}; each on one core; s wall (processor).\n")
    print(table(lines))
    alike = all(line.equal for line in lines)
    print("\nRows are those without buckets." if alike else "\nROWS DIFFER.")
    return 0 if alike else 1


def _limit(large: bool) -> float:
    return LARGE_GB if large else PEAK_GB


def _write(folder: Path, events: int, limit: float) -> Line:
    begun, processor = time.perf_counter(), time.process_time()
    write_store(folder, events)
    taken = time.perf_counter() - begun, time.process_time() - processor
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e9
    return Line(f"{events:,} events drawn, {size:.1f} GB on disk", seconds(taken), "", peak_mb() / 1e3, limit, "GB")


def _run(folder: Path, limit: float, compare: bool) -> Line:
    from benchmarks.bench_journeys import same_runs
    from benchmarks.journey_designs import journey
    from engage_desktop.engine import Run, compile_campaigns, simulate
    from engage_desktop.events import EventStore

    store, plan = EventStore.open(folder), compile_campaigns(journey())
    buckets = max(1, round(store.n_events / EVENTS_A_BUCKET))
    found: list[Run] = []

    def run() -> None:
        found.clear()
        found.append(simulate(plan, store, window=WINDOW, seed=SEED, buckets=buckets))

    taken: Timing = timed(run, 1)
    peak = peak_mb() / 1e3
    equal = not compare or same_runs(found[0], simulate(plan, store, window=WINDOW, seed=SEED))
    what = f"{store.n_events:,} events in {buckets} buckets, {found[0].counts['visits']:,} visits"
    return Line(
        what, seconds(taken), "", peak, limit, "GB", equal=equal, times={"events": store.n_events, "run": taken[1]}
    )


def _growth(small: Line, large: Line) -> Line:
    """Whether an event costs the same in the larger log."""
    less, more = (line.times["run"] / line.times["events"] for line in (small, large))
    ours, against = (f"{one * 1e9:,.0f} ns an event" for one in (more, less))
    return Line(
        f"time an event, {large.times['events']:,} beside",
        ours,
        f"{small.times['events']:,}: {against}",
        more / less,
        LINEAR,
    )


if __name__ == "__main__":
    sys.exit(main())
