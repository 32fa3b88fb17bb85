"""Durations and instants: text in files, int64 microseconds inside (D-1, D-3).

Units are exact: a day is 24 h, a week 7 d. Calendar rules live elsewhere (D-30..D-34).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

SECOND_US = 1_000_000
UNIT_US = {
    "s": SECOND_US,
    "m": 60 * SECOND_US,
    "h": 3_600 * SECOND_US,
    "d": 86_400 * SECOND_US,
    "w": 7 * 86_400 * SECOND_US,
}
UNIT_NAMES = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DURATION = re.compile(r"(?:[0-9]+[wdhms])+")
_PART = re.compile(r"([0-9]+)([wdhms])")
_LONGEST_TEXT = 100  # digits beyond this name no duration, and int() refuses thousands of them


def parse_duration(text: str) -> int:
    """Microseconds of `"90m"`, `"2h"`, `"1d12h"`; raises ValueError with a mend."""
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration. Write a number and a unit, such as 90m, 2h, 3d or 2w.")
    parts = _PART.findall(text) if len(text) <= _LONGEST_TEXT else ()
    total = sum(int(number) * UNIT_US[unit] for number, unit in parts)
    if total >= 1 << 53 or not parts:
        shown = text if parts else f"{text[:40]}..."
        raise ValueError(f"{shown!r} is longer than any log. Write a shorter duration.")
    return total


def format_duration(duration_us: int) -> str:
    """Shortest exact text: the largest unit that divides, else a sum of units (`1d12h`)."""
    for unit in ("w", "d", "h", "m", "s"):
        if duration_us and duration_us % UNIT_US[unit] == 0:
            return f"{duration_us // UNIT_US[unit]}{unit}"
    parts = []
    for unit in ("d", "h", "m", "s"):
        number, duration_us = divmod(duration_us, UNIT_US[unit])
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


def duration_words(duration_us: int) -> str:
    """The same in words: `2 hours`, `1 day 12 hours`."""
    words = []
    for number, unit in _PART.findall(format_duration(duration_us)):
        words.append(f"{number} {UNIT_NAMES[unit]}{'' if number == '1' else 's'}")
    return " ".join(words)


_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|z|[+-][0-9]{2}:?[0-9]{2})"
)
FIRST_US = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
LAST_US = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
"""The instants that can be written: years 1 to 9999, in UTC."""


def parse_instant(text: str) -> int:
    """Microseconds since the epoch, UTC, of ISO 8601 text with a zone; else ValueError."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant with a zone. Write it like 2011-03-01T09:00:00Z.")
    fraction = re.search(r"\.(\d+)", text)
    exact = text
    if fraction:  # microseconds are the grain; finer digits are cut, as the importer does
        exact = text.replace(fraction.group(0), "." + fraction.group(1)[:6].ljust(6, "0"))
    try:
        instant_us = (datetime.fromisoformat(exact.replace("z", "Z")) - EPOCH) // timedelta(microseconds=1)
    except ValueError:  # the 30th of February, hour 25, a zone of 99 hours
        raise ValueError(f"{text!r} is no day and time of the calendar. Write it like 2011-03-01T09:00:00Z.") from None
    if not FIRST_US <= instant_us <= LAST_US:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999 in UTC. Write another instant.")
    return instant_us


def format_instant(instant_us: int) -> str:
    """ISO 8601 in UTC with `Z`, fraction only where there is one (D-48)."""
    text = (EPOCH + timedelta(microseconds=instant_us)).isoformat()
    head, _, fraction = text.removesuffix("+00:00").partition(".")
    return f"{head}.{fraction.rstrip('0')}Z" if fraction else f"{head}Z"
