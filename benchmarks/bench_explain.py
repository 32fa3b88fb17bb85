"""How long a why takes, its verified change included: a thousand random (person, place of a design, instant) each.

    python -m benchmarks.bench_explain [--events 10000000] [--people 1000000] [--asks 1000]

Once over a log of arrays (its audiences and journeys), once over the Storefront sample (every recipe, and the audiences and
traits of the definitions that the tests put beside SQL). An audience, an entry, an exit rule or a step with one of its
branches is asked about, a step or rule mostly of somebody who was there. Milliseconds of wall time (processor time in
parentheses), p50, p95 and the longest. The process is warm, the people are not: every definition was asked about once, of
one person. No ask may take 50 ms of processor time or more, which a busy machine does not spoil; else exit code 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from benchmarks.journey_designs import DESIGN as WIN_BACK
from benchmarks.measuring import machine
from benchmarks.questions import DESIGN
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.step import Delay, DelayUntil, Fork, Hold, Split, Wait
from engage_desktop.engine import Plan, Run, compile_campaigns, simulate
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.points import (
    Point,
    branch_of,
    entry_point,
    exit_point,
    latest_entry,
    reads_journey,
    step_point,
)
from engage_desktop.engine.questions import Answer, State
from engage_desktop.engine.remembering import inside
from engage_desktop.engine.source import Log
from engage_desktop.engine.subject import Subject
from engage_desktop.engine.trace import Visit

LIMIT_MS = 50.0
ROOT = Path(__file__).resolve().parents[1]
Window = tuple[int, int]


def synthetic_design() -> Campaigns:
    spenders = "(trait('spent_30d') >= 50 OR trait('favourite') = 'tea') AND audience('keen')"
    audiences = [*DESIGN["audiences"], {"key": "spenders", "name": "Spenders", "definition": spenders}]
    return Campaigns.model_validate_json(json.dumps({**WIN_BACK, "traits": DESIGN["traits"], "audiences": audiences}))


def storefront_designs() -> Iterator[Campaigns]:
    """The definitions as one design, and the recipes."""
    from tests.sample_data.definitions import PEOPLE
    from tests.sample_data.definitions_of_accounts import ACCOUNTS
    from tests.sample_data.definitions_of_traits import TRAITS

    def named(one: object, *fields: str) -> dict[str, object]:
        return {"key": one.key, "name": one.key, "definition": one.text} | {  # type: ignore[attr-defined]  # a definition
            field: getattr(one, field) for field in fields
        }

    yield Campaigns.model_validate_json(
        json.dumps(
            {
                "format": "engage-campaigns/1",
                "workspace": {"name": "Definitions"},
                "traits": [named(one, "level") for one in TRAITS],
                "audiences": [named(one, "level", "include_anonymous") for one in (*PEOPLE, *ACCOUNTS)],
            }
        )
    )
    for path in sorted((ROOT / "sample_data" / "recipes").glob("*.json")):
        yield Campaigns.model_validate_json(path.read_text(encoding="utf-8"))


# -- asking --------------------------------------------------------------------------------


class Asker:
    """Asks of one log under one design."""

    def __init__(self, plan: Plan, log: Log, window: Window, rng: random.Random) -> None:
        self.plan, self.log, self.window, self.rng = plan, log, window, rng

    def places(self) -> list[tuple[str, object]]:
        """What may be asked about: audiences, and of journeys the entry, the rules and the steps."""
        found: list[tuple[str, object]] = [("audience", one) for one in self.plan.campaigns.audiences]
        for compiled in self.plan.journeys:
            found += [("entry", (compiled, None)), *(("exit", (compiled, one.key)) for one in compiled.journey.exits)]
            found += [
                ("step", (compiled, one.key)) for one in compiled.journey.steps
                if isinstance(one, Split | Wait | Fork | Hold | Delay | DelayUntil)
            ]  # fmt: skip
        return found

    def question(self, what: str, about: object) -> Callable[[], Answer | None]:
        """An ask with everything drawn; what it takes from here on is timed."""
        rng, (first, last) = self.rng, self.window
        if what == "audience":
            level = about.level  # type: ignore[attr-defined]  # an audience
            since = self.log.since if level == "user" else self.log.account_since
            index = rng.randrange(len(since))
            at = max(rng.randrange(first, last), int(since[index]))
            subject = Subject(self.plan, self.log, index, self.window, level=level)
            return lambda: subject.ask(State.of_audience(about.key, level), at, unfold=1)  # type: ignore[attr-defined]
        assert isinstance(about, tuple)
        compiled, key = about
        index = self._somebody(compiled) if rng.random() < 0.8 else rng.randrange(self.log.n_profiles)
        at = max(rng.randrange(first, last + 1), int(self.log.since[index]))
        draw = rng.random()
        return lambda: self._ask(what, compiled, key, index, at, draw)

    def _somebody(self, compiled: PlanJourney) -> int:
        """One of those who were in a journey, where anybody was."""
        run = self._run
        there = run.instances["profile"][run.instances["journey"] == compiled.index]
        return int(self.rng.choice(there)) if len(there) else self.rng.randrange(self.log.n_profiles)

    @cached_property
    def _run(self) -> Run:
        return simulate(self.plan, self.log, window=self.window)

    def _ask(
        self, what: str, compiled: PlanJourney, key: str | None, index: int, last: int, draw: float
    ) -> Answer | None:
        subject = Subject(self.plan, self.log, index, self.window)
        zone, journey = self.plan.campaigns.workspace.timezone, compiled.journey
        if what == "entry":
            point = entry_point(compiled, self.window, zone, last)
            latest = latest_entry(self.plan, self.log, index, point.question, last)
            if latest is not None:
                point = entry_point(compiled, self.window, zone, latest)
            return subject.ask_point(compiled, point, unfold=1)
        way = subject.way(compiled)
        if what == "exit":
            instance = next((one for one in reversed(way.instances) if one.entered <= last), None)
            known = inside(self.plan, self.log, compiled, index, instance)
            return (
                self._point(subject, compiled, exit_point(journey, key or "", instance, last, known))
                if instance
                else None
            )
        visit = next((one for one in reversed(way.visits[key or ""]) if one.arrived <= last), None)
        return None if visit is None else self._step(subject, compiled, key or "", visit, last, draw)

    def _step(
        self, subject: Subject, compiled: PlanJourney, key: str, visit: Visit, last: int, draw: float
    ) -> Answer | None:
        branches = [one.key for one in getattr(compiled.journey.by_key[key], "branches", ())]
        branch = branches[int(draw * len(branches))] if branches else branch_of(compiled.journey, key, None, visit)
        known = inside(self.plan, self.log, compiled, subject.index, visit)
        return self._point(subject, compiled, step_point(compiled.journey, key, branch, visit, last, known))

    def _point(self, subject: Subject, compiled: PlanJourney, point: Point) -> Answer | None:
        if point.happened is None and reads_journey(point.question, self.plan):
            return None
        return subject.ask_point(compiled, point, unfold=1)


# -- measuring -----------------------------------------------------------------------------


def measure(title: str, askers: list[Asker], asks: int, rng: random.Random) -> float:
    """Print what a thousand asks took, and return the longest in milliseconds of processor time."""
    places = [(asker, *place) for asker in askers for place in asker.places()]
    for asker, what, about in places:  # what is read of the whole log once
        asker.question(what, about)()
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    changed, longest = 0, (0.0, "")
    gc.collect()
    while sum(map(len, took.values())) < asks:
        kind = rng.choice(("audience", "journey"))
        asker, what, about = rng.choice([one for one in places if (one[1] == "audience") == (kind == "audience")])
        ask = asker.question(what, about)
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if found is None:
            continue  # nobody was there
        took[what].append((wall, cpu))
        changed += bool(found.change)
        longest = max(longest, (cpu, f"{what} {about.key if what == 'audience' else about[1] or about[0].journey.key}"))  # type: ignore[attr-defined, index]
    print(f"{title}, {asks} asks, {changed / asks:.0%} with a verified change; longest: {longest[1]}")
    for what, times in (*sorted(took.items()), ("all", [one for some in took.values() for one in some])):
        wall, cpu = (sorted(1000 * one[side] for one in times) for side in (0, 1))
        words = [
            f"{name} {wall[at]:.1f} ({cpu[at]:.1f})"
            for name, at in (("p50", len(wall) // 2), ("p95", int(len(wall) * 0.95)), ("longest", -1))
        ]
        print(f"  {what} ({len(times)}): {', '.join(words)} ms")
    return 1000 * longest[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int)
    parser.add_argument("--asks", type=int, default=1000)
    options, _ = parser.parse_known_args()
    from engage_desktop.events import build_store

    rng = random.Random(1)
    people = options.people or max(options.events // 10, 1)
    print(machine())
    log: Log = SyntheticLog(options.events, people)
    window = START_US, START_US + DAYS * DAY_US
    askers = [Asker(compile_campaigns(synthetic_design()), log, window, rng)]
    longest = measure(f"{options.events:,} events, {people:,} people", askers, options.asks, rng)
    store, _ = build_store([ROOT / "sample_data" / "storefront" / "log.jsonl.zst"])
    assert store.first_us is not None
    assert store.last_us is not None
    askers = [
        Asker(compile_campaigns(one), store, (store.first_us, store.last_us), rng) for one in storefront_designs()
    ]
    title = f"Storefront, {store.n_events:,} events, {store.n_profiles:,} people"
    longest = max(longest, measure(title, askers, options.asks, rng))
    print(f"every ask below {LIMIT_MS:g} ms: {'yes' if longest < LIMIT_MS else 'NO'}")
    return int(longest >= LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
