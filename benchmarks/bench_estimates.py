"""Ranges from replicates beside one run, with answers that somebody hears and without.

    python -m benchmarks.bench_estimates [--events 10000000] [--people N] [--replicates 100] [--profile FILE]

The twenty campaigns of `campaign_designs`: all of them, some of which hear the answers to others; and those alone that hear
none. One run each, then the ranges of it, over a log of arrays that is loaded and warm. Ratios go by the processor time,
which a busy machine does not spoil. With a profile file ten replicates of all are written there, function by function.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measuring import (
    Line,
    Timing,
    asked,
    asker,
    hand_back,
    in_a_process_of_its_own,
    machine,
    of_size,
    profiled,
    seconds,
    table,
)
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog

SEED, REPLICATES, LIMIT = 7, 100, 6.0
WINDOW = (START_US, START_US + DAYS * DAY_US)
HEAR = ("after_order", "opened", "win_back", "thanks")
"""The campaigns that ask for answers."""


def main() -> int:
    parser = asker(__doc__, MEASURES)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--profile", help="write the functions of ten replicates into this file")
    options = asked(parser)
    if options.one:
        hand_back(MEASURES[options.one](SyntheticLog(options.events, options.people), options.replicates))
        return 0
    if options.profile:
        profile(SyntheticLog(options.events, options.people), options.profile)
        return 0
    sizes = (*of_size(options), "--replicates", str(options.replicates))
    lines = [line for what in MEASURES for line in in_a_process_of_its_own("benchmarks.bench_estimates", what, *sizes)]
    print(f"{machine()}; {options.events:,} events, {options.people:,} people, one core; s wall (processor).\n")
    print(table(lines))
    return 0


def ranges(log: SyntheticLog, replicates: int, *, heard: bool) -> list[Line]:
    from benchmarks.campaign_designs import campaigns
    from engage_desktop.analysis.estimates import counted, estimates
    from engage_desktop.engine import compile_campaigns, simulate

    design = campaigns()
    keys = [*(one.key for one in design.journeys), *(one.key for one in design.broadcasts)]
    only = None if heard else [key for key in keys if key not in HEAR]
    run_it = partial(simulate, compile_campaigns(design), log, window=WINDOW, seed=SEED, only=only)
    run_it()  # what is loaded and kept by the log does not count
    run, one = once(run_it)
    found, all_ = once(lambda: estimates(run, counted(run, log, replicates)))
    wide = sum(1 for row in found if row.p95 > row.p5)
    told = f"{len(only or keys)} campaigns, answers {'heard' if heard else 'unheard'}, {wide} figures with a range"
    return [
        Line(f"{replicates} replicates ({told})", seconds(all_), f"one run {seconds(one)}", all_[1] / one[1], LIMIT)
    ]


def once(ask: Callable[[], Any]) -> tuple[Any, Timing]:
    wall, processor = time.perf_counter(), time.process_time()
    found = ask()
    return found, (time.perf_counter() - wall, time.process_time() - processor)


def profile(log: SyntheticLog, file: str) -> None:
    from benchmarks.campaign_designs import campaigns
    from engage_desktop.analysis.estimates import counted
    from engage_desktop.engine import compile_campaigns, simulate

    run = simulate(compile_campaigns(campaigns()), log, window=WINDOW, seed=SEED)
    profiled(partial(counted, run, log, 10), file)


MEASURES: dict[str, Callable[[SyntheticLog, int], list[Line]]] = {
    "heard": partial(ranges, heard=True),
    "unheard": partial(ranges, heard=False),
}


if __name__ == "__main__":
    sys.exit(main())
