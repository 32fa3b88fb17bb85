"""A log of arrays drawn from a seed, as the engine reads one: no files, no import.

The shape of the invented shop: twelve event names, 90 days, a few people with many events.
"""

from __future__ import annotations

from dataclasses import dataclass

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
ABSENT, NUMBER, TEXT = 0, 1, 2


@dataclass(frozen=True)
class Values:
    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    code: NDArray[np.int32]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class History:
    start: NDArray[np.int64]
    time: NDArray[np.int64]
    column: Values


def numbers(values: NDArray[np.float64]) -> Values:
    n = len(values)
    return Values(np.full(n, NUMBER, np.uint8), values, np.full(n, -1, np.int32), ())


def texts(codes: NDArray[np.int32], names: tuple[str, ...]) -> Values:
    n = len(codes)
    return Values(np.full(n, TEXT, np.uint8), np.full(n, np.nan), codes, names)


class SyntheticLog:
    """Reads like an `EventStore`; every event has a `price`, every person a plan and an e-mail address."""

    def __init__(self, events: int, people: int, seed: int = 20110307) -> None:
        rng = np.random.Generator(np.random.PCG64(seed))
        person = (people * rng.random(events) ** 1.6).astype(np.int32)
        person[:people] = np.arange(people)[:events]
        time = START_US + rng.integers(0, DAYS * DAY_US, events)
        order = np.argsort(person.astype(np.int64) * (DAYS * DAY_US) + (time - START_US), kind="stable")
        share = np.array(list(WEIGHTS.values())) / sum(WEIGHTS.values())
        kind = rng.choice(len(WEIGHTS), events, p=share).astype(np.int8)
        self.n_profiles, self.n_events = people, events
        self.person = person[order]
        self.time = time[order]
        self.profile_start = np.searchsorted(self.person, np.arange(people + 1)).astype(np.int64)
        self.profile_ids = tuple(f"u-{number:07d}" for number in range(people))
        self.since = self.time[self.profile_start[:-1]]
        self.event_names = tuple(WEIGHTS)
        self._rows = {name: np.flatnonzero(kind == at).astype(np.uint32) for at, name in enumerate(WEIGHTS)}
        self._profiles = {name: self.person[rows] for name, rows in self._rows.items()}
        self._price = {name: numbers(rng.integers(100, 9_000, len(rows)) / 100) for name, rows in self._rows.items()}
        once = np.arange(people + 1, dtype=np.int64)
        who = np.arange(people, dtype=np.int32)
        self._plan = History(once, self.since, texts(who % 3, ("free", "free plus", "plus")))
        self._address = History(once, self.since, texts(who, self.profile_ids))
        self._status = History(once, self.since, texts(who % 7 // 5, ("subscribed", "did_not_subscribe")))

    def eligible_since(self, include_anonymous: bool) -> NDArray[np.int64]:
        return self.since

    def rows(self, name: str) -> NDArray[np.uint32]:
        return self._rows[name]

    def profiles(self, name: str) -> NDArray[np.int32]:
        return self._profiles[name]

    def column(self, name: str, path: tuple[str, ...]) -> Values:
        return self._price[name]

    def context(self, name: str, path: tuple[str, ...]) -> Values:
        return self._price[name]

    def trait(self, path: tuple[str, ...]) -> History:
        return self._plan

    def trait_names(self) -> tuple[str, ...]:
        return ("plan",)

    def address(self, channel: str) -> History:
        return self._address

    def subscription(self, channel: str) -> History:
        return self._status
