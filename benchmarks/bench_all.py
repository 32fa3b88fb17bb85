"""All campaigns together beside the sum of their runs alone, and an edit as the window asks for it.

    python -m benchmarks.bench_all [--events 10000000] [--people N] [--quick] [--profile FILE]

Twenty campaigns with caps, answers and calendars (`campaign_designs`) over a log of arrays that is loaded and warm. Each
run starts with an empty cache of conditions, those alone too. `turns` lets one broadcast go so many an hour. The edit is
sent as the window sends it: its journey alone first, then all, with what the run before left. Seconds are medians of wall
time, processor time in parentheses; ratios, and what is held, go by the processor time, which a busy machine does not
spoil. With a profile file the run of all is written there once more, function by function.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

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
    timed,
)
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog

SEED, RUNS, QUICK_RUNS = 7, 3, 1
WINDOW = (START_US, START_US + DAYS * DAY_US)


def main() -> int:
    parser = asker(__doc__, MEASURES)
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--profile", help="write the functions of one run of all into this file")
    options = asked(parser)
    if options.one:
        log = SyntheticLog(options.events, options.people)
        hand_back(MEASURES[options.one](log, QUICK_RUNS if options.quick else RUNS))
        return 0
    if options.profile:
        profile(SyntheticLog(options.events, options.people), options.profile)
        return 0
    sizes = (*of_size(options), *(["--quick"] if options.quick else []))
    print(f"{machine()}; {options.events:,} events, {options.people:,} people, one core; s wall (processor).\n")
    lines: list[Line] = []
    for what in MEASURES:
        found = in_a_process_of_its_own("benchmarks.bench_all", what, *sizes)
        print(*("  ".join(line.cells()) for line in found), sep="\n", file=sys.stderr, flush=True)  # it takes long
        lines += found
    print(table(lines))
    return 0


# -- one run of all, beside each alone --------------------------------------------------------


def together(log: SyntheticLog, runs: int, *, turns: bool = False) -> list[Line]:
    from benchmarks.campaign_designs import campaigns
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate

    design = campaigns(turns=turns)
    plan = compile_campaigns(design)
    run = partial(simulate, plan, log, window=WINDOW, seed=SEED)
    found = run()
    ours = timed(lambda: run(cache=LeafCache()), runs)
    keys = [*(one.key for one in design.journeys), *(one.key for one in design.broadcasts)]
    alone = [timed(lambda key=key: run(cache=LeafCache(), only=[key]), runs) for key in keys]
    each: Timing = (sum(wall for wall, _ in alone), sum(processor for _, processor in alone))
    what = f"{len(keys)} campaigns together{', one by turns' if turns else ''} ({told(found)})"
    return [Line(what, seconds(ours), f"the sum of each alone {seconds(each)}", ours[1] / each[1], 2.5)]


def told(run: Any) -> str:
    """How much a run did: rows, what it made, and how often journeys were walked."""
    names = ("instances", "messages", "responses", "waves")
    words = [f"{run.counts[name]:,} {name}" for name in names]
    capped = int((run.messages["reason"] == _reason("frequency_cap")).sum())
    return ", ".join([*words, f"{capped:,} met a cap", f"{len(run.made.events):,} events made"])


def _reason(name: str) -> int:
    from engage_desktop.engine.run import REASON

    return REASON[name]


# -- an edit, as the window asks for it -------------------------------------------------------


class _Window:
    """Hears the replies of the workspace process, and when each came."""

    def __init__(self) -> None:
        self.generation = 0
        self.heard: dict[str, Timing] = {}

    def reply(self, request_id: int, reply: Any) -> None:
        self.heard[type(reply).__name__] = time.perf_counter(), time.process_time()


def edit(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.campaign_designs import EDITED, campaigns, edited
    from engage_desktop.app.desk import Desk
    from engage_desktop.app.protocol import SetDocument
    from engage_desktop.app.replay import Log
    from engage_desktop.document import dumps

    window = _Window()
    desk = Desk(window)  # type: ignore[arg-type]  # a pipe that nobody reads
    desk.log = Log(log, ())  # type: ignore[arg-type]  # reads like a store
    texts = [dumps(campaigns()), dumps(edited())]
    alone, whole = [], []
    for number in range(2 * runs + 1):  # there and back, the first run does not count
        window.generation += 1
        window.heard.clear()
        begun = time.perf_counter(), time.process_time()
        asked = SetDocument(window.generation, texts[number % 2], SEED, EDITED, WINDOW[1])
        desk.answer(number, asked)
        missing = {"AloneReady", "RunReady"} - set(window.heard)
        if missing:
            raise RuntimeError(f"the desk answered {sorted(window.heard)}")
        if number:
            for name, times in (("AloneReady", alone), ("RunReady", whole)):
                times.append(tuple(at - from_ for at, from_ in zip(window.heard[name], begun, strict=True)))
    first, last = (tuple(np.median(np.array(times), axis=0).tolist()) for times in (alone, whole))
    return [
        Line("an edit: its journey's figures, alone", seconds(first), "", first[1], 1, unit="s"),
        Line("an edit: then all campaigns", seconds(last), "", last[1], 3, unit="s"),
    ]


# -- where the time goes ------------------------------------------------------------------------


def profile(log: SyntheticLog, file: str) -> None:
    from benchmarks.campaign_designs import campaigns
    from engage_desktop.engine import LeafCache, compile_campaigns, simulate

    plan = compile_campaigns(campaigns())
    simulate(plan, log, window=WINDOW, seed=SEED)
    profiled(partial(simulate, plan, log, window=WINDOW, seed=SEED, cache=LeafCache()), file)


MEASURES: dict[str, Callable[[SyntheticLog, int], list[Line]]] = {
    "together": together,
    "turns": partial(together, turns=True),
    "edit": edit,
}


if __name__ == "__main__":
    sys.exit(main())
