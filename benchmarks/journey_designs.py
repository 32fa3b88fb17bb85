"""The journeys of the benchmark: twelve steps behind an audience, entries on a frequent event, and edits."""

from __future__ import annotations

import copy
import json
from typing import Any

from benchmarks.questions import DESIGN as QUESTIONS
from engage_desktop.document import loads
from engage_desktop.domain.campaigns import Campaigns

ZONE = "Europe/London"
"""Its clocks change inside the window."""
KEY = "win_back"
COIN = (("mail", 60.0), ("soon", 30.0), ("control", 10.0))
"""Branches of the random split and their percents."""
BUY = "Order Completed"
STEPS: list[dict[str, Any]] = [
    {"key": "pause", "type": "delay", "duration": "2h", "next": "look"},
    {
        "key": "look",
        "type": "hold",
        "branches": [
            {"key": "seen", "event": "Product Viewed", "where": "property('price') >= 60", "next": "worth"},
            {"key": "read", "event": "Email Opened", "next": "coin"},
        ],
        "timeout": "3d",
        "on_timeout": "worth",
    },
    {
        "key": "worth",
        "type": "split",
        "branches": [
            {"key": "filling", "condition": "event('Product Added').within(30 days).count() >= 2", "next": "coin"}
        ],
        "otherwise": "quiet",
    },
    {
        "key": "quiet",
        "type": "wait",
        "condition": "event('Page Viewed').within(1 day).count() >= 2",
        "timeout": "4d",
        "next": "coin",
    },
    {
        "key": "coin",
        "type": "random",
        "branches": [
            {"key": "mail", "percent": 60, "next": "morning"},
            {"key": "soon", "percent": 30, "next": "evening"},
            {"key": "control", "percent": 10, "role": "holdout", "next": "done"},
        ],
    },
    {"key": "morning", "type": "delay_until", "time": "09:00", "zone": "workspace", "next": "nudge"},
    {"key": "evening", "type": "delay", "duration": "1d12h", "next": "nudge"},
    {"key": "nudge", "type": "message", "message": "nudge", "next": "answer"},
    {
        "key": "answer",
        "type": "hold",
        "branches": [
            {"key": "clicked", "event": "Email Link Clicked", "next": "tell"},
            {"key": "back", "event": "Products Searched", "next": "warm"},
        ],
        "timeout": "2d",
        "on_timeout": "warm",
    },
    {
        "key": "warm",
        "type": "split",
        "branches": [
            {"key": "hot", "condition": "event('Product Viewed').within(3 days).count() >= 2", "next": "tell"}
        ],
    },
    {"key": "tell", "type": "send", "destination": "crm", "next": "done"},
    {"key": "done", "type": "end", "outcome": "reached"},
]
STEP_KEYS = tuple(step["key"] for step in STEPS)
DESIGN: dict[str, Any] = {
    "format": "engage-campaigns/1",
    "workspace": {"name": "Benchmark", "timezone": ZONE},
    "audiences": [QUESTIONS["audiences"][0]],
    "messages": [{"key": "nudge", "channel": "email", "body": "Still thinking?"}],
    "destinations": [{"key": "crm", "type": "webhook", "settings": {"url": "http://127.0.0.1:9"}, "sandbox": True}],
    "journeys": [
        {
            "key": KEY,
            "name": "Win back",
            "entry": {"type": "audience", "audience": "keen", "reentry": {"mode": "every"}},
            "exits": [
                {"key": "bought", "event": BUY},
                {"key": "keeps_coming", "condition": "event('Signed In').within(7 days).count() >= 2"},
                {"key": "too_long", "after": "10d"},
            ],
            "start": "pause",
            "steps": STEPS,
        }
    ],
}
FREQUENT_WHERE = "property('price') >= 11"
"""Of 34 events in a hundred these leave 3 million in 10 million."""


def journey() -> Campaigns:
    """Audience entry and twelve steps."""
    return read(DESIGN)


def frequent(mode: str) -> Campaigns:
    """Entry on the most frequent event: each with a filter by audience (`every`), or one at a time (`after_exit`)."""
    design = copy.deepcopy(DESIGN)
    one = design["journeys"][0]
    one["entry"] = {"type": "event", "event": "Product Viewed", "where": FREQUENT_WHERE}
    if mode == "every":
        one["entry"] |= {"audience": "keen", "reentry": {"mode": "every"}}
    else:
        one["entry"] |= {"reentry": {"mode": "after_exit", "cool_down": "1d"}}
    one["exits"] = one["exits"][:1]
    one["start"] = "wait"
    one["steps"] = [
        {
            "key": "wait",
            "type": "hold",
            "branches": [{"key": "added", "event": "Product Added", "next": "coin"}],
            "timeout": "2h",
            "on_timeout": "coin",
        },
        {
            "key": "coin",
            "type": "random",
            "branches": [
                {"key": "mail", "percent": 90, "next": "nudge"},
                {"key": "control", "percent": 10, "role": "holdout"},
            ],
        },
        {"key": "nudge", "type": "message", "message": "nudge"},
    ]
    return read(design)


def edited(where: str) -> Campaigns:
    """The design after an edit of a late step, a middle step, or a number of the entry audience."""
    design = copy.deepcopy(DESIGN)
    steps = {step["key"]: step for step in design["journeys"][0]["steps"]}
    match where:
        case "late step":
            steps["warm"]["branches"][0]["condition"] = "event('Product Viewed').within(3 days).count() >= 3"
        case "middle step":
            steps["quiet"]["timeout"] = "3d"
        case "entry number":
            definition = design["audiences"][0]["definition"]
            design["audiences"][0] = design["audiences"][0] | {"definition": definition.replace(">= 2", ">= 3")}
        case _:
            raise ValueError(where)
    return read(design)


def read(design: dict[str, Any]) -> Campaigns:
    campaigns, problems = loads(json.dumps(design))
    if campaigns is None:
        raise ValueError(problems)
    return campaigns
