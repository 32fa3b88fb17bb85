"""How long a why takes, its verified change included: random people, definitions and instants of a log of arrays.

    python -m benchmarks.bench_explain [--events 10000000] [--people 1000000] [--asks 300]

Milliseconds, p50, p95 and the longest: of audiences (audience, instant), and of journey steps with the person's part of
the run. The first ask of each definition, which reads columns of the whole log, counts too. An ask of an audience is to
take less than 50 ms at p95.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from benchmarks.bench_simulate import DESIGN as JOURNEYS
from benchmarks.questions import DESIGN
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.engine import Plan, compile_campaigns
from engage_desktop.engine.points import part_of_run, step_question
from engage_desktop.engine.questions import State, answer

LIMIT_MS = 50.0
WINDOW = (START_US, START_US + DAYS * DAY_US)


def design() -> Campaigns:
    audiences = [*DESIGN["audiences"], *JOURNEYS["audiences"]]  # type: ignore[misc]  # a design is plain values
    audiences.append(
        {
            "key": "spenders", "name": "Spenders",
            "definition": "(trait('spent_30d') >= 50 OR trait('favourite') = 'tea') AND audience('keen')",
        }
    )  # fmt: skip
    return Campaigns.model_validate_json(json.dumps({**JOURNEYS, "traits": DESIGN["traits"], "audiences": audiences}))


def ask(plan: Plan, log: SyntheticLog, rng: random.Random) -> tuple[float, bool]:
    """Seconds of one ask, and whether a change was found."""
    audience = rng.choice(plan.campaigns.audiences)
    person = rng.randrange(log.n_profiles)
    at = max(WINDOW[0] + rng.randrange(WINDOW[1] - WINDOW[0]), int(log.since[person]))
    begun = time.perf_counter()
    found = answer(plan, log, State.of_audience(audience.key, "user"), person, at, unfold=1)
    return time.perf_counter() - begun, bool(found.change)


def walk(plan: Plan, log: SyntheticLog, rng: random.Random) -> float:
    """Seconds of one ask about a step, the person's part of the run included."""
    journey, person = plan.campaigns.journeys[0], rng.randrange(log.n_profiles)
    begun = time.perf_counter()
    _, visits = part_of_run(plan, log, journey.key, person, WINDOW)
    visit = visits["wait"][-1] if visits["wait"] else None
    question, _ = step_question(journey, "wait", None, visit)
    answer(plan, log, question, person, WINDOW[1] if visit is None or visit.left is None else visit.left)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int)
    parser.add_argument("--asks", type=int, default=300)
    options, _ = parser.parse_known_args()
    people = options.people or options.events // 10
    log, plan, rng = SyntheticLog(options.events, people), compile_campaigns(design()), random.Random(1)
    asked = [ask(plan, log, rng) for _ in range(options.asks)]
    print(f"{options.events:,} events, {people:,} people, {options.asks} asks")
    p95 = _print("audience at an instant", [seconds for seconds, _ in asked])
    print(f"{sum(changed for _, changed in asked) / len(asked):.0%} with a verified change")
    _print("step of a journey", [walk(plan, log, rng) for _ in range(options.asks)])
    print(f"below {LIMIT_MS:g} ms at p95: {'yes' if p95 < LIMIT_MS else 'no'}")


def _print(what: str, seconds: list[float]) -> float:
    ms = sorted(1000 * one for one in seconds)
    p95 = ms[int(len(ms) * 0.95)]
    print(f"{what}: p50 {ms[len(ms) // 2]:.1f} ms, p95 {p95:.1f} ms, longest {ms[-1]:.1f} ms")
    return p95


if __name__ == "__main__":
    main()
