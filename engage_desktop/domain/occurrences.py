"""When a schedule comes: one instant at a time, for whoever shows or checks a design; the engine computes many at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engage_desktop.domain.clock import clock_seconds, is_local, local_instant, next_clock_time
from engage_desktop.domain.duration import LAST_US, parse_duration, parse_instant
from engage_desktop.domain.journey import ScheduleEntry


def next_occurrences(entry: ScheduleEntry, now_us: int, zone: str, most: int) -> list[int]:
    """Its first instants strictly later than `now_us` where that zone's clock counts (D-45); none of one that has no
    meaning yet."""
    at_us = instant_of(entry.at, zone)
    if at_us is None:
        return []
    return list(islice(_from(entry, at_us, now_us, zone), most))


def instant_of(text: str, zone: str) -> int | None:
    """The instant of a text, by the zone's clock where it names no zone; None where it is no date."""
    try:
        return local_instant(text, zone) if is_local(text) else parse_instant(text)
    except (ValueError, OverflowError):
        return None


def _from(entry: ScheduleEntry, at_us: int, now_us: int, zone: str) -> Iterator[int]:
    if entry.time is not None:
        seconds = clock_seconds(entry.time)
        found: int | None = max(now_us, at_us - 1)
        while (
            seconds is not None
            and (found := next_clock_time(int(found or 0), seconds, entry.weekdays, zone)) is not None
        ):
            yield found
    elif entry.every is not None:
        every_us = parse_duration(entry.every)
        if every_us:
            found_us = at_us + max(0, (now_us - at_us) // every_us + 1) * every_us
            while found_us <= LAST_US:
                yield found_us
                found_us += every_us
    elif at_us > now_us:
        yield at_us
