"""Records that cannot be used: told of with line, field and code, and nothing else is lost (HT-5, HT-6, EV-11, D-35)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.events.logs import identify, imported, track, with_

GOOD = track("u", "E", 1, n=1)
HUGE = 10**400
LARGEST = int(1.7976931348623157e308)


def codes(*calls: Any) -> list[tuple[int, str, str]]:
    store, report = imported([GOOD, *calls, GOOD])
    found = [(one.line, one.field, one.code) for one in store.rejects()]
    assert (report.kept, report.rejected) == (2 + len(calls) - len(found), len(found))
    assert store.n_events == report.kept
    assert all(one.message.endswith(".") for one in store.rejects())
    return found


@pytest.mark.parametrize(
    ("call", "field", "code"),
    [
        ("{", "", "bad_request"),
        ("[1]", "", "bad_request"),
        ({**GOOD, "type": "batch"}, "type", "bad_request"),
        ({"userId": "u", "timestamp": GOOD["timestamp"]}, "type", "bad_request"),
        ({**GOOD, "userId": None}, "userId", "no_user_anon_id"),
        ({**GOOD, "userId": ""}, "userId", "no_user_anon_id"),
        ({**GOOD, "userId": 5}, "userId", "id_not_string"),
        ({**GOOD, "anonymousId": ["a"]}, "anonymousId", "id_not_string"),
        ({**GOOD, "messageId": 5}, "messageId", "id_not_string"),
        ({**GOOD, "event": None}, "event", "event_not_defined"),
        ({**GOOD, "event": ""}, "event", "event_not_defined"),
        ({**GOOD, "event": 5}, "event", "event_not_string"),
        ({**GOOD, "properties": [1]}, "properties", "properties_not_object"),
        ({**GOOD, "traits": "x"}, "traits", "traits_not_object"),
        ({**GOOD, "type": "page", "name": 5}, "name", "name_not_string"),
        ({**GOOD, "type": "screen", "category": 5}, "category", "category_not_string"),
        ({**GOOD, "context": "x"}, "context", "context_not_object"),
        ({**GOOD, "timestamp": "2011-03-01T09:00:00"}, "timestamp", "timestamp_invalid"),
        ({**GOOD, "timestamp": 5}, "timestamp", "timestamp_invalid"),
        ({**GOOD, "messageId": "m" * 101}, "messageId", "message_id_too_long"),
        (track("u", "E", 1, **{f"p{i}": i for i in range(301)}), "properties", "too_many_properties"),
        (identify("u", 1, **{f"t{i}": i for i in range(301)}), "traits", "too_many_traits"),
        ({**GOOD, "integrations": {"All": True, "Personas": False}}, "integrations.Personas", "not_for_engage"),
    ],
)
def test_a_record_that_cannot_be_used(call: Any, field: str, code: str) -> None:
    """HT-5, HT-6, EV-2, EV-11, D-47."""
    assert codes(call) == [(2, field, code)]


def test_what_is_wrong_with_json_is_said_shortly() -> None:
    """D-35: however deep in the line it is."""
    store, _ = imported(["[" * 500 + "1e999" + "]" * 500, GOOD])
    (one,) = store.rejects()
    assert one.code == "bad_request"
    assert len(one.message) < 400


def test_records_at_the_limits_are_kept() -> None:
    """HT-6, AMB-1: 300 are allowed; EV-11: only an explicit false of Personas keeps a call out."""
    assert not codes(
        track("u", "E", 1, **{f"p{i}": i for i in range(300)}),
        with_(GOOD, messageId="m" * 100),
        with_(GOOD, integrations={"All": False, "Salesforce": True}),
        with_(GOOD, integrations={"Personas": True}),
        with_(GOOD, integrations={"Personas": {"on": False}}),
        with_(GOOD, integrations="Personas"),
        with_(GOOD, sourceId={"odd": 1}, sentAt=5, originalTimestamp=[]),
    )


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (track("u", "E", 1, n=HUGE), "properties"),
        (track("u", "E", 1, n=-HUGE), "properties"),
        (track("u", "E", 1, deep={"er": {"n": LARGEST * 10}}), "properties"),
        (track("u", "E", 1, list=[{"n": [HUGE]}]), "properties"),
        (with_(GOOD, traits={"n": HUGE}), "traits"),
        (with_(GOOD, context={"n": HUGE}), "context"),
        (with_(GOOD, context={"list": [1, HUGE]}), "context"),
        (
            {"type": "group", "groupId": "g", "userId": "u", "timestamp": GOOD["timestamp"], "traits": {"n": HUGE}},
            "traits",
        ),
    ],
)
def test_a_number_no_double_can_hold(call: Any, field: str) -> None:
    """D-35: it is not taken for infinite; the calls around it, of the same names and contexts, stay."""
    assert codes(with_(GOOD, context={"n": 1}, traits={"n": 1}), call) == [(3, field, "number_too_large")]


def test_large_numbers_that_a_double_can_hold() -> None:
    values = [LARGEST, -LARGEST, 10**308, 2**70]
    store, report = imported([track("u", "E", i, n=n, list=[n], text="9" * 400) for i, n in enumerate(values)])
    assert report.rejected == 0
    assert store.column("E", "n").number.tolist() == [float(n) for n in values]
    assert [json.loads(str(store.column("E", "list").value(i))) for i in range(4)] == [[n] for n in values]


def test_digits_in_a_text_are_no_number() -> None:
    assert codes(track("u", "E", 1, list=["9" * 400], n=1)) == []


def test_a_number_too_long_to_read_and_one_out_of_range() -> None:
    """More than 4,300 digits, or an exponent beyond a double, are no JSON here: the line is refused alone."""
    line = json.dumps(GOOD)
    assert codes(line.replace('"n": 1', f'"n": {"9" * 5000}'), line.replace('"n": 1', '"n": 1e999')) == [
        (2, "", "bad_request"),
        (3, "", "bad_request"),
    ]


def test_calls_that_are_no_events() -> None:
    """EV-10, EV-9, EV-7, D-47: identify, group and alias make profiles; page and screen are events."""
    calls = [
        identify("a", 1, x=1),
        {"type": "group", "userId": "b", "groupId": "g", "timestamp": GOOD["timestamp"]},
        {"type": "alias", "userId": "c", "previousId": "a", "timestamp": GOOD["timestamp"]},
        {"type": "page", "userId": "d", "name": "Home", "timestamp": GOOD["timestamp"], "properties": {"url": "/"}},
        {"type": "screen", "userId": "d", "name": "Start", "category": "Tour", "timestamp": GOOD["timestamp"]},
    ]
    store, _ = imported(calls)
    assert list(store.profile_ids) == ["a", "b", "c", "d"]
    assert store.event_names == ("Page Viewed", "Screen Viewed")
    assert store.column("Page Viewed", "page_name").value(0) == "Home"
    assert [store.column("Screen Viewed", path).value(0) for path in ("screen_name", "category")] == ["Start", "Tour"]
