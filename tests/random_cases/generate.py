"""Random campaigns. `generate(seed)` is a case; the same seed is the same case for ever."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from tests.random_cases.conditions import EVENTS, Names, Writer, recent
from tests.random_cases.definitions import definitions
from tests.random_cases.features import LANDED
from tests.random_cases.logs import GRID, SLOTS, START, log

DURATIONS = ("30m", "1h", "1h", "2h", "2h", "3h", "4h", "1h30m")
STEPS = (
    "delay", "hold", "hold", "hold", "wait", "wait", "wait", "split", "random", "random", "message", "message", "message", "send", "end",
)  # fmt: skip
PERCENTS = ((50, 50), (30, 70), (33.3, 33.3, 33.4), (10, 20, 70), (100,))


@dataclass(frozen=True)
class Case:
    records: list[dict[str, Any]]
    design: dict[str, Any]
    window: tuple[int, int]
    seed: int

    @property
    def campaigns(self) -> Campaigns:
        return Campaigns.model_validate_json(json.dumps(self.design))


def generate(seed: int, features: frozenset[str] = LANDED) -> Case:
    """The case of a seed, with the given features."""
    return case(random.Random(seed), features)


def case(rng: random.Random, features: frozenset[str] = LANDED) -> Case:
    """A case from any source of randomness (Hypothesis lends one that shrinks)."""
    writer = Writer(rng)
    kinds = ["audience"] * rng.choice((1, 2, 2, 3)) + ["trait"] * rng.choice((0, 0, 1, 2))
    if rng.random() < 0.15:
        kinds.append("account audience")
    traits, audiences, names = definitions(rng, writer, kinds)
    journeys = [
        _journey(rng, key, writer, names, features)
        for key in rng.sample(("one", "two", "three"), rng.choice((1, 2, 2, 3)))
    ]
    design = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Random"},
        "traits": traits,
        "audiences": audiences,
        "messages": [
            {"key": "mail", "channel": "email", "body": "x"},
            {"key": "text", "channel": "sms", "body": "x"},
            {"key": "bill", "channel": "email", "send_to": "all", "body": "x"},
            {"key": "ping", "channel": "push", "body": "x"},
        ],
        "policies": {name: {"unknown": rng.choice(("hold", "assume"))} for name in ("subscription", "address")},
        "destinations": [{"key": "crm", "type": "file"}],
        "journeys": journeys,
    }
    first = START + rng.choice((0, 0, 0, 2, 4, 8)) * GRID
    last = START + rng.choice((SLOTS - 6, SLOTS, SLOTS + 4, SLOTS + 12)) * GRID + rng.choice((0, 0, 0, -1))
    return Case(log(rng), design, (first, last), rng.randrange(4))


def _journey(rng: random.Random, key: str, writer: Writer, names: Names, features: frozenset[str]) -> dict[str, Any]:
    size = rng.randint(2, 7)
    letters = rng.sample("abcdefgh", size)
    kinds = [rng.choice(STEPS) for _ in letters]
    if rng.random() < 0.6:
        kinds[0] = rng.choice(("hold", "hold", "delay", "wait"))
    for at in range(1, size):  # a message after a random split, so that holdouts meet one
        if kinds[at - 1] == "random" and rng.random() < 0.6:
            kinds[at] = "message"
    steps = [_step(rng, kind, letters, at, writer, names) for at, kind in enumerate(kinds)]
    rng.shuffle(steps)
    entry = _entry(rng, writer, names)
    journey: dict[str, Any] = {"key": key, "name": key}
    if rng.random() < 0.2:
        journey["priority"] = rng.choice((-1, 1, 2))
    if rng.random() < 0.12:
        journey["starts"] = format_instant(START + rng.randrange(10) * GRID)
    if rng.random() < 0.1:
        journey["ends"] = format_instant(START + rng.randrange(10, 24) * GRID)
    exits = [_exit(rng, f"x{number}", writer, names) for number in rng.sample(range(9), rng.choice((0, 0, 1, 1, 2, 3)))]
    if entry["type"] == "event" and entry["reentry"]["mode"] == "after_exit" and rng.random() < 0.4:
        exits.append({"key": "again", "event": entry["event"]})  # the event that ends may enter again
    if "exit by condition" in features and rng.random() < 0.4:
        exits.insert(rng.randrange(len(exits) + 1), _exit_of_state(rng, writer, names, steps, letters[0], entry))
    return journey | {"entry": entry, "exits": exits, "start": letters[0], "steps": steps}


def _entry(rng: random.Random, writer: Writer, names: Names) -> dict[str, Any]:
    by_event = rng.random() < 0.62
    mode = rng.choice(("once", "every", "after_exit", "every" if by_event else "once"))
    reentry: dict[str, Any] = {"mode": mode}
    if mode == "after_exit" and (not by_event or rng.random() < 0.6):
        reentry["cool_down"] = rng.choice(("30m", "1h", "2h"))
    if by_event:
        entry: dict[str, Any] = {"type": "event", "event": rng.choice(EVENTS), "reentry": reentry}
        if rng.random() < 0.25:
            entry["where"] = writer.where(names, top=True)
        if rng.random() < 0.25:
            entry["audience"] = rng.choice(names.of_audience)
        return entry
    entry = {"type": "audience", "include_existing": rng.random() < 0.5, "reentry": reentry}
    if rng.random() < 0.5:
        return entry | {"audience": rng.choice(names.of_audience)}
    return entry | {"condition": writer.condition(names)}


def _exit(rng: random.Random, key: str, writer: Writer, names: Names) -> dict[str, Any]:
    if rng.random() < 0.45:
        return {"key": key, "after": rng.choice(("30m", "1h", "1h", "2h", "3h"))}
    rule = {"key": key, "event": rng.choice(EVENTS)}
    if rng.random() < 0.4:
        rule["where"] = writer.where(names, top=True)
    return rule


def _exit_of_state(
    rng: random.Random,
    writer: Writer,
    names: Names,
    steps: list[dict[str, Any]],
    start: str,
    entry: dict[str, Any],
) -> dict[str, Any]:
    """A condition that soon comes true, often with an event that a hold waits for; or any."""
    holds = [step for step in steps if step["type"] == "hold"]
    holds = [step for step in holds if step["key"] == start] or holds
    heard = [branch["event"] for step in holds for branch in step["branches"]]
    event = rng.choice([one for one in heard if one != entry.get("event")] or EVENTS)
    fresh = f"event('{event}').within(30 minutes).count() >= 1"
    stale = f"event('{entry.get('event', event)}').within(1 hour).count() = 0"
    usual = (fresh, fresh, fresh, fresh, fresh, stale, f"event('{event}').count() >= 3", writer.condition(names))
    return {"key": "state", "condition": rng.choice(usual)}


def _step(rng: random.Random, kind: str, letters: list[str], at: int, writer: Writer, names: Names) -> dict[str, Any]:
    """A step whose targets all lie later in `letters`, so the graph has no cycle."""

    def target() -> str | None:
        later = letters[at + 1 :]
        if not later or rng.random() < 0.08:
            return None
        return later[0] if rng.random() < 0.75 else rng.choice(later)

    step: dict[str, Any] = {"key": letters[at], "type": kind}
    if kind == "delay":
        step |= {"duration": rng.choice(DURATIONS), "next": target()}
    elif kind == "hold":
        branches = []
        for key in rng.sample(("p", "q", "r"), rng.choice((1, 1, 2, 3))):
            branch: dict[str, Any] = {"key": key, "event": rng.choice(EVENTS)}
            if rng.random() < 0.3:
                branch["where"] = writer.where(names, top=True)
            if rng.random() < 0.35:
                branch["loop"] = True
            else:
                branch["next"] = target()
            branches.append(branch)
        step |= {"branches": branches, "timeout": rng.choice(DURATIONS), "on_timeout": target()}
    elif kind == "wait":
        awaited = writer.condition(names) if rng.random() < 0.4 else recent(rng)
        step |= {"condition": awaited, "next": target()}
        if rng.random() < 0.8:
            step |= {"timeout": rng.choice(("30m", *DURATIONS)), "on_timeout": target()}
    elif kind == "split":
        branches = [
            {"key": key, "condition": writer.condition(names), "next": target()}
            for key in rng.sample(("p", "q", "r"), rng.choice((1, 2, 2)))
        ]
        step |= {"branches": branches, "otherwise": target()}
    elif kind == "random":
        percents = rng.choice(PERCENTS)
        branches = []
        for key, percent in zip(rng.sample(("p", "q", "r"), len(percents)), percents, strict=True):
            branch = {"key": key, "percent": percent, "next": target()}
            if rng.random() < 0.5:
                branch["role"] = "holdout"
            branches.append(branch)
        step |= {"branches": branches, "sticky": rng.random() < 0.5}
    elif kind == "message":
        step |= {"message": rng.choice(("mail", "mail", "text", "bill", "ping")), "next": target()}
        if rng.random() < 0.5:
            step["when_not_sent"] = "leave"
        if rng.random() < 0.3:
            step["priority"] = rng.choice((0, 1, 5))
    elif kind == "send":
        step |= {"destination": "crm", "next": target()}
    else:
        step["outcome"] = rng.choice(("won", "lost", None))
    return {name: value for name, value in step.items() if value is not None}
