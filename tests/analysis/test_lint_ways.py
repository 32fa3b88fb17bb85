"""Which guards a step is behind (J1-6): through which every way to it leads, and after which nothing of it is asked again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engage_desktop.analysis.lint_ways import MOST_GUARDS, Ways
from engage_desktop.document import loads, validate
from engage_desktop.domain.journey import Journey
from engage_desktop.language import to_text

BUYER, READER = "audience('buyer')", "audience('reader')"
DONE = {"key": "done", "type": "end"}


def journey(*steps: dict[str, Any], **entry: Any) -> Journey:
    made = entry or {"type": "audience", "audience": "reader"}
    data = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "W"},
        "audiences": [{"key": key, "name": key, "definition": f"trait('{key}x') = 1"} for key in ("buyer", "reader")],
        "messages": [{"key": "m", "channel": "sms", "body": "Hello"}],
        "journeys": [{"key": "j", "name": "J", "entry": made, "start": steps[0]["key"], "steps": [*steps, DONE]}],
    }
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    assert validate(campaigns) == ()
    return campaigns.journeys[0]


def delay(key: str, to: str) -> dict[str, Any]:
    return {"key": key, "type": "delay", "duration": "1d", "next": to}


def note(key: str, to: str = "done") -> dict[str, Any]:
    return {"key": key, "type": "message", "message": "m", "next": to}


def split(key: str, yes: str, no: str, condition: str = BUYER) -> dict[str, Any]:
    return {"key": key, "type": "split", "branches": [{"key": "yes", "condition": condition, "next": yes}], "otherwise": no}  # fmt: skip


def hold(key: str, event: str, heard: str, late: str) -> dict[str, Any]:
    return {"key": key, "type": "hold", "timeout": "1d", "on_timeout": late, "branches": [{"key": "heard", "event": event, "next": heard}]}  # fmt: skip


def wait(key: str, to: str, late: str) -> dict[str, Any]:
    return {"key": key, "type": "wait", "condition": BUYER, "timeout": "1d", "next": to, "on_timeout": late}


EVENT = {"type": "event", "event": "A"}
CONDITION = {"type": "audience", "condition": "event('Buy').count() = 0"}
NO_BUYER = f"NOT {BUYER}"
CASES: list[tuple[str, Journey, set[str]]] = [
    ("the entry's audience", journey(delay("d", "a"), note("a")), {READER}),
    ("an event asks for nothing", journey(delay("d", "a"), note("a"), **EVENT), set()),
    ("the filter of an event", journey(delay("d", "a"), note("a"), **EVENT, audience="buyer"), {BUYER}),
    ("the branch", journey(split("s", "d", "done"), delay("d", "a"), note("a"), **EVENT), {BUYER}),
    ("everybody else", journey(split("s", "done", "d"), delay("d", "a"), note("a"), **EVENT), {NO_BUYER}),
    ("both ways lead there", journey(split("s", "d", "a"), delay("d", "a"), note("a"), **EVENT), set()),
    ("a wait that was met", journey(wait("w", "d", "done"), delay("d", "a"), note("a"), **EVENT), {BUYER}),
    ("a wait that was not", journey(wait("w", "done", "d"), delay("d", "a"), note("a"), **EVENT), {NO_BUYER}),
    ("either", journey(wait("w", "d", "d"), delay("d", "a"), note("a"), **EVENT), set()),
    ("asked again", journey(delay("d", "s"), split("s", "a", "done", READER), note("a")), {READER + " again"}),
    ("asked again, denied", journey(delay("d", "s"), split("s", "done", "a", READER), note("a")), {f"NOT {READER}"}),
    ("asked something else", journey(delay("d", "s"), split("s", "a", "done"), note("a")), {READER, BUYER}),
    ("asked on one way alone", journey(split("s", "b", "d", READER), note("b", "a"), delay("d", "a"), note("a")), {READER}),
    ("the event was heard", journey(hold("h", "Buy", "a", "done"), note("a"), **CONDITION), set()),
    ("it was not", journey(hold("h", "Buy", "done", "a"), note("a"), **CONDITION), {"event('Buy').count() = 0"}),
    ("another was", journey(hold("h", "Look", "a", "done"), note("a"), **CONDITION), {"event('Buy').count() = 0"}),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "made", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_step_is_behind(_what: str, made: Journey, expected: set[str]) -> None:
    found = [to_text(guard.condition) for guard in Ways(made).guards_of("a")]
    assert set(found) == {text.removesuffix(" again") for text in expected}
    assert len(found) == len(expected)  # the entry's guard, asked again, is that of the split alone


def test_what_follows_an_event_follows_its_hearing_or_a_question_for_it() -> None:
    heard = journey(hold("h", "Buy", "a", "b"), note("a"), note("b"), **EVENT)
    assert [Ways(heard).follows(key, "Buy") for key in ("h", "a", "b", "done")] == [False, True, False, False]
    asked = journey(split("s", "a", "b", "event('Buy').count() >= 1"), note("a"), note("b"), **EVENT)
    assert [Ways(asked).follows(key, "Buy") for key in ("a", "b")] == [True, True]


def test_of_a_long_way_the_entry_and_the_last_guards_are_looked_at() -> None:
    number = MOST_GUARDS + 3
    texts = [f"trait('t{place}') = 1" for place in range(number)]
    chain = [split(f"s{place}", f"s{place + 1}", "done", text) for place, text in enumerate(texts)]
    chain[-1]["branches"][0]["next"] = "a"
    found = [to_text(guard.condition) for guard in Ways(journey(*chain, note("a"))).guards_of("a")]
    assert found == [READER, *reversed(texts[-MOST_GUARDS:])]


def test_a_way_that_leads_nowhere_near_is_none() -> None:
    made = journey(note("a"), **EVENT)
    assert list(Ways(made).guards_of("b")) == []
    assert list(Ways(made.with_(start=None)).guards_of("a")) == []
