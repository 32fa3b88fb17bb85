"""When delays until a moment and schedules come next, in words with the zone, counted from the instant of the clock."""

from __future__ import annotations

from engage_desktop.domain.clock import clock_seconds, is_local, next_clock_time
from engage_desktop.domain.journey import ScheduleEntry
from engage_desktop.domain.occurrences import instant_of, next_occurrences
from engage_desktop.domain.step import DelayUntil
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import WEEKDAYS

_SHOWN = 3
_ELSEWHERE = ", elsewhere by the clock there"


def next_words(step: DelayUntil, at_us: int, zone: str) -> str:
    """`Next: Tue 1 Apr 2025 09:00 Europe/London`, or the date and whether it is past; nothing where the moment is each
    person's own."""
    zone = _known(zone)
    if step.property or step.trait:
        return ""
    if step.at is not None:
        return _date_words(step, at_us, zone)
    seconds = clock_seconds(step.time or "")
    at = None if seconds is None else next_clock_time(at_us, seconds, step.weekdays, zone)
    return "" if at is None else f"Next: {_moment(at, zone)} {zone}{_ELSEWHERE if step.zone == 'profile' else ''}"


def schedule_words(entry: ScheduleEntry, at_us: int, zone: str) -> str:
    """The next instants of a schedule, or that there is none any more."""
    zone = _known(zone)
    found = next_occurrences(entry, at_us, zone, _SHOWN)
    own = _ELSEWHERE if entry.zone == "profile" and (entry.time is not None or is_local(entry.at)) else ""
    if found:
        return f"Next: {', then '.join(_moment(at, zone) for at in found)} {zone}{own}"
    first = instant_of(entry.at, zone)
    once = entry.every is None and entry.time is None and not entry.weekdays
    if first is None or not once:
        return ""
    return f"It came once, {_moment(first, zone)} {zone}{own}: nobody enters after the instant of the clock."


def _date_words(step: DelayUntil, at_us: int, zone: str) -> str:
    at = instant_of(step.at or "", zone)
    if at is None:
        return ""
    own = _ELSEWHERE if step.zone == "profile" and is_local(step.at or "") else ""
    late = "leave the journey" if step.past == "leave" else "pass at once"
    past = f". Past at the instant of the clock: people {late}." if at <= at_us else ""
    return f"That is {_moment(at, zone)} {zone}{own}{past}"


def _moment(at_us: int, zone: str) -> str:
    moment = formats.local(at_us, zone)
    day = tuple(WEEKDAYS.values())[moment.weekday()][:3]
    return (
        f"{day} {formats.day(at_us, zone)} {moment:%H:%M:%S}"
        if moment.second
        else f"{day} {formats.day(at_us, zone)} {moment:%H:%M}"
    )


def _known(zone: str) -> str:
    return zone if formats.zone(zone) else "UTC"
