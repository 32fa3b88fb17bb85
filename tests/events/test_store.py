"""The columnar store: order, columns, traits, duplicates, and the same on disk as in memory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.domain.errors import InputError
from engage_desktop.events import (
    ABSENT,
    BOOL,
    LIST,
    NUMBER,
    OBJECT,
    TEXT,
    Column,
    EventStore,
    TraitHistory,
    build_store,
)
from tests.events.logs import identify, imported, instant, store_of, track, with_, write_log


def test_column_kinds() -> None:
    values: list[Any] = [
        None,
        5,
        2.5,
        "x",
        True,
        False,
        [1, {"a": "b"}],
        {"deep": {"er": 1}, "t": "u"},
        {},
        -0.0,
        2**70,
    ]
    store = store_of([track("u", "E", i, v=value) for i, value in enumerate(values)] + [track("u", "E", 99)])
    column = store.column("E", "v")
    kinds = [ABSENT, NUMBER, NUMBER, TEXT, BOOL, BOOL, LIST, OBJECT, OBJECT, NUMBER, NUMBER, ABSENT]
    assert column.kind.tolist() == kinds
    assert [column.value(i) for i in range(6)] == [None, 5.0, 2.5, "x", True, False]
    assert json.loads(str(column.value(6))) == values[6]
    assert json.loads(str(column.value(7))) == values[7]
    assert json.loads(str(column.value(8))) == {}
    assert column.value(10) == float(2**70)
    assert [column.code[i] >= 0 for i in range(12)] == [kind in (TEXT, LIST, OBJECT) for kind in kinds]
    assert store.column("E", ("v", "deep", "er")).value(7) == 1.0
    assert store.column("E", "v.deep.er").kind.tolist() == [0] * 7 + [NUMBER] + [0] * 4
    assert store.properties("E") == {"v": 8, "v.deep.er": 1, "v.t": 1}


def test_a_dot_in_a_key_is_not_a_path() -> None:
    store = store_of([track("u", "E", 0, **{"a.b": 1, "a": {"b": 2}})])
    assert store.column("E", ("a.b",)).value(0) == 1.0
    assert store.column("E", r"a\.b").value(0) == 1.0
    assert store.column("E", "a.b").value(0) == 2.0


def test_what_the_log_does_not_hold_is_absent() -> None:
    store = store_of([track("u", "E", 0)])
    assert store.column("E", "nothing").kind.tolist() == [ABSENT]
    assert store.context("E", "page.url").kind.tolist() == [ABSENT]
    assert len(store.column("F", "x")) == len(store.rows("F")) == len(store.profiles("F")) == 0
    assert store.properties("F") == {}
    assert store.trait("x").start.tolist() == [0, 0]
    assert store.index_of("v") is None


calls_ = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["E", "F", None]), st.integers(0, 3), st.none() | st.integers(0, 3)
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(calls_)
def test_rows_are_sorted_by_profile_time_received_input(calls: list[tuple[str, str | None, int, int | None]]) -> None:
    """D-2, D-47: the order is total; a missing receivedAt is the timestamp."""
    log = []
    for n, (user, event, at, received) in enumerate(calls):
        call = track(user, event, at, n=n) if event else identify(user, at, n=n)
        log.append(call if received is None else with_(call, receivedAt=instant(received)))
    store = store_of(log)
    order = sorted(
        range(len(calls)),
        key=lambda n: (calls[n][0], calls[n][2], calls[n][2] if calls[n][3] is None else calls[n][3], n),
    )
    events = [n for n in order if calls[n][1]]
    assert store.time.tolist() == [calls[n][2] for n in events]
    for name in ("E", "F"):
        mine = [row for row, n in enumerate(events) if calls[n][1] == name]
        assert store.rows(name).tolist() == mine
        assert [store.profile_ids[p] for p in store.profiles(name)] == [calls[events[row]][0] for row in mine]
        assert store.column(name, "n").number.tolist() == [events[row] for row in mine]
    people = sorted({call[0] for call in calls})
    assert list(store.profile_ids) == people
    assert store.profile_start.tolist() == [sum(calls[n][0] < person for n in events) for person in [*people, "z"]]
    assert store.since.tolist() == [min(call[2] for call in calls if call[0] == person) for person in people]
    traits = [n for n in order if not calls[n][1]]
    history = store.trait("n")
    assert history.column.number.tolist() == traits
    assert history.time.tolist() == [calls[n][2] for n in traits]
    assert history.start.tolist() == [sum(calls[n][0] < person for n in traits) for person in [*people, "z"]]


def test_duplicates_go_by_message_id_alone() -> None:
    """EV-3, D-47: over types and people, the first in the input stays."""
    calls = [
        with_(track("a", "E", 5, n=0), messageId="1"),
        with_(track("a", "E", 1, n=1), messageId="1"),
        with_(identify("b", 1), messageId="1"),
        track("a", "E", 5, n=2),
        track("a", "E", 5, n=2),
        with_(track("a", "E", 6, n=3), messageId=""),
        with_(track("a", "E", 6, n=4), messageId=""),
    ]
    store, report = imported(calls)
    assert (report.read, report.kept, report.duplicates, report.rejected) == (7, 5, 2, 0)
    assert store.column("E", "n").number.tolist() == [0, 2, 2, 3, 4]
    assert list(store.profile_ids) == ["a"]


def test_a_rejected_record_makes_no_later_one_a_duplicate() -> None:
    bad = with_(track("a", "E", 5), messageId="1", timestamp="never")
    _, report = imported([bad, with_(track("a", "E", 5), messageId="1")])
    assert (report.kept, report.rejected, report.duplicates) == (1, 1, 0)


def entries(history: TraitHistory, profile: int = 0) -> list[tuple[int, Any]]:
    start, end = history.start[profile], history.start[profile + 1]
    return [(int(history.time[i]), history.column.value(i)) for i in range(start, end)]


def test_trait_history() -> None:
    """D-7: null removes, "" is a value; several entries of one instant stay in the order of D-2."""
    calls = [
        identify("u", 3, plan="c"),
        identify("u", 1, plan="a"),
        identify("u", 3, plan=None),
        identify("u", 3, plan=""),
        identify("u", 2, other=1),
    ]
    store = store_of(calls)
    assert entries(store.trait("plan")) == [(1, "a"), (3, "c"), (3, None), (3, "")]
    assert store.trait_names() == ("other", "plan")


def test_a_nested_trait_is_replaced_whole() -> None:
    """D-41."""
    calls = [
        identify("u", 1, address={"city": "Bonn", "geo": {"lat": 1}}),
        identify("u", 2, other=1),
        identify("u", 3, address={"street": "x"}),
        identify("u", 4, address={"city": "Ulm"}),
        identify("u", 5, address="none"),
        identify("u", 6, address=None),
    ]
    store = store_of(calls)
    assert entries(store.trait("address.city")) == [(1, "Bonn"), (3, None), (4, "Ulm"), (5, None), (6, None)]
    assert entries(store.trait(("address", "geo", "lat"))) == [(1, 1.0), (3, None), (4, None), (5, None), (6, None)]
    whole = entries(store.trait("address"))
    assert whole[0] == (1, '{"city":"Bonn","geo":{"lat":1}}')
    assert whole[3:] == [(5, "none"), (6, None)]
    assert store.trait_names() == ("address", "address.city", "address.geo.lat", "address.street", "other")


def test_traits_of_other_calls() -> None:
    """EV-8: a top-level `traits` of any event counts, `context.traits` never does."""
    call = with_(track("u", "E", 1), traits={"plan": "x"}, context={"traits": {"size": 1, "email": "a@b"}})
    store = store_of([call])
    assert store.trait_names() == ("plan",)
    assert store.identifiers(0)[1][:2] == ("email", "a@b")


def test_wide_and_sparse_properties() -> None:
    """Every event with keys of its own: columns stay aligned."""
    store = store_of([track("u", "E", i, **{f"k{i}": i, "all": i}) for i in range(300)])
    assert len(store.properties("E")) == 301
    column = store.column("E", "k17")
    assert np.nonzero(column.kind)[0].tolist() == [17]
    assert column.value(17) == 17.0
    assert store.column("E", "all").number.tolist() == list(range(300))


json_ = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "é.x"]), inner, max_size=2),
    max_leaves=6,
)
objects_ = st.dictionaries(st.sampled_from(["p", "q", "r"]), json_, max_size=3)
logs_ = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", "ü3"]), st.sampled_from(["E", "F", None]), st.integers(0, 9), objects_, objects_
    ),
    max_size=12,
)


def columns(store: EventStore) -> dict[str, Column]:
    found = {}
    for event in store.meta["events"]:
        for path in event["properties"]:
            found[f"{event['name']} {path}"] = store.column(event["name"], path)
        for path in event["context"]:
            found[f"{event['name']} context {path}"] = store.context(event["name"], path)
    for path in store.meta["traits"]["columns"]:
        found[f"trait {path}"] = store.trait(path).column
    return found


def everything(store: EventStore) -> dict[str, Any]:
    """All a store can be asked, as plain values."""
    told: dict[str, Any] = {
        name: [column.value(i) for i in range(len(column))] for name, column in columns(store).items()
    }
    for name in store.event_names:
        told[f"rows {name}"] = (store.rows(name).tolist(), store.profiles(name).tolist(), store.properties(name))
    for path in store.trait_names():
        told[f"times {path}"] = (store.trait(path).start.tolist(), store.trait(path).time.tolist())
    for channel in ("email", "sms", "whatsapp", "push"):
        told[channel] = [
            entries(h, p)
            for h in (store.address(channel), store.subscription(channel))
            for p in range(store.n_profiles)
        ]
    arrays = (store.time, store.profile_start, store.since, store.eligible_since(True), store.eligible_since(False))
    told["arrays"] = [array.tolist() for array in arrays]
    told["people"] = [(text, store.index_of(text), store.identifiers(i)) for i, text in enumerate(store.profile_ids)]
    told["rest"] = (
        store.event_names,
        store.first_us,
        store.last_us,
        store.n_events,
        store.n_profiles,
        store.trait_names(),
    )
    told["rejects"] = [reject[1:] for reject in store.rejects()]
    told["accounts"] = (list(store.account_ids), store.account_since.tolist(), [one.tolist() for one in store.links()])
    for path in store.account_trait_names():
        history = store.account_trait(path)
        told[f"account {path}"] = [entries(history, account) for account in range(len(store.account_ids))]
    told["order"] = store.ordinal.tolist()
    for name in store.event_names:
        for what, column in (("source", store.source(name)), ("elements", store.column(name, "p.$"))):
            told[f"{what} {name}"] = [column.value(i) for i in range(len(column))]
    return told


@settings(max_examples=60, deadline=None)
@given(logs_)
def test_a_folder_says_the_same_as_memory(tmp_path_factory: pytest.TempPathFactory, log: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("stores")
    calls = []
    for user, event, at, inner, context in log:
        call = track(user, event, at, **inner) if event else identify(user, at, **inner)
        if event == "F":
            call = with_(call, sourceId=f"s{at}")
        elif at > 6:
            call = {**call, "type": "group", "groupId": f"g{at}", "traits": inner}
        calls.append(with_(call, context=context))
    path = write_log(folder / "log.jsonl", [*calls, "{broken"])
    memory, _ = build_store(path)
    build_store(path, folder / "store")
    assert everything(EventStore.open(folder / "store")) == everything(memory)
    kept = EventStore.open(folder / "store").meta
    assert kept["subscriptions"] == ["email", "sms", "whatsapp", "push"]  # a folder keeps them, memory works them out
    left_out = {"report", "subscriptions", "groups"}
    assert {k: v for k, v in kept.items() if k not in left_out} == {
        k: v for k, v in memory.meta.items() if k not in left_out
    }


def without_nulls(value: Any) -> Any:
    """A null inside an object is the same as no such key (outside lists, which are kept as they came)."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


