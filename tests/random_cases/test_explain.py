"""Explain says what the run says, and what it suggests works: made in the records, read and asked again (D-5, D-4).

Rules: D-3, D-4, D-5, D-9, AU-4, AU-23, AU-26, V-8.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from engage_desktop.engine import compile_campaigns, membership
from engage_desktop.engine.questions import Answer, State, answer
from engage_desktop.events import EventStore
from tests.oracle.intervals import change_instants
from tests.oracle.world import World, world_of
from tests.random_cases.changed import changed, until
from tests.random_cases.compare import store_of
from tests.random_cases.generate import Case
from tests.random_cases.pairs import pair

EVERY_DAY, PROOF = 70, 1100  # a few logs have no account to ask about


@dataclass(frozen=True)
class Asked:
    case: Case
    store: EventStore
    world: World
    key: str
    level: str
    subject: int
    at: int


def asked(seed: int) -> Asked | None:
    """One (person or account, audience, instant) of the pair of a seed, often an instant of change."""
    case = pair(seed)
    rng = random.Random(seed)
    world, store = world_of(case.records, case.campaigns), store_of(case.records, case.campaigns)
    audience = rng.choice(case.campaigns.audiences)
    ids = store.profile_ids if audience.level == "user" else store.account_ids
    if not len(ids):
        return None
    subject = rng.randrange(len(ids))
    state = _subject(world, audience.level, ids[subject])
    at = rng.choice([*change_instants(state, case.window[1]), state.since]) - rng.choice((0, 0, 1))
    return Asked(case, store, world, audience.key, audience.level, subject, max(at, state.since))


def _subject(world: World, level: str, text_id: str):  # type: ignore[no-untyped-def]
    return next(one for one in (world.people if level == "user" else world.accounts) if one.text_id == text_id)


def engine_says(one: Asked, store: EventStore, at: int) -> bool:
    ids = store.profile_ids if one.level == "user" else store.account_ids
    before = one.store.profile_ids if one.level == "user" else one.store.account_ids
    index = list(ids).index(before[one.subject])
    found = membership(compile_campaigns(one.case.campaigns), store, one.key)
    return bool(found.value(np.array([index], np.int32), np.array([at]))[0])


def oracle_says(one: Asked, world: World, at: int) -> bool:
    ids = one.store.profile_ids if one.level == "user" else one.store.account_ids
    return bool(_subject(world, one.level, ids[one.subject]).member(one.key, at))


def _explained(one: Asked) -> Answer:
    plan = compile_campaigns(one.case.campaigns)
    return answer(plan, one.store, State.of_audience(one.key, one.level), one.subject, one.at, unfold=1)  # type: ignore[arg-type]


def _check(seed: int, census: Counter[str]) -> None:
    one = asked(seed)
    if one is None:
        return
    found = _explained(one)
    census["asked"] += 1
    census[f"{one.level} {'in' if found.verdict else 'out'}"] += 1
    assert found.verdict == found.why.verdict == engine_says(one, one.store, one.at), seed
    assert found.verdict == oracle_says(one, one.world, one.at), seed
    if found.change:
        census["change"] += 1
        census.update(type(edit).__name__ for edit in found.change)
        records = changed(one.case.records, found.change, one.store, one.world)
        assert engine_says(one, store_of(records, one.case.campaigns), one.at) != found.verdict, (seed, found.change)
        assert oracle_says(one, world_of(records, one.case.campaigns), one.at) != found.verdict, (seed, found.change)
    if found.later is not None:
        census["later"] += 1
        records = until(one.case.records, one.world, one.at)
        store, world = store_of(records, one.case.campaigns), world_of(records, one.case.campaigns)
        for at, verdict in ((found.later - 1, found.verdict), (found.later, not found.verdict)):
            assert engine_says(one, store, at) == verdict, (seed, at)
            assert oracle_says(one, world, at) == verdict, (seed, at)


def _run(seeds: range) -> Counter[str]:
    census: Counter[str] = Counter()
    for seed in seeds:
        _check(seed, census)
    print(f"\n{dict(census)}")
    return census


@pytest.mark.timeout(240)
def test_verdicts_are_the_runs_and_changes_work() -> None:
    census = _run(range(EVERY_DAY))
    assert census["asked"] >= 60
    assert census["change"] >= 0.7 * census["asked"]
    assert all(census[name] >= 5 for name in ("AddEvent", "RemoveEvent", "SetTrait", "later", "account in"))


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_verdicts_are_the_runs_and_changes_work_a_thousand_times() -> None:
    census = _run(range(20_000, 20_000 + PROOF))
    assert census["asked"] >= 1000
    assert census["change"] >= 0.7 * census["asked"]
