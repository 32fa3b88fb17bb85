"""Import speed and memory: write a synthetic JSON Lines log, import it into a folder, print the figures.

    python benchmarks/bench_import.py [--events 1000000] [--folder DIR] [--profile]

The log is made from a fixed seed: about 300 bytes a line, one person in ten events, four event
names, properties, a context, and one identify in twenty calls.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROW = (
    '{"type":"track","userId":"u%d","anonymousId":"a0c6f3c2-%08x","messageId":"m%d","event":"%s",'
    '"timestamp":"2011-%02d-%02dT%02d:%02d:%02d.%03dZ","properties":{"product_id":"p-%d","price":%.2f,"category":"%s"},'
    '"context":{"locale":"en-GB","library":{"name":"analytics.js"},"page":{"path":"/p/%d"}}}\n'
)
IDENTIFY = (
    '{"type":"identify","userId":"u%d","anonymousId":"a0c6f3c2-%08x","messageId":"i%d",'
    '"timestamp":"2011-%02d-%02dT%02d:%02d:%02d.%03dZ","traits":{"email":"u%d@example.com","plan":"%s","age":%d}}\n'
)
NAMES = ("Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Checkout Started", "Order Completed")
CATEGORIES = ("tea", "coffee", "cups", "pots", "gifts")


def write_log(path: Path, events: int) -> None:
    rng = random.Random(20110301)
    people = max(events // 10, 1)
    pick = rng.random
    with path.open("w", encoding="ascii", newline="\n", buffering=1 << 20) as file:
        for i in range(events):
            person = int(pick() * people)
            when = (
                int(pick() * 12) + 1,
                int(pick() * 28) + 1,
                int(pick() * 24),
                int(pick() * 60),
                int(pick() * 60),
                int(pick() * 1000),
            )
            if i % 20 == 19:
                file.write(IDENTIFY % (person, person, i, *when, person, CATEGORIES[int(pick() * 5)], int(pick() * 80)))
                continue
            name, product = NAMES[int(pick() * 6)], int(pick() * 1000)
            file.write(ROW % (person, person, i, name, *when, product, pick() * 50, CATEGORIES[product % 5], product))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep log and store here; a log found there is used again")
    parser.add_argument("--profile", action="store_true", help="print where the time goes instead")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="bench-import-"))
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"log-{options.events}.jsonl"
    try:
        if not log.exists():
            write_log(log, options.events)
        size = log.stat().st_size
        print(f"{options.events:,} calls, {size / 1e6:,.0f} MB, {size / options.events:.0f} bytes a line", flush=True)
        from engage_desktop.events import EventStore, build_store

        profiler = cProfile.Profile()
        if options.profile:
            profiler.enable()
        wall, cpu = time.perf_counter(), time.process_time()
        _, report = build_store([log], folder / "store")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if options.profile:
            profiler.disable()
            pstats.Stats(profiler).sort_stats("tottime").print_stats(30)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        stored = sum(file.stat().st_size for file in (folder / "store").iterdir())
        opened = time.perf_counter()
        store = EventStore.open(folder / "store")
        store.rows("Product Viewed"), store.column("Product Viewed", "price")
        opened = time.perf_counter() - opened
        print(f"{report}")
        print(
            f"wall {wall:.1f} s = {options.events / wall:,.0f} rows/s; processor {cpu:.1f} s = {options.events / cpu:,.0f} rows/s"
        )
        print(f"peak {peak:,.0f} MB; store {stored / 1e6:,.0f} MB; opened in {opened * 1e3:.1f} ms")
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
