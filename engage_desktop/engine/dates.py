"""Dates in values: which elements of a value are instants, and during which nows an operator holds (D-42)."""

from __future__ import annotations

import json

import numpy as np

from engage_desktop.domain.condition import DateOp, Duration, Instant
from engage_desktop.engine.arrays import NEVER, AnyArray, Instants, Rows, expand
from engage_desktop.engine.source import LIST, TEXT, Column
from engage_desktop.engine.values import elements
from engage_desktop.events.instants import INVALID, MISSING_TIME, parse_instants


def instants_in(column: Column) -> tuple[Rows, Instants]:
    """Every date in a column: its place, and the instant in microseconds. A text is one where it reads
    like a timestamp with a zone; a list has as many as it has such elements (D-41, D-42)."""
    kind, code = np.asarray(column.kind), np.asarray(column.code)
    places: list[AnyArray] = []
    instants: list[AnyArray] = []
    for one in (TEXT, LIST):
        at = np.flatnonzero(kind == one)
        used, inverse = np.unique(code[at], return_inverse=True)
        items = [_texts(column.texts[number], one == LIST) for number in used.tolist()]
        count = np.array([len(found) for found in items], np.int64)
        parsed = parse_instants([text for found in items for text in found])
        which, of = expand((np.cumsum(count) - count)[inverse], count[inverse])
        instant = parsed[which]
        keep = (instant != INVALID) & (instant != MISSING_TIME)
        places.append(at[of[keep]])
        instants.append(instant[keep])
    return np.concatenate(places), np.concatenate(instants)


def _texts(text: str, is_list: bool) -> list[str]:
    return [item for item in elements(json.loads(text)) if isinstance(item, str)] if is_list else [text]


def holding(op: DateOp, value: Instant | Duration, instants: Instants) -> tuple[Instants, Instants]:
    """During which nows `[from, to)` the operator holds of each instant v; inclusive ends take a microsecond more."""
    n = len(instants)
    early, late = np.full(n, -NEVER, np.int64), np.full(n, NEVER, np.int64)
    if isinstance(value, Instant):
        says = instants <= value.us if op == "before_date" else instants >= value.us
        return early, np.where(says, late, early)
    ago = value.us
    match op:
        case "within_last":  # v <= now <= v + N
            return instants, instants + (ago + 1)
        case "within_next":  # v - N <= now <= v
            return instants - ago, instants + 1
        case "before_last":  # v + N <= now
            return instants + ago, late
        case "after_next":  # now <= v - N
            return early, instants - (ago - 1)
    raise AssertionError(op)
