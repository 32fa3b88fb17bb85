"""Random conditions and traits: every form of the language, windows on the grid of the log, awkward values.

`Names` says what a definition may name, so that nothing runs in a circle. A `Writer` uses few lengths of time, so that
edges meet events and each other, and an oracle that asks at every edge stays fast.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

EVENTS = ("A", "B", "C")
WINDOWS = ("30 minutes", "1 hour", "2 hours", "3 hours", "4 hours")
BETWEENS = (
    ("30 minutes", "2 hours"),
    ("1 hour", "3 hours"),
    ("1 hour", "2 hours"),
    ("2 hours", "6 hours"),
    ("0 hours", "1 hour"),
)
SPANS = ("30 minutes", "1 hour", "2 hours")
GAPS = ("30 minutes", "1 hour", "90 minutes")
SOURCES = ("web", "ios")
WORDS = ("'x'", "'pro'", "'free'", "'true'", "''", "'2'")
NUMBERS = ("0", "1", "2", "2.5", "3")
DATES = (
    "2024-01-01T03:00:00Z",
    "2024-01-01T05:00:00+01:00",
    "2024-01-01T05:00:00Z",
    "2024-01-01T06:30:00Z",
    "2024-01-02",
)
PROPERTIES = ("n", "n", "n", "n", "c", "c", "item.sku", "lines.$.sku", "lines.$.qty", "lines")
CUSTOM = ("plan", "score", "tags", "home.city", "home")
GROUP = ("tier", "limit")
SYMBOLS = ("<", "<=", ">", ">=", "=", "!=")
NUMERIC = ("count", "sum", "avg", "min", "max", "unique_count", "mode number")
OTHER = ("first", "last", "mode", "mode array", "min string", "max string")


@dataclass(frozen=True)
class Names:
    """Keys that may be named: of users and of accounts."""

    audiences: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    account_audiences: tuple[str, ...] = ()
    account_traits: tuple[str, ...] = ()
    account: bool = False  # who is asked

    def with_more(self, traits: list[str], audiences: list[str]) -> Names:
        """A user may ask for these too, whoever's audiences they are."""
        return replace(self, traits=(*self.traits, *traits), audiences=(*self.audiences, *audiences))

    def asked(self, account: bool) -> Names:
        return replace(self, account=account)

    @property
    def of_audience(self) -> tuple[str, ...]:
        """A user may ask for an account's too (AU-23)."""
        return self.account_audiences if self.account else self.audiences + self.account_audiences

    @property
    def of_trait(self) -> tuple[str, ...]:
        return self.account_traits if self.account else self.traits


