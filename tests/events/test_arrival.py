"""Calls that come late, twice, out of order, or from the future; every code of HT-5 that a log can show."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.events import NOTICE_CODES, build_store
from tests.events.logs import identify, imported, track, with_, write_log
from tests.events.tables import findings

NINE = "2011-03-01T09:00:00Z"
CLOCKS = {
    "receivedAt": "2011-03-01T09:00:00Z",
    "sentAt": "2011-02-01T12:00:05Z",
    "originalTimestamp": "2011-02-01T12:00:00Z",
}


def time_of(**fields: object) -> str:
    call = with_(track("u", "E", NINE), timestamp=None, **fields)
    store, report = imported([{key: value for key, value in call.items() if value is not None}])
    assert report.kept == 1
    return format_instant(int(store.time[0]))


def test_a_clock_that_is_wrong_is_set_right_by_its_own_delay() -> None:
    """EV-1: timestamp = receivedAt - (sentAt - originalTimestamp): the device's clock is a month late, its delay 5 s."""
    assert time_of(**CLOCKS) == "2011-03-01T08:59:55Z"


@pytest.mark.parametrize("gone", ["sentAt", "originalTimestamp"])
@pytest.mark.parametrize("value", [None, "soon", 5, {}, "2011-02-01T12:00:00"])
def test_without_both_clocks_the_receipt_counts(gone: str, value: object) -> None:
    """D-47: no timestamp = receivedAt; what a clock field holds else does no harm."""
    assert time_of(**(CLOCKS | {gone: value})) == NINE


def test_a_timestamp_that_is_given_is_already_set_right() -> None:
    store, _ = imported([with_(track("u", "E", "2011-01-01T00:00:00Z"), **CLOCKS)])
    assert format_instant(int(store.time[0])) == "2011-01-01T00:00:00Z"


def test_without_receipt_the_device_alone_is_not_believed() -> None:
    """D-47."""
    store, report = imported([with_(track("u", "E", NINE), timestamp=None, **(CLOCKS | {"receivedAt": None}))])
    assert (report.kept, findings(store)) == (0, [(1, "timestamp", "timestamp_invalid")])


def test_skew_in_a_table(tmp_path: Path) -> None:
    from engage_desktop.events import build_store

    path = tmp_path / "log.csv"
    names = ("received_at", "sent_at", "original_timestamp")
    path.write_text(f"event,user_id,{','.join(names)}\nE,u,{','.join(CLOCKS.values())}\n")
    store, _ = build_store(path)
    assert (format_instant(int(store.time[0])), store.properties("E")) == ("2011-03-01T08:59:55Z", {})


def test_any_order_of_arrival_gives_the_same_order_of_events(tmp_path: Path) -> None:
    """D-2: late and out of order, in one file or several: timestamp, then receivedAt, then position in the input."""
    late = with_(track("u", "E", NINE, n=3), receivedAt="2011-04-01T00:00:00Z")
    calls = [track("u", "E", "2011-03-01T08:00:00Z", n=1), with_(track("u", "E", NINE, n=2), receivedAt=NINE), late]
    for order in itertools.permutations(calls):
        paths = [write_log(tmp_path / f"{i}.jsonl", [call]) for i, call in enumerate(order)]
        assert build_store(paths)[0].column("E", "n").number.tolist() == [1, 2, 3]
        assert imported(order)[0].column("E", "n").number.tolist() == [1, 2, 3]


def test_duplicates_go_by_message_id_alone(tmp_path: Path) -> None:
    """EV-3, D-47: never by content, over all files and people, the first in input order stays, however late it is."""
    first = with_(track("u", "E", "2011-03-02T00:00:00Z", n=1), messageId="m")
    again = with_(track("v", "F", NINE, n=2), messageId="m")
    same = track("u", "E", "2011-03-02T00:00:00Z", n=1)
    paths = [write_log(tmp_path / "1.jsonl", [first, same]), write_log(tmp_path / "2.jsonl", [again, same])]
    store, report = build_store(paths)
    assert (report.read, report.kept, report.duplicates) == (4, 3, 1)
    assert store.event_names == ("E",)


def test_a_call_that_is_refused_is_no_first_of_duplicates() -> None:
    broken = with_(track("u", "E", "2011-03-01"), messageId="m")
    store, report = imported([broken, with_(track("u", "E", NINE), messageId="m")])
    assert (report.rejected, report.duplicates, store.n_events) == (1, 0, 1)


def test_calls_from_the_future_are_kept_and_told_once_a_file(tmp_path: Path) -> None:
    """EV-1: a spoofed clock can give a future timestamp; more than a day after the receipt is no matter of zones."""
    day = "2011-03-02T09:00:00"
    calls = [
        track("u", "E", "2999-01-01T00:00:00Z"),  # nobody knows when it was received
        with_(track("u", "E", f"{day}Z"), receivedAt=NINE),
        with_(track("u", "E", f"{day}.000001Z"), receivedAt=NINE),
        with_(identify("v", "2011-04-01T00:00:00Z", a=1), receivedAt=NINE),
    ]
    paths = [write_log(tmp_path / f"{i}.jsonl", part) for i, part in enumerate((calls, calls[2:3], calls[:2]))]
    store, report = build_store(paths)
    assert (report.kept, report.rejected) == (7, 0)
    assert findings(store) == [(3, "timestamp", "timestamp_in_future"), (1, "timestamp", "timestamp_in_future")]
    assert "timestamp_in_future" in NOTICE_CODES
    assert [one.message[:9] for one in store.rejects()] == ["2 records", "1 record "]
    assert int(store.time.max()) == parse_instant("2999-01-01T00:00:00Z")


HT_5 = {
    "no_user_anon_id": {"userId": None},
    "id_not_string": {"userId": 5},
    "event_not_defined": {"event": ""},
    "event_not_string": {"event": 5},
    "properties_not_object": {"properties": []},
    "traits_not_object": {"type": "identify", "traits": "x"},
    "name_not_string": {"type": "page", "name": 5},
    "category_not_string": {"type": "screen", "category": 5},
    "bad_request": {"type": "teleport"},
}
"""Not here: `id_required`, `empty_batch`, `source_disabled` and those of a request's consent are answers of the
original's server to a request; a log holds calls, one a line."""


@pytest.mark.parametrize("code", HT_5)
def test_each_code_of_the_original_that_a_log_can_show(code: str) -> None:
    """HT-5."""
    call = {key: value for key, value in with_(track("u", "E", NINE), **HT_5[code]).items() if value is not None}
    store, report = imported([json.dumps(call), track("u", "E", NINE)])
    assert [(one.line, one.code) for one in store.rejects()] == [(1, code)]
    assert (report.read, report.kept, report.rejected) == (2, 1, 1)
