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
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from engage_desktop.domain.campaigns import Campaigns

SEED, RUNS, QUICK_RUNS = 7, 3, 1
WINDOW = (START_US, START_US + DAYS * DAY_US)
CLOCK = START_US + DAYS * DAY_US // 2
"""Where the window looks: in the middle many are on their way."""
ALONE = 0.25
"""Seconds from an edit to the figures of its journey."""


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
    """Asks the workspace process, and hears its replies and when each came."""

    def __init__(self, log: SyntheticLog) -> None:
        from engage_desktop.app.desk import Desk
        from engage_desktop.app.replay import Log

        self.generation = 0
        self.edits_on = False
        """The next edit comes as soon as the first figures are there, so that the run of all is given up."""
        self.heard: dict[str, Timing] = {}
        self.replies: dict[str, Any] = {}
        self.desk = Desk(self)  # type: ignore[arg-type]  # a pipe that nobody reads
        self.desk.log = Log(log, ())  # type: ignore[arg-type]  # reads like a store

    def reply(self, request_id: int, reply: Any) -> None:
        name = type(reply).__name__
        self.heard[name] = time.perf_counter(), time.process_time()
        self.replies[name] = reply
        self.generation += self.edits_on and name == "AloneReady"

    def sets(self, design: Campaigns) -> dict[str, Timing]:
        """Wall and processor time from a design to each reply."""
        from benchmarks.campaign_designs import EDITED
        from engage_desktop.app.protocol import SetDocument
        from engage_desktop.document import dumps

        text = dumps(design)
        self.generation += 1
        self.heard.clear()
        begun = time.perf_counter(), time.process_time()
        self.desk.answer(0, SetDocument(self.generation, text, SEED, EDITED, CLOCK))
        missing = {"AloneReady", "Superseded" if self.edits_on else "RunReady"} - set(self.heard)
        if missing:
            raise RuntimeError(f"the desk answered {sorted(self.heard)}")
        return {name: (at[0] - begun[0], at[1] - begun[1]) for name, at in self.heard.items()}


def edit(log: SyntheticLog, runs: int) -> list[Line]:
    from benchmarks.campaign_designs import campaigns, edited

    window, designs = _Window(log), (campaigns(), edited())
    alone, whole = [], []
    for number in range(2 * runs + 1):  # there and back, the first run does not count
        found = window.sets(designs[number % 2])
        if number:
            alone.append(found["AloneReady"])
            whole.append(found["RunReady"])
    first, last = (tuple(np.median(np.array(times), axis=0).tolist()) for times in (alone, whole))
    return [
        Line("an edit: its journey's figures, alone", seconds(first), "", first[1], ALONE, unit="s"),
        Line("an edit: then all campaigns", seconds(last), "", last[1], 3, unit="s"),
    ]


def edits(log: SyntheticLog, runs: int) -> list[Line]:
    """Every edit from the same design, which a run of all has made warm; conditions that it changes are asked the first
    time. The figures must be those of a run that starts with nothing."""
    from benchmarks.campaign_designs import EDITED, campaigns
    from benchmarks.campaign_edits import edits
    from engage_desktop.engine import compile_campaigns, simulate

    window, start = _Window(log), campaigns()
    window.sets(start)
    window.edits_on = True
    times: dict[str, list[Timing]] = {}
    equal = True
    for number in range(runs):
        for name, design in edits(number):
            times.setdefault(name, []).append(window.sets(design)["AloneReady"])
            if not number:
                run = simulate(compile_campaigns(design), log, window=WINDOW, seed=SEED, only=[EDITED])
                equal &= same_figures(window.replies["AloneReady"].figures, run, log)
            window.sets(start)
    each = {name: tuple(np.median(np.array(some), axis=0).tolist()) for name, some in times.items()}
    print(*(f"  {name}: {seconds(found)}" for name, found in each.items()), sep="\n", file=sys.stderr)
    all_of_them = np.array([one for some in times.values() for one in some])
    median, most = (tuple(np.percentile(all_of_them, part, axis=0).tolist()) for part in (50, 95))
    what = f"edit to figures, alone, p95 of {len(times)} kinds of edits"
    return [Line(what, seconds(most), f"median {seconds(median)}", most[1], ALONE, unit="s", equal=equal)]


def same_figures(shown: Any, run: Any, log: SyntheticLog) -> bool:
    """Whether the window shows of a journey what a run says of it."""
    from engage_desktop.analysis.playback import Playback
    from engage_desktop.app.figures import journey_figures
    from engage_desktop.app.protocol import AskFigures

    asked = AskFigures(shown.generation, shown.journey, shown.at_us, alone=True)
    return bool(shown == journey_figures(Playback(run, log), asked))  # type: ignore[arg-type]  # reads like a store


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
    "edits": edits,
}


if __name__ == "__main__":
    sys.exit(main())
