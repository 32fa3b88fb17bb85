"""Clock times, dates without a zone and offsets; what comes next agrees with the engine's calendar (D-31, D-32, D-46)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.domain.clock import WEEKDAYS, clock_seconds, is_local, next_clock_time, parse_offset
from engage_desktop.domain.duration import format_instant, parse_instant
from engage_desktop.engine import calendar

ZONES = ("UTC", "Europe/London", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("now", "clock", "days", "zone", "expected"),
    [
        ("2025-03-28T10:00:00Z", "09:00", ("tue",), "Europe/London", "2025-04-01T08:00:00Z"),
        ("2025-04-01T08:00:00Z", "09:00", (), "Europe/London", "2025-04-02T08:00:00Z"),  # strictly later (D-46)
        ("2025-03-30T00:10:00Z", "01:30", (), "Europe/London", "2025-03-30T01:00:00Z"),  # the clock skips it (D-32)
        ("2025-10-26T00:10:00Z", "01:30", (), "Europe/London", "2025-10-26T00:30:00Z"),  # the first of two
        ("2011-12-29T20:00:00Z", "09:00", ("fri",), "Pacific/Apia", "2011-12-30T10:00:00Z"),  # a day that was skipped
    ],
)
def test_the_next_time_by_hand(now: str, clock: str, days: tuple[str, ...], zone: str, expected: str) -> None:
    seconds = clock_seconds(clock)
    assert seconds is not None
    found = next_clock_time(parse_instant(now), seconds, days, zone)
    assert found is not None
    assert format_instant(found) == expected


@given(
    st.integers(parse_instant("1950-01-01T00:00:00Z"), parse_instant("2060-01-01T00:00:00Z")),
    st.integers(0, 86_399),
    st.lists(st.sampled_from(WEEKDAYS), max_size=2),
    st.sampled_from(ZONES),
)
def test_what_is_shown_is_what_the_engine_waits_for(now: int, seconds: int, days: list[str], zone: str) -> None:
    at = np.array([now], np.int64)
    places = [WEEKDAYS.index(day) for day in days]
    expected = calendar.next_clock_time(calendar.offsets(zone, at), at, seconds * 1_000_000, places)
    assert next_clock_time(now, seconds, days, zone) == int(expected[0])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("09:00", 32_400), ("23:59:59", 86_399), ("24:00", None), ("9:00", None), ("09:60", None), ("noon", None)],
)
def test_clock_times(text: str, seconds: int | None) -> None:
    assert clock_seconds(text) == seconds
    assert calendar.clock_us(text) == (None if seconds is None else seconds * 1_000_000)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2025-03-31", True),
        ("2025-03-31 09:00", True),
        ("2025-03-31T09:00:01.5", True),
        ("2025-02-30", False),
        ("2025-03-31T25:00", False),
        ("2025-03-31T09:00Z", False),
        ("soon", False),
    ],
)
def test_dates_without_a_zone(text: str, local: bool) -> None:
    assert is_local(text) == local
    assert (calendar.local_us(text) is not None) == local


def test_offsets() -> None:
    assert [parse_offset(text) for text in ("-1h", "+2d", "30m")] == [-3_600_000_000, 172_800_000_000, 1_800_000_000]
    for wrong in ("soon", "", "-", "+-1h", "- 1h"):
        with pytest.raises(ValueError, match="no offset"):
            parse_offset(wrong)
