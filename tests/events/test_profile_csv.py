"""Profile CSVs: rows of people, subscription states, cells that cannot be used, limits (SB-4, SB-5, SB-8, D-7, D-52)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engage_desktop.domain.duration import parse_instant
from engage_desktop.events import EventStore, profile_rows
from tests.events.logs import identify, track, with_, write_log
from tests.events.tables import findings, read, refusal

START = "2011-03-01T09:00:00Z"
LATER = "2011-03-02T09:00:00Z"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """ann and bob did something; the log begins at START."""
    return write_log(tmp_path / "log.jsonl", [track("ann", "E", LATER), track("bob", "E", START)])


def history(store: EventStore, person: str, trait: str) -> list[tuple[int, object]]:
    """(instant, value) of a trait of one person."""
    values, i = store.trait(trait), store.index_of(person)
    assert i is not None
    rows = range(int(values.start[i]), int(values.start[i + 1]))
    return [(int(values.time[row]), values.column.value(row)) for row in rows]


def state(store: EventStore, person: str, channel: str) -> object:
    """The state of the person's address at the end of the log."""
    found, i = store.subscription(channel), store.index_of(person)
    assert i is not None
    last = int(found.start[i + 1]) - 1
    return found.column.value(last) if last >= found.start[i] else None


def test_rows_are_identifies_from_the_first_instant_of_the_logs(people: Path, events: Path) -> None:
    """Also of a person whose first event comes later; every column that is no id is a trait."""
    store, report = read(people, "user_id;plan;traits.age;email\nann;gold;31;\ncid;;;c@example.org\n", events)
    start = parse_instant(START)
    assert history(store, "ann", "plan") == [(start, "gold")]
    assert history(store, "ann", "age") == [(start, 31)]
    assert (report.read, report.kept, report.profiles, store.n_events) == (4, 4, 3, 2)
    assert store.since.tolist() == [start, start, start]
    assert report.files[1].dialect == "semicolons, UTF-8, one person a row as of the log's first instant"
    assert store.first_us == start


def test_they_count_before_what_the_log_says_later_and_in_their_order(people: Path, tmp_path: Path) -> None:
    """D-7, SB-5: a file is a state to begin with; of two rows about one person the later wins."""
    log = write_log(tmp_path / "log.jsonl", [track("bob", "E", START), identify("ann", LATER, plan="silver")])
    rows = "user_id,plan\nann,gold\nann,bronze\n"
    for order in ((people, log), (log, people)):
        people.write_text(rows)
        store, _ = read(order[1], None, order[0])
        start = parse_instant(START)
        assert history(store, "ann", "plan") == [(start, "gold"), (start, "bronze"), (parse_instant(LATER), "silver")]


def test_with_a_timestamp_column_rows_count_from_their_own(people: Path, events: Path) -> None:
    rows = f"user_id,plan,timestamp\nann,gold,{LATER}\nbob,gold,\ncid,gold,2011-03-01\n"
    store, report = read(people, rows, events)
    assert history(store, "ann", "plan") == [(parse_instant(LATER), "gold")]
    assert [one[1:] for one in findings(store)] == [("timestamp", "timestamp_invalid")] * 2
    assert report.files[1].dialect == "commas, UTF-8, one person a row"
    assert read(people, rows)[1].kept == 1, "alone it says when itself"


def test_alone_it_cannot_say_when(people: Path) -> None:
    sentence = refusal(people, "user_id,plan\nann,gold\n")
    assert "no log was read with it" in sentence
    assert "--map your_column=event" in sentence, "or it was meant as a log"
    assert "no log was read" in refusal(people, None, people), "nor do two"


def test_subscription_states_of_each_channel(people: Path, events: Path) -> None:
    """SB-4: any spelling; SB-2: did-not-subscribe is a state of its own."""
    rows = (
        "user_id,email,phone,email_subscription_status,sms_subscription_status,whatsapp_subscription_status\n"
        "ann,a@example.org,+44 7700 900123,Subscribed,UNSUBSCRIBED,did-not-subscribe\n"
    )
    store, _ = read(people, rows, events)
    assert findings(store) == []
    found = [state(store, "ann", channel) for channel in ("email", "sms", "whatsapp")]
    assert found == ["subscribed", "unsubscribed", "did_not_subscribe"]


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_state_overwrites_nothing(people: Path, tmp_path: Path, blank: str) -> None:
    """SB-5, V-19."""
    log = write_log(
        tmp_path / "log.jsonl", [identify("ann", START, email="a@example.org", email_subscription_status="subscribed")]
    )
    store, _ = read(people, f"user_id,timestamp,email_subscription_status\nann,{LATER},{blank}\n", log)
    assert state(store, "ann", "email") == "subscribed"
    assert findings(store) == []


