"""Rows of some people in the place of those that were there: tables in public order, sorted by profile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Mask, Profiles, expand
from engage_desktop.engine.of_people import rows_of
from engage_desktop.engine.run import Table

_MOST_PIECES = 20_000
"""Of a column that is put together piece by piece; from more on one pass over it is quicker."""


def exchanged(table: Table, fresh: Table | None, people: Mask) -> Table:
    """The table with the rows of `fresh` for those of the people at whose place the mask is true; both sorted by profile."""
    out = people[table["profile"]]
    if fresh is None:
        return {name: column[~out] for name, column in table.items()} if out.any() else table
    kept = np.flatnonzero(~out)
    place = np.searchsorted(table["profile"][kept], fresh["profile"]) + np.arange(len(fresh["profile"]))
    return laid(table, kept, fresh, place)


def all_exchanged(tables: dict[str, Table], fresh: dict[str, Table], people: Mask) -> dict[str, Table]:
    """The same of every table of a journey, `sets` among them, which stand in no order."""
    found = {}
    for name in dict.fromkeys((*tables, *fresh)):
        if name == "sets" and name in tables:
            stay = ~people[tables[name]["profile"]]
            parts = [{one: column[stay] for one, column in tables[name].items()}]
            parts += [fresh[name]] if name in fresh else []
            found[name] = {one: np.concatenate([part[one] for part in parts]) for one in parts[0]}
        else:
            found[name] = exchanged(tables[name], fresh.get(name), people) if name in tables else fresh[name]
    return found


def laid(table: Table, kept: AnyArray, fresh: Table, place: AnyArray) -> Table:
    """The rows `kept` of a table in their order, and those of `fresh` among them: row i at `place[i]` of the result."""
    n = len(kept) + len(place)
    if not len(kept):
        return {name: put(np.empty(n, column.dtype), place, fresh[name]) for name, column in table.items()}
    is_old: Mask = np.ones(n, np.bool_)
    is_old[place] = False
    source = np.zeros(n, np.int64)  # one pass over each column; the places of new rows are filled after it
    source[is_old] = kept
    return {name: put(column.take(source), place, fresh[name]) for name, column in table.items()}


def put(column: AnyArray, at: AnyArray, values: AnyArray) -> AnyArray:
    """The column, which is not another's, with values at some places."""
    column[at] = values
    return column


def patched(
    table: Table, fresh: Table | None, people: Profiles, owner: str | None = None, ranks: AnyArray | None = None
) -> Table:
    """The table with the rows of `fresh` for all rows of some people (ascending), who are few. Both stand in the order of
    `ranks` (of an owner by its number; of one owner None), then of the profile; columns that stay the same are shared."""
    fresh = {name: column[:0] for name, column in table.items()} if fresh is None else fresh
    first, old = _groups(table, people, owner, ranks)
    first_fresh, new = _groups(fresh, people, owner, ranks)
    there = np.flatnonzero((old > 0) | (new > 0))
    first, old, first_fresh, new = first[there], old[there], first_fresh[there], new[there]
    grown = new - old
    moved = np.flatnonzero(grown)
    out, _ = expand(first, old)
    if not len(moved):
        return {name: _overwritten(column, out, fresh[name]) for name, column in table.items()}
    place, _ = expand(first + np.cumsum(grown) - grown, new)
    if len(moved) > _MOST_PIECES:
        keep = np.ones(len(table["profile"]), np.bool_)
        keep[out] = False
        return laid(table, np.flatnonzero(keep), fresh, place)
    ends = (first + old)[moved].tolist()
    cuts = list(
        zip([0, *ends], [*first[moved].tolist(), None], [*first_fresh[moved].tolist(), 0],
            [*(first_fresh + new)[moved].tolist(), 0], strict=True)
    )  # fmt: skip

    def joined(name: str, column: AnyArray) -> AnyArray:
        values = fresh[name].astype(column.dtype, copy=False)
        return np.concatenate([part for a, b, c, d in cuts for part in (column[a:b], values[c:d])])

    return {name: put(joined(name, column), place, fresh[name]) for name, column in table.items()}


def _groups(table: Table, people: Profiles, owner: str | None, ranks: AnyArray | None) -> tuple[AnyArray, AnyArray]:
    """Where the rows of each of the people begin, owner by owner, and how many they are."""
    profile = table["profile"]
    whole = [slice(0, len(profile))]
    places = whole if owner is None or ranks is None else Blocks(table, owner).in_order(ranks)
    parts = [rows_of(profile[at], people, at.start) for at in places]
    return np.concatenate([first for first, _ in parts]), np.concatenate([number for _, number in parts])


class Blocks:
    """A table in which the rows of one owner (a journey, a broadcast, an audience) lie side by side, taken apart."""

    def __init__(self, table: Table, owner: str) -> None:
        self.table = table
        of = table[owner]
        edges = [0, *(np.flatnonzero(of[1:] != of[:-1]) + 1).tolist(), len(of)]
        self._at = {int(of[first]): slice(first, end) for first, end in pairwise(edges) if first < end}

    def of(self, index: int) -> Table:
        """The rows of the owner with this index, not copied."""
        at = self._at.get(index, slice(0, 0))
        return {name: column[at] for name, column in self.table.items()}

    def in_order(self, ranks: AnyArray) -> list[slice]:
        """The rows of each owner in the order of `ranks`; of one without rows the place where they would stand."""
        found, end = [], 0
        for index in np.argsort(ranks).tolist():
            found.append(self._at.get(index, slice(end, end)))
            end = found[-1].stop
        return found


def _overwritten(column: AnyArray, at: AnyArray, values: AnyArray) -> AnyArray:
    """The column itself where it has these values already."""
    return column if np.array_equal(column[at], values) else put(column.copy(), at, values)
