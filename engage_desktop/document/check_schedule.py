"""What is wrong with an entry by schedule (D-45, D-53, D-54)."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.domain.clock import WEEKDAYS, clock_seconds, is_local
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.journey import ScheduleEntry
from engage_desktop.domain.problem import Problem


def check_schedule(entry: ScheduleEntry, path: str) -> Iterator[Problem]:
    """A first date, and at most one way of coming again."""
    try:
        parse_instant(entry.at)
    except ValueError:
        if not is_local(entry.at):
            mend = "Write one such as 2025-03-31, or 2025-03-31T09:00:00Z."
            yield Problem("error", "schedule_at", f"{path}.at", f"{entry.at!r} is no date.", mend)
    if entry.every is not None and parse_duration(entry.every) <= 0:
        yield Problem("error", "schedule_every", f"{path}.every", "It would come again without end.", "Write a duration above zero.")  # fmt: skip
    if entry.every is not None and (entry.time is not None or entry.weekdays):
        message = "It comes again every so often, or at a clock time, not both."
        yield Problem("error", "schedule_every", f"{path}.every", message, "Remove the duration, or the time and weekdays.")  # fmt: skip
    if entry.weekdays and entry.time is None:
        mend = "Give a time such as 09:00, or remove the weekdays."
        yield Problem("error", "weekdays", f"{path}.weekdays", "Weekdays alone name no instant.", mend)
    for day in dict.fromkeys(entry.weekdays):
        if day not in WEEKDAYS:
            yield Problem("error", "weekdays", f"{path}.weekdays", f"{day!r} is no weekday.", f"Use {', '.join(WEEKDAYS)}.")  # fmt: skip
    if entry.time is not None and clock_seconds(entry.time) is None:
        yield Problem("error", "clock_time", f"{path}.time", f"{entry.time!r} is no clock time.", "Write one such as 09:00.")  # fmt: skip