def test_cells_that_cannot_be_used_are_told_and_the_rest_of_the_row_kept(people: Path, events: Path) -> None:
    """SB-8. The states of a row go with its address: they would fall on the one the person had before."""
    rows = (
        "user_id,email,phone,plan,email_subscription_status,sms_subscription_status,news_subscription_status\n"
        "ann,no-address,+447700900123,gold,subscribed,subscribed,subscribed\n"
        "bob,b@example.org,12,gold,subscribed,subscribed,subscribed\n"
        "cid,c@example.org,+447700900124,gold,maybe,subscribed,never\n"
    )
    store, report = read(people, rows, events)
    assert findings(store) == [
        (2, "email", "INVALID_EMAIL"),
        (3, "phone", "INVALID_PHONE"),
        (4, "email_subscription_status", "INVALID_SUBSCRIPTION_STATUS"),
        (4, "news_subscription_status", "INVALID_SUBSCRIPTION_STATUS"),
    ]
    assert (report.read, report.kept, report.rejected) == (5, 5, 0)
    for person in ("ann", "bob", "cid"):
        assert history(store, person, "plan")[0][1] == "gold"
    assert [state(store, "ann", channel) for channel in ("email", "sms")] == [None, "subscribed"]
    assert [state(store, "bob", channel) for channel in ("email", "sms")] == ["subscribed", None]
    assert [state(store, "cid", channel) for channel in ("email", "sms")] == [None, "subscribed"]
    assert history(store, "ann", "news_subscription_status") == []
    assert all(one.message.endswith(".") and one.file.endswith("people.csv") for one in store.rejects())


@pytest.mark.parametrize("text", ["a@b", "ann.o'neil+x@example.co.uk", "ü@exämple.org"])
def test_addresses_that_are_taken(text: str) -> None:
    assert profile_rows.is_email(text)


@pytest.mark.parametrize("text", ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b,c@d", "x" * 251 + "@b.c"])
def test_addresses_that_are_not(text: str) -> None:
    assert not profile_rows.is_email(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [("+44 (0)7700 900-123", True), ("07700900123", True), ("call me", False), ("1" * 16, False), ("+", False)],
)
def test_phone_numbers(text: str, valid: bool) -> None:
    assert profile_rows.is_phone(text) == valid


def test_phones_are_text_whatever_they_look_like(people: Path, events: Path) -> None:
    store, _ = read(people, "user_id,phone\nann,07700900123\nbob,447700900123\n", events)
    assert [history(store, person, "phone")[0][1] for person in ("ann", "bob")] == ["07700900123", "447700900123"]


def test_a_row_may_name_its_person_by_email_alone(people: Path, tmp_path: Path) -> None:
    """SB-4: uploads of subscriptions do; the address is an identifier (ID-1), so it finds whom it belongs to."""
    log = write_log(tmp_path / "log.jsonl", [identify("ann", LATER, email="a@example.org"), track("ann", "E", START)])
    rows = "email,email_subscription_status\na@example.org,unsubscribed\nnew@example.org,subscribed\n,subscribed\nx,subscribed\n"
    store, report = read(people, rows, log)
    assert list(store.profile_ids) == ["ann", "new@example.org"]
    assert [state(store, one, "email") for one in store.profile_ids] == ["unsubscribed", "subscribed"]
    assert findings(store) == [
        (4, "userId", "no_user_anon_id"),
        (5, "email", "INVALID_EMAIL"),
        (5, "userId", "no_user_anon_id"),
    ]
    assert (report.kept, report.rejected) == (4, 2)


def test_a_log_of_events_still_needs_its_ids(people: Path) -> None:
    """D-47: e-mail alone is enough for a profile CSV only."""
    rows = f"type,timestamp,user_id,email\nidentify,{START},,a@example.org\n"
    assert findings(read(people, rows)[0]) == [(2, "userId", "no_user_anon_id")]


def test_limits_of_an_upload_are_notices(people: Path, events: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SB-8: Segment would refuse; here everything is imported and the person told."""
    monkeypatch.setattr(profile_rows, "MOST_ROWS", 2)
    monkeypatch.setattr(profile_rows, "MOST_BYTES", 40)
    monkeypatch.setattr(profile_rows, "MOST_COLUMNS", 3)
    store, report = read(people, "user_id,a,b\nann,1,2\nbob,1,2\n", events)
    assert findings(store) == []
    store, report = read(people, "user_id,a,b,c\nann,1,2,3\nbob,1,2,3\ncid,1,2,3\n", events)
    assert (report.kept, report.rejected) == (5, 0)
    messages = [one.message for one in store.rejects() if one.code == "csv_limit_exceeded"]
    assert [message.split(".")[0] for message in messages] == [
        "the file has 3 rows",
        "the file has 44 bytes",
        "the file has 4 columns",
    ]


def test_the_numbers_of_the_limits() -> None:
    """SB-8."""
    assert profile_rows.over_limits(1_000_000, 100_000_000, 299) == []
    assert len(profile_rows.over_limits(1_000_001, 100_000_001, 300)) == 3


def test_undated_rows_and_duplicates_add_up(people: Path, events: Path) -> None:
    rows = "user_id,message_id,plan\nann,m1,gold\nann,m1,silver\n,m2,gold\n"
    store, report = read(people, rows, events)
    assert (report.read, report.kept, report.rejected, report.duplicates) == (5, 3, 1, 1)
    assert history(store, "ann", "plan") == [(parse_instant(START), "gold")]


def test_a_log_whose_calls_are_all_late_still_has_a_first_instant(people: Path, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [with_(track("ann", "E", LATER), timestamp=None, receivedAt=LATER)])
    store, _ = read(people, "user_id,plan\nann,gold\n", log)
    assert history(store, "ann", "plan") == [(parse_instant(LATER), "gold")]
