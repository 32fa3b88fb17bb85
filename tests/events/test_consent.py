"""What people agreed to over time (SB-10, D-54)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.events import OBJECT, EventStore
from engage_desktop.events.arrays import FolderArrays
from tests.events.logs import identify, imported, store_of, track, with_
from tests.events.test_store import entries


def says(preferences: Any) -> dict[str, Any]:
    return {"context": {"consent": {"categoryPreferences": preferences}}}


def told(store: EventStore, profile: int = 0) -> list[tuple[int, Any]]:
    """Instants and preferences of one person."""
    history = store.consent()
    start, end = history.start[profile], history.start[profile + 1]
    assert set(history.column.kind.tolist()) <= {OBJECT}
    return [(int(history.time[i]), json.loads(str(history.column.value(i)))) for i in range(start, end)]


def test_any_call_tells_it_and_the_latest_object_counts_as_a_whole() -> None:
    """D-54: what an object does not mention is not carried over."""
    calls = [
        with_(identify("u", 1), **says({"ads": True, "news": False})),
        with_(track("u", "Segment Consent Preference Updated", 2), **says({"news": True})),
        with_(track("u", "E", 3), **says({})),
        with_({"type": "page", "userId": "u", "timestamp": "1970-01-01T00:00:00.000004Z"}, **says({"ads": True})),
        track("u", "E", 5),
        with_(identify("v", 6), **says({"ads": False})),
    ]
    store = store_of(calls)
    assert told(store) == [(1, {"ads": True, "news": False}), (2, {"news": True}), (3, {}), (4, {"ads": True})]
    assert told(store, 1) == [(6, {"ads": False})]


def test_what_is_no_object_says_nothing() -> None:
    """HT-5: errors of a request's consent are answers of the original's server; a log keeps the call."""
    odd: list[Any] = [None, "ads", 5, True, ["ads"], [{"ads": True}]]
    calls = [with_(identify("u", 1), **says({"ads": True}))]
    calls += [with_(track("u", "E", 2 + i), **says(one)) for i, one in enumerate(odd)]
    calls += [
        with_(track("u", "E", 20), context={"consent": one}) for one in ("x", None, [], {"categoryPreferences": None})
    ]
    store, report = imported(calls)
    assert report.rejected == 0
    assert told(store) == [(1, {"ads": True})]


def test_values_stay_as_they_are() -> None:
    values = {"a": "conflict", "b": 1, "c": [True, "x"], "d": {"e": True, "f": {"g": 2}}, "h.i": False, "j": 2.5}
    store = store_of([with_(identify("u", 1), **says(values)), with_(identify("u", 2), **says({**values, "j": 2.25}))])
    assert told(store) == [(1, values), (2, {**values, "j": 2.25})]


def test_a_log_that_says_nothing_of_it() -> None:
    store = store_of([track("u", "E", 1), identify("v", 2)])
    assert store.consent().start.tolist() == [0, 0, 0]


def test_it_is_the_same_on_disk(tmp_path: Path) -> None:
    """Also of groups, of which the first 25 are kept worked out; and of a store from before there were any."""
    many = [{"name": f"G{i:02d}", "status": "subscribed"} for i in range(27)]
    context = says({"ads": True})["context"] | {
        "messaging_subscriptions": [{"key": "a@b", "type": "EMAIL", "groups": many}]
    }
    calls = [with_(identify("u", 1, email="a@b"), context=context), with_(track("u", "E", 2), **says({"ads": False}))]
    imported(calls, tmp_path / "store")
    store, memory = EventStore.open(tmp_path / "store"), store_of(calls)
    meta = {key: value for key, value in store.meta.items() if key != "groups"}
    for one in (store, memory, EventStore(meta, FolderArrays(tmp_path / "store"))):
        assert told(one) == [(1, {"ads": True}), (2, {"ads": False})]
        assert one.subscription_groups() == tuple(group["name"] for group in many)
        assert entries(one.group_subscription("G00")) == entries(one.group_subscription("G26")) == [(1, "subscribed")]
        assert entries(one.group_subscription("other")) == []


preferences_ = st.none() | st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([True, False, True, False, "x", 1, 0, [1], {"a": True}]), max_size=3
)
calls_ = st.tuples(st.sampled_from("uv"), st.integers(0, 5), st.sampled_from(["E", "F", None]), preferences_)


@settings(max_examples=200, deadline=None)
@given(st.lists(calls_, max_size=20))
def test_equals_the_last_object_told(calls: list[tuple[str, int, str | None, dict[str, Any] | None]]) -> None:
    log = []
    for user, time, event, preferences in calls:
        call = track(user, event, time) if event else identify(user, time)
        log.append(call if preferences is None else with_(call, **says(preferences)))
    store = store_of(log)
    for number, user in enumerate(store.profile_ids):
        found: list[tuple[int, Any]] = []
        for _, time, _, preferences in sorted((one for one in calls if one[0] == user), key=lambda one: one[1]):
            text = json.dumps(preferences, sort_keys=True)  # True is not 1
            if preferences is not None and (not found or json.dumps(found[-1][1], sort_keys=True) != text):
                found.append((time, preferences))
        shown = told(store, number)
        assert json.dumps(shown, sort_keys=True) == json.dumps(found, sort_keys=True)
