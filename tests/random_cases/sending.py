"""Random policies, and journeys that compete under them: caps that are hit, quiet hours in the way, several messages at once."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from engage_desktop.domain.duration import format_instant
from tests.random_cases.conditions import EVENTS, recent
from tests.random_cases.logs import GRID, START
from tests.random_cases.zones import local

Design = dict[str, Any]
CHANNELS = ("email", "email", "email", "sms", "push", "whatsapp")
RIVALS = ("red", "blue", "green")


def policies(rng: random.Random, audiences: tuple[str, ...]) -> Design:
    """Some policies of every kind, each often enough to matter and seldom enough to leave somebody to send to."""
    found: Design = {}
    if rng.random() < 0.8:
        found["caps"] = [_cap(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    if rng.random() < 0.6:
        found["quiet_hours"] = [_hours(rng, ("30m", 1, 1, 2, 3, 5, 12)) for _ in range(rng.choice((1, 1, 2, 3)))]
    if rng.random() < 0.25:
        found["send_window"] = _hours(rng, (1, 3, 6, 10, 14))
    if rng.random() < 0.3:
        found["holdout"] = {"percent": rng.choice((10, 30, 50, 33.3))}
        if rng.random() < 0.4:
            found["holdout"]["audience"] = rng.choice(audiences)
    if rng.random() < 0.3:
        found["suppression"] = rng.sample(sorted(set(audiences)), 1)
    if rng.random() < 0.4:
        found["consent"] = {channel: rng.choice(("ads", "mail")) for channel in rng.sample(sorted(set(CHANNELS)), 2)}
    if rng.random() < 0.5:
        found["max_wait"] = rng.choice(("30m", "1h", "1h", "2h", "4h", "1d"))
    return found


def _cap(rng: random.Random) -> Design:
    cap: Design = {"max": rng.choice((1, 1, 1, 2, 2, 3)), "per": rng.choice(("30m", "1h", "2h", "2h", "4h", "1d"))}
    if rng.random() < 0.6:
        cap["channel"] = rng.choice(CHANNELS)
    if rng.random() < 0.65:
        cap["when_capped"] = rng.choice(("defer", "defer", "defer", "drop"))
    return cap


def _hours(rng: random.Random, lengths: tuple[Any, ...]) -> Design:
    """Clock times on the grid of the log, perhaps over midnight, perhaps from a time to itself."""
    start, length = local(rng), rng.choice(lengths)
    end = start + (timedelta(minutes=30) if length == "30m" else timedelta(hours=length))
    if rng.random() < 0.06:
        end = start
    hours = {"channel": rng.choice(CHANNELS), "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
    return hours | ({"inside": "drop"} if rng.random() < 0.3 else {})


def more_messages(rng: random.Random, design: Design) -> None:
    """Messages of a group and on the fourth channel, and journeys that send them instead of others."""
    design["messages"] += [
        {"key": "news", "channel": "email", "subscription_group": rng.choice(("news", "news", "offers")), "body": "x"},
        {"key": "chat", "channel": "whatsapp", "body": "x"},
    ]
    if rng.random() < 0.2:
        design["messages"][0]["subscription_group"] = "news"
    for journey in design["journeys"]:
        for step in journey["steps"]:
            if step["type"] == "message" and rng.random() < 0.25:
                step["message"] = rng.choice(("news", "chat"))


def rivals(rng: random.Random, messages: tuple[str, ...]) -> list[Design]:
    """Two or three journeys that send to the same people, often in the same instants."""
    usual = rng.choice(EVENTS)
    return [_rival(rng, key, usual, messages) for key in rng.sample(RIVALS, rng.choice((2, 2, 3)))]


def _rival(rng: random.Random, key: str, usual: str, messages: tuple[str, ...]) -> Design:
    event = usual if rng.random() < 0.8 else rng.choice(EVENTS)
    mode = rng.choice(("every", "every", "every", "once", "after_exit"))
    reentry = {"mode": mode} | ({"cool_down": rng.choice(("30m", "1h"))} if mode == "after_exit" else {})
    entry: Design = {"type": "event", "event": event, "reentry": reentry}
    if rng.random() < 0.2:
        entry = {"type": "audience", "condition": recent(rng), "reentry": {"mode": "every"}}
    shapes = (
        ("message",), ("message", "message"), ("delay", "message"), ("message", "delay", "message"),
        ("message", "delay"), ("message", "hold", "message"), ("wait", "message", "delay"),
        ("message", "message", "delay", "message"), ("message", "delay", "message", "end"), ("message", "stay"),
        ("delay", "message", "stay"), ("message", "message", "stay"), ("message", "delay", "message", "stay"),
    )  # fmt: skip
    shape = rng.choice(shapes)
    steps = [_step(rng, kind, at, len(shape), messages) for at, kind in enumerate(shape)]
    exits: list[Design] = []
    for number in range(rng.choice((0, 1, 1, 1, 2))):
        rule: Design = {"event": rng.choice(EVENTS)}
        if rng.random() < 0.4:
            rule = rng.choice(({"after": rng.choice(("30m", "1h", "2h", "3h"))}, {"condition": recent(rng)}))
        exits.append({"key": f"x{number}"} | rule)
    journey: Design = {"key": key, "name": key}
    if rng.random() < 0.5:
        journey["priority"] = rng.choice((-1, 1, 2, 5))
    if rng.random() < 0.1:
        journey["starts"] = format_instant(START + rng.randrange(6) * GRID)
    return journey | {"entry": entry, "exits": exits, "start": "a", "steps": steps}


def _step(rng: random.Random, kind: str, at: int, size: int, messages: tuple[str, ...]) -> Design:
    letters = "abcdefgh"
    step: Design = {"key": letters[at], "type": kind}
    if at + 1 < size and kind != "hold":
        step["next"] = letters[at + 1]
    if kind == "message":
        step["message"] = rng.choice(("mail", "bill", *messages))
        if rng.random() < (0.7 if "next" in step else 0.3):
            step["when_not_sent"] = "leave"
        if rng.random() < 0.3:
            step["priority"] = rng.choice((0, 1, 2, 5))
    elif kind == "stay":  # inside while messages wait, so that an exit may take them
        step |= {"type": "delay", "duration": "6h"}
    elif kind == "delay":
        step["duration"] = rng.choice(("30m", "30m", "1h", "2h"))
    elif kind == "hold":
        branch = {"key": "p", "event": rng.choice(EVENTS)} | ({"loop": True} if rng.random() < 0.3 else {})
        if "loop" not in branch and rng.random() < 0.7:
            branch["next"] = letters[at + 1]
        step |= {"branches": [branch], "timeout": rng.choice(("30m", "1h", "2h")), "on_timeout": letters[at + 1]}
    elif kind == "wait":
        step |= {"condition": recent(rng), "timeout": "1h", "on_timeout": letters[at + 1]}
    return step
