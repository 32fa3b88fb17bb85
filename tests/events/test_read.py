"""Formats, dialects and everything that can be wrong with a record or a file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from engage_desktop.domain.errors import Cancelled, InputError
from engage_desktop.domain.workspace import Identity
from engage_desktop.events import NUMBER, EventStore, ImportReport, build_store
from tests.events.logs import identify, imported, track, with_, write_log

TIME = "2011-03-01T09:00:00Z"
GOOD = '{"type":"track","userId":"u","event":"E","timestamp":"2011-03-01T09:00:00Z"}'


def codes(lines: list[str]) -> list[tuple[int, str, str]]:
    store, report = imported([GOOD, *lines, GOOD.replace('"u"', '"last"')])
    assert report.read == len(lines) + 2
    assert report.kept == 2, "the good records around a bad one stay"
    assert report.rejected == len(lines)
    return [(reject.line, reject.field, reject.code) for reject in store.rejects()]


def changed(**fields: object) -> str:
    call = {**json.loads(GOOD), **fields}
    return json.dumps({key: value for key, value in call.items() if value is not ...})


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ('{"type":"track","userId":"u"', "", "bad_request"),
        ("[1, 2]", "", "bad_request"),
        ("nonsense", "", "bad_request"),
        (changed(type="purchase"), "type", "bad_request"),
        (changed(type=..., event=...), "type", "bad_request"),
        (changed(type=5), "type", "bad_request"),
        (changed(userId=...), "userId", "no_user_anon_id"),
        (changed(userId=None, anonymousId=""), "userId", "no_user_anon_id"),
        (changed(userId=7), "userId", "id_not_string"),
        (changed(anonymousId={}), "anonymousId", "id_not_string"),
        (changed(messageId=7), "messageId", "id_not_string"),
        (changed(messageId="m" * 101), "messageId", "message_id_too_long"),
        (changed(event=...), "event", "event_not_defined"),
        (changed(event=""), "event", "event_not_defined"),
        (changed(event=1), "event", "event_not_string"),
        (changed(properties="x"), "properties", "properties_not_object"),
        (changed(properties={str(i): i for i in range(301)}), "properties", "too_many_properties"),
        (changed(type="identify", traits=[]), "traits", "traits_not_object"),
        (changed(type="identify", traits={str(i): i for i in range(301)}), "traits", "too_many_traits"),
        (changed(type="page", name=3), "name", "name_not_string"),
        (changed(type="screen", category=3), "category", "category_not_string"),
        (changed(type="group"), "groupId", "group_id_empty"),
        (changed(type="group", groupId="g" * 501), "groupId", "group_id_too_long"),
        (changed(context="web"), "context", "context_not_object"),
        (changed(timestamp=...), "timestamp", "timestamp_invalid"),
        (changed(timestamp="2011-03-01T09:00:00"), "timestamp", "timestamp_invalid"),
        (changed(timestamp="2011-03-01"), "timestamp", "timestamp_invalid"),
        (changed(timestamp="2011-02-29T09:00:00Z"), "timestamp", "timestamp_invalid"),
        (changed(timestamp="2011-02-28T09:00:00.5ſZ"), "timestamp", "timestamp_invalid"),
        (changed(timestamp=1299834000), "timestamp", "timestamp_invalid"),
        (changed(receivedAt="yesterday"), "receivedAt", "timestamp_invalid"),
    ],
)
def test_a_record_that_cannot_be_used_is_told_and_the_rest_kept(line: str, field: str, code: str) -> None:
    """HT-5, HT-6, D-35, D-47."""
    assert codes([line]) == [(2, field, code)]


def test_many_faults_keep_their_lines_and_fit_in_a_sentence() -> None:
    lines = [changed(userId=7), "", changed(event=...), "  ", "{", changed(timestamp="x" * 500)]
    store, report = imported([GOOD, *lines])
    assert (report.read, report.kept, report.rejected) == (5, 1, 4)
    assert sorted(reject.line for reject in store.rejects()) == [2, 4, 6, 7]
    for reject in store.rejects():
        assert reject.file.endswith("log.jsonl")
        assert reject.message.endswith(".")
        assert "\n" not in reject.message
        assert len(reject.message) < 200


def test_odd_fields_that_mean_nothing_do_no_harm() -> None:
    lines = [
        changed(name=5, category=7),  # names belong to pages and screens only
        changed(version=2, integrations={"All": True}, sentAt="soon", context=None, properties=None),
        changed(type=...),  # an event name makes it a track call
    ]
    store, report = imported(lines)
    assert (report.kept, store.rejects()) == (3, [])


def test_instants_are_cut_to_microseconds_and_moved_to_utc() -> None:
    """D-1."""
    texts = [
        "2011-03-01T09:00:00Z",
        "2011-03-01T09:00:00.25Z",
        "2011-03-01T10:00:00.250001+01:00",
        "2011-03-01T09:00:00.250002999Z",
        "2011-03-01 03:30:01-0530",
    ]
    store, _ = imported([track("u", "E", text) for text in texts * 20])
    start = 1_298_970_000_000_000
    assert sorted(set(store.time.tolist())) == [start + us for us in (0, 250_000, 250_001, 250_002, 1_000_000)]


def test_a_missing_timestamp_is_when_it_was_received() -> None:
    """D-47."""
    received = "2011-03-01T09:00:05Z"
    store, _ = imported([with_(track("u", "E", TIME), timestamp=None, receivedAt=received)])
    assert store.time.tolist() == [1_298_970_005_000_000]


def test_pages_and_screens_are_events() -> None:
    """EV-7."""
    call = {"userId": "u", "timestamp": TIME, "category": "docs", "properties": {"url": "/"}}
    store, _ = imported([{**call, "type": "page", "name": "Home"}, {**call, "type": "screen", "name": "Start"}])
    assert store.event_names == ("Page Viewed", "Screen Viewed")
    assert store.properties("Page Viewed") == {"category": 1, "page_name": 1, "url": 1}
    assert store.column("Screen Viewed", "screen_name").value(0) == "Start"


def test_group_and_alias_make_people_but_no_events() -> None:
    """D-47, D-53: a group's traits are the account's; previousId is no identifier."""
    calls: list[dict[str, object]] = [
        {"type": "group", "userId": "a", "groupId": "g", "timestamp": TIME, "traits": {"plan": "pro"}},
        {"type": "alias", "userId": "b", "previousId": "c", "timestamp": TIME},
    ]
    store, report = imported(calls)
    assert (list(store.profile_ids), report.kept, store.n_events, store.trait_names()) == (["a", "b"], 2, 0, ())


def two_calls() -> bytes:
    return "".join(json.dumps(track("u", "Größe", at, note="ä")) + "\n" for at in (0, 1)).encode()


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".ndjson", ".jsonl.gz", ".jsonl.zst"])
def test_plain_and_packed_files_say_the_same(tmp_path: Path, ending: str) -> None:
    data = two_calls()
    if ending.endswith(".gz"):
        data = gzip.compress(data)
    elif ending.endswith(".zst"):
        data = pyarrow.Codec("zstd").compress(data, asbytes=True)
    path = tmp_path / f"log{ending}"
    path.write_bytes(data)
    store, report = build_store(path)
    assert (report.kept, store.event_names) == (2, ("Größe",))


def test_byte_order_mark_and_missing_last_newline_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + two_calls().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    assert build_store(path)[1].kept == 2


def test_a_line_longer_than_a_block(tmp_path: Path) -> None:
    store, _ = imported([track("u", "E", 0, text="x" * 5_000_000), track("u", "E", 1, text="y")])
    assert len(str(store.column("E", "text").value(0))) == 5_000_000
    assert store.column("E", "text").value(1) == "y"


def test_an_empty_log_is_a_log(tmp_path: Path) -> None:
    store, report = imported([])
    assert (report.read, store.n_events, store.n_profiles, store.first_us) == (0, 0, 0, None)
    assert store.rows("E").tolist() == []
    assert len(store.column("E", "x")) == 0
    assert store.trait("email").start.tolist() == [0]
    assert store.subscription("email").start.tolist() == [0]


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        build_store([path], **options)  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("log.jsonl", b"\x00\x01\x02PK\xff" * 100, "not JSON Lines"),
        ("log.jsonl", b"a,b\n1,2\n", "not JSON Lines"),
        ("log.jsonl", b'[\n{"type":"track"}\n]\n', "JSON array"),
        ("log.jsonl", b'{\n"type":"track"\n}\n', "several lines"),
        ("log.jsonl.gz", b"plain text", "gzip"),
        ("log.jsonl.gz", gzip.compress(b'{"type":"track"}\n' * 9999)[:-20], "gzip"),
        ("log.jsonl.zst", b"plain text", "zst"),
        ("log.parquet", b"plain text", "Parquet"),
        ("log.txt", b"plain text", "known log format"),
        ("log", b"plain text", "known log format"),
        ("log.xlsx", b"PK", "Save it as CSV"),
        ("log.csv", b"", "empty"),
        ("log.csv", b"\x00\x01\x02,\n", "binary"),
        ("log.csv", b"when,who\n1,2\n", "It has: when, who."),
        ("log.csv", b"event,timestamp,user_id,event\n", "two columns named 'event'"),
        ("log.csv", b'event,timestamp,user_id\n"open', "quotes"),
    ],
)
def test_a_file_that_is_not_what_it_says_stops_with_a_sentence(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    """D-35."""
    path = tmp_path / name
    path.write_bytes(data)
    assert says in refusal(path)


def test_missing_files_and_folders_stop_before_anything_is_read(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "absent.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    assert "is a folder" in refusal(tmp_path / "folder.jsonl")
    with pytest.raises(InputError, match="No log was given"):
        build_store([])


def test_own_blocked_values_are_used(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", [track("test", "E", 0), track("u", "E", 0)])
    store, _ = build_store(path, identity=Identity(blocked=("test",)))
    assert list(store.profile_ids) == ["u"]


CSV = """event,timestamp,user_id,anonymous_id,message_id,received_at,price,code,note,traits.plan,context.page.path
Order Completed,2011-03-01T09:00:00Z,17850,,m1,,12.5,007,"a, ""b""
c",gold,/x
Order Completed,2011-03-01T09:00:01Z,,a1,m2,2011-03-01T09:00:09Z,,x,,,
Order Completed,2011-03-01T09:00:02Z,17850,,m1,,1,,,,
"""


def check_csv(store: EventStore, report: ImportReport) -> None:
    assert (report.read, report.kept, report.duplicates) == (3, 2, 1)
    assert list(store.profile_ids) == ["17850", "a1"]
    assert store.properties("Order Completed") == {"code": 2, "note": 1, "price": 1}
    price = store.column("Order Completed", "price")
    assert (price.kind.tolist(), price.value(0)) == ([NUMBER, 0], 12.5)
    assert store.column("Order Completed", "code").value(0) == "007"
    assert store.context("Order Completed", "page.path").value(0) == "/x"
    assert store.trait("plan").column.value(0) == "gold"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_dialects(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = CSV.replace("a, ", "ä; ").replace(",", delimiter)
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode(encoding))
    store, report = build_store(path)
    check_csv(store, report)
    assert str(store.column("Order Completed", "note").value(0)).replace("\r", "") == 'ä; "b"\nc'


def test_csv_rejects_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(CSV + "E,2011-03-01,u,,,,,,,,\nE,2011-03-01T09:00:00Z,u\n,,,,,,,,,,\n", encoding="utf-8")
    store, report = build_store(path)
    assert report.rejected == 2
    assert sorted((reject.line, reject.code) for reject in store.rejects()) == [
        (6, "timestamp_invalid"),
        (7, "bad_request"),
    ]


def test_csv_columns_can_be_renamed(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("what,ts,userId\nE,2011-03-01T09:00:00Z,u\n", encoding="utf-8")
    store, _ = build_store(path, mapping={"what": "event", "ts": "timestamp"})
    assert store.event_names == ("E",)
    assert "no column 'when'" in refusal(path, mapping={"when": "timestamp"})
    assert "--map your_column=event" in refusal(path)


def test_csv_types_of_call(tmp_path: Path) -> None:
    """`type` says the kind of call where it is one, else it is the event's name."""
    path = tmp_path / "log.csv"
    rows = "identify,u,{t},a@b\npage,u,{t},\nSigned Up,u,{t},c@d\n".replace("{t}", TIME)
    path.write_text("type,user_id,timestamp,email\n" + rows, encoding="utf-8")
    store, _ = build_store(path)
    assert store.event_names == ("Page Viewed", "Signed Up")
    assert store.trait("email").column.texts == ["a@b"]
    assert store.properties("Signed Up") == {"email": 1}


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    at = [datetime(2011, 3, 1, 9, 0, second, tzinfo=UTC) for second in (0, 1, 2)]
    table = pyarrow.table(
        {
            "event": ["Order Completed"] * 3,
            "timestamp": pyarrow.array(at, pyarrow.timestamp("ns", "UTC")),
            "user_id": pyarrow.array([17850.0, None, 17850.0]),
            "anonymous_id": [None, "a1", None],
            "message_id": ["m1", "m2", "m1"],
            "price": [12.5, float("nan"), 1],
            "code": ["007", "x", None],
            "note": ["n", None, None],
            "traits.plan": ["gold", None, None],
            "context.page.path": ["/x", None, None],
        }
    )
    path = tmp_path / "log.parquet"
    pyarrow.parquet.write_table(table, path)
    check_csv(*build_store(path))
    pyarrow.parquet.write_table(table.drop(["event"]), path)
    assert "no column for an event" in refusal(path)
    naive = table.set_column(1, "timestamp", table["timestamp"].cast(pyarrow.timestamp("us")))
    pyarrow.parquet.write_table(naive, path)
    assert "without a zone" in refusal(path)


