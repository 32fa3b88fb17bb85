"""Texts of the calendar: clock times, dates without a zone, offsets; and the next time a clock shows one (D-31, D-32).

One instant at a time, for whoever shows or checks a design; the engine computes many at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from engage_desktop.domain.duration import EPOCH, SECOND_US, parse_duration

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?)?")


def clock_seconds(text: str) -> int | None:
    """Seconds after midnight of `HH:MM` or `HH:MM:SS`; None where the text is no clock time."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def is_local(text: str) -> bool:
    """Whether the text is a day, or a day and time, without a zone."""
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        return False
    day, clock, second = match.groups()
    try:
        datetime.fromisoformat(f"{day}T{clock or '00:00'}:{second or '00'}")
    except ValueError:  # the 30th of February, hour 25
        return False
    return True


def local_instant(text: str, zone: str) -> int:
    """Microseconds of a day, or day and time, without a zone, as the clocks of `zone` show it (D-32)."""
    moment = datetime.fromisoformat(text.strip())
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return _instant(moment.date(), seconds, ZoneInfo(zone)) + moment.microsecond


def parse_offset(text: str) -> int:
    """Microseconds of a duration with an optional sign (`-1h`, `2d`); raises ValueError with a mend."""
    try:
        return parse_duration(text[1:] if text[:1] in ("+", "-") else text) * (-1 if text[:1] == "-" else 1)
    except ValueError:
        raise ValueError(f"{text!r} is no offset. Write one such as -1h or 2d.") from None


def next_clock_time(now_us: int, seconds: int, weekdays: Collection[str], zone: str) -> int | None:
    """The next instant strictly later than `now_us` at which clocks of `zone` show `seconds` after midnight, on one of
    the weekdays (none: any); None beyond the years that can be written. A time that the clock skips is the first
    instant after the gap, one that it shows twice the first (D-32)."""
    info = ZoneInfo(zone)
    try:
        first = (EPOCH + timedelta(microseconds=now_us)).astimezone(info).date()
        for ahead in range(9):  # a week and a day: today's time may be over, and a zone may skip a day
            day = first + timedelta(days=ahead)
            at = _instant(day, seconds, info)
            if at > now_us and (not weekdays or WEEKDAYS[day.weekday()] in weekdays):
                return at
    except OverflowError:
        pass
    return None


def _instant(day: date, seconds: int, zone: tzinfo) -> int:
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds)
    at, late = _second(local), _second(local.replace(fold=1))
    if at <= late:  # the same, or the first of two
        return at * SECOND_US
    before, new = late, _offset(at, zone)  # a time that does not exist is read as one after the gap, or one before
    while at - before > 1:
        middle = (before + at) // 2
        before, at = (before, middle) if _offset(middle, zone) == new else (middle, at)
    return at * SECOND_US


def _second(local: datetime) -> int:
    return (local.astimezone(UTC) - EPOCH) // timedelta(seconds=1)


def _offset(second: int, zone: tzinfo) -> timedelta | None:
    return (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
