"""Local time: zones as step functions of UTC, and the way back (D-30..D-32). Knows no journeys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from engage_desktop.domain.clock import clock_seconds
from engage_desktop.domain.duration import SECOND_US
from engage_desktop.engine.arrays import AnyArray, Instants

DAY_US = 86_400 * SECOND_US
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_THURSDAY = 3
"""The weekday of the epoch."""
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?")


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of a tz database name, None where there is no such zone (D-47: it then counts for nothing)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        return None


@dataclass(frozen=True)
class Offsets:
    """Local time minus UTC in microseconds: `offset[i]` from `at[i - 1]` to `at[i]`, all in UTC."""

    at: Instants
    offset: Instants

    def local(self, utc: Instants) -> Instants:
        """The clock of the zone, in microseconds as if it were UTC."""
        return utc + self.offset[np.searchsorted(self.at, utc, "right")]

    def utc(self, local: Instants) -> Instants:
        """The instant of a local time: of one that happens twice the first, of one that does not exist the first
        instant after the gap (D-32)."""
        # change i happens when the clock of before it shows at[i] + offset[i]
        change = np.searchsorted(self.at + self.offset[:-1], local, "right")
        found = local - self.offset[change]
        after = np.append(np.int64(-(2**63)), self.at)[change]
        moved: Instants = np.maximum(found, after)
        return moved


_STEP = 6 * 3600
"""No zone changes twice within six hours."""


@lru_cache(maxsize=4096)
def _offsets(zone: str, first_year: int, last_year: int) -> Offsets:
    info = ZoneInfo(zone)

    def offset(second: int) -> int:
        found = (_EPOCH + timedelta(seconds=second)).astimezone(info).utcoffset()
        assert found is not None
        return found // timedelta(microseconds=1)

    start = int((datetime(first_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) + 86_400
    end = int((datetime(last_year, 12, 31, tzinfo=UTC) - _EPOCH).total_seconds()) - 86_400
    changes: list[int] = []
    found = [offset(start)]
    for high in range(start + _STEP, end + _STEP, _STEP):
        if offset(high) == found[-1]:
            continue
        low, after = high - _STEP, high
        while after - low > 1:  # the second at which the clock changes
            middle = (low + after) // 2
            low, after = (middle, after) if offset(middle) == found[-1] else (low, middle)
        changes.append(after)
        found.append(offset(after))
    return Offsets(np.array(changes, np.int64) * SECOND_US, np.array(found, np.int64))


def offsets(zone: str, instants: Instants) -> Offsets:
    """The offsets of a zone for the years of the instants and one on either side."""
    years = instants[[int(instants.argmin()), int(instants.argmax())]].astype("datetime64[us]").astype("datetime64[Y]")
    first, last = (years.astype(np.int64) + 1970).tolist()
    return _offsets(zone, max(first - 1, 1), min(last + 1, 9999))


def per_zone(zones: Sequence[str], zone: AnyArray) -> list[tuple[str, AnyArray]]:
    """Each zone that occurs, with the places of it."""
    order = np.argsort(zone, kind="stable")
    bounds = np.searchsorted(zone[order], np.arange(len(zones) + 1))
    parts = ((name, order[bounds[k] : bounds[k + 1]]) for k, name in enumerate(zones))
    return [(name, at) for name, at in parts if at.size]


def next_clock_time(offset: Offsets, now: Instants, time_us: int, weekdays: Sequence[int] = ()) -> Instants:
    """The next instant strictly later at which the clock shows `time_us` after midnight, on one of the weekdays
    (0 is Monday, none given: any) (D-31, D-46)."""
    day = offset.local(now) // DAY_US
    found = np.full(len(now), -1, np.int64)
    todo = np.arange(len(now))
    for ahead in range(9):  # a week and a day: today's time may be over, and a zone may skip a day
        if not todo.size:
            break
        candidate = day[todo] + ahead
        at = offset.utc(candidate * DAY_US + time_us)
        fits = at > now[todo]
        if weekdays:
            fits &= np.isin((candidate + _THURSDAY) % 7, weekdays)
        found[todo[fits]] = at[fits]
        todo = todo[~fits]
    return found


def clock_us(text: str) -> int | None:
    """Microseconds after midnight of `HH:MM` or `HH:MM:SS`; None where the text is no clock time."""
    seconds = clock_seconds(text)
    return None if seconds is None else seconds * SECOND_US


def local_us(text: str) -> int | None:
    """A date, or date and time, without zone as microseconds of a clock; None where the text is neither."""
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, second, fraction = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}:{second or '00'}+00:00")
    except ValueError:  # the 30th of February, hour 25
        return None
    return (moment - _EPOCH) // timedelta(microseconds=1) + int((fraction or "0").ljust(6, "0")[:6])
