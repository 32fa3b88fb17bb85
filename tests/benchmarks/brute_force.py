"""The questions of the benchmark answered one person and one instant at a time, word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa

from benchmarks.event_table import event_table
from benchmarks.questions import AT_US, DAYS_1, DAYS_7, DAYS_14, DAYS_30, QUESTIONS
from benchmarks.synthetic_log import SyntheticLog


@dataclass(frozen=True)
class Event:
    row: int
    time: int
    name: str
    price: float
    category: str | None
    cart_id: str | None


Events = list[Event]


def answers(log: SyntheticLog) -> dict[str, pa.Table]:
    people: list[Events] = [[] for _ in range(log.n_profiles)]
    for one in event_table(log).to_pylist():
        people[one.pop("person")].append(Event(**one))
    keen = list(_spans(people, _keen, (DAYS_14, DAYS_30)))
    left_cart = list(_spans(people, _left_cart, (DAYS_1, DAYS_7)))
    members = [{"person": person} for person, events in enumerate(people) if _keen(events, AT_US)]
    traits = [{"person": person, **_traits(past)} for person, events in enumerate(people) if (past := _past(events))]
    rows = {"members": members, "spans": keen, "funnel": left_cart, "traits": traits}
    return {question: pa.Table.from_pylist(rows[question], schema=schema) for question, schema in QUESTIONS.items()}


def _spans(
    people: list[Events], holds: Callable[[Events, int], bool], windows: tuple[int, ...]
) -> Iterator[dict[str, int]]:
    """Half-open spans in which `holds`, which can change only at an event or a window's end (D-5)."""
    for person, events in enumerate(people):
        instants = sorted({event.time + shift for event in events for shift in (0, *windows)})
        said = [False, *(holds(events, instant) for instant in instants)]
        changes = [instant for instant, (before, now) in zip(instants, pairwise(said), strict=True) if before != now]
        for start, end in zip(changes[::2], changes[1::2], strict=True):
            yield {"person": person, "start_us": start, "end_us": end}


def _seen(events: Events, name: str, at_us: int, window_us: int) -> Events:
    return [event for event in events if event.name == name and at_us - window_us < event.time <= at_us]


def _keen(events: Events, at_us: int) -> bool:
    viewed = [event for event in _seen(events, "Product Viewed", at_us, DAYS_14) if event.price >= 20]
    added = _seen(events, "Product Added", at_us, DAYS_30)
    return len(viewed) >= 2 and len(added) >= 1 and not _seen(events, "Order Completed", at_us, DAYS_30)


def _left_cart(events: Events, at_us: int) -> bool:
    def ordered(parent: Event) -> bool:
        return any(
            event.name == "Order Completed"
            and event.row > parent.row
            and event.time <= min(at_us, parent.time + DAYS_1)
            for event in events
        )

    return any(not ordered(parent) for parent in _seen(events, "Product Added", at_us, DAYS_7))


def _past(events: Events) -> Events:
    return [event for event in events if event.time <= AT_US]


def _traits(past: Events) -> dict[str, Any]:
    viewed, added, ordered = (
        [event for event in past if event.name == name]
        for name in ("Product Viewed", "Product Added", "Order Completed")
    )
    spent, spent_new = _total(ordered), _total(_new(ordered))
    categories = [event.category for event in viewed if event.category is not None]
    often = [(-seen, word) for word, seen in Counter(categories).items() if seen >= 2]
    carts = [event.cart_id for event in _new(added) if event.cart_id is not None]
    return {
        "orders": len(ordered),
        "spent_30d": spent_new,
        "average_order": None if spent is None else spent / len(ordered),
        "cheapest_seen_30d": min((event.price for event in _new(viewed)), default=None),
        "dearest_added": max((event.price for event in added), default=None),
        "favourite": min(often)[1] if often else None,
        "first_category": categories[0] if categories else None,
        "last_cart_30d": carts[-1] if carts else None,
        "categories_30d": len({event.category for event in _new(viewed)} - {None}),
    }


def _new(events: Events) -> Events:
    return [event for event in events if event.time > AT_US - DAYS_30]


def _total(events: Events) -> float | None:
    return float(sum(Decimal(str(event.price)) for event in events)) if events else None