def test_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    """D-2: position in the input decides last; D-47: of duplicates the first in input order stays."""
    first = write_log(tmp_path / "z.jsonl", [with_(track("u", "E", 0, n=1), messageId="m"), track("u", "E", 0, n=2)])
    second = write_log(tmp_path / "a.jsonl", [with_(track("u", "E", 0, n=3), messageId="m"), track("u", "E", 0, n=4)])
    assert build_store([first, second])[0].column("E", "n").number.tolist() == [1, 2, 4]
    assert build_store([second, first])[0].column("E", "n").number.tolist() == [3, 4, 2]


def test_progress_moves_forward_and_cancel_leaves_nothing(tmp_path: Path) -> None:
    log = write_log(
        tmp_path / "log.jsonl", [identify("u", 0, email="a@b")] * 3 + [track("u", "E", i) for i in range(30_000)]
    )
    seen: list[float] = []
    build_store(log, tmp_path / "store", progress=lambda fraction, sentence: seen.append(fraction))
    assert seen == sorted(seen)
    assert len(seen) > 5
    assert 0 < seen[0] <= seen[-1] <= 1
    before = sorted(path.name for path in tmp_path.iterdir())
    for stop_at in range(1, len(seen) + 1):
        answers = iter([False] * (stop_at - 1) + [True])
        with pytest.raises(Cancelled):
            build_store(log, tmp_path / "other", cancelled=lambda answers=answers: next(answers))  # type: ignore[misc]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_bytes_that_no_json_holds(tmp_path: Path) -> None:
    """D-35: broken UTF-8, half surrogates, bottomless nesting, numbers out of range."""
    head = GOOD[:-1].encode()
    deep = b'{"b":' * 900 + b"1" + b"}" * 900
    lines = [
        head + b',"properties":{"a":"\xff"}}',
        head + b',"messageId":"\\ud800"}',
        head + b',"context":{"a":"\\ud800x"}}',
        head + b',"properties":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        head + b',"properties":{"a":NaN}}',
        head + b',"properties":{"a":1e999}}',
        head + b',"properties":' + deep + b',"context":' + deep + b"}",
    ]
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(lines))
    store, report = build_store(path)
    assert (report.read, report.kept) == (7, 1)
    assert [(reject.line, reject.code) for reject in store.rejects()] == [(i, "bad_request") for i in range(1, 7)]
    [text] = store.column("E", ("b",) * 20).texts
    assert text == deep.decode()[20 * 5 : -20]