class Writer:
    """Writes conditions and definitions from one source of randomness."""

    def __init__(self, rng: random.Random, few: int = len(WINDOWS)) -> None:
        self.rng = rng
        self.windows = rng.sample(WINDOWS, min(few, len(WINDOWS)))
        self.betweens = rng.sample(BETWEENS, min(few, len(BETWEENS)))
        self.spans = rng.sample(SPANS, min(few, len(SPANS)))

    def one(self, *choices: str) -> str:
        return self.rng.choice(choices)

    # Conditions

    def condition(self, names: Names, depth: int = 2) -> str:
        """A condition on a person, or on an account."""
        roll = self.rng.random()
        if depth and roll < 0.15:
            return f"{self.inner(names, depth)} AND {self.inner(names, depth)}"
        if depth and roll < 0.3:
            return f"{self.inner(names, depth)} OR {self.inner(names, depth)}"
        if depth and roll < 0.42:
            return f"NOT {self.inner(names, depth)}"
        if names.account and roll < 0.75:
            return self.quantified(names, depth)
        if names.of_audience and roll < 0.54:
            return self.audience(names)
        if roll < 0.76:
            return self.trait(names)
        return self.events(names)

    def inner(self, names: Names, depth: int) -> str:
        return f"({self.condition(names, depth - 1)})"

    def quantified(self, names: Names, depth: int) -> str:
        asked = self.one("ANY", "ALL", "ALL NOT", "ANY NOT", "NOT ANY", "NOT ALL")
        return f"{asked} ({self.condition(names.asked(False), min(depth, 1))})"

    def audience(self, names: Names) -> str:
        key = self.one(*names.of_audience)
        return self.one(
            f"audience('{key}')", f"trait('{key}') = true", f"trait('{key}') = false", f"trait('{key}') != true"
        )

    def trait(self, names: Names) -> str:
        """A comparison of a trait: custom or computed, with a constant, a date or another trait."""
        custom = GROUP if names.account else CUSTOM
        if self.rng.random() < 0.3:
            return self.date("trait('due')")
        left = f"trait('{self.one(*names.of_trait * 3, *custom)}')"
        if self.rng.random() < 0.15:
            return f"{left} {self.one(*SYMBOLS)} trait('{self.one(*names.of_trait, *custom)}')"
        if names.of_trait and self.rng.random() < 0.1:
            return self.date(left)
        return self.compare(left)

    def compare(self, left: str) -> str:
        """A comparator over a value of any type with constants."""
        roll = self.rng.random()
        if roll < 0.25:
            return f"{left} {self.one('=', '!=')} {self.one(*WORDS, *NUMBERS, 'true', 'false')}"
        if roll < 0.5:
            return f"{left} {self.one('<', '<=', '>', '>=')} {self.one(*NUMBERS)}"
        if roll < 0.62:
            return f"{left}.{self.one('exists', 'absent')}()"
        if roll < 0.8:
            values = ", ".join(self.rng.sample((*WORDS, *NUMBERS, *DATES[:2]), self.rng.choice((1, 2))))
            return f"{left}.{self.one('one_of', 'none_of')}({values})"
        word = self.one("'x'", "'r'", "'pr'", "'.0'", "'.0'", "'Pro'", "'\"sku\":'", "'2'")
        return f"{left}.{self.one('contains', 'omits', 'starts_with', 'ends_with')}({word})"

    def date(self, left: str) -> str:
        """A date operator, or `=` with a date."""
        roll = self.rng.random()
        if roll < 0.2:
            return f"{left}.{self.one('before_date', 'after_date')}({self.one(*DATES)})"
        if roll < 0.35:
            return f"{left} {self.one('=', '!=')} {self.one(*DATES)}"
        if roll < 0.45:
            return f"{left}.{self.one('before_last', 'after_next')}(0 days)"
        return f"{left}.{self.one('within_last', 'within_next', 'before_last', 'after_next')}({self.one(*self.spans)})"

    # Events

    def events(self, names: Names) -> str:
        """A comparison of a reducer over events; of an account it asks its users (AU-26)."""
        names = names.asked(False)
        if self.rng.random() < 0.6:
            return self.count(names)
        kind = self.one(*NUMERIC, *OTHER, "count", "first", "last")
        left = self.reduced(self.stream(names), kind)
        if self.rng.random() < 0.1:
            return f"{left} {self.one(*SYMBOLS)} trait('{self.one(*names.of_trait, *CUSTOM)}')"
        if kind in NUMERIC:
            return self.number(left)
        return self.date(left) if kind in ("first", "last") and ".at')" in left else self.compare(left)

    def number(self, left: str) -> str:
        roll = self.rng.random()
        if roll < 0.75:
            return f"{left} {self.one(*SYMBOLS)} {self.one(*NUMBERS)}"
        if roll < 0.85:
            return f"{left}.{self.one('exists', 'absent')}()"
        return f"{left}.{self.one('one_of(0, 2)', 'none_of(0, 3)', 'at_least(1.5)', 'less_than(1.5)', 'equals(2)', 'differs(1.5)')}"

    def count(self, names: Names) -> str:
        """`event('A').where(...).within(...).count() >= 2`"""
        left = f"{self.stream(names)}.count()"
        if self.rng.random() < 0.07:
            return f"{self.one('1 <=', '2 >', '1 =', '0 !=')} {left}"
        operator, number = self.rng.choice(
            ((">=", 1), (">=", 1), (">=", 1), (">=", 2), (">=", 3), ("=", 0), ("=", 0), ("=", 1), ("=", 2),
             ("<=", 0), ("<=", 1), ("<", 2), (">", 1), ("!=", 1), ("!=", 0))
        )  # fmt: skip
        return f"{left} {operator} {number}"

    def stream(self, names: Names, level: int = 0) -> str:
        """`event(...)` with filters; below another one (`level`) mostly after the parent."""
        chain = [f"event('{self.one(*EVENTS)}')"]
        if self.rng.random() < (0.6, 0.6, 0.5)[level]:
            chain.append(f"where({self.where(names, level)})")
        if self.rng.random() < 0.12:
            chain.append(f"sources({{exclude: ['{self.one(*SOURCES)}']}})")
        parent = level and self.rng.random() < 0.75
        if parent and self.rng.random() < 0.75:
            chain.append(f"within(parent: {self.one(*self.windows)})")
        elif parent:
            chain.append("between(parent: {}, {})".format(*self.rng.choice((*self.betweens, BETWEENS[-1]))))
        for _ in range(self.rng.choice((0, 0, 0, 0, 1) if level else (0, 0, 1, 1, 1, 1, 1, 1, 1, 2))):
            chain.append(self.window())
        return ".".join(chain)

    def window(self) -> str:
        if self.rng.random() < 0.7:
            return f"within({self.one(*self.windows)})"
        return "between({}, {})".format(*self.rng.choice(self.betweens))

    def where(self, names: Names, level: int = 0, top: bool = False) -> str:
        """A filter of events. In a step's or entry's own filter (`top`) the whole history may be counted (D-43)."""
        roll = self.rng.random()
        if roll < 0.12:
            return f"{self.where(names, level, top)} {self.one('AND', 'OR')} {self.where(names, level, top)}"
        if roll < 0.2:
            return f"NOT ({self.where(names, level, top)})"
        if roll < 0.3:
            return f"property('n') {self.one(*SYMBOLS)} trait('{self.one(*names.of_trait * 4, 'score', 'limit')}')"
        if roll < 0.34:
            return self.trait(names)
        if roll < 0.38:
            return self.compare("context('page.path')")
        if roll < 0.46:
            return self.date(self.one("property('at')", "property('at')", "context('page.until')"))
        if names.of_audience and roll < 0.56:
            return self.audience(names)
        if level and roll < (0.66, 0.66, 0.9)[level]:
            return (
                f"property('{self.one('n', 'c', 'n')}') {self.one(*SYMBOLS)} property(parent: '{self.one('n', 'c')}')"
            )
        if top and roll < 0.62:
            return self.count(names)
        if level < 2 and not top and roll < (0.8, 0.9)[level]:
            return self.child(names, level + 1)
        return self.compare(f"property('{self.one(*PROPERTIES)}')")

    def child(self, names: Names, level: int) -> str:
        """A funnel child, compared with a number or with a property of its parent."""
        roll = self.rng.random()
        stream = self.stream(names, level)
        if level == 2 and roll < 0.5:  # seldom met at this depth unless it is plain
            stream = f"event('{self.one(*EVENTS)}').where(property('n') {self.one(*SYMBOLS)} property(parent: 'n'))"
            return f"{stream}.count() {self.one('>= 1', '= 0')}"
        if roll < 0.7:
            return f"{self.one('', '', 'NOT ')}{stream}.count() {self.one('>= 1', '>= 1', '= 0', '= 1', '= 1', '>= 2', '<= 1')}"
        kind = self.one(*NUMERIC)
        if roll < 0.85:
            return f"{self.reduced(stream, kind)} {self.one(*SYMBOLS)} property('n')"
        return self.number(self.reduced(stream, kind))

    def reduced(self, stream: str, kind: str) -> str:
        """The stream made one value, of properties that often have what the reducer takes."""
        word, _, cast = kind.partition(" ")
        if kind == "count":
            return f"{stream}.count()"
        usual = {
            "sum": ("d",),
            "avg": ("d", "n"),
            "mode": ("n", "c", "d", "lines.$.sku"),
            "first": ("at", "n"),
            "last": ("at", "n", "c"),
        }
        path = self.one(*PROPERTIES, "d") if self.rng.random() < 0.4 else self.one(*usual.get(word, ("n", "c", "d")))
        of = "context('page.depth')" if self.rng.random() < 0.08 else f"property('{path}')"
        as_cast = f" as {cast}" if cast else ""
        if word == "unique_count":
            return f"{stream}.unique({of}).count()"
        if word == "mode":
            return f"{stream}.mode({of}{as_cast}{self.one('', ', 1', ', 1', ', 3')})"
        return f"{stream}.{word}({of}{as_cast})"

    # Computed traits

    def definition(self, names: Names) -> str:
        """A computed trait: any reducer, over a window, a session or everything."""
        stream = self.stream(names) if self.rng.random() < 0.7 else f"event('{self.one(*EVENTS)}')"
        roll = self.rng.random()
        if names.of_trait and roll < 0.3:
            stream += f".where(property('n') {self.one(*SYMBOLS)} trait('{self.one(*names.of_trait)}'))"
        elif roll > 0.75:
            event = stream.partition(".")[0]
            where = self.one("", f".where({self.where(names)})", f".where(property('{self.one('n', 'c')}').exists())")
            stream = f"{event}{where}.expires_after({self.one(*GAPS)})"
        kind = self.one(*NUMERIC, *OTHER, "unique", "unique", "unique", "count", "count", "sum")
        return self.reduced(stream, kind)


def recent(rng: random.Random) -> str:
    """A condition that comes true at an instant of the grid and soon ends."""
    return f"event('{rng.choice(EVENTS)}').within({rng.choice(WINDOWS[:2])}).count() >= 1"
