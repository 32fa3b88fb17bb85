"""Accounts of a log: ids, links, traits over time, and the order of events across people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.errors import InputError
from engage_desktop.events import EventStore, build_store
from tests.events.logs import imported, instant, store_of, track, with_, write_log
from tests.events.test_store import entries


def group(user: str | None, account: Any, at: int, /, **traits: Any) -> dict[str, Any]:
    call = {"type": "group", "userId": user, "groupId": account, "timestamp": instant(at), "traits": traits}
    return {key: value for key, value in call.items() if value is not None}


def links(store: EventStore) -> list[tuple[str, str, int]]:
    parts = (part.tolist() for part in store.links())
    return [(store.account_ids[a], store.profile_ids[p], since) for a, p, since in zip(*parts, strict=True)]


def test_a_group_call_makes_an_account_and_a_link() -> None:
    """EV-12: several accounts for one person, several people in one account, each since the first call."""
    calls = [
        group("u", "b", 3),
        group("u", "a", 2),
        group("v", "a", 1),
        group("u", "a", 5),
        with_(track("w", "E", 0), context={"groupId": "a"}),  # names a group, links to none
    ]
    store = store_of(calls)
    assert list(store.account_ids) == ["a", "b"]
    assert store.account_since.tolist() == [1, 3]
    assert links(store) == [("a", "u", 2), ("a", "v", 1), ("b", "u", 3)]
    assert (store.event_names, store.since.tolist()) == (("E",), [2, 1, 0])
    account, profile, since = store.links()
    assert (account.dtype, profile.dtype, since.dtype) == (np.int32, np.int32, np.int64)


def test_traits_of_an_account() -> None:
    """D-7, D-41 hold for accounts: null removes, nested objects are replaced whole, D-2 over all their people."""
    calls = [
        group("v", "a", 2, plan="pro", address={"city": "Bonn", "zip": 1}),
        group("u", "a", 1, plan="free"),
        with_(group("w", "a", 2, plan="late"), receivedAt=instant(3)),
        group("u", "a", 4, plan=None),
        group("u", "a", 5),
        group("u", "a", 6, address={"city": "Ulm"}),
        group("u", "b", 7, plan=""),
    ]
    store = store_of(calls)
    assert entries(store.account_trait("plan")) == [(1, "free"), (2, "pro"), (2, "late"), (4, None)]
    assert entries(store.account_trait("plan"), 1) == [(7, "")]
    assert entries(store.account_trait(("address", "zip"))) == [(2, 1.0), (6, None)]
    assert store.account_trait_names() == ("address.city", "address.zip", "plan")
    assert store.account_trait("nothing").start.tolist() == [0, 0, 0]
    assert store.trait_names() == ()  # a group's traits are the account's alone


def test_an_account_of_nobody_does_not_exist() -> None:
    """ID-9, EV-3: calls that are not kept make no account."""
    calls = [
        group("null", "ghost", 1),
        with_(group("u", "a", 2), messageId="1"),
        with_(group("u", "b", 1), messageId="1"),
    ]
    store = store_of(calls)
    assert list(store.account_ids) == ["a"]
    assert links(store) == [("a", "u", 2)]


def test_a_log_without_groups_has_no_accounts() -> None:
    store = store_of([track("u", "E", 2), track("a", "E", 1)])
    assert (list(store.account_ids), store.account_since.tolist(), links(store)) == ([], [], [])
    assert store.account_trait_names() == ()
    assert (store.account_trait("plan").start.tolist(), len(store.account_trait("plan").column)) == ([0], 0)
    assert store.ordinal.tolist() == [0, 1]


@pytest.mark.parametrize("account", [None, "", "x" * 501])
def test_groups_the_profile_store_drops(account: str | None) -> None:
    """HT-6: no id, an empty one, or more than 500 characters; so does a track call whose context names one."""
    calls = [group("u", account, 1), group("u", "x" * 500, 1)]
    calls += [
        with_(track("u", "E", 2), context={"groupId": account}),
        with_(track("u", "E", 3), context={"groupId": 7}),
    ]
    store, report = imported(calls)
    code = "group_id_too_long" if account else "group_id_empty"
    found = [(reject.line, reject.field, reject.code) for reject in store.rejects()]
    assert found == [(1, "groupId", code), (3, "context.groupId", code)][: 2 if account is not None else 1]
    assert report.rejected == len(found)
    assert len(store.account_ids) == 1


calls_ = st.lists(
    st.tuples(
        st.sampled_from("uvw"),
        st.sampled_from(["E", "F", "a", "b", "c"]),
        st.integers(0, 3),
        st.none() | st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(calls_)
def test_equals_calls_looked_at_one_by_one(calls: list[tuple[str, str, int, int | None]]) -> None:
    """D-2 across people, EV-12: a capital letter is an event, a small one a group."""
    log = []
    for n, (user, what, at, received) in enumerate(calls):
        call = track(user, what, at, n=n) if what.isupper() else group(user, what, at, n=n)
        log.append(call if received is None else with_(call, receivedAt=instant(received)))
    store = store_of(log)
    order = sorted(
        range(len(calls)), key=lambda n: (calls[n][2], calls[n][2] if calls[n][3] is None else calls[n][3], n)
    )
    groups = [n for n in order if calls[n][1].islower()]
    accounts = sorted({calls[n][1] for n in groups})
    assert list(store.account_ids) == accounts
    first: dict[tuple[str, str], int] = {}
    for n in groups:
        first.setdefault((calls[n][1], calls[n][0]), calls[n][2])
    assert links(store) == [(*key, at) for key, at in sorted(first.items())]
    history = store.account_trait("n")
    assert history.column.number.tolist() == [n for account in accounts for n in groups if calls[n][1] == account]
    assert store.account_since.tolist() == [
        min(at for (one, _), at in first.items() if one == account) for account in accounts
    ]
    if groups:
        events = [n for n in order if calls[n][1].isupper()]
        ordinals = {
            int(n): int(place)
            for name in store.event_names
            for n, place in zip(store.column(name, "n").number, store.ordinal[store.rows(name)], strict=True)
        }
        assert ordinals == {n: place for place, n in enumerate(events)}
        assert store.ordinal.dtype == np.uint32


def test_a_folder_keeps_accounts(tmp_path: Path) -> None:
    calls = [group("u", "a", 1, plan="x"), group("v", "a", 1), track("v", "E", 1), track("u", "E", 1)]
    log = write_log(tmp_path / "log.jsonl", calls)
    build_store(log, tmp_path / "store")
    store = EventStore.open(tmp_path / "store")
    assert links(store) == [("a", "u", 1), ("a", "v", 1)]
    assert entries(store.account_trait("plan")) == [(1, "x")]
    assert store.ordinal.tolist() == [1, 0]


def test_a_store_of_an_older_version_is_imported_again(tmp_path: Path) -> None:
    """D-35: never read as if it had no accounts."""
    folder = tmp_path / "store"
    build_store(write_log(tmp_path / "log.jsonl", [track("u", "E", 1)]), folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["format"] = "engage-events/1"
    del manifest["meta"]["accounts"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=r"another version of this program.*Import the log again\.$"):
        EventStore.open(folder)
    build_store(tmp_path / "log.jsonl", folder)
    assert EventStore.open(folder).event_names == ("E",)


def test_sources() -> None:
    """D-43: `sourceId` of the call, also where only some calls have one."""
    sources = ["web", None, "", 7, True, {"id": "x"}]
    calls: list[Any] = [track("u", "F", 0), with_(track("u", "F", 1), messageId="x")]
    calls += [with_(track("u", "E", i), sourceId=source) for i, source in enumerate(sources)]
    store = store_of(calls)
    column = store.source("E")
    assert [column.value(i) for i in range(len(column))] == ["web", None, None, "7", None, None]
    assert store.source("F").kind.tolist() == [0, 0]
    assert len(store.source("G")) == 0
