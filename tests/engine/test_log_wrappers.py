"""Parts of a log tell consent and groups of their people as the log does (D-25)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engage_desktop.engine.added import Added, with_events
from engage_desktop.engine.buckets import Bucket
from engage_desktop.engine.few import Few
from engage_desktop.engine.source import Log, TraitHistory
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.values import value_at
from tests.engine.logs import store_of

PEOPLE = [1, 2]
WRAPPED = {
    "subset": lambda store: Subset(store, np.array(PEOPLE)),
    "bucket": lambda store: Bucket(store, 1, 3),
    "few": lambda store: Few(store, PEOPLE),
    "added": lambda store: Subset(with_events(store, _one_event()), np.array(PEOPLE)),
}


def _one_event() -> Added:
    zero = np.zeros(1, np.int32)
    return Added(zero, np.zeros(1, np.int64), zero.astype(np.int16), zero, zero - 1, zero, ("Email Sent",), ("k",))


def call(user: str, hour: int, agreed: bool, state: str) -> dict[str, Any]:
    group = {"name": "News", "status": state}
    subscription = {"key": f"{user}@x", "type": "EMAIL", "groups": [group]}
    return {
        "type": "identify",
        "userId": user,
        "timestamp": f"2024-01-01T{hour:02d}:00:00Z",
        "traits": {"email": f"{user}@x"},
        "context": {"consent": {"categoryPreferences": {"ads": agreed}}, "messaging_subscriptions": [subscription]},
    }


def told(history: TraitHistory, profile: int) -> list[tuple[int, Any]]:
    start, end = int(history.start[profile]), int(history.start[profile + 1])
    return [(int(history.time[i]), value_at(history.column, i)) for i in range(start, end)]


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_consent_and_groups_are_those_of_its_people(wrapped: str, tmp_path: Path) -> None:
    calls = [call("a", 1, True, "subscribed"), call("b", 2, True, "subscribed"), call("c", 3, False, "unsubscribed")]
    store = store_of([*calls, call("b", 4, False, "unsubscribed")], tmp_path)
    log: Log = WRAPPED[wrapped](store)
    for ask in (lambda one: one.consent(), lambda one: one.group_subscription("News")):
        expected = [told(ask(store), profile) for profile in PEOPLE]
        assert [len(one) for one in expected] == [2, 1]
        assert [told(ask(log), profile) for profile in range(2)] == expected
