"""A log of arrays drawn from a seed, as the engine reads one: no files, no import.

The shape of the invented shop: twelve event names, 90 days, a few people with many events.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

DAY_US = 86_400_000_000
START_US = 1_299_456_000_000_000  # 2011-03-07
DAYS = 90
WEIGHTS: dict[str, float] = {
    "Page Viewed": 22, "Products Searched": 7, "Product Viewed": 34, "Product Added": 10, "Checkout Started": 4,
    "Order Completed": 2.5, "Signed In": 3, "Trial Started": 0.5, "Subscription Started": 0.3, "Email Delivered": 10,
    "Email Opened": 5, "Email Link Clicked": 1.7,
}  # fmt: skip
CATEGORIES = (
    "biscuits", "chocolate", "coffee", "cups", "filters", "gifts", "honey", "kettles", "pots", "spoons", "tea", "trays",
)  # fmt: skip
WITH_CART = ("Product Added", "Checkout Started", "Order Completed")
EVENTS_A_CART = 3
ABSENT, NUMBER, TEXT = 0, 1, 2


@dataclass(frozen=True)
class Values:
    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    code: NDArray[np.int32]
    texts: Sequence[str]


@dataclass(frozen=True)
class History:
    start: NDArray[np.int64]
    time: NDArray[np.int64]
    column: Values


class CartIds(Sequence[str]):
    """`cart-0000000`, ...: as many as are asked for, spelled out when they are read."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> list[str]: ...
    def __getitem__(self, i: int | slice) -> str | list[str]:
        if isinstance(i, slice):
            return [f"cart-{one:07x}" for one in range(*i.indices(self._count))]
        if not -self._count <= i < self._count:
            raise IndexError(i)
        return f"cart-{i % self._count:07x}"


def numbers(values: NDArray[np.float64]) -> Values:
    n = len(values)
    return Values(_all(NUMBER, n, np.uint8), values, _all(-1, n, np.int32), ())


def texts(codes: NDArray[np.int32], names: Sequence[str]) -> Values:
    """Texts by code; a code of -1 is no value."""
    n = len(codes)
    some = (codes < 0).any()
    kind = np.where(codes < 0, ABSENT, TEXT).astype(np.uint8) if some else _all(TEXT, n, np.uint8)
    return Values(kind, _all(np.nan, n, np.float64), codes, names)


def nothing(n: int) -> Values:
    return Values(_all(ABSENT, n, np.uint8), _all(np.nan, n, np.float64), _all(-1, n, np.int32), ())


def _all(value: float, n: int, dtype: type) -> NDArray[Any]:
    """n times the same value in the memory of one, as a store holds a uniform column."""
    return np.broadcast_to(np.array(value, dtype), n)


