"""Runs whose messages are tables made by hand, over a design with journeys, broadcasts and caps."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from engage_desktop.document import loads
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.workspace import Policies
from engage_desktop.engine import NEVER, REASONS, STATUSES, Run, compile_campaigns, simulate
from engage_desktop.engine.run import MESSAGES, Table
from engage_desktop.events import EventStore
from tests.events.logs import store_of, track

T0 = parse_instant("2025-03-24T00:00:00Z")
"""A Monday; the clocks of London go forward on the Sunday after it."""
HOUR = 3_600_000_000
DAY = 24 * HOUR
PEOPLE = 7
END = T0 + 20 * DAY
CAPS = ({"channel": "email", "max": 2, "per": "3d"}, {"max": 3, "per": "7d", "when_capped": "defer"})


def design(caps: tuple[dict[str, Any], ...] = CAPS) -> dict[str, Any]:
    """Three journeys and a broadcast; the keys do not sort as they stand."""

    def journey(key: str, priority: int, steps: list[dict[str, Any]]) -> dict[str, Any]:
        linked = [one | {"next": two["key"]} for one, two in pairwise(steps)] + [steps[-1]]
        return {
            "key": key, "name": key.capitalize(), "priority": priority, "entry": {"type": "event", "event": "Come"},
            "start": steps[0]["key"], "steps": linked,
        }  # fmt: skip

    return {
        "format": "engage-campaigns/1",
        "workspace": {"name": "W", "timezone": "Europe/London"},
        "audiences": [{"key": "all", "name": "All", "definition": "event('Come').count() >= 1"}],
        "messages": [
            {"key": "news", "channel": "email", "subject": "N", "body": "B"},
            {"key": "ping", "channel": "sms", "body": "B"},
        ],
        "policies": {"caps": list(caps)},
        "journeys": [
            journey("welcome", 0, [{"key": "mail", "type": "message", "message": "news"}]),
            journey(
                "again",
                2,
                [
                    {"key": "wait", "type": "delay", "duration": "1d"},
                    {"key": "text", "type": "message", "message": "ping"},
                    {"key": "mail", "type": "message", "message": "news", "priority": 5},
                ],
            ),
            journey("late", 0, [{"key": "mail", "type": "message", "message": "news"}]),
        ],
        "broadcasts": [
            {
                "key": "spring", "name": "Spring", "audience": "all", "at": "2025-03-26T09:00:00", "priority": 1,
                "variants": [
                    {"key": "a", "percent": 50, "message": "news"}, {"key": "b", "percent": 50, "role": "holdout"},
                ],
            }
        ],
    }  # fmt: skip


def store() -> EventStore:
    return store_of([track(f"p{number}", "Come", T0 + number * HOUR) for number in range(PEOPLE)])


def run_with(messages: list[dict[str, int]], caps: tuple[dict[str, Any], ...] = CAPS) -> Run:
    """A run of nothing, with these messages instead, in the public order."""
    read, problems = loads(json.dumps(design(caps)))
    assert read is not None, problems
    run = simulate(compile_campaigns(read.with_(broadcasts=(), policies=Policies())), store(), window=(T0, END))
    return replace(run, plan=replace(run.plan, campaigns=read), messages=table_of(messages))


def table_of(messages: list[dict[str, int]]) -> Table:
    keys = ["welcome", "again", "late", "spring"]
    rows = sorted(messages, key=lambda row: (keys[row["campaign"]], row["profile"], row["instance"], row["due_at"]))
    return {name: np.array([row.get(name, 0) for row in rows], dtype) for name, dtype in MESSAGES.items()}


def random_messages(draw: random.Random, count: int) -> list[dict[str, int]]:
    """Rows of every campaign, channel and fate, many of them of one instant."""
    steps = ((0,), (1, 2), (0,), (0, 1))
    found = []
    for number in range(count):
        campaign = draw.randrange(4)
        due_at = T0 + draw.randrange(0, 14 * 24) * HOUR
        status = draw.choice(("sent", "sent", "sent", "dropped", "held_out", "waiting"))
        late = draw.choice((0, 0, 5, 30)) * HOUR
        reason = draw.choice(("", "frequency_cap", "quiet_hours") if status == "sent" else ("frequency_cap", "holdout"))
        found.append(
            {
                "campaign": campaign,
                "step": draw.choice(steps[campaign]),
                "profile": draw.randrange(PEOPLE),
                "instance": number + 1,
                "due_at": due_at,
                "sent_at": due_at + late if status == "sent" else NEVER,
                "status": STATUSES.index(status),
                "reason": REASONS.index(reason) if reason else -1,
                "kind": draw.randrange(2),
            }
        )
    return found
