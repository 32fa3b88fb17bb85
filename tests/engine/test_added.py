"""A log with events that a run made, beside a log in which they were told (D-28, D-37, D-51)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop.engine import compile_campaigns, membership
from engage_desktop.engine.added import NO_EVENTS, Added, AddedLog, merged, with_events
from engage_desktop.engine.source import Log
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.values import value_at
from engage_desktop.engine.writes import Writes, Written
from engage_desktop.events import EventStore
from tests.engine.logs import campaigns, store_of

HOUR = 3_600_000_000
AT = 1_704_067_200_000_000  # 2024-01-01T00:00:00Z
LOGGED, MADE = ("E", "F", "G"), ("E", "Email Sent", "G")
PEOPLE = ("a", "b", "c", "d")
PATHS = (
    ("campaign",),
    ("campaign", "x"),
    ("step",),
    ("message",),
    ("n",),
    ("list", "$"),
    ("list", "$", "k"),
    ("none",),
)


def instant(hour: int) -> str:
    return f"2024-01-01T{hour:02d}:00:00Z"


def call(user: str, **fields: Any) -> dict[str, Any]:
    return {"userId": user, "receivedAt": "2024-01-02T00:00:00Z", **fields}


def events(rows: Sequence[tuple[int, int, str, str, str | None, str]]) -> Added:
    """Rows (profile, hour, name, campaign, step, message), as they come of one person and instant."""
    rows = sorted(rows, key=lambda row: row[:2])
    texts = tuple(dict.fromkeys(text for row in rows for text in row[3:] if text is not None))
    codes = [[-1 if row[i] is None else texts.index(row[i]) for row in rows] for i in (3, 4, 5)]  # type: ignore[arg-type]
    return Added(
        np.array([row[0] for row in rows], np.int32),
        np.array([AT + row[1] * HOUR for row in rows], np.int64),
        np.array([MADE.index(row[2]) for row in rows], np.int16),
        *(np.array(code, np.int32) for code in codes),
        MADE,
        texts,
    )


def told(events: Added) -> list[dict[str, Any]]:
    """The same as calls that come in last."""
    found = []
    for i in range(len(events)):
        named = {
            what: events.texts[code]
            for what in ("campaign", "step", "message")
            if (code := getattr(events, what)[i]) >= 0
        }
        hour = (int(events.time[i]) - AT) // HOUR
        found.append(
            {
                "type": "track",
                "userId": PEOPLE[events.profile[i]],
                "event": events.names[events.name[i]],
                "timestamp": instant(hour),
                "receivedAt": "2024-01-03T00:00:00Z",
                "properties": named,
            }
        )
    return found


def random_log(rng: random.Random, *, accounts: bool = False) -> list[dict[str, Any]]:
    """Everybody is there from the first hour on; some events look like those of a run."""
    calls = [call(one, type="identify", timestamp=instant(0), traits={"plan": "free"}) for one in PEOPLE]
    if accounts:
        calls += [
            call(one, type="group", groupId=rng.choice("xy"), timestamp=instant(rng.randrange(12)), traits={"t": 1})
            for one in PEOPLE
        ]
    for _ in range(rng.randrange(25)):
        properties = {
            "n": rng.choice([1, "two", None]),
            "campaign": rng.choice(["k", "other", 7, {"x": 1}, {"x": 1}, None]),
            "list": rng.choice([[1, {"k": 2}], None]),
        }
        kept = {key: value for key, value in properties.items() if rng.random() < 0.5}
        one = call(rng.choice(PEOPLE), type="track", event=rng.choice(LOGGED), timestamp=instant(rng.randrange(12)))
        one |= {"properties": kept, "context": {"ip": "1.2.3.4"} if rng.random() < 0.5 else {}}
        if rng.random() < 0.5:
            one["sourceId"] = "web"
        calls.append(one)
    rng.shuffle(calls)
    return calls


def random_events(rng: random.Random) -> Added:
    return events(
        [
            (
                rng.randrange(len(PEOPLE)),
                rng.randrange(12),
                rng.choice(MADE),
                rng.choice(["k", "l"]),
                rng.choice(["s", "k", None]),
                rng.choice(["m", "n"]),
            )
            for _ in range(rng.randrange(12))
        ]
    )


def values(column: Any) -> list[Any]:
    """Values of a column that is made as the contract of columns says: nothing under a kind that has none."""
    for kind, number, code in zip(column.kind, column.number, column.code, strict=True):
        assert np.isnan(number) or kind in (1, 3)
        assert (code >= 0) == (kind in (2, 4, 5))
    return [value_at(column, i) for i in range(len(column.kind))]


def say(log: Log) -> dict[str, Any]:
    """Everything a log says about its events."""
    names = ("E", "F", "G", "Email Sent", "nothing")
    found: dict[str, Any] = {
        "n": log.n_events,
        "time": log.time.tolist(),
        "start": log.profile_start.tolist(),
        "since": log.since.tolist(),
    }
    if len(log.account_ids):  # without accounts a store has nothing to order across people
        found["ordinal"] = log.ordinal.argsort().tolist()
    assert len(set(log.ordinal.tolist())) == log.n_events
    for name in names:
        found[name] = {
            "rows": log.rows(name).tolist(),
            "profiles": log.profiles(name).tolist(),
            "times": log.times(name).tolist(),
            "source": values(log.source(name)),
            "context": values(log.context(name, ("ip",))),
            "columns": {path: values(log.column(name, path)) for path in PATHS},
        }
        assert (log.rows(name).dtype, log.profiles(name).dtype) == (np.uint32, np.int32)
    assert log.ordinal.dtype == np.uint32
    return found


def case(seed: int, folder: Path, *, accounts: bool = False) -> tuple[EventStore, Added, EventStore]:
    """A log, events, and a log in which they were told."""
    rng = random.Random(seed)
    calls, made = random_log(rng, accounts=accounts), random_events(rng)
    return store_of(calls, folder), made, store_of(calls + told(made), folder)


@pytest.mark.parametrize("accounts", [False, True])
def test_it_reads_as_if_they_had_been_told(tmp_path: Path, accounts: bool) -> None:
    both = 0
    for seed in range(150):
        store, made, expected = case(seed, tmp_path, accounts=accounts)
        log = with_events(store, made)
        assert say(log) == say(expected), seed
        assert tuple(log.event_names) == tuple(expected.event_names), seed
        for name in log.event_names:
            assert set(log.properties(name)) == set(expected.properties(name)), (seed, name)
        both += len(np.unique(log.column("E", ("campaign",)).kind)) > 2
    assert both > 50


def test_a_part_of_the_people_is_the_same_either_way(tmp_path: Path) -> None:
    for seed in range(80):
        store, made, expected = case(seed, tmp_path, accounts=seed % 2 == 0)
        people = np.flatnonzero(np.random.default_rng(seed).random(len(PEOPLE)) < 0.6)
        whole = say(Subset(expected, people))
        assert say(Subset(with_events(store, made), people)) == whole, seed
        assert say(with_events(Subset(store, people), made.of(people))) == whole, seed
        back = made.of(people).to(people)
        assert back.profile.tolist() == made.take(np.isin(made.profile, people)).profile.tolist()


def test_what_journeys_set_is_seen_too(tmp_path: Path) -> None:
    store, made, expected = case(3, tmp_path)
    one = np.zeros(1, np.int32)
    writes = Writes(one, np.array([AT + HOUR]), one.astype(np.int16), one, (("plan", "pro"),))
    for log in (with_events(Written(store, writes), made), Written(with_events(store, made), writes)):
        assert say(log) == say(expected)  # type: ignore[arg-type]
        history = log.trait(("plan",))
        assert [value_at(history.column, i) for i in range(2)] == ["free", "pro"]


def test_rows_of_one_log_as_rows_of_the_other(tmp_path: Path) -> None:
    for seed in range(50):
        store, made, _ = case(seed, tmp_path)
        log = AddedLog(store, made)
        rows = np.arange(store.n_events + 1)
        here = log.rows_of_log(rows)
        assert log.rows_in_log(here).tolist() == rows.tolist()
        assert here[-1] == log.n_events
        added = np.setdiff1d(np.arange(log.n_events), here)
        assert log.rows_in_log(added).tolist() == [-1] * len(made)
        assert log.time[added].tolist() == made.time.tolist()


def test_nothing_added_is_the_log_itself(tmp_path: Path) -> None:
    store, _, _ = case(0, tmp_path)
    assert with_events(store, NO_EVENTS) is store
    assert say(AddedLog(store, NO_EVENTS)) == say(store)  # type: ignore[arg-type]


def test_a_log_without_events_and_nobody_at_all(tmp_path: Path) -> None:
    quiet = [call(one, type="identify", timestamp=instant(0), traits={"plan": "free"}) for one in PEOPLE]
    made = random_events(random.Random(4))
    assert say(with_events(store_of(quiet, tmp_path), made)) == say(store_of(quiet + told(made), tmp_path))
    nobody = Subset(store_of(quiet, tmp_path), np.empty(0, np.int64))
    assert say(AddedLog(nobody, NO_EVENTS))["n"] == 0  # type: ignore[arg-type]


def test_a_name_that_was_not_added_keeps_its_arrays(tmp_path: Path) -> None:
    store = store_of([call("a", type="track", event="F", timestamp=instant(1), properties={"n": 1})], tmp_path)
    log = with_events(store, events([(0, 0, "Email Sent", "k", None, "m")]))
    assert log.rows("F").tolist() == [1]
    assert log.profiles("F") is store.profiles("F")
    assert log.times("F") is store.times("F")
    assert log.column("F", ("n",)) is store.column("F", ("n",))


def test_events_of_several_journeys_as_one() -> None:
    """The earlier part comes first of one person and instant (D-54)."""
    first = events([(1, 5, "E", "k", "s", "m"), (2, 3, "G", "k", None, "m")])
    second = events([(1, 5, "Email Sent", "l", "k", "n"), (0, 9, "E", "l", "s", "m")])
    whole = merged([first, NO_EVENTS, second])
    rows = [
        (
            int(whole.profile[i]),
            (int(whole.time[i]) - AT) // HOUR,
            whole.names[whole.name[i]],
            *(None if code[i] < 0 else whole.texts[code[i]] for code in (whole.campaign, whole.step, whole.message)),
        )
        for i in range(len(whole))
    ]
    assert rows == [
        (0, 9, "E", "l", "s", "m"),
        (1, 5, "E", "k", "s", "m"),
        (1, 5, "Email Sent", "l", "k", "n"),
        (2, 3, "G", "k", None, "m"),
    ]
    assert len(set(whole.texts)) == len(whole.texts)
    assert merged([first]) is first
    assert len(merged([])) == 0


CONDITIONS = (
    "event('Email Sent').count() >= 1",
    "event('Email Sent').where(property('campaign') = 'k').within(3 hours).count() >= 1",
    "event('E').where(property('campaign') = 'k').count() >= 2",
    "event('E').where(property('step').absent()).count() >= 1",
    "event('F').count() >= 1 AND NOT event('Email Sent').count() >= 2",
    "event('E').where(event('Email Sent').within(parent: 2 hours).count() >= 1).count() >= 1",
    "event('Email Sent').where(event('F').within(parent: 5 hours).count() >= 1).count() >= 1",
)


def test_audiences_hear_them(tmp_path: Path) -> None:
    """D-25, D-28: memberships are those over a log in which they were told."""
    audiences = [{"key": f"a{i}", "name": text, "definition": text} for i, text in enumerate(CONDITIONS)]
    plan = compile_campaigns(campaigns(audiences=audiences))
    seen = {one["key"]: 0 for one in audiences}
    for seed in range(100):
        store, made, expected = case(seed, tmp_path)
        log = with_events(store, made)
        for key in seen:
            found, wanted = membership(plan, log, key), membership(plan, expected, key)
            for part in ("profile", "start", "end"):
                assert getattr(found, part).tolist() == getattr(wanted, part).tolist(), (seed, key)
            plain = membership(plan, store, key)
            seen[key] += plain.start.tolist() != wanted.start.tolist()
    assert min(seen.values()) > 5, seen