class SyntheticLog:
    """Reads like an `EventStore`; every event has a `price` and most a `category`, every person
    a plan and an e-mail address. Instants are whole `tick_us`: a coarse tick makes ties.

    `person` (int32 by row) is there for the alternatives, which keep it in their table.
    """

    def __init__(self, events: int, people: int, seed: int = 20110307, tick_us: int = 1) -> None:
        rng = np.random.Generator(np.random.PCG64(seed))
        person = (people * rng.random(events) ** 1.6).astype(np.int32)
        person[:people] = np.arange(people)[:events]
        time = START_US + rng.integers(0, DAYS * DAY_US // tick_us, events) * tick_us
        order = np.argsort(person.astype(np.int64) * (DAYS * DAY_US) + (time - START_US), kind="stable")
        share = np.array(list(WEIGHTS.values())) / sum(WEIGHTS.values())
        kind = rng.choice(len(WEIGHTS), events, p=share).astype(np.int8)
        self.n_profiles, self.n_events = people, events
        self.person = person[order]
        self.time = time[order]
        self.first_us, self.last_us = int(time.min()), int(time.max())
        self.profile_start = np.searchsorted(self.person, np.arange(people + 1)).astype(np.int64)
        self.profile_ids = tuple(f"u-{number:07d}" for number in range(people))
        self.since = self.time[self.profile_start[:-1]]
        self.event_names = tuple(WEIGHTS)
        self._rows = {name: np.flatnonzero(kind == at).astype(np.uint32) for at, name in enumerate(WEIGHTS)}
        self._times: dict[str, NDArray[np.int64]] = {}
        self._profiles = {name: self.person[rows] for name, rows in self._rows.items()}
        self._columns: dict[tuple[str, tuple[str, ...]], Values] = {}
        carts = CartIds(max(events // EVENTS_A_CART, 1))
        for name, rows in self._rows.items():
            n = len(rows)
            self._columns[name, ("price",)] = numbers(rng.integers(100, 9_000, n) / 100)
            category = rng.integers(0, len(CATEGORIES), n, np.int32)
            category[rng.random(n) < 0.02] = -1
            self._columns[name, ("category",)] = texts(category, CATEGORIES)
            if name in WITH_CART:
                self._columns[name, ("cart_id",)] = texts(rng.integers(0, len(carts), n, np.int32), carts)
        once = np.arange(people + 1, dtype=np.int64)
        who = np.arange(people, dtype=np.int32)
        self._plan = History(once, self.since, texts(who % 3, ("free", "free plus", "plus")))
        self._address = History(once, self.since, texts(who, self.profile_ids))
        self._status = History(once, self.since, texts(who % 7 // 5, ("subscribed", "did_not_subscribe")))
        self._no_history = History(np.zeros(people + 1, np.int64), np.empty(0, np.int64), nothing(0))

    @cached_property
    def ordinal(self) -> NDArray[np.uint32]:
        """Place of each row among all, by time; ties stand as the rows do."""
        ordinal = np.empty(self.n_events, np.uint32)
        ordinal[np.argsort(self.time, kind="stable")] = np.arange(self.n_events, dtype=np.uint32)
        return ordinal

    def index_of(self, text_id: str) -> int | None:
        number = text_id.removeprefix("u-")
        return int(number) if number.isdecimal() and int(number) < self.n_profiles else None

    def eligible_since(self, include_anonymous: bool) -> NDArray[np.int64]:
        return self.since

    # -- events ----------------------------------------------------------------------------

    def rows(self, name: str) -> NDArray[np.uint32]:
        return self._rows.get(name, np.empty(0, np.uint32))

    def profiles(self, name: str) -> NDArray[np.int32]:
        return self._profiles.get(name, np.empty(0, np.int32))

    def times(self, name: str) -> NDArray[np.int64]:
        """Kept once asked for, as an `EventStore` keeps them."""
        if name not in self._times:
            self._times[name] = self.time[self.rows(name)]
        return self._times[name]

    def column(self, name: str, path: str | tuple[str, ...]) -> Values:
        known = self._columns.get((name, (path,) if isinstance(path, str) else path))
        return nothing(len(self.rows(name))) if known is None else known

    def context(self, name: str, path: str | tuple[str, ...]) -> Values:
        return nothing(len(self.rows(name)))

    def source(self, name: str) -> Values:
        return texts(self.profiles(name) % 2, ("web", "phone"))

    def properties(self, name: str) -> dict[str, int]:
        return {path[0]: int((one.kind != ABSENT).sum()) for (of, path), one in self._columns.items() if of == name}

    # -- traits ----------------------------------------------------------------------------

    def trait(self, path: str | tuple[str, ...]) -> History:
        return self._plan if path in ("plan", ("plan",)) else self._no_history

    def trait_names(self) -> tuple[str, ...]:
        return ("plan",)

    def address(self, channel: str) -> History:
        return self._address

    def subscription(self, channel: str) -> History:
        return self._status

    def group_subscription(self, group: str) -> History:
        return self._no_history

    def consent(self) -> History:
        return self._no_history

    @property
    def zones(self) -> History:
        """Nobody's calls tell one."""
        nobody = np.zeros(self.n_profiles + 1, np.int64)
        return History(nobody, np.empty(0, np.int64), texts(np.empty(0, np.int32), ()))

    def named(self, ids: Collection[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        return np.empty(0, np.int32), np.empty(0, np.int64)

    # -- accounts: none --------------------------------------------------------------------

    account_ids: tuple[str, ...] = ()
    account_since = np.empty(0, np.int64)

    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)

    def account_trait(self, path: str | tuple[str, ...]) -> History:
        return History(np.zeros(1, np.int64), np.empty(0, np.int64), nothing(0))

    def account_trait_names(self) -> tuple[str, ...]:
        return ()

    # -- memory ----------------------------------------------------------------------------

    def bytes_of_events(self) -> int:
        """What holds instants, rows, people and the order across people."""
        parts: list[NDArray[Any]] = [self.time, self.ordinal, *self._rows.values(), *self._profiles.values()]
        return sum(part.nbytes for part in parts)

    def bytes_of_times(self) -> tuple[int, int]:
        """Bytes of the instants kept by name, and how many events these are: those that were asked about."""
        return sum(one.nbytes for one in self._times.values()), sum(map(len, self._times.values()))

    def bytes_of_property(self, path: str) -> tuple[int, int]:
        """Bytes of a property in all events that may have it, and how many events these are."""
        columns = [one for (_, of), one in self._columns.items() if of == (path,)]
        stored = [part for one in columns for part in (one.kind, one.number, one.code) if part.strides != (0,)]
        return sum(part.nbytes for part in stored), sum(len(one.kind) for one in columns)
