"""Random models of responses, and whoever hears what a run makes: audiences, traits, holds, exits, entries, and circles.

An entry that hears such an event is never open to every one of them, so that no chain grows without end.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

from tests.random_cases.conditions import EVENTS

Design = dict[str, Any]
STAGES = ("delivered", "opened", "clicked", "converted")
HEARD = (
    "Email Sent", "Email Sent", "Email Opened", "Email Opened", "Email Opened", "Email Link Clicked", "Email Delivered",
    "Bought", "SMS Sent", "Push Sent",
)  # fmt: skip
NAMES = ("oral", "vocal")
DELAYS: tuple[Any, ...] = (
    None, None, "30m", "30m", "1h", "1s", {"from": "0s", "to": "1h"}, {"from": "30m", "to": "2h"},
    {"p50": "30m", "p90": "2h"}, {"p50": "10m", "p90": "10m"},
)  # fmt: skip


def models(rng: random.Random, design: Design, audiences: tuple[str, ...]) -> None:
    """Models on most messages, and on some steps that have them their own way."""
    for message in design["messages"]:
        if rng.random() < 0.7:
            message["responses"] = _model(rng, audiences)
    for journey in design["journeys"]:
        for step in journey["steps"]:
            if step["type"] == "message" and rng.random() < 0.2:
                step["responses"] = _model(rng, audiences)


def _model(rng: random.Random, audiences: tuple[str, ...]) -> Design:
    model = _stages(rng, 0.75)
    if rng.random() < 0.35:
        model["by"] = [{"audience": rng.choice(audiences)} | _stages(rng, 0.5) for _ in range(rng.choice((1, 1, 2)))]
    return model


def _stages(rng: random.Random, share: float) -> Design:
    chosen = [stage for stage in STAGES if rng.random() < share] or ["opened"]
    return {stage: _stage(rng, stage) for stage in chosen}


def _stage(rng: random.Random, name: str) -> Design:
    likely = rng.choice((1, 1, 0.9, 0.8, 0.6, 0.5, 0.3))
    stage: Design = {"likely": likely}
    if rng.random() < 0.25:
        stage |= {"low": likely / 2, "high": 1}
    if rng.random() < 0.2:
        stage = rng.choice(
            ({"successes": 8, "trials": 10}, {"successes": 1, "trials": 3}, {"successes": 2, "trials": 2})
        )
    stage = dict(stage)
    delay = rng.choice(DELAYS)
    if name == "converted":
        stage["event"] = rng.choice(("Bought", "Bought", "Bought", *EVENTS))
        if stage["event"] in EVENTS:  # what any journey hears: late and seldom, so that circles run out
            stage, delay = {"likely": 0.4, "event": stage["event"]}, "3h"
    return stage | ({"after": delay} if delay is not None else {})


def hear(rng: random.Random, design: Design) -> None:
    """Some audiences, traits and journeys ask for an event of the run where they asked for one of the log."""
    for defined in (*design["audiences"], *design["traits"]):
        if "definition" in defined and rng.random() < 0.3:
            letter, heard = rng.choice(EVENTS), rng.choice(HEARD)
            defined["definition"] = defined["definition"].replace(f"event('{letter}')", f"event('{heard}')")
    for at, journey in enumerate(design["journeys"]):
        if rng.random() < 0.35:
            design["journeys"][at] = _hearing(rng, journey)


def _hearing(rng: random.Random, journey: Design) -> Design:
    letter, heard = rng.choice(EVENTS), rng.choice(HEARD)
    entry = journey["entry"]
    if entry.get("event") == letter:
        if "identifier" in entry["reentry"]:
            return journey
        entry["reentry"] = rng.choice(({"mode": "once"}, {"mode": "after_exit", "cool_down": "2h"}))
    return json.loads(re.sub(rf"\b{letter}\b", heard, json.dumps(journey)))  # type: ignore[no-any-return]


def listeners(rng: random.Random, messages: tuple[str, ...]) -> list[Design]:
    """A journey that sends and waits for the answer, and one that goes by answers, perhaps with more messages."""
    first, second = rng.sample(NAMES, 2)
    sent = rng.choice(messages)
    answer = rng.choice(("Email Opened", "Email Opened", "Email Link Clicked", "Bought", "Email Sent"))
    branch: Design = {"key": "p", "event": answer, "next": "c"}
    if rng.random() < 0.5:
        which = rng.choice(
            (f"property('message') = '{sent}'", f"property('campaign') = '{first}'", "property('step') = 'a'")
        )
        branch["where"] = which
    entry: Design = {"type": "event", "event": rng.choice(EVENTS), "reentry": {"mode": rng.choice(("every", "once"))}}
    asking = {
        "key": first, "name": first, "entry": entry, "exits": [], "start": "a", "steps": [
            {"key": "a", "type": "message", "message": sent, "next": "b"},
            {"key": "b", "type": "hold", "branches": [branch], "timeout": rng.choice(("30m", "1h", "2h")), "on_timeout": "d"},
            {"key": "c", "type": "message", "message": rng.choice(messages), "next": "d"},
            {"key": "d", "type": "end", "outcome": "won"},
        ],
    }  # fmt: skip
    if rng.random() < 0.3:
        asking["exits"] = [{"key": "x", "event": rng.choice(HEARD)}]
    return [asking, _going_by_answers(rng, second, messages)]


def _going_by_answers(rng: random.Random, key: str, messages: tuple[str, ...]) -> Design:
    heard = rng.choice(HEARD)
    mode = rng.choice(({"mode": "once"}, {"mode": "after_exit", "cool_down": rng.choice(("30m", "1h", "2h"))}))
    entry: Design = {"type": "event", "event": heard, "reentry": mode}
    if rng.random() < 0.3:
        entry["where"] = rng.choice(
            ("property('message') != 'text'", "property('step').absent()", "property('campaign') != 'red'")
        )
    elif rng.random() < 0.4:
        counted = rng.choice((f"event('{heard}').count() >= 1", f"event('{heard}').within(1 hour).count() >= 2"))
        entry = {"type": "audience", "condition": counted, "reentry": mode}
    shape = rng.choice((("message",), ("delay", "message"), ("split", "message"), ("message", "message")))
    steps: list[Design] = []
    for at, kind in enumerate(shape):
        then = {"next": "abc"[at + 1]} if at + 1 < len(shape) else {}
        step: Design = {"key": "abc"[at], "type": kind}
        if kind == "message":
            step |= {"message": rng.choice(messages)} | then
        elif kind == "delay":
            step |= {"duration": rng.choice(("30m", "1h"))} | then
        else:
            asked = f"event('{rng.choice(HEARD)}').within(2 hours).count() >= {rng.choice((1, 2))}"
            step["branches"] = [{"key": "p", "condition": asked} | then]
        steps.append(step)
    exits = [{"key": "x", "event": rng.choice(HEARD)}] if rng.random() < 0.3 else []
    return {"key": key, "name": key, "entry": entry, "exits": exits, "start": "a", "steps": steps}
