"""Local time against zoneinfo asked one instant at a time, over days on which clocks change (D-30..D-32)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engage_desktop.engine import calendar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = (
    "UTC", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "Antarctica/Troll", "Pacific/Chatham",
)  # fmt: skip
CHANGES = (
    "2011-12-30",
    "2024-03-10",
    "2024-03-31",
    "2024-04-07",
    "2024-10-06",
    "2024-10-27",
    "2024-11-03",
    "2018-11-04",
)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def instants(rng: random.Random, n: int) -> list[int]:
    found = []
    for _ in range(n):
        day = datetime.fromisoformat(rng.choice(CHANGES)).replace(tzinfo=UTC) + timedelta(
            days=rng.choice((-1, 0, 0, 1))
        )
        found.append(us(day) + rng.randrange(96) * 900_000_000 + rng.choice((-1, 0, 0, 1)))
    return found


def clock(zone: str, instant: int) -> int:
    """What the clock of the zone shows, as microseconds."""
    local = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    return us(local)


def instant_of(zone: str, local: int) -> int:
    """The first instant at which the clock shows `local`; where it never does, the first at which it shows more (D-32)."""
    # the clock gains on UTC by at most 26 hours over all zones; look minute by minute, then in between
    start = local - 15 * 3_600_000_000
    step = 60_000_000
    start -= start % step
    at = start
    while clock(zone, at) < local:
        at += step
    low, high = at - step, at
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if clock(zone, middle) >= local else (middle, high)
    return high


@pytest.mark.parametrize("zone", ZONES)
def test_both_ways(zone: str) -> None:
    rng = random.Random(zone)
    utc = np.array(instants(rng, 60), np.int64)
    offsets = calendar.offsets(zone, utc)
    assert offsets.local(utc).tolist() == [clock(zone, one) for one in utc.tolist()]
    local = np.array(instants(rng, 12), np.int64)
    assert calendar.offsets(zone, local).utc(local).tolist() == [instant_of(zone, one) for one in local.tolist()]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("weekdays", [(), (0,), (5, 6)])
def test_next_clock_time(zone: str, weekdays: tuple[int, ...]) -> None:
    """The next strictly later instant of that clock time, on one of the weekdays."""
    rng = random.Random(zone)
    now = np.array(instants(rng, 4), np.int64)
    time_us = rng.choice((0, 30 * 60, 90 * 60, 9 * 3600)) * 1_000_000
    found = calendar.next_clock_time(calendar.offsets(zone, now), now, time_us, weekdays)
    for one, at in zip(now.tolist(), found.tolist(), strict=True):
        today = clock(zone, one) // calendar.DAY_US
        days = [today + ahead for ahead in range(-1, 10)]
        fitting = [day for day in days if not weekdays or (day + 3) % 7 in weekdays]
        assert at == min(later for day in fitting if (later := instant_of(zone, day * calendar.DAY_US + time_us)) > one)


def test_zones_and_texts() -> None:
    assert calendar.zone_named("Europe/London") is not None
    assert all(calendar.zone_named(name) is None for name in ("Mars/Base", "", "../etc/passwd", "Europe", "x" * 400))
    assert calendar.clock_us("09:30") == 34_200_000_000
    assert calendar.clock_us("23:59:59") == 86_399_000_000
    assert [calendar.clock_us(text) for text in ("24:00", "9:00", "09:60", "", "noon")] == [None] * 5
    assert calendar.local_us("2024-02-29") == us(datetime(2024, 2, 29, tzinfo=UTC))
    assert calendar.local_us("2024-02-29T10:00:00.5") == us(datetime(2024, 2, 29, 10, 0, 0, 500_000, tzinfo=UTC))
    assert [calendar.local_us(text) for text in ("2023-02-29", "2024-02-29T25:00", "x", "2024-02-29T10:00Z")] == [
        None
    ] * 4
