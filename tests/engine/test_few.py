"""A few people of a log as a log: what it says of them is what the whole log says, but for the edits (D-2, D-7, D-41)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop.engine.changes import AddEvent, RemoveEvent, SetTrait
from engage_desktop.engine.few import Few, around
from engage_desktop.engine.values import value_at
from engage_desktop.events import EventStore
from tests.engine.logs import identify, store_of, track

AT = 1_704_067_200_000_000  # 2024-01-01T00:00:00Z
HOUR = 3_600_000_000


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return store_of(
        [
            track("a", "X", "2024-01-01T01:00:00Z", n=1, tags=["p", "q"]),
            track("b", "X", "2024-01-01T02:00:00Z", n=2, item={"sku": "s"}),
            track("b", "Y", "2024-01-01T02:00:00Z", n="x"),
            track("b", "X", "2024-01-01T03:00:00Z"),
            track("c", "X", "2024-01-01T04:00:00Z", n=4),
            identify("b", "2024-01-01T01:30:00Z", plan="pro", home={"city": "A", "zip": "1"}),
            identify("c", "2024-01-01T01:30:00Z", plan="free"),
            {
                "type": "group",
                "userId": "a",
                "groupId": "g",
                "timestamp": "2024-01-01T05:00:00Z",
                "traits": {"tier": 1},
            },
            {"type": "group", "userId": "c", "groupId": "g", "timestamp": "2024-01-01T05:30:00Z", "traits": {}},
            {"type": "group", "userId": "b", "groupId": "h", "timestamp": "2024-01-01T05:00:00Z", "traits": {}},
        ],
        tmp_path,
    )


def values(column: Any) -> list[Any]:
    return [value_at(column, i) for i in range(len(column.kind))]


def test_without_edits_it_is_the_log_of_these_people(store: EventStore) -> None:
    few = Few(store, [1, 2])
    assert list(few.profile_ids) == ["b", "c"]
    assert few.times("X").tolist() == [AT + 2 * HOUR, AT + 3 * HOUR, AT + 4 * HOUR]
    assert few.profiles("X").tolist() == [0, 0, 1]
    assert values(few.column("X", ("n",))) == [2, None, 4]
    assert values(few.column("X", ("item",))) == [{"sku": "s"}, None, None]
    assert values(few.trait(("plan",)).column) == ["pro", "free"]
    assert few.since.tolist() == store.since[[1, 2]].tolist()
    assert [few.base_row(row) for row in range(few.n_events)] == list(range(1, 5))


def test_an_added_event_comes_last_of_its_instant(store: EventStore) -> None:
    few = Few(store, [1], edits=[AddEvent(1, "X", AT + 2 * HOUR, {"n": 9, "lines": [{"q": 1}, {"q": 2}]})])
    assert few.rows("X").tolist() == [0, 2, 3]  # after the Y of that instant
    assert values(few.column("X", ("n",))) == [2, 9, None]
    assert values(few.column("X", ("lines", "$", "q"))) == [None, [1, 2], None]
    assert few.base_row(2) is None
    new = Few(store, [1], edits=[AddEvent(1, "Z", AT, {"n": 1})])
    assert (new.times("Z").tolist(), new.since.tolist()) == ([AT], [AT])
    assert "Z" in new.event_names


def test_a_removed_event_is_gone_and_nothing_else(store: EventStore) -> None:
    few = Few(store, [1], edits=[RemoveEvent(1, "X", AT + 2 * HOUR, 1)])
    assert few.times("X").tolist() == [AT + 3 * HOUR]
    assert few.times("Y").tolist() == [AT + 2 * HOUR]
    assert few.since.tolist() == store.since[[1]].tolist()


def test_a_trait_told_anew_replaces_an_object_whole(store: EventStore) -> None:
    few = Few(store, [1], edits=[SetTrait("user", 1, "home", {"city": "B"}, AT + 6 * HOUR)])
    assert values(few.trait(("home", "city")).column) == ["A", "B"]
    assert values(few.trait(("home", "zip")).column) == ["1", None]
    assert values(few.trait(("plan",)).column) == ["pro"]


def test_later_events_and_traits_are_left_out(store: EventStore) -> None:
    few = Few(store, [1], until=AT + 2 * HOUR)
    assert (few.times("X").tolist(), few.n_events) == ([AT + 2 * HOUR], 2)
    assert not len(Few(store, [1], until=AT).trait(("plan",)).time)


def test_who_shares_an_account_may_have_a_say(store: EventStore) -> None:
    assert around(store, [0], []) == ([0, 2], [0])
    assert around(store, [], [1]) == ([1], [1])
    few = Few(store, [0, 2], [0], [SetTrait("account", 0, "tier", 2, AT + 7 * HOUR)])
    assert few.links()[1].tolist() == [0, 1]
    assert values(few.account_trait(("tier",)).column) == [1, 2]
    assert np.argsort(few.ordinal).tolist() == np.argsort(few.time).tolist()
