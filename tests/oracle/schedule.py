"""Entry by schedule (D-45, D-53, D-54): when it comes round, in one zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, tzinfo

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.journey import ScheduleEntry
from tests.oracle.calendars import DAYS, clock_of, date_of, instant_of, local_date, offset_at
from tests.oracle.rules import Rules

_A_DAY = timedelta(days=1)


def occurrences(entry: ScheduleEntry, zone: tzinfo, first: int, last: int, rules: Rules) -> Iterator[int]:
    """Every occurrence in `first <= t <= last`; those before are skipped (D-45)."""
    at = date_of(entry.at, zone, rules)
    if at is None:  # only where a rule is switched off: the design is refused otherwise
        return
    if entry.time is not None:
        found = _by_the_clock(entry, at, zone, last, rules)
    elif entry.every is not None:
        found = _again_and_again(at, parse_duration(entry.every), first, last, zone, rules)
    else:
        found = iter((at,))
    yield from (t for t in found if first <= t <= last)


def _by_the_clock(entry: ScheduleEntry, at: int, zone: tzinfo, last: int, rules: Rules) -> Iterator[int]:
    """At a clock time, on every day or on some weekdays, at or after `at`."""
    clock, day = clock_of(entry.time or ""), local_date(at, zone) - _A_DAY
    while True:
        t = instant_of(day, clock, zone, rules)
        if t is None or t > last:
            return
        wanted = not entry.weekdays or DAYS[day.weekday()] in entry.weekdays
        if wanted and (t >= at if rules.schedule_from_at_on else t > at):
            yield t
        day += _A_DAY


def _again_and_again(at: int, every: int, first: int, last: int, zone: tzinfo, rules: Rules) -> Iterator[int]:
    """`at` + n x every, exact."""
    number = max((first - at) // every, 0)
    while at + number * every <= last:
        t = at + number * every
        if not rules.schedule_every_is_exact:
            t -= _shift(at, t, zone)
        yield t
        number += 1


def _shift(before: int, after: int, zone: tzinfo) -> int:
    """By how much the clocks were put forward between two instants: what a reading by the clock would take off."""
    return (offset_at(after, zone) - offset_at(before, zone)) // timedelta(microseconds=1)
