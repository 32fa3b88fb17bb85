"""Instances kept apart by a value: the identifier of an entry, and the events that carry the same one (D-16).

Values are told apart by their text form. A list, an object or nothing is no identifier.
"""

from __future__ import annotations

import numpy as np

from engage_desktop.engine.arrays import AnyArray, Rows, upper_bound
from engage_desktop.engine.frames import take
from engage_desktop.engine.reducers import text_ranks
from engage_desktop.engine.source import LIST, OBJECT, Log
from engage_desktop.events.column import Column


class Identifiers:
    """The values of one property path over all events, by code."""

    def __init__(self, log: Log, path: tuple[str, ...]) -> None:
        self.log = log
        self.path = path
        self._code: dict[str, int] = {}
        self._of: dict[str, AnyArray] = {}

    @property
    def texts(self) -> list[str]:
        return list(self._code)

    def of(self, name: str) -> AnyArray:
        """The code of every event of a name, int64 aligned to `rows(name)`, -1 where there is none."""
        if name not in self._of:
            column = self.log.column(name, self.path)
            kind = np.asarray(column.kind)
            single = (kind != LIST) & (kind != OBJECT)
            rank, texts = text_ranks(column if single.all() else _only(column, single))
            mine = np.array([self._code.setdefault(text, len(self._code)) for text in texts] or [0], np.int64)
            self._of[name] = np.where(rank >= 0, mine[np.maximum(rank, 0)], -1)
        return self._of[name]


def _only(column: Column, keep: AnyArray) -> Column:
    """The column with everything else absent."""
    found = take(column, np.arange(len(keep)))
    return Column(np.where(keep, found.kind, np.uint8(0)), found.number, found.code, found.texts)


class ByIdentifier:
    """Events sorted by (profile, identifier, row), to find the next of a person with a value."""

    def __init__(self, profile: AnyArray, code: AnyArray, row: AnyArray) -> None:
        self.size = int(code.max(initial=0)) + 2  # a value that no event carries is searched too, and not found
        key = profile.astype(np.int64) * self.size + code
        self._order = np.lexsort((row, key))
        self._key, self._row = key[self._order], row[self._order].astype(np.int64)

    @property
    def nbytes(self) -> int:
        return self._order.nbytes + self._key.nbytes + self._row.nbytes

    def next(self, profile: AnyArray, code: AnyArray, row: Rows) -> Rows:
        """The place of the first event at `row` or later, -1 where there is none."""
        key = profile.astype(np.int64) * self.size + np.minimum(code, self.size - 1)
        last = np.searchsorted(self._key, key, "right")
        at = upper_bound(self._row, np.searchsorted(self._key, key, "left"), last, row - 1)
        found = at < last
        return np.where(found, self._order[np.where(found, at, 0)] if len(self._order) else -1, -1)
