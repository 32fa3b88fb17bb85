"""Some people of a log as a log: a run over them has the rows they have in a run over everybody (architecture, engine 5)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop.engine import Plan, compile_campaigns, simulate, to_arrow
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.values import value_at
from engage_desktop.events import EventStore
from tests.engine.logs import identify, store_of, track
from tests.random_cases.compare import rows_of
from tests.random_cases.compare import store_of as import_of
from tests.random_cases.generate import Case, generate
from tests.random_cases.plainer import without_queues

CASES = range(60)
AT = 1_704_067_200_000_000  # 2024-01-01T00:00:00Z
HOUR = 3_600_000_000
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return store_of(
        [
            track("a", "X", "2024-01-01T01:00:00Z", n=1),
            track("b", "X", "2024-01-01T02:00:00Z", n=2),
            track("b", "Y", "2024-01-01T02:00:00Z", n="x"),
            track("c", "X", "2024-01-01T04:00:00Z", n=4),
            identify("b", "2024-01-01T01:30:00Z", plan="pro"),
            identify("c", "2024-01-01T01:30:00Z", plan="free"),
            {"type": "group", "userId": "a", "groupId": "g", "timestamp": "2024-01-01T05:00:00Z", "traits": {}},
            {"type": "group", "userId": "c", "groupId": "g", "timestamp": "2024-01-01T05:30:00Z", "traits": {}},
            {"type": "group", "userId": "b", "groupId": "h", "timestamp": "2024-01-01T05:00:00Z", "traits": {}},
        ],
        tmp_path,
    )


def test_it_is_the_log_of_these_people(store: EventStore) -> None:
    some = Subset(store, np.array([1, 2]))
    assert list(some.profile_ids) == ["b", "c"] == [some.profile_ids[0], some.profile_ids[1]]
    assert some.rows("X").tolist() == [0, 2]
    assert some.rows("Y").tolist() == [1]
    assert some.profiles("X").tolist() == [0, 1]
    assert some.times("X").tolist() == some.time[[0, 2]].tolist() == [AT + 2 * HOUR, AT + 4 * HOUR]
    assert [value_at(some.column("X", ("n",)), i) for i in range(2)] == [2, 4]
    assert [value_at(some.trait(("plan",)).column, i) for i in range(2)] == ["pro", "free"]
    assert some.rows_of(np.arange(some.n_events)).tolist() == [1, 2, 3]
    assert some.people.tolist() == [1, 2]


def test_links_are_of_these_people_and_accounts_of_all(store: EventStore) -> None:
    account, profile, since = Subset(store, np.array([1, 2])).links()
    assert (account.tolist(), profile.tolist()) == ([0, 1], [1, 0])
    assert since.tolist() == [AT + 5 * HOUR + HOUR // 2, AT + 5 * HOUR]
    assert list(Subset(store, np.array([1])).account_ids) == ["g", "h"]


def test_people_may_repeat_in_any_order(store: EventStore) -> None:
    some = Subset(store, np.array([2, 1, 2]))
    assert list(some.profile_ids) == ["c", "b", "c"]
    assert some.profile_start.tolist() == [0, 1, 3, 4]
    assert some.rows("X").tolist() == [0, 1, 3]
    assert some.profiles("X").tolist() == [0, 1, 2]
    assert some.rows_of(some.rows("X")).tolist() == [3, 1, 3]
    account, profile, _ = some.links()
    assert (account.tolist(), profile.tolist()) == ([0, 0, 1], [0, 2, 1])
    who, since = some.named(["c", "b"])
    assert (who.tolist(), since.tolist()) == ([0, 1, 2], store.since[[2, 1, 2]].tolist())


def test_nobody_is_a_log_too(store: EventStore) -> None:
    none = Subset(store, np.empty(0, np.int64))
    assert (none.n_profiles, none.n_events, len(none.time), len(none.rows("X"))) == (0, 0, 0, 0)
    assert list(none.profile_ids) == []


# -- runs -----------------------------------------------------------------------------------


def runs(seeds: range) -> list[tuple[Case, EventStore, Plan]]:
    """Cases without accounts and without broadcasts that go by turns: those are of the whole log, and `simulate` alone does
    not ask it."""
    found = []
    for seed in seeds:
        one = without_queues(generate(seed))
        if all(audience.level == "user" for audience in one.campaigns.audiences):
            found.append((one, import_of(one.records, one.campaigns), compile_campaigns(one.campaigns, one.lists)))
    return found


def tables(case: Case, plan: Plan, log: Any) -> Rows:
    run = simulate(plan, log, window=case.window, seed=case.seed)
    return {name: rows_of(table) for name, table in to_arrow(run, log).items()}


def chosen(rows: Rows, ids: list[str]) -> Rows:
    return {name: [row for row in table if row.get("profile") in ids] for name, table in rows.items()}


def test_a_run_over_all_of_them_is_the_run() -> None:
    for case, store, plan in runs(CASES):
        assert tables(case, plan, Subset(store, np.arange(store.n_profiles))) == tables(case, plan, store), case.seed


def test_a_run_over_half_of_them_has_their_rows() -> None:
    seen = 0
    for number, (case, store, plan) in enumerate(runs(CASES)):
        half = Subset(store, np.flatnonzero(np.random.default_rng(number).random(store.n_profiles) < 0.5))
        found = tables(case, plan, half)
        assert found == chosen(tables(case, plan, store), list(half.profile_ids)), number
        seen += sum(map(len, found.values()))
    assert seen > 1_000


def test_copies_have_the_rows_of_their_person() -> None:
    for number, (case, store, plan) in enumerate(runs(CASES)):
        people = [random.Random(number).randrange(store.n_profiles) for _ in range(4)]
        found = tables(case, plan, Subset(store, np.array(people)))
        expected = tables(case, plan, store)
        for person in set(people):
            name = store.profile_ids[person]
            times = people.count(person)
            for table, rows in chosen(expected, [name]).items():
                copies = [row for row in found[table] if row.get("profile") == name]
                key = "journey" if "journey" in (rows or [{}])[0] else "campaign"
                key = "audience" if table == "memberships" else key
                again = [row for one in dict.fromkeys(row[key] for row in rows) for _ in range(times)
                         for row in rows if row[key] == one]  # fmt: skip
                assert copies == again, (number, table)


def test_conditions_about_accounts_are_asked_of_the_whole_log() -> None:
    seen = 0
    for seed in range(200):
        case = generate(seed)
        if all(audience.level == "user" for audience in case.campaigns.audiences):
            continue
        store = import_of(case.records, case.campaigns)
        plan = compile_campaigns(case.campaigns, case.lists)
        whole = Conditions(store, plan.meanings)
        half = Subset(store, np.flatnonzero(np.random.default_rng(seed).random(store.n_profiles) < 0.5))
        part = Conditions(half, plan.meanings, LeafCache(), accounts=whole.intervals)
        for audience in plan.audiences:
            if audience.member.level == "account":
                continue
            expected = whole.intervals(audience.member)
            found = part.intervals(audience.member)
            keep = np.isin(expected.profile, half.people)
            assert half.people[found.profile].tolist() == expected.profile[keep].tolist(), seed
            assert found.start.tolist() == expected.start[keep].tolist(), seed
            assert found.end.tolist() == expected.end[keep].tolist(), seed
            seen += 1
    assert seen > 20
