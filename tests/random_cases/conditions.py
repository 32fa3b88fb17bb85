"""Random condition text: windows on the grid of the log, and every comparator over awkward values."""

from __future__ import annotations

import random

EVENTS = ("A", "B", "C")
WINDOWS = ("30 minutes", "1 hour", "2 hours", "3 hours", "4 hours")
BETWEENS = (("30 minutes", "2 hours"), ("1 hour", "3 hours"), ("1 hour", "2 hours"), ("2 hours", "6 hours"))
WORDS = ("'x'", "'pro'", "'free'", "'true'", "''", "'2'")
ELEMENT_PATHS: tuple[str, ...] = ()  # ("lines.$.sku", "lines.$.qty") once the engine reads `$` (AU-10)
NUMBERS = ("0", "1", "2", "2.5", "3")


def condition(rng: random.Random, audiences: list[str], depth: int = 2) -> str:
    """A condition on a profile; `audiences` are the keys it may name."""
    roll = rng.random()
    if depth and roll < 0.18:
        return f"{inner(rng, audiences, depth)} AND {inner(rng, audiences, depth)}"
    if depth and roll < 0.36:
        return f"{inner(rng, audiences, depth)} OR {inner(rng, audiences, depth)}"
    if depth and roll < 0.5:
        return f"NOT {inner(rng, audiences, depth)}"
    if audiences and roll < 0.58:
        return audience(rng, audiences)
    if roll < 0.72:
        return compare(rng, f"trait('{rng.choice(('plan', 'score', 'tags', 'home.city'))}')")
    return count(rng, audiences)


def recent(rng: random.Random) -> str:
    """A condition that comes true at an instant of the grid and soon ends."""
    return f"event('{rng.choice(EVENTS)}').within({rng.choice(WINDOWS[:2])}).count() >= 1"


def inner(rng: random.Random, audiences: list[str], depth: int) -> str:
    return f"({condition(rng, audiences, depth - 1)})"


def audience(rng: random.Random, audiences: list[str]) -> str:
    key = rng.choice(audiences)
    return rng.choice(
        (f"audience('{key}')", f"trait('{key}') = true", f"trait('{key}') = false", f"trait('{key}') != true")
    )


def count(rng: random.Random, audiences: list[str]) -> str:
    """A comparison of a count: `event('A').where(...).within(...).count() >= 2`."""
    chain = [f"event('{rng.choice(EVENTS)}')"]
    if rng.random() < 0.3:
        chain.append(f"where({where(rng, audiences if rng.random() < 0.2 else [], False)})")
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
        if rng.random() < 0.7:
            chain.append(f"within({rng.choice(WINDOWS)})")
        else:
            chain.append("between({}, {})".format(*rng.choice(BETWEENS)))
    if rng.random() < 0.05:
        said = (
            "one_of(0, 2)",
            "none_of(0, 3)",
            "exists()",
            "at_least(1.5)",
            "less_than(1.5)",
            "equals('2')",
            "differs(1.5)",
        )
        return ".".join([*chain, "count()", rng.choice(said)])
    if rng.random() < 0.03:
        return f"{rng.choice(('1 <=', '2 >', '1 =', '0 !='))} {'.'.join([*chain, 'count()'])}"
    operator, number = rng.choice(
        ((">=", 1), (">=", 1), (">=", 1), (">=", 2), (">=", 3), ("=", 0), ("=", 0), ("=", 1), ("=", 2),
         ("<=", 0), ("<=", 1), ("<", 2), (">", 1), ("!=", 1), ("!=", 0))
    )  # fmt: skip
    return ".".join([*chain, f"count() {operator} {number}"])


def where(rng: random.Random, audiences: list[str], top: bool) -> str:
    """A filter of events. In a step's or entry's own filter (`top`) the whole history may be counted (D-43)."""
    roll = rng.random()
    if roll < 0.15:
        return f"{where(rng, [], False)} {rng.choice(('AND', 'OR'))} {where(rng, [], False)}"
    if roll < 0.25:
        return f"NOT ({where(rng, [], False)})"
    if roll < 0.33:
        return compare(rng, "trait('plan')")
    if roll < 0.4:
        return compare(rng, "context('page.path')")
    if audiences and roll < 0.5:
        return audience(rng, audiences)
    if top and roll < 0.6:
        return count(rng, [])
    path = rng.choice(("n", "n", "c", "item.sku", *ELEMENT_PATHS))
    return compare(rng, f"property('{path}')")


def compare(rng: random.Random, left: str) -> str:
    """A comparator over a scalar with a constant."""
    roll = rng.random()
    if roll < 0.25:
        return f"{left} {rng.choice(('=', '!='))} {rng.choice((*WORDS, *NUMBERS, 'true', 'false'))}"
    if roll < 0.5:
        return f"{left} {rng.choice(('<', '<=', '>', '>='))} {rng.choice(NUMBERS)}"
    if roll < 0.62:
        return f"{left}.{rng.choice(('exists', 'absent'))}()"
    if roll < 0.8:
        values = ", ".join(rng.sample((*WORDS, *NUMBERS), rng.choice((1, 2))))
        return f"{left}.{rng.choice(('one_of', 'none_of'))}({values})"
    word = rng.choice(("'x'", "'r'", "'pr'", "'e'", "'Pro'"))
    return f"{left}.{rng.choice(('contains', 'omits', 'starts_with', 'ends_with'))}({word})"
