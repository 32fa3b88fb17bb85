"""Quiet hours and send windows (D-34, D-54): whether the clock of a person's zone forbids an instant, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from engage_desktop.domain.workspace import Policies
from tests.oracle.calendars import clock_of, instant_of, local_clock, local_date, offset_at
from tests.oracle.rules import Rules

_A_DAY = timedelta(days=1)
_US = timedelta(microseconds=1)


@dataclass(frozen=True)
class Shut:
    """What forbids an instant: drop, or wait until an instant (None: there is none that could be written)."""

    drops: bool
    until: int | None


def shut(policies: Policies, channel: str, t: int, zone: tzinfo, rules: Rules) -> Shut | None:
    """The first entry of the channel that forbids t, the send window last; None where none does."""
    if not rules.quiet_hours_of_the_profile:
        zone = UTC
    for starts, ends, drops in _closed(policies, channel, rules):
        if _inside(local_clock(t, zone), starts, ends, rules):
            return Shut(drops, _until(t, ends, zone, rules))
    return None


def _closed(policies: Policies, channel: str, rules: Rules) -> list[tuple[time, time, bool]]:
    """From, to, and whether it drops; a send window is the complement of quiet hours (D-54)."""
    found = [
        (clock_of(one.from_), clock_of(one.to), one.inside == "drop" and rules.quiet_hours_may_drop)
        for one in policies.quiet_hours
        if one.channel == channel or not rules.quiet_hours_of_their_channel
    ]
    if not rules.first_entry_that_forbids:
        found.reverse()
    window = policies.send_window
    if window is not None and window.channel == channel:
        ends = (clock_of(window.to), clock_of(window.from_))
        if not rules.window_is_the_complement:
            ends = (ends[1], ends[0])
        entry = (*ends, window.inside == "drop")
        found = [*found, entry] if rules.window_looked_at_last else [entry, *found]
    return found


def _inside(clock: time, starts: time, ends: time, rules: Rules) -> bool:
    """`[from, to)`, over midnight where from is later; never where they are equal (D-54)."""
    if starts == ends:
        return not rules.equal_clock_times_never_apply
    begun = clock > starts or (clock == starts and rules.quiet_from_is_inside)
    over = clock > ends or (clock == ends and rules.quiet_to_is_outside)
    if starts < ends:
        return begun and not over
    return (begun or not over) and rules.quiet_over_midnight


def _until(t: int, ends: time, zone: tzinfo, rules: Rules) -> int | None:
    """When the wait ends: so much later as the clock at t is before `ends`; where the clock is changed meanwhile, at that
    clock time of the day (D-32)."""
    clock, day = local_clock(t, zone), local_date(t, zone)
    passes = datetime.combine(day, ends) - datetime.combine(day, clock)
    if passes <= timedelta():
        passes, day = passes + _A_DAY, day + _A_DAY
    plain = t + passes // _US
    if offset_at(plain, zone) == offset_at(t, zone):
        return plain if rules.wait_ends_in_the_hour_at_hand else _at_clock(t, day, ends, zone, rules)
    return instant_of(day, ends, zone, rules) if rules.wait_ends_by_the_clock else plain


def _at_clock(t: int, day, ends: time, zone: tzinfo, rules: Rules) -> int | None:  # type: ignore[no-untyped-def]
    """The misreading that a clock time which comes twice is only ever its first."""
    at = instant_of(day, ends, zone, rules)
    return at if at is None or at > t else instant_of(day + _A_DAY, ends, zone, rules)