@settings(max_examples=100, deadline=None)
@given(st.lists(objects_, min_size=1, max_size=6))
def test_every_json_value_comes_back(objects: list[dict[str, Any]]) -> None:
    store = store_of([track("u", "E", i, **inner) for i, inner in enumerate(objects)])
    for key in ("p", "q", "r"):
        column = store.column("E", key)
        for i, inner in enumerate(objects):
            value = column.value(i)
            if column.kind[i] in (LIST, OBJECT):
                value = json.loads(str(value))
            assert value == without_nulls(inner.get(key))


def test_importing_again_replaces_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "store"
    old, _ = build_store(write_log(tmp_path / "a.jsonl", [track("u", "E", 0)]), folder)
    build_store(write_log(tmp_path / "b.jsonl", [track("u", "F", 0)]), folder)
    assert EventStore.open(folder).event_names == ("F",)
    assert old.event_names == ("E",)
    assert sorted(path.name for path in folder.parent.iterdir()) == ["store"]
    assert sorted(path.name for path in folder.iterdir()) == ["arrays.bin", "manifest.json"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [track("u", "E", 0)])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years", encoding="utf-8")
    for target in (tmp_path / "mine", log):
        with pytest.raises(InputError, match="not an imported log"):
            build_store(log, target)
    assert (tmp_path / "mine" / "thesis.txt").exists()
    with pytest.raises(InputError, match="cannot be written"):
        build_store(log, log / "store")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.jsonl", "mine"]


