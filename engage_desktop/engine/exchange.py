"""Rows of some people in the place of those that were there: tables in public order, sorted by profile."""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Mask
from engage_desktop.engine.run import Table


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
