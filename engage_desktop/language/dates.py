"""Dates and instants of the query language: reading, and the shortest form (D-42, D-44)."""

from __future__ import annotations

import re

from engage_desktop.domain.duration import format_instant, parse_instant

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(.*)")
_MIDNIGHT = "T00:00:00Z"


def looks_like_date(text: str) -> bool:
    """True when a person would take `text` for a date, with or without a clock time."""
    return _DAY.match(text) is not None


def read_instant(text: str) -> int:
    """Return the microseconds of `yyyy-mm-dd` or an ISO instant with a zone; ValueError with a sentence."""
    day = text[:10]
    if not _DAY.fullmatch(day):
        raise ValueError(f"{text!r} is no date; write one such as 2020-01-31, or 2020-01-31T09:00:00Z.")
    try:
        parse_instant(day + _MIDNIGHT)
    except ValueError:
        raise ValueError(f"The calendar has no day {day}; write a date such as 2020-01-31.") from None
    if text == day:
        return parse_instant(day + _MIDNIGHT)
    upper = text.upper()
    clock = _CLOCK.fullmatch(upper)
    if clock is None:
        raise ValueError(f"{text} is no instant; write date, T, time and zone such as {day}T09:00:00Z.")
    if not clock.group(1):
        raise ValueError(f"The zone is missing; add Z for UTC, {text}Z, or an offset such as +01:00.")
    try:
        return parse_instant(upper)
    except ValueError:
        raise ValueError(f"{text} is no instant; write date, T, time and zone such as {day}T09:00:00Z.") from None


def instant_text(instant_us: int) -> str:
    """Return the date where the instant is 00:00 UTC, else ISO 8601 in UTC."""
    return format_instant(instant_us).removesuffix(_MIDNIGHT)
