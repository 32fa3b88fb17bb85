"""What is measured of each person after an instant: events, counts, sums, means (`engage experiment`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.errors import UserError
from engage_desktop.engine.arrays import upper_bound
from engage_desktop.engine.values import number_of

if TYPE_CHECKING:
    from engage_desktop.domain.journey import Journey
    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore

NUMBER, TEXT, LIST = 1, 2, 4
MetricKind = Literal["rate", "count", "sum", "mean"]
Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """`within_us` is the window of the goal itself; one asked for wins over it."""

    text: str
    kind: MetricKind
    event: str
    where: str | None = None
    path: tuple[str, ...] = ()
    within_us: int | None = None


def parse_metric(text: str, journey: Journey, store: EventStore) -> Metric:
    """Read `goal`, `event:NAME`, `count:NAME`, `sum:NAME.property` or `mean:NAME.property`; raise UserError."""
    if text == "goal":
        goal = journey.goal
        if goal is None:
            raise UserError(
                f"Journey {journey.key!r} has no goal; give it one, or use a metric such as event:Order Completed."
            )
        within = parse_duration(goal.within) if goal.within else None
        return Metric(text, "rate", goal.event, goal.where, within_us=within)
    kind, colon, name = text.partition(":")
    if not colon or kind not in ("event", "count", "sum", "mean") or not name:
        raise UserError(
            f"{text!r} is no metric; write goal, event:NAME, count:NAME, sum:NAME.property or mean:NAME.property."
        )
    if kind in ("event", "count"):
        return Metric(text, "rate" if kind == "event" else "count", _known(name, store))
    event, path = _event_and_path(text, name, store)
    return Metric(text, "sum" if kind == "sum" else "mean", event, path=path)


def _known(event: str, store: EventStore) -> str:
    if event in store.event_names:
        return event
    near = get_close_matches(event, store.event_names, n=1)
    raise UserError(f"The log holds no event {event!r}{f'; did you mean {near[0]!r}?' if near else '.'}")


def _event_and_path(text: str, name: str, store: EventStore) -> tuple[str, tuple[str, ...]]:
    """Split at the point after the longest event name that the log knows."""
    from engage_desktop.language.printer import split_path

    known = [event for event in store.event_names if name.startswith(event + ".")]
    if not known:
        raise UserError(f"{text!r} names no event of the log with a property behind it; write sum:NAME.property.")
    event = max(known, key=len)
    path = split_path(name[len(event) + 1 :])
    if "" in path or not numeric_values(store, event, path)[1].any():
        raise UserError(f"No {event!r} of the log has a number in the property {name[len(event) + 1 :]!r}.")
    return event, path


@dataclass(frozen=True)
class Measured:
    """One entry a person. `values` is the metric; of a mean, the sums, and `events` their denominators."""

    values: Floats
    events: Floats


def measure(
    metric: Metric, run: Run, store: EventStore, profile: NDArray[np.int32], since: Instants, within_us: int | None
) -> Measured:
    """Measure events with since < timestamp <= since + window, up to the run's end (D-3).

    `profile` and `since` are aligned, one entry a person. A person without a matching event counts 0.
    """
    end = np.full(len(since), run.window[1], np.int64)
    if within_us is not None:
        end = np.minimum(end, since + within_us)
    rows, keep = matching_rows(metric, run, store)
    low, high = event_ranges(store, rows, profile, since), event_ranges(store, rows, profile, np.maximum(end, since))
    counts = (high - low).astype(np.float64)
    if metric.kind == "rate":
        return Measured((counts > 0).astype(np.float64), counts)
    if metric.kind == "count":
        return Measured(counts, counts)
    total, many = (part[keep] for part in numeric_values(store, metric.event, metric.path))
    owner = np.repeat(np.arange(len(profile)), high - low)
    at = (
        np.arange(len(owner)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + np.repeat(low, high - low)
    )
    sums = np.bincount(owner, weights=total[at], minlength=len(profile)).astype(np.float64)
    return Measured(sums, np.bincount(owner, weights=many[at], minlength=len(profile)).astype(np.float64))


def matching_rows(metric: Metric, run: Run, store: EventStore) -> tuple[NDArray[np.uint32], Any]:
    """Return the matching rows, ascending, and what selects them among `store.rows(event)`."""
    rows = store.rows(metric.event)
    if metric.where is None:
        return rows, slice(None)
    from engage_desktop.engine.conditions import Conditions
    from engage_desktop.engine.definitions import resolve
    from engage_desktop.language import parse_condition, references

    read = parse_condition(metric.where)
    if references(read).journey:
        raise UserError(
            f"The goal's filter ({metric.where}) reads journey(), which this version does not count yet. "
            "Compare with a property of the event instead."
        )
    where = resolve(read, run.plan)
    keep = Conditions(store, run.plan.meanings).mask(metric.event, where)
    return rows[keep], keep


def event_ranges(
    store: EventStore, rows: NDArray[np.uint32], profile: NDArray[np.int32], at: Instants
) -> NDArray[np.int64]:
    """Return per person how many of all `rows` come before the person's first event later than `at`."""
    start = np.asarray(store.profile_start)
    first_later = upper_bound(np.asarray(store.time), start[profile], start[profile + 1], at)
    return np.searchsorted(rows, first_later).astype(np.int64)


def numeric_values(store: EventStore, event: str, path: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return per event the sum and the number of its numeric values; lists count by element (D-41),
    text only when fully numeric (D-8)."""
    column = store.column(event, path)
    total = np.where(column.kind == NUMBER, column.number, 0.0)
    many = (column.kind == NUMBER).astype(np.float64)
    for kind in (TEXT, LIST):
        here = np.flatnonzero(column.kind == kind)
        codes, inverse = np.unique(column.code[here], return_inverse=True)
        numbers = [_numbers(column.texts[code], kind) for code in codes.tolist()]
        total[here] = np.array([sum(found) for found in numbers], np.float64)[inverse]
        many[here] = np.array([len(found) for found in numbers], np.float64)[inverse]
    return total, many


def _numbers(text: str, kind: int) -> list[float]:
    values = _flat(json.loads(text)) if kind == LIST else [text]
    return [number for number in map(number_of, values) if number is not None]


def _flat(value: Any) -> list[Any]:
    return [part for item in value for part in _flat(item)] if isinstance(value, list) else [value]
