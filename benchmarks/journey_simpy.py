"""The twelve steps as a discrete-event simulation: a SimPy process for every person and for every instance.

A person's process lives through their events; windows that run out wake a process too. An instance's process
walks the steps and is interrupted by an exit. Instants are whole microseconds, the clock of the environment.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import simpy

from benchmarks.journey_designs import BUY, COIN, STEP_KEYS, ZONE
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog

NEVER = 2**63 - 1
HOUR_US = DAY_US // 24
TO_US = START_US + DAYS * DAY_US
HEARD = (
    "Page Viewed", "Product Viewed", "Product Added", BUY, "Signed In", "Email Opened", "Email Link Clicked",
    "Products Searched",
)  # fmt: skip
"""Names that something asks about; the others are not even fed in."""
AUDIENCE = {"Product Viewed": 14 * DAY_US, "Product Added": 30 * DAY_US, BUY: 30 * DAY_US}
"""Windows of the entry audience."""
Event = tuple[int, str, float]
"""Instant, name, price."""
Steps = Generator[simpy.Event, Any, None]


def events_of(log: SyntheticLog, people: Iterable[int]) -> dict[int, list[Event]]:
    """Events that something asks about, in order, of each person."""
    chosen = set(people)
    found: dict[int, list[tuple[int, Event]]] = {person: [] for person in chosen}
    for name in HEARD:
        at = np.flatnonzero(np.isin(log.profiles(name), list(chosen)))
        rows, prices = log.rows(name)[at], log.column(name, "price").number[at]
        columns = (log.profiles(name)[at], rows, log.time[rows], prices)
        for person, row, time, price in zip(*(column.tolist() for column in columns), strict=True):
            found[person].append((row, (time, name, price)))
    return {person: [event for _, event in sorted(rows)] for person, rows in found.items()}


class Person:
    """What somebody did so far, whether they are in the audience, and who listens to them."""

    def __init__(self, env: simpy.Environment, index: int, draw: float, visits: list[list[Any]]) -> None:
        self.env, self.index, self.draw, self.visits = env, index, draw, visits
        self.times: dict[str, list[int]] = defaultdict(list)
        self.pricy: list[int] = []
        self.listeners: dict[str, list[tuple[simpy.Event, str, Callable[[float], bool]]]] = defaultdict(list)
        self.inside = False
        self.instances = 0
        self.walking: list[simpy.Process] = []

    def live(self, events: list[Event]) -> Steps:
        for time, name, price in events:
            if time > self.env.now:
                yield self.env.timeout(time - self.env.now)
            self.times[name].append(time)
            if name == "Product Viewed" and price >= 20:
                self.pricy.append(time)
            if name == BUY or (name == "Signed In" and self.count("Signed In", 7 * DAY_US) >= 2):
                self.leave(name)
            self.hear(name, price)
            if name in AUDIENCE:
                self.env.process(self.expire(AUDIENCE[name]))
                self.ask()

    def expire(self, window_us: int) -> Steps:
        yield self.env.timeout(window_us)
        self.ask()

    def ask(self) -> None:
        """Who enters the audience enters the journey."""
        inside = (
            self.count("Product Added", 30 * DAY_US) >= 1
            and not self.count(BUY, 30 * DAY_US)
            and self.within(self.pricy, 14 * DAY_US) >= 2
        )
        if inside and not self.inside:
            self.instances += 1
            self.walking = [walk for walk in self.walking if walk.is_alive]
            self.walking.append(self.env.process(Instance(self, self.instances).walk()))
        self.inside = inside

    def count(self, name: str, window_us: int) -> int:
        return self.within(self.times[name], window_us)

    def within(self, times: list[int], window_us: int) -> int:
        return len(times) - bisect_right(times, self.env.now - window_us)

    def leave(self, why: str) -> None:
        for walk in self.walking:
            if walk.is_alive:
                walk.interrupt(why)

    def hear(self, name: str, price: float) -> None:
        for listener in self.listeners[name]:
            heard, key, where = listener
            if not heard.triggered and where(price):
                heard.succeed(key)
        self.listeners[name] = [listener for listener in self.listeners[name] if not listener[0].triggered]


class Instance:
    """One walk through the journey; every visit is a row."""

    def __init__(self, person: Person, number: int) -> None:
        self.person, self.number, self.seq = person, number, 0
        self.deadline = person.env.now + 10 * DAY_US

    def walk(self) -> Steps:
        if self.person.count("Signed In", 7 * DAY_US) >= 2:
            return
        try:
            yield from self.steps()
        except simpy.Interrupt:
            self.row[5] = self.person.env.now
        except _TooLong:
            self.row[5] = self.deadline

    def steps(self) -> Steps:
        person = self.person
        yield from self.delay("pause", 2 * HOUR_US)
        dear = {"Product Viewed": ("seen", lambda price: price >= 60), "Email Opened": ("read", _any)}
        branch = yield from self.listen("look", dear, 3 * DAY_US)
        if branch != "read":
            filling = person.count("Product Added", 30 * DAY_US) >= 2
            self.visit("worth", "filling" if filling else "otherwise")
            if not filling and not (yield from self.quiet()):
                return
        branch = next(key for key, edge in zip(dict(COIN), _edges(), strict=True) if person.draw < edge)
        self.visit("coin", branch)
        if branch != "control":
            if branch == "mail":
                yield from self.delay("morning", _nine(person.env.now) - person.env.now)
            else:
                yield from self.delay("evening", 36 * HOUR_US)
            self.visit("nudge")
            back = {"Email Link Clicked": ("clicked", _any), "Products Searched": ("back", _any)}
            branch = yield from self.listen("answer", back, 2 * DAY_US)
            if branch != "clicked":
                hot = person.count("Product Viewed", 3 * DAY_US) >= 2
                self.visit("warm", "hot" if hot else "otherwise")
                if not hot:
                    return
            self.visit("tell")
        self.visit("done")

    def visit(self, step: str, branch: str | None = None, left: int | None = None) -> None:
        now = self.person.env.now
        left = now if left is None else left
        self.row = [self.person.index, self.number, self.seq, STEP_KEYS.index(step), now, left, branch]
        self.person.visits.append(self.row)
        self.seq += 1

    def delay(self, step: str, duration_us: int) -> Steps:
        self.visit(step, left=NEVER)
        yield from self.pass_time(duration_us)
        self.row[5] = self.person.env.now

    def pass_time(self, duration_us: int, *others: simpy.Event) -> Generator[simpy.Event, Any, Any]:
        """Wait so long or for another event; not beyond the instance's age."""
        env = self.person.env
        left = self.deadline - env.now
        timer = env.timeout(min(duration_us, left))
        yield env.any_of([timer, *others]) if others else timer
        if env.now >= self.deadline and not any(other.triggered for other in others):
            raise _TooLong

    def listen(
        self, step: str, branches: dict[str, tuple[str, Callable[[float], bool]]], timeout_us: int
    ) -> Generator[simpy.Event, Any, str]:
        self.visit(step, left=NEVER)
        heard = self.person.env.event()
        for name, (key, where) in branches.items():
            self.person.listeners[name].append((heard, key, where))
        yield from self.pass_time(timeout_us, heard)
        branch: str = heard.value if heard.triggered else "timeout"
        if not heard.triggered:
            heard.succeed()  # nobody listens any more
        self.row[5:] = [self.person.env.now, branch]
        return branch

    def quiet(self) -> Generator[simpy.Event, Any, bool]:
        """Until two pages lie in a day; False when time is up."""
        self.visit("quiet", left=NEVER)
        person = self.person
        if person.count("Page Viewed", DAY_US) < 2:
            heard = person.env.event()
            person.listeners["Page Viewed"].append((heard, "", lambda _: person.count("Page Viewed", DAY_US) >= 2))
            yield from self.pass_time(4 * DAY_US, heard)
            if not heard.triggered:
                heard.succeed()
                self.row[5:] = [person.env.now, "timeout"]
                return False
        self.row[5] = person.env.now
        return True


class _TooLong(Exception):
    """The instance has come of age."""


def _any(_: float) -> bool:
    return True


def _edges() -> list[float]:
    edges = (np.cumsum([percent for _, percent in COIN]) / 100).tolist()
    return [*edges[:-1], 1.0]


def _nine(now_us: int) -> int:
    """The next strictly later nine o'clock of the zone."""
    zone, epoch = ZoneInfo(ZONE), datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    clock = (epoch + timedelta(microseconds=now_us)).astimezone(zone)
    nine = clock.replace(hour=9, minute=0, second=0, microsecond=0)
    if nine <= clock:
        nine = (nine.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return (nine.astimezone(ZoneInfo("UTC")) - epoch) // timedelta(microseconds=1)


def run(events: dict[int, list[Event]], draws: dict[int, float]) -> list[list[Any]]:
    """Visits as rows person, number of the instance, seq, step, entered, left (NEVER while inside), branch, sorted."""
    env = simpy.Environment(initial_time=START_US)
    visits: list[list[Any]] = []
    for person, theirs in events.items():
        env.process(Person(env, person, draws[person], visits).live(theirs))
    env.run(until=TO_US + 1)
    return sorted(visits, key=lambda row: row[:3])
