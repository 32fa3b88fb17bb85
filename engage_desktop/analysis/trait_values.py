"""How the values of a computed trait at one instant are spread over those who have one."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.language.numbers import number_text

if TYPE_CHECKING:
    from engage_desktop.events import Column

Value = float | str | bool | tuple[str, ...]
"""A list is the text forms of its elements, an object its JSON."""
_MOST_BARS = 40
_BARS = 24
_FAR = 3
"""Where the largest value lies this many times as far out as 99 of 100, a last bar holds the rest."""


@dataclass(frozen=True)
class Bin:
    """`count` numbers x with low <= x < high, in the last one x <= high; one value when both are equal."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Numbers:
    """Of the values that are numbers."""

    count: int
    low: float
    median: float
    mean: float
    high: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Distribution:
    """`top` are the most frequent of the `distinct` values that are no numbers, each with how many have
    it; of a list every element counts."""

    with_value: int
    numbers: Numbers | None
    top: tuple[tuple[str, int], ...]
    distinct: int


def distribution(column: Column, most: int = 12) -> Distribution:
    """Describe the values of a column; absent ones are nobody's."""
    from engage_desktop.events.column import ABSENT, NUMBER

    numbers = column.number[column.kind == NUMBER]
    texts = Counter(dict(_texts(column)))
    top = sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:most]
    with_value = int((column.kind != ABSENT).sum())
    return Distribution(with_value, _numbers(numbers[np.isfinite(numbers)]), tuple(top), len(texts))


def value_at(column: Column, place: int) -> Value | None:
    """The value of one person."""
    from engage_desktop.events.column import LIST

    value = column.value(place)
    if column.kind[place] == LIST:
        return tuple(map(text_form, json.loads(str(value))))
    return value


def text_form(value: Any) -> str:
    """The text form of a value of a log (D-40)."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _texts(column: Column) -> Iterator[tuple[str, int]]:
    """(value, how many have it) of all that is no number, each value once."""
    from engage_desktop.events.column import BOOL, LIST, OBJECT, TEXT

    found: Counter[str] = Counter()
    for kind in (TEXT, LIST, OBJECT):
        codes, counts = np.unique(column.code[column.kind == kind], return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            text = column.texts[code]
            for value in set(map(text_form, json.loads(text))) if kind == LIST else (text,):
                found[value] += count
    booleans = column.number[column.kind == BOOL]
    for word, count in (("true", int((booleans != 0).sum())), ("false", int((booleans == 0).sum()))):
        if count:
            found[word] += count
    yield from found.items()


def _numbers(values: NDArray[np.float64]) -> Numbers | None:
    if not len(values):
        return None
    values, count = np.sort(values), len(values)
    low, high = float(values[0]), float(values[-1])
    median = float(values[(count - 1) // 2] / 2 + values[count // 2] / 2)
    mean = float((values / count).sum())  # the sum itself may be too large for a double
    return Numbers(count, low, median, mean, high, _bins(values, low, high))


def _bins(values: NDArray[np.float64], low: float, high: float) -> tuple[Bin, ...]:
    """One bar a value where there are few whole ones, else bars of one round width. `values` ascend."""
    whole = bool((values == np.floor(values)).all())
    if low == high or not math.isfinite(high - low):
        return (Bin(low, high, len(values)),)
    if whole and high - low < _MOST_BARS:
        counts = np.bincount((values - low).astype(np.int64))
        return tuple(Bin(low + at, low + at, int(count)) for at, count in enumerate(counts))
    usual = float(values[(len(values) - 1) * 99 // 100])
    top = usual if usual > low and high - low > _FAR * (usual - low) else high
    width = _round_up((top - low) / _BARS)
    if not math.isfinite(width) or low + width == low or high + width == high:  # closer together than doubles can tell
        return (Bin(low, high, len(values)),)
    if whole:
        width = max(width, 1.0)
    first = math.floor(low / width)
    first -= first * width > low  # the division may have rounded up
    edges = np.arange(first, math.floor(top / width) + 2) * width
    places = np.searchsorted(values, edges)
    bins = [
        Bin(float(left), float(right), int(count))
        for left, right, count in zip(edges, edges[1:], np.diff(places), strict=False)
    ]
    rest = len(values) - int(places[-1])
    return (*bins, Bin(float(edges[-1]), high, rest)) if rest else tuple(bins)


def _round_up(width: float) -> float:
    """The next of 1, 2, 5, 10, ... times a power of ten."""
    if not 0 < width < math.inf:
        return math.inf
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= width)
