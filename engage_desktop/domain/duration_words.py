"""Durations as people write them: `2h`, `90 min`, `3 days`, `1 week and 2 hours`, `1.5 h`.

Read into the text of campaign files (`1w2h`); what is half written is refused with what is missing.
"""

from __future__ import annotations

import re
from fractions import Fraction

from engage_desktop.domain.duration import SECOND_US, UNIT_NAMES, UNIT_US, format_duration, parse_duration

_SHORT = {
    "s": "s", "sec": "s", "secs": "s", "m": "m", "min": "m", "mins": "m", "h": "h", "hr": "h", "hrs": "h", "d": "d",
    "w": "w", "wk": "w", "wks": "w",
}  # fmt: skip
_UNITS = _SHORT | {name: unit for unit, name in UNIT_NAMES.items()} | {f"{name}s": u for u, name in UNIT_NAMES.items()}
_LOOSE = ("month", "months", "mo", "quarter", "quarters", "year", "years", "yr", "yrs", "y")
_DIGITS = "0123456789"
_ONE = ("a", "an", "one")
_PIECE = re.compile(r"\s*(?:(?P<number>[0-9]+(?:[.,][0-9]+)?)|(?P<word>[^\W\d_]+)\.?|(?P<joint>[,&+]))\s*")
_LIKE = "2h, 90 min, 3 days or 1 week 2 hours"
_LONGEST_TEXT = 200


def read_duration(text: str, unit: str = "") -> str:
    """The canonical text of a duration as written; a bare number is of `unit` where one is given. Raises ValueError
    with a sentence that says what is missing or wrong."""
    parts = _parts(text, unit)
    total = sum((number * UNIT_US[unit] for number, unit in parts), Fraction(0))
    if total >= 1 << 53:
        raise ValueError(f"“{_shown(text)}” is longer than any log. Write a shorter duration.")
    if total % SECOND_US:
        raise ValueError(f"“{_shown(text)}” is no whole number of seconds. Write whole seconds.")
    if any(number.denominator > 1 for number, _ in parts):
        return format_duration(int(total))
    return "".join(f"{number}{unit}" for number, unit in parts)


def duration_as_written(text: str) -> str:
    """The parts of a duration in words, as authored: `90m` -> `90 minutes`, `1w2h` -> `1 week 2 hours`."""
    parse_duration(text)
    words = [(int(number), UNIT_NAMES[unit]) for number, unit in re.findall(r"([0-9]+)([wdhms])", text)]
    return " ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in words)


def _parts(text: str, default: str) -> list[tuple[Fraction, str]]:
    words = _pieces(text)
    if not words:
        raise ValueError("Write how long, such as 2 hours or 3 days.")
    found: list[tuple[Fraction, str]] = []
    waiting: str | None = None  # a number whose unit is still to come
    for word in words:
        if word[0] in _DIGITS or (waiting is None and word in _ONE):
            if waiting is not None:
                raise _of_what(waiting)
            waiting = word
        elif waiting is not None:
            found.append((_number(waiting), _unit(word, waiting, text)))
            waiting = None
        elif word != "and" or not found:
            raise _no_number(word, text)
    if waiting is not None:
        if found or not default or waiting in _ONE:
            raise _of_what(waiting)
        found.append((_number(waiting), default))
    return found


def _pieces(text: str) -> list[str]:
    """Numbers and words in lower case; commas and the like between them are left out."""
    place, found = 0, []
    while place < len(text.rstrip()):
        piece = _PIECE.match(text, place)
        if piece is None or len(text) > _LONGEST_TEXT:
            raise _no_duration(text)
        if not piece["joint"]:
            found.append((piece["number"] or piece["word"]).lower())
        place = piece.end()
    return found


def _number(text: str) -> Fraction:
    if re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", text):
        plain = re.sub("[.,]", "", text)
        raise ValueError(f"“{text}” can be read in two ways. Write {plain}, or another number of decimals.")
    return Fraction(1) if text in _ONE else Fraction(text.replace(",", "."))


def _unit(word: str, number: str, text: str) -> str:
    if word in _UNITS:
        return _UNITS[word]
    if word in _LOOSE:
        raise ValueError(f"“{word}” has no fixed length. Write days or weeks, such as 30 days.")
    near = [name for name in UNIT_NAMES.values() if name.startswith(word)]
    if near:
        raise ValueError(f"“{number} {word}” is not finished: {' or '.join(f'{name}s' for name in near)}?")
    raise _no_duration(text)


def _of_what(number: str) -> ValueError:
    return ValueError(f"{number} of what? Write weeks, days, hours, minutes or seconds behind it.")


def _no_number(word: str, text: str) -> ValueError:
    if word in _UNITS:
        name = UNIT_NAMES[_UNITS[word]]
        return ValueError(f"How many {name}s? Write a number before it, such as 2 {name}s.")
    return _no_duration(text)


def _no_duration(text: str) -> ValueError:
    return ValueError(f"“{_shown(text)}” is not a duration. Write a number and a unit, such as {_LIKE}.")


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
