"""ISO 8601 texts to microseconds, many at once.

Texts of the usual widths are parsed as a matrix of digits; whatever does not fit goes through
`domain.duration.parse_instant`, which also decides what is valid. Finer digits than
microseconds are cut.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.duration import parse_instant

INVALID = -(2**63)
MISSING_TIME = INVALID + 1
_DAYS_BEFORE_MONTH = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
_DAYS_IN_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_FRACTION_DIGITS = {20: 0, 24: 3, 27: 6}
"""Width of `2011-03-01T09:00:00[.fff[fff]]Z` to its number of fraction digits."""


def parse_instants(texts: Sequence[str | None]) -> NDArray[np.int64]:
    """int64[len(texts)], MISSING_TIME where there is no text, INVALID where it is no instant with a zone."""
    widths = {len(text) if text else 0 for text in texts}
    if len(widths) == 1:
        return _parse_width(texts, widths.pop())
    result = np.empty(len(texts), dtype=np.int64)
    width_of = np.fromiter((len(text) if text else 0 for text in texts), np.int64, len(texts))
    for width in widths:
        at = np.nonzero(width_of == width)[0]
        result[at] = _parse_width([texts[i] for i in at.tolist()], width)
    return result


def _parse_width(texts: Sequence[str | None], width: int) -> NDArray[np.int64]:
    if width == 0:
        return np.full(len(texts), MISSING_TIME, dtype=np.int64)
    if width in _FRACTION_DIGITS and len(texts) > 8:
        joined = "".join(texts).encode("utf-8", "surrogatepass")  # type: ignore[arg-type]  # width > 0: none is None
        if len(joined) == width * len(texts):
            result = _parse_matrix(np.frombuffer(joined, np.uint8).reshape(len(texts), width), _FRACTION_DIGITS[width])
            for i in np.nonzero(result == INVALID)[0].tolist():
                result[i] = _parse_one(texts[i])
            return result
    return np.fromiter(map(_parse_one, texts), np.int64, len(texts))


def _parse_one(text: str | None) -> int:
    try:
        return parse_instant(text)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return INVALID


def _parse_matrix(chars: NDArray[np.uint8], fraction_digits: int) -> NDArray[np.int64]:
    """`chars` is uint8[n, width], one text a row; INVALID where in doubt."""
    columns = np.ascontiguousarray(chars.T)
    digits = columns - np.uint8(48)
    valid = (columns[4] == 45) & (columns[7] == 45) & (columns[10] == 84) & (columns[13] == 58) & (columns[16] == 58)
    valid &= columns[-1] == 90
    if fraction_digits:
        valid &= columns[19] == 46

    def number(first: int, length: int) -> NDArray[np.int64]:
        nonlocal valid
        value: NDArray[np.int64] = digits[first].astype(np.int64)
        valid &= digits[first] <= 9
        for i in range(first + 1, first + length):
            valid &= digits[i] <= 9
            value = value * 10 + digits[i]
        return value

    year, month, day = number(0, 4), number(5, 2), number(8, 2)
    hour, minute, second = number(11, 2), number(14, 2), number(17, 2)
    valid &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    month = np.where(valid, month, 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    valid &= day <= _DAYS_IN_MONTH[month - 1] + (leap & (month == 2))
    past = year - 1
    days = 365 * past + past // 4 - past // 100 + past // 400 - 719_162
    days += _DAYS_BEFORE_MONTH[month - 1] + (leap & (month > 2)) + day - 1
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    result: NDArray[np.int64] = seconds * 1_000_000
    if fraction_digits:
        result += number(20, fraction_digits) * 10 ** (6 - fraction_digits)
    result[~valid] = INVALID
    return result
