"""What the window asks about computed traits; the rules of `protocol` hold."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Kind, Reply, Request
from engage_desktop.domain.people import Level

TraitValue = float | str | bool | tuple[str, ...]
"""As it is; a list as the text forms of its elements, an object as JSON."""


@dataclass(frozen=True)
class AskTrait(Request):
    """One computed trait at the clock; `search` keeps ids that contain it. Reply `TraitFigures`."""

    generation: int
    key: str
    at_us: int
    search: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class AskTraitCounts(Request):
    """How many have a value of each computed trait at the clock; reply `TraitCounts`."""

    generation: int
    at_us: int


@dataclass(frozen=True)
class NumberBar:
    """How many numbers lie in [low, high), in the last bar in [low, high]; one value when both are equal."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class NumberSpread:
    """Of the values that are numbers."""

    count: int
    low: float
    median: float
    mean: float
    high: float
    bars: tuple[NumberBar, ...]


@dataclass(frozen=True)
class TraitFigures(Reply):
    """`people` exist at the clock, `with_value` of them have one; of an account's trait both are
    accounts. `top` are the most frequent of the `distinct` values that are no numbers, of lists
    their elements; `rows` is one page of (id, value) by id, out of `rows_total`."""

    generation: int
    key: str
    at_us: int
    level: Level
    people: int
    with_value: int
    numbers: NumberSpread | None
    top: tuple[tuple[str, int], ...]
    distinct: int
    rows: tuple[tuple[str, TraitValue], ...]
    rows_total: int
    offset: int
    kind: Kind
    seconds: float


@dataclass(frozen=True)
class TraitCounts(Reply):
    generation: int
    at_us: int
    counts: dict[str, int]
