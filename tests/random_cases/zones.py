"""Calendars in random cases: zones of people, local times near what happens, and days on which clocks change."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.random_cases.logs import GRID, START

ZONES = (
    "America/Havana", "America/St_Johns", "America/Halifax", "America/New_York", "Asia/Tokyo", "Pacific/Apia", "UTC",
)  # fmt: skip
SAYS: tuple[Any, ...] = (*ZONES, *ZONES[:4], *ZONES[:4], "america/halifax", "Mars/Base", "", 5, None)
FORWARD, BACK, SKIPPED = "2024-03-10", "2024-11-03", "2011-12-30"
"""The first four change their clocks between 04:30 and 07:00 UTC; Samoa leaves out a day at 10:00 UTC."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def say(rng: random.Random, records: list[dict[str, Any]]) -> None:
    """Some calls tell the zone of their person."""
    for record in records:
        if record.get("type") == "identify" and "traits" in record and rng.random() < 0.25:
            record["traits"]["timezone"] = rng.choice(SAYS)
        if rng.random() < 0.35:
            record["context"] = {**record.get("context", {}), "timezone": rng.choice(SAYS)}


def target(rng: random.Random, traits: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a `delay_until`; `traits` are computed ones."""
    fields: dict[str, Any] = {}
    roll = rng.random()
    if roll < 0.45:
        fields["time"] = local(rng).strftime(rng.choice(("%H:%M", "%H:%M", "%H:%M:%S")))
        if rng.random() < 0.4:
            fields["weekdays"] = rng.sample(DAYS, rng.choice((2, 4, 6)))
    elif roll < 0.6:
        fields["at"] = rng.choice(dates(rng)[:3])
    elif roll < 0.8:
        fields["property"] = rng.choice(("at", "at", "at", "n"))
    else:
        fields["trait"] = rng.choice(("due", "due", "due", "home.city", *traits))
    if roll >= 0.6 and rng.random() < 0.5:
        fields["offset"] = rng.choice(("-1h", "-30m", "30m", "+2h", "1d"))
    if rng.random() < 0.3:
        fields["zone"] = "workspace"
    if rng.random() < 0.4:
        fields["past"] = "leave"
    return fields


def dates(rng: random.Random) -> tuple[str, ...]:
    """An instant while the log lasts, the same as local time, and days."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START + rng.randrange(22) * GRID)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ"), local(rng).strftime("%Y-%m-%d %H:%M"), "2024-01-02", "2024-01-01"


def repetitions(rng: random.Random) -> tuple[dict[str, Any], ...]:
    """How a schedule comes round: once, every so often, at a clock time, on some weekdays."""
    clock = {"time": local(rng).strftime("%H:%M")}
    some = {"weekdays": rng.sample(DAYS, 6)}
    return {}, {}, {"every": rng.choice(("1h", "90m", "2h", "3h"))}, clock, clock, clock | some, clock | some


def local(rng: random.Random) -> datetime:
    """Local time, in one of the zones, of an instant of the grid while the log lasts, on the day that stands for all."""
    day = rng.choice(("2024-01-01", FORWARD, BACK))
    instant = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(microseconds=rng.randrange(1, 22) * GRID)
    there = instant.astimezone(ZoneInfo(rng.choice((*ZONES, *ZONES[:4]))))
    return there.replace(year=2024, month=1, day=1, tzinfo=None)


def move(records: list[dict[str, Any]], design: dict[str, Any], day: str) -> tuple[Any, Any, int]:
    """The same case on another day, and by how many microseconds it moved. Dates are texts, so they are replaced."""
    first, then = datetime(2024, 1, 1), datetime.fromisoformat(day)
    days = {f"{first + timedelta(days=at):%Y-%m-%d}": f"{then + timedelta(days=at):%Y-%m-%d}" for at in (-1, 0, 1, 2)}
    text = re.sub("|".join(days), lambda found: days[found[0]], json.dumps([records, design]))
    records, design = json.loads(text)
    return records, design, (then - first) // timedelta(microseconds=1)
