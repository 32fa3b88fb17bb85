"""Local time (D-30..D-33, D-42, D-46, D-47, D-53): zones of profiles, dates as they are written, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from engage_desktop.domain.duration import EPOCH, FIRST_US, LAST_US, parse_duration, parse_instant
from tests.oracle.log import Person
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused

_US = timedelta(microseconds=1)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?")
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?")
_OFFSET = re.compile(r"([+-]?)(.+)")
_ZONES = available_timezones()
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def zone_of(trait: Any, person: Person, now: int, workspace: str, rules: Rules) -> ZoneInfo:
    """D-30: the value of the `timezone` trait, else `context.timezone` of the last call up to now that carries a valid
    one (D-47, D-53), else the workspace's."""
    said = [call.context.get("timezone") for call in person.calls if call.time <= now]
    if not rules.any_call_tells_the_zone:
        said = [call.context.get("timezone") for call in person.events if call.time <= now]
    if not rules.last_valid_zone_counts:
        said = [name for name in said if name is not None][-1:]
    names = [trait, *reversed(said)] if rules.zone_trait_first else [*reversed(said), trait]
    return ZoneInfo(next((name for name in names if isinstance(name, str) and name in _ZONES), workspace))


def valid_zones(names: Iterable[Any]) -> set[str]:
    """Those of the names that name a zone."""
    return {name for name in names if isinstance(name, str) and name in _ZONES}


def zones_told(person: Person) -> set[str]:
    """Every zone that some call of the person tells."""
    return valid_zones(says.get("timezone") for call in person.calls for says in (call.traits, call.context))


def instant_of(day: date, clock: time, zone: tzinfo, rules: Rules) -> int | None:
    """D-32: a local time that does not exist is the first instant after the gap, one that happens twice the first;
    None outside the years that can be written."""
    local = datetime.combine(day, clock)
    try:
        early, late = (_utc(local.replace(fold=fold), zone) for fold in (0, 1))
        is_gap = _local(_utc(local, zone), zone) != local
        if is_gap and rules.gap_ends_at_its_end:
            return _end_of_gap(late, early, zone)
        return late if early < late and not rules.first_of_two else early
    except OverflowError:
        return None


def _end_of_gap(before: int, after: int, zone: tzinfo) -> int:
    """The instant in (before, after] at which the offset changes: the clock is put forward there."""
    new = offset_at(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if offset_at(middle, zone) == new else (middle, after)
    return after


def _utc(local: datetime, zone: tzinfo) -> int:
    return (local.replace(tzinfo=zone).astimezone(UTC) - EPOCH) // _US


def _local(instant: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone).replace(tzinfo=None, fold=0)


def offset_at(instant: int, zone: tzinfo) -> timedelta:
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone).utcoffset() or timedelta()


def local_date(instant: int, zone: tzinfo) -> date:
    return _local(instant, zone).date()


def local_clock(instant: int, zone: tzinfo) -> time:
    return _local(instant, zone).time()


def date_of(value: Any, zone: tzinfo, rules: Rules) -> int | None:
    """The instant of a date as it is written: with a zone itself, without one local time, a day its first instant (D-42)."""
    if not isinstance(value, str):
        return None
    try:
        return parse_instant(value)
    except ValueError:
        pass
    match = _LOCAL.fullmatch(value)
    if match is None or (match[2] is not None and not rules.date_without_zone_is_local):
        return None
    day, clock = match.groups(default="00:00")
    head, _, fraction = clock.partition(".")
    exact = f"{head}.{fraction[:6].ljust(6, '0')}" if fraction else head  # finer digits are cut
    try:
        return instant_of(date.fromisoformat(day), _time(exact), zone, rules)
    except ValueError:  # the 30th of February
        return None


def clock_of(text: str) -> time:
    """`09:00` or `09:00:30`."""
    if not _CLOCK.fullmatch(text):
        raise Refused(f"{text!r} is no clock time")
    try:
        return _time(text)
    except ValueError:
        raise Refused(f"{text!r} is no clock time") from None


def _time(text: str) -> time:
    if text[:2] == "24":
        raise ValueError(text)
    return time.fromisoformat(text)


def offset_of(text: str | None) -> int:
    """Microseconds of `"-1h"`, `"+2d"`, `"30m"`; exact, a day is 24 h (D-31, D-3)."""
    if text is None:
        return 0
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise Refused("an empty offset")
    try:
        length = parse_duration(match[2])
    except ValueError as error:
        raise Refused(str(error)) from None
    return -length if match[1] == "-" else length


def next_clock(now: int, text: str, weekdays: tuple[str, ...], zone: tzinfo, rules: Rules) -> int | None:
    """D-31, D-46: the next strictly later instant of that clock time, on one of the weekdays where there are any."""
    clock = clock_of(text)
    if not set(weekdays) <= set(DAYS):
        raise Refused(f"{weekdays} are no weekdays")
    if not rules.offset_at_target:  # D-32
        zone = timezone(offset_at(now, zone))
    first = local_date(now, zone)
    for number in range(-1, 400):
        day = first + timedelta(days=number)
        if weekdays and DAYS[day.weekday()] not in weekdays:
            continue
        at = instant_of(day, clock, zone, rules)
        if at is None:
            return None
        if at > now or (at == now and not rules.clock_is_strictly_later):
            return at
    return None


def in_years(instant: int | None) -> int | None:
    """None for an instant that cannot be written."""
    return instant if instant is not None and FIRST_US <= instant <= LAST_US else None
