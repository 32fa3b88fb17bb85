"""What must be so of all campaigns together, whatever the rules in detail, of the oracle and of the engine.

Nobody gets more than a cap allows in any window, nobody a message inside quiet hours (D-24, D-34), and who does not come
to a step has the same rows whatever the step does (D-29).
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engage_desktop.domain.duration import parse_duration
from tests.random_cases.features import ALL, TOGETHER
from tests.random_cases.generate import Case, generate
from tests.random_cases.plainer import each_for_themselves, of_one_zone
from tests.random_cases.run import oracle
from tests.random_cases.test_metamorphic import buckets_change_nothing, rows, tables
from tests.random_cases.zones import ZONES

Rows = dict[str, list[dict[str, Any]]]
Run = Callable[[Case], Rows]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEEDS = range(24)
PROOF = range(40_000, 41_000)


def engine(case: Case) -> Rows:
    return rows(tables(case))


RUNS = [pytest.param(oracle, id="oracle"), pytest.param(engine, id="engine")]


# -- laws -----------------------------------------------------------------------------------


def no_cap_is_exceeded(case: Case, run: Run) -> int:
    """How many caps were full at some instant."""
    full = 0
    messages = run(case)["messages"]
    for cap in case.design["policies"].get("caps", ()):
        width, counted = parse_duration(cap["per"]), dict[str, list[int]]()
        for row in messages:
            if row["status"] == "sent" and cap.get("channel") in (None, row["channel"]):
                counted.setdefault(row["profile"], []).append(row["sent_at"])
        for profile, sent in counted.items():
            for t in sent:
                number = sum(t - width < one <= t for one in sent)
                assert number <= cap["max"], (cap, profile, t)
                full += number == cap["max"]
    return full


def nothing_is_sent_in_quiet_hours(case: Case, run: Run) -> int:
    """How many messages were sent on a channel that has quiet hours. All people have one zone, told in one of two ways."""
    zone = ZONES[case.seed % 4 + (case.seed % 3 == 0)]
    case = of_one_zone(case, zone, told=case.seed % 2 == 0)
    policies, looked_at = case.design["policies"], 0
    forbidden = [(hours, False) for hours in policies.get("quiet_hours", ())]
    forbidden += [(hours, True) for hours in [policies.get("send_window")] if hours]
    for row in run(case)["messages"]:
        for hours, inside_only in forbidden:
            if row["status"] != "sent" or row["channel"] != hours["channel"] or hours["from"] == hours["to"]:
                continue
            there = (EPOCH + timedelta(microseconds=row["sent_at"])).astimezone(ZoneInfo(zone)).time()
            start, end = time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])
            within = start <= there < end if start < end else there >= start or there < end
            assert within == inside_only, (hours, there, row)
            looked_at += 1
    return looked_at


def who_does_not_come_to_a_step_does_as_before(case: Case, run: Run) -> int:
    """How many rows of people whom the changed step does not reach were compared."""
    rng = random.Random(case.seed)
    case = each_for_themselves(case)
    steps = [(at, place) for at, one in enumerate(case.design["journeys"]) for place, _ in enumerate(one["steps"])]
    changes = [(at, place, change) for at, place in steps for change in _changes(case, at, place)]
    if not changes:
        return 0
    at, place, change = rng.choice(changes)
    other = copy.deepcopy(case.design)
    journey = other["journeys"][at]
    journey["steps"][place] |= change
    before, after = run(case), run(replace(case, design=other))
    where = (journey["key"], journey["steps"][place]["key"])
    reached = {row["profile"] for row in before["visits"] if (row["journey"], row["step"]) == where}
    compared = 0
    for name in before.keys() & after.keys():
        left, right = ([row for row in one[name] if row["profile"] not in reached] for one in (before, after))
        assert left == right, (name, where, change)
        compared += len(left) if reached else 0
    return compared


def _changes(case: Case, at: int, place: int) -> Iterator[dict[str, Any]]:
    """What may be different of one step, without leading elsewhere."""
    step = case.design["journeys"][at]["steps"][place]
    if step["type"] == "message":
        yield from ({"message": key} for key in ("mail", "bill", "text") if key != step["message"])
        yield {"when_not_sent": "leave", "priority": 7}
        yield {"responses": {"opened": {"likely": 1, "after": "30m"}}}
    elif step["type"] == "delay":
        yield {"duration": "90m" if step["duration"] != "90m" else "1h"}
    elif step["type"] in ("hold", "wait") and "timeout" in step:
        yield {"timeout": "45m"}
    elif step["type"] == "set_trait":
        yield {"value": "another"}


# -- cases ----------------------------------------------------------------------------------


def mixed(seed: int) -> Case:
    """Every fourth with all that journeys have besides."""
    return generate(seed, ALL if seed % 4 == 0 else TOGETHER)


LAWS: list[Callable[[Case, Run], int]] = [
    no_cap_is_exceeded,
    nothing_is_sent_in_quiet_hours,
    who_does_not_come_to_a_step_does_as_before,
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Callable[[Case, Run], int], run: Run) -> None:
    assert sum(law(mixed(seed), run) for seed in SEEDS) > 20


@pytest.mark.timeout(300)
def test_buckets_change_nothing() -> None:
    for seed in SEEDS[:12]:
        buckets_change_nothing(mixed(seed))


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_of_a_thousand(law: Callable[[Case, Run], int]) -> None:
    for seed in PROOF:
        law(mixed(seed), engine)