def test_a_full_disk_is_one_sentence() -> None:
    """/dev/full takes no byte; only Linux has it."""
    from engage_desktop.events.arrays import FolderSink

    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        sink = FolderSink(Path(temporary) / "store")
        assert sink._file is not None
        sink._file.close()
        sink._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
        with pytest.raises(InputError, match="is full"):
            sink.put("time", np.zeros(9))
        sink.discard()
        assert list(Path(temporary).iterdir()) == []


def test_a_damaged_store_is_one_sentence(tmp_path: Path) -> None:
    good = tmp_path / "good"
    build_store(write_log(tmp_path / "log.jsonl", [track("u", "E", i, x="y") for i in range(99)]), good)
    manifest = json.loads((good / "manifest.json").read_text(encoding="utf-8"))

    def cut(folder: Path) -> None:
        data = (folder / "arrays.bin").read_bytes()
        (folder / "arrays.bin").write_bytes(data[: len(data) // 2])

    def write(**changes: Any) -> Any:
        return lambda folder: (folder / "manifest.json").write_text(
            json.dumps({**manifest, **changes}), encoding="utf-8"
        )

    damages = [
        cut,
        write(format="engage-events/99"),
        write(arrays={"time": ["<i8", 0, 10**9]}),
        write(arrays={"time": 5}),
        write(meta=None),
        lambda folder: (folder / "arrays.bin").unlink(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_bytes(b'{"format": \xff'),
    ]
    for i, damage in enumerate(damages):
        bad = tmp_path / f"bad{i}"
        shutil.copytree(good, bad)
        damage(bad)
        with pytest.raises(InputError) as caught:
            EventStore.open(bad)
        assert str(bad) in str(caught.value)
        assert str(caught.value).endswith(".")
    with pytest.raises(InputError, match="holds no imported log"):
        EventStore.open(tmp_path / "absent")


def test_a_store_is_read_only(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [track("u", "E", 0, x=1)])
    for store, _ in (build_store(log), build_store(log, tmp_path / "store")):
        for array in (store.time, store.rows("E"), store.column("E", "x").number, store.since):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 7


def test_a_part_of_texts_decodes_as_they_do(tmp_path: Path) -> None:
    people = ["anna", "bo", "cécile", "dé", "ed"]
    imported([identify(person, at) for at, person in enumerate(people)], tmp_path / "store")
    ids = EventStore.open(tmp_path / "store").profile_ids
    for first in range(6):
        for last in range(6):
            part = ids[first:last]
            assert list(part) == people[first:last]
            assert [part[at] for at in range(len(part))] == people[first:last]
            assert list(part[1:]) == people[first:last][1:]
    assert list(ids[::2]) == people[::2]


def test_a_column_is_read_once() -> None:
    store = store_of([track("u", "Seen", 0, shoe={"size": 40})])
    assert store.column("Seen", "shoe") is store.column("Seen", ("shoe",))
    assert store.column("Seen", "shoe") is not store.context("Seen", "shoe")
