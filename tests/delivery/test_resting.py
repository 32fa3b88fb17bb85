"""Which campaigns stand behind what a destination is told: all of them must be approved (D-39)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from engage_desktop.delivery.planning import campaigns_for
from engage_desktop.document import loads
from engage_desktop.engine import Run, compile_campaigns, simulate
from tests.cli import shop
from tests.events.logs import store_of

OPENED = {"opened": {"likely": 1, "after": "1h"}}


def journey(key: str, *steps: dict[str, Any], entry: str = shop.ORDER) -> dict[str, Any]:
    for one, after in pairwise(steps):
        one["next"] = after["key"]
    return {
        "key": key,
        "name": key,
        "entry": {"type": "event", "event": entry},
        "start": steps[0]["key"],
        "steps": [*steps],
    }


def sets(trait: str) -> dict[str, Any]:
    return {"key": "set", "type": "set_trait", "trait": trait, "value": True}


def mails(message: str = "thanks") -> dict[str, Any]:
    return {"key": "mail", "type": "message", "message": message}


def audience(definition: str, **sync: Any) -> dict[str, Any]:
    return {
        "key": "a",
        "name": "A",
        "definition": definition,
        "sync": [{"destination": "real", "as": "identify", **sync}],
    }


SPRING = {"key": "spring", "name": "Spring", "audience": "all", "message": "thanks", "at": "2024-01-06T09:00:00Z"}
TEXT = SPRING | {"key": "text", "message": "short"}
MADE = {
    "journeys": [
        journey("writes", mails()),
        journey("marks", sets("vip")),
        journey("follows", sets("late"), entry="Email Sent"),
    ],
    "broadcasts": [SPRING, TEXT],
}


def run_of(told: dict[str, Any], **changes: Any) -> Run:
    people = {"key": "all", "name": "All", "definition": f"event('{shop.ORDER}').count() >= 1"}
    messages = [
        {"key": "thanks", "channel": "email", "subject": "Thank you", "responses": OPENED},
        {"key": "short", "channel": "sms", "body": "Thank you"},
    ]
    traits = [{"key": "mails", "name": "Mails", "definition": "event('Email Sent').count()"}]
    made = shop.design() | MADE | {"audiences": [people, told], "messages": messages, "traits": traits} | changes
    campaigns, problems = loads(json.dumps(made))
    assert campaigns is not None, problems
    store = store_of(shop.log())
    return simulate(compile_campaigns(campaigns), store, window=(store.first_us, store.last_us))


@pytest.mark.parametrize(
    ("definition", "behind"),
    [
        (f"event('{shop.ORDER}').count() >= 1", []),
        ("event('Email Sent').count() >= 1", ["journey writes", "broadcast spring"]),
        ("event('SMS Sent').count() >= 1", ["broadcast text"]),
        ("trait('mails') >= 1", ["journey writes", "broadcast spring"]),
        ("trait('vip') = true", ["journey marks"]),
        ("trait('late') = true", ["journey writes", "journey follows", "broadcast spring"]),  # through each other
        ("event('Email Opened').count() >= 1", []),  # assumed, and so it never leaves
    ],
)
def test_who_sets_and_sends_what_is_asked_for(definition: str, behind: list[str]) -> None:
    found = [" ".join(one) for one in campaigns_for(run_of(audience(definition)), "real")]
    assert found == ["audience a", *behind]
    assert campaigns_for(run_of(audience(definition)), "files") == []


def test_traits_that_go_along_count() -> None:
    plain = f"event('{shop.ORDER}').count() >= 1"
    assert campaigns_for(run_of(audience(plain, traits=["mails"])), "real")[1:] == [
        ("journey", "writes"),
        ("broadcast", "spring"),
    ]
    assert campaigns_for(run_of(audience(plain, traits=["vip", "email"])), "real")[1:] == [("journey", "marks")]


def test_those_that_did_not_run_are_behind_nothing() -> None:
    run = run_of(audience("event('Email Sent').count() >= 1"), broadcasts=[SPRING | {"variants": [
        {"key": "none", "percent": 100, "role": "holdout"}]}])  # fmt: skip
    assert campaigns_for(run, "real")[1:] == [("journey", "writes")]


def test_a_campaign_that_tells_itself_stands_there_once() -> None:
    send = {"key": "send", "type": "send", "destination": "real", "traits": ["mails"]}
    made = [journey("writes", mails(), send)]
    run = run_of(audience(f"event('{shop.ORDER}').count() >= 1"), journeys=made, broadcasts=[])
    assert campaigns_for(run, "real") == [("audience", "a"), ("journey", "writes")]
