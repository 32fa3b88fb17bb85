"""Figures of computed traits at the clock as the window's plain dataclasses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engage_desktop.analysis.trait_values import Numbers, distribution, value_at
from engage_desktop.app import protocol_traits as p
from engage_desktop.app.levels import ids_of, since_of
from engage_desktop.app.replay import Replay
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Level

if TYPE_CHECKING:
    from engage_desktop.engine import LeafCache
    from engage_desktop.events import Column


def trait_figures(replayed: Replay, cache: LeafCache | None, request: p.AskTrait) -> p.TraitFigures:
    """Who has a value, how the values are spread, and one page of them."""
    begun = time.perf_counter()
    trait = next((one for one in replayed.campaigns.traits if one.key == request.key), None)
    if trait is None:
        raise UserError(f"There is no computed trait {request.key!r} in this design.")
    store = replayed.log.store
    there, values = _values(replayed, cache, request.key, trait.level, request.at_us)
    spread = distribution(values)
    ids = ids_of(store, trait.level)
    rows, total = _page(ids, there[values.kind != 0], values.take(values.kind != 0), request)
    return p.TraitFigures(
        generation=request.generation,
        key=request.key,
        at_us=request.at_us,
        level=trait.level,
        people=len(there),
        with_value=spread.with_value,
        numbers=None if spread.numbers is None else _spread(spread.numbers),
        top=spread.top,
        distinct=spread.distinct,
        rows=rows,
        rows_total=total,
        offset=request.offset,
        kind="observed",
        seconds=time.perf_counter() - begun,
    )


def trait_counts(replayed: Replay, cache: LeafCache | None, request: p.AskTraitCounts) -> p.TraitCounts:
    """How many have a value, by the key of the trait."""
    counts = {}
    for trait in replayed.campaigns.traits:
        _, values = _values(replayed, cache, trait.key, trait.level, request.at_us)
        counts[trait.key] = int((values.kind != 0).sum())
    return p.TraitCounts(request.generation, request.at_us, counts)


def _values(replayed: Replay, cache: LeafCache | None, key: str, level: Level, at_us: int) -> tuple[Any, Column]:
    """(who exists at the instant, ascending; their values)."""
    from engage_desktop.engine import trait_at
    from engage_desktop.events import Column

    store = replayed.log.store
    there = np.flatnonzero(since_of(store, level) <= at_us)
    found = trait_at(replayed.run.plan, store, key, at_us, cache=cache)
    return there, Column(found.kind[there], found.number[there], found.code[there], found.texts)


def _page(
    ids: Sequence[str], who: Any, values: Column, request: p.AskTrait
) -> tuple[tuple[tuple[str, p.TraitValue], ...], int]:
    rows = np.arange(len(who))
    if request.search:
        wanted = request.search.casefold()
        rows = np.array([row for row in rows if wanted in ids[int(who[row])].casefold()], np.intp)
    page = rows[request.offset : request.offset + request.limit]
    shown = [(ids[int(who[row])], value_at(values, int(row))) for row in page]
    return tuple((name, value) for name, value in shown if value is not None), len(rows)


def _spread(numbers: Numbers) -> p.NumberSpread:
    bars = tuple(p.NumberBar(one.low, one.high, one.count) for one in numbers.bins)
    return p.NumberSpread(numbers.count, numbers.low, numbers.median, numbers.mean, numbers.high, bars)
