"""Random campaigns. `generate(seed)` is a case; the same seed is the same case for ever."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from tests.random_cases.announcing import broadcasts
from tests.random_cases.answering import hear, listeners, models
from tests.random_cases.conditions import EVENTS, Names, Writer
from tests.random_cases.definitions import definitions
from tests.random_cases.features import LANDED, TOGETHER
from tests.random_cases.journeys import JourneyWriter
from tests.random_cases.logs import A_YEAR, GRID, SLOTS, START, burst, early, log
from tests.random_cases.reach import reachable
from tests.random_cases.sending import more_messages, policies, rivals
from tests.random_cases.written import Written
from tests.random_cases.zones import BACK, FORWARD, SKIPPED, ZONES, move, say

KEYS = ("one", "two", "three", "four", "five", "six", "seven")
NAMED = ("u{}", "u{}", "u{}@x", "u{}@y", "d-u{}", "t-u{}", "nobody{}")
"""What a list may name: people by their ids in random logs."""


@dataclass(frozen=True)
class Case:
    records: list[dict[str, Any]]
    design: dict[str, Any]
    window: tuple[int, int]
    seed: int
    lists: dict[str, list[str]] = field(default_factory=dict)  # the ids of audiences from a list

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
    lists = {}
    if "list" in features and rng.random() < 0.6:
        lists = {"ll": [rng.choice(NAMED).format(rng.randrange(5)) for _ in range(rng.choice((1, 3, 3, 6)))]}
        listed = {"key": "ll", "name": "ll", "list": {"file": "ll.csv", "sha256": "0"}}
        audiences.append(listed | {"include_anonymous": rng.random() < 0.3})
        names = replace(names, audiences=(*names.audiences, "ll", "ll"))
    written = Written(rng) if "set_trait" in features and rng.random() < 0.8 else None
    if written is not None:
        more_traits, more_audiences = written.definitions()
        traits, audiences = traits + more_traits, audiences + more_audiences
        names = names.with_more([one["key"] for one in more_traits], [one["key"] for one in more_audiences] * 2)
    draw = JourneyWriter(rng, writer, names, features, written)
    number = rng.choice((1, 2, 2, 3)) + (rng.randint(2, 4) if features else 0)
    journeys = [draw.journey(key) for key in rng.sample(KEYS, number)]
    if written is not None:
        journeys += draw.writer_and_reader(rng.sample(("eleven", "twelve", "zero"), 2))
        rng.shuffle(journeys)
    design: dict[str, Any] = {
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
        "policies": {
            name: {"unknown": rng.choice(("hold", "assume", "assume"))} for name in ("subscription", "address")
        },
        "destinations": [{"key": "crm", "type": "file"}],
        "journeys": journeys,
    }
    first = START + rng.choice((0, 0, 0, 2, 4, 8)) * GRID
    last = START + rng.choice((SLOTS - 6, SLOTS, SLOTS + 4, SLOTS + 12)) * GRID + rng.choice((0, 0, 0, -1))
    records = log(rng)
    if "limits" in features and rng.random() < 0.35:
        usual = rng.choice(EVENTS)
        records += burst(rng, usual)
        for journey in journeys:
            journey["enforce_limits"] = rng.random() < 0.8
        journeys += [draw.crowd(key, usual) for key in rng.sample(("eight", "nine", "ten"), 2)]
    if written is not None and rng.random() < 0.22:
        flood, events = written.flood("many", rng.choice(EVENTS))
        journeys.insert(rng.randrange(len(journeys) + 1), flood)
        records += events
    if "identifier" in features:
        for record in records:
            if record.get("type") == "track" and "properties" in record and rng.random() < 0.85:
                record["properties"]["k"] = rng.choice((1, 1, 1, 2, 2, "1", 1.0, "1.0", "", None))
    if features & TOGETHER:
        last += _together(rng, features, design, records, writer, names, (first, last))
    moved = 0
    if features & {"delay_until", "schedule", "policies", "broadcasts"}:
        design["workspace"]["timezone"] = rng.choice((*ZONES, *ZONES[:4]))
        say(rng, records)
        if rng.random() < 0.9:
            records, design, moved = move(records, design, rng.choice((*(FORWARD, BACK) * 3, SKIPPED)))
    if "context" in features and rng.random() < 0.1:
        design["journeys"].append(draw.twice_captured("again"))
    first, last = first + moved, last + moved
    if "limits" in features and rng.random() < 0.15:
        first -= A_YEAR
        records += early(rng, first)
        design["journeys"].append(draw.long_stay("years"))
        usual_start = format_instant(first + A_YEAR)
        for journey in design["journeys"]:  # nobody is to come round again and again for a year
            if journey["entry"]["type"] == "schedule":
                journey["entry"]["at"] = usual_start
            if journey["entry"]["type"] != "event":
                journey["starts"] = usual_start
    return Case(records, design, (first, last), rng.randrange(4), lists)


def _together(
    rng: random.Random,
    features: frozenset[str],
    design: dict[str, Any],
    records: list[dict[str, Any]],
    writer: Writer,
    names: Names,
    window: tuple[int, int],
) -> int:
    """Add what campaigns have to do with each other, and say by how much longer the run is to last."""
    records += reachable(rng, records)
    audiences = tuple(one["key"] for one in design["audiences"] if one.get("level") != "account")
    names, later = replace(names, audiences=audiences), 0
    if "policies" in features:
        more_messages(rng, design)
        if rng.random() < 0.92:
            design["policies"] |= policies(rng, audiences)
    messages = tuple(message["key"] for message in design["messages"])
    if rng.random() < 0.85:
        design["journeys"] += rivals(rng, messages)
    if "broadcasts" in features and rng.random() < 0.9:
        design["broadcasts"], later = broadcasts(rng, writer, names, window, messages)
    if "responses" in features and rng.random() < 0.75:
        design["journeys"] += listeners(rng, messages)
        hear(rng, design)
        models(rng, design, audiences)
    rng.shuffle(design["journeys"])
    return later * GRID
