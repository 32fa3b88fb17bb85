"""Timestamps as files of tables write them: day-first or month-first, with or without a zone.

A text becomes an instant only when nothing is guessed: the order of day and month is known, and it
names a zone or the person named one for the file (D-47). Otherwise it stays as it is, for the log to reject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from engage_desktop.domain.duration import EPOCH
from engage_desktop.domain.errors import InputError
from engage_desktop.events.file_options import DAY_FIRST, MONTH_FIRST

_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)(?:[T ]{_CLOCK})?", re.ASCII)
_NUMERIC = re.compile(
    rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}})(?:[T ,]\s*{_CLOCK}(?:\s*([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


class LocalTimes:
    """Turns timestamps of one file into ISO text with a zone where it can. `order` is DAY_FIRST, MONTH_FIRST
    or None; `zone` that of times without one."""

    def __init__(self, order: str | None = None, zone: str | None = None) -> None:
        self.order = order
        self.zone = zone
        self._zone = ZoneInfo(zone) if zone else None
        self.idle = order is None and zone is None

    def text(self, text: str) -> str:
        """ISO text in UTC, or the text itself where it says no instant."""
        if self.idle:
            return text
        try:
            if self._zone and (found := _ISO.fullmatch(text)):
                year, month, day, *clock = found.groups()
                return self.naive(_moment(year, month, day, clock))
            if self.order and (found := _NUMERIC.fullmatch(text)):
                first, _, second, year, *clock, half, zone = found.groups()
                day, month = (first, second) if self.order == DAY_FIRST else (second, first)
                moment = _moment(year, month, day, clock, half)
                if zone:
                    return _utc_text(moment.replace(tzinfo=_offset(zone)))
                return self.naive(moment) if self._zone else text
        except (ValueError, OverflowError):  # the 30th of February, hour 25
            pass
        return text

    def naive(self, moment: datetime) -> str:
        """A date and time without a zone, such as those of spreadsheets."""
        if self._zone is None:
            return moment.isoformat()
        try:
            return _utc_text(_in_zone(moment, self._zone))
        except OverflowError:  # the last hours of the year 9999
            return moment.isoformat()


class DayOrder:
    """Evidence about the order of day and month, gathered from texts."""

    def __init__(self) -> None:
        self._day_first: str | None = None
        self._month_first: str | None = None
        self.open: str | None = None
        """A text that reads both ways."""
        self._same = False

    def see(self, text: str) -> None:
        found = _NUMERIC.fullmatch(text)
        if found is None:
            return
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            self._day_first = self._day_first or text
        elif second > 12 >= first:
            self._month_first = self._month_first or text
        elif first == second:
            self._same = True
        elif max(first, second) <= 12:
            self.open = self.open or text

    def see_row(self, row: Sequence[object], columns: Sequence[int]) -> None:
        for column in columns:
            if column < len(row) and isinstance(text := row[column], str):
                self.see(text)

    def settle(self, file: str) -> str | None:
        """The order, None where no text has one; raises InputError where a person has to say."""
        if self.clash:
            found = f"in both orders, such as {self.clash[0]!r} and {self.clash[1]!r}"
        elif self.open and not self.proved:
            found = f"so that day and month cannot be told apart, such as {self.open!r}"
        else:
            return self.proved
        raise InputError(
            f"{file} writes its dates {found}. Say which comes first: --dates {DAY_FIRST} or {MONTH_FIRST}."
        )

    @property
    def proved(self) -> str | None:
        """DAY_FIRST or MONTH_FIRST where a day over 12 stands in one place only."""
        if self._day_first and self._month_first:
            return None
        if self._day_first or (self._same and not self._month_first and not self.open):
            return DAY_FIRST  # or nothing but days equal to their month, which read alike
        return MONTH_FIRST if self._month_first else None

    @property
    def clash(self) -> tuple[str, str] | None:
        """A day-first and a month-first text of one file."""
        return (self._day_first, self._month_first) if self._day_first and self._month_first else None


def _moment(year: str, month: str, day: str, clock: list[str | None], half: str | None = None) -> datetime:
    hour, minute, second, fraction = clock
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("no hour of a twelve-hour clock")
        hours = hours % 12 + (12 if half in "Pp" else 0)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), micros)


def _offset(zone: str) -> timezone:
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """D-32: a time that happens twice is the first, one that does not exist the first instant after the gap."""
    instant = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == moment:
        return instant
    # the clocks went forward at a second in (low, high]
    low = int(moment.replace(tzinfo=zone, fold=1, microsecond=0).timestamp())
    high = int(instant.replace(microsecond=0).timestamp()) + 1

    def offset(second: int) -> timedelta | None:
        return (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()

    before = offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return EPOCH + timedelta(seconds=high)


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
