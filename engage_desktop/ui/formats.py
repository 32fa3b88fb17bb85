"""Numbers, instants and spans as people read them. Every time shows its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QLocale

from engage_desktop.domain.duration import EPOCH, SECOND_US, duration_words
from engage_desktop.domain.people import Level

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEVER = 2**63 - 1


class Whom(NamedTuple):
    one: str
    many: str


_WHOM: dict[Level, Whom] = {"user": Whom("person", "people"), "account": Whom("account", "accounts")}


def whom(level: Level) -> Whom:
    """What those are called that a definition of this level is about."""
    return _WHOM[level]


@lru_cache(maxsize=1)
def _locale() -> QLocale:
    here = QLocale()
    # The C locale groups no digits; nobody reads 164546.
    return (
        QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
        if here.language() == QLocale.Language.C
        else here
    )


def number(value: float) -> str:
    """`1,204`; up to two decimals where there are some."""
    if isinstance(value, int) or float(value).is_integer():
        return _locale().toString(int(value))
    return _locale().toString(float(value), "f", 2)


def value(figure: float | str | bool | tuple[str, ...]) -> str:
    """A value of a trait: `1,204`, `0.0031`, `true`, a list with commas between its elements."""
    if isinstance(figure, bool):
        return "true" if figure else "false"
    if isinstance(figure, str):
        return figure if figure.strip() else "empty text"
    if isinstance(figure, tuple):
        return ", ".join(map(value, figure)) or "empty list"
    if figure and not 0.01 <= abs(figure) < 1e15:
        return f"{figure:.3g}"
    return number(figure)


def share(part: float, whole: float, digits: int = 1) -> str:
    """`33.5 %`, or a dash where the whole is nothing."""
    return f"{_locale().toString(100 * part / whole, 'f', digits)} %" if whole else "–"


def count(value: int, one: str, many: str | None = None) -> str:
    """`1 person`, `42 people`."""
    return f"{number(value)} {one if value == 1 else (many or one + 's')}"


@lru_cache(maxsize=8)
def zone(name: str) -> ZoneInfo | None:
    """The zone, or None where the name is unknown (then UTC is shown)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def local(instant_us: int, zone_name: str) -> datetime:
    """The instant as wall-clock time of the zone."""
    return (EPOCH + timedelta(microseconds=instant_us)).astimezone(zone(zone_name) or UTC)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch of an aware moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def day(instant_us: int, zone_name: str) -> str:
    """`12 Mar 2011`."""
    return date_words(local(instant_us, zone_name))


def date_words(moment: date) -> str:
    """`12 Mar 2011`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def month_words(moment: date) -> str:
    """`Mar 2011`."""
    return f"{_MONTHS[moment.month - 1]} {moment.year}"


def clock(instant_us: int, zone_name: str) -> str:
    """`09:00 GMT`, with seconds only where they are not zero."""
    moment = local(instant_us, zone_name)
    shown = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{shown} {moment.tzname() or 'UTC'}"


def instant(instant_us: int, zone_name: str) -> str:
    """`12 Mar 2011 09:00 GMT`."""
    return f"{day(instant_us, zone_name)} {clock(instant_us, zone_name)}"


def near(instant_us: int, now_us: int, zone_name: str) -> str:
    """Short beside `now_us`: the clock on the same day, `4 Feb` in the same year, else with the year."""
    moment, now = local(instant_us, zone_name), local(now_us, zone_name)
    if moment.date() == now.date():
        return clock(instant_us, zone_name)
    text = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return text if moment.year == now.year else f"{text} {moment.year}"


def month_starts(first_us: int, last_us: int, zone_name: str) -> list[tuple[int, str]]:
    """(instant, label) of each month that begins strictly inside the window; January carries its year."""
    moment = local(first_us, zone_name)
    found: list[tuple[int, str]] = []
    year, month = moment.year, moment.month
    while len(found) < 600:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        start_us = to_us(datetime(year, month, 1, tzinfo=zone(zone_name) or UTC))
        if start_us > last_us:
            break
        found.append((start_us, f"{_MONTHS[month - 1]} {year}" if month == 1 else _MONTHS[month - 1]))
    return found


def seconds(value: float) -> str:
    """A span of work: `84 ms`, `1.2 s`, `3 min`."""
    if value < 1:
        return f"{round(value * 1000)} ms"
    return f"{value:.1f} s" if value < 90 else f"{number(round(value / 60))} min"


def span(duration_us: int) -> str:
    """A duration in words, cut to whole seconds."""
    return duration_words(duration_us // SECOND_US * SECOND_US)
