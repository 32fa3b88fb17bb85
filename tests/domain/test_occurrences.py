"""When a schedule comes next, against what the engine lets people enter at (D-45, D-53)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.domain.clock import WEEKDAYS, clock_seconds
from engage_desktop.domain.duration import format_instant, parse_duration, parse_instant
from engage_desktop.domain.journey import ScheduleEntry
from engage_desktop.domain.occurrences import next_occurrences
from engage_desktop.engine.schedule import Schedule, read_at

HOUR = 3_600_000_000
NOW = parse_instant("2025-03-28T08:00:00Z")


def shown(zone: str = "Europe/London", **fields: object) -> list[str]:
    entry = ScheduleEntry.model_validate({"type": "schedule"} | fields)
    return [format_instant(at) for at in next_occurrences(entry, NOW, zone, 3)]


def test_by_hand() -> None:
    assert shown(at="2025-03-28T09:00:00Z") == ["2025-03-28T09:00:00Z"]
    assert shown(at="2025-03-28T08:00:00Z") == []
    assert shown(at="2025-03-28", every="12h") == [
        "2025-03-28T12:00:00Z",
        "2025-03-29T00:00:00Z",
        "2025-03-29T12:00:00Z",
    ]
    assert shown(at="2025-01-01", time="09:00", weekdays=("sun", "mon")) == [
        "2025-03-30T08:00:00Z", "2025-03-31T08:00:00Z", "2025-04-06T08:00:00Z",  # clocks went on in the night of Sunday
    ]  # fmt: skip
    assert shown(at="2025-04-01T08:00:00Z", time="09:00")[0] == "2025-04-01T08:00:00Z"  # at its first instant already
    assert shown(at="some day", every="1h") == shown(at="2025-03-28", every="0h") == []
    assert shown(at="2025-03-28", time="25:00") == []


@given(
    st.integers(-2000, 2000), st.integers(-2000, 2000), st.sampled_from(["", "7h", "1d", "2w"]),
    st.sampled_from([None, "00:00", "01:30", "09:00", "23:59"]), st.sets(st.sampled_from(WEEKDAYS), max_size=3),
    st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata"]),
)  # fmt: skip
def test_as_the_engine(first: int, now: int, every: str, time: str | None, days: set[str], zone: str) -> None:
    at, now_us = format_instant(NOW + first * HOUR), NOW + now * HOUR
    weekdays = tuple(day for day in WEEKDAYS if day in days) if time else ()
    entry = ScheduleEntry(type="schedule", at=at, every=None if time else every or None, time=time, weekdays=weekdays)
    read = read_at(at)
    assert read is not None
    places = tuple(WEEKDAYS.index(day) for day in weekdays)
    seconds = clock_seconds(time) if time else None
    schedule = Schedule(
        *read, parse_duration(entry.every) if entry.every else None, None if seconds is None else seconds * 1_000_000,
        places, False,
    )  # fmt: skip
    found = next_occurrences(entry, now_us, zone, 3)
    end = now_us + 24 * 366 * HOUR
    assert found == schedule.occurrences(zone, now_us + 1, end).tolist()[:3]
