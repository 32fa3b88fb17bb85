"""Identifier values to codes, a block of calls at a time.

A plain dict of a million texts costs several cache misses a look-up, which at ten million calls
is more than decoding them. Here the look-up is an open-addressing table of 64-bit hashes in
numpy, probed for a whole block at once; only values never seen before are touched one by one.
Equal hashes are taken for equal values: Python's keyed SipHash makes that wrong with odds of
about n**2 / 2**65 (1 in 40 million for a million identifiers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

NONE: Final = -1
_EMPTY: Final = -(2**31)
_BLOCKED = re.compile(r"[0-]*")
_BLOCKED_EXACT = frozenset({"-1", "null", "anonymous"})


class IdentifierCodes:
    """Codes >= 0 count up in order of first sight (`values` by code), NONE stands for none or empty,
    -2 and below for blocked values (ID-5; `blocked[-2 - code]`)."""

    def __init__(self, blocked: Iterable[str] = ()) -> None:
        self.values: list[str] = []
        self.blocked: list[str] = []
        self._exact = _BLOCKED_EXACT | frozenset(blocked)
        self._hashes = np.empty(0, dtype=np.int64)
        self._codes = np.empty(0, dtype=np.int32)
        self._count = 0
        self._grow(256)
        self._insert(np.array([hash(None), hash("")]), np.array([NONE, NONE], dtype=np.int32))

    def code(self, value: str | None) -> int:
        """The code of one value."""
        return int(self.encode([value])[0])

    def encode(self, values: Sequence[str | None]) -> NDArray[np.int32]:
        """int32[len(values)]; values never seen before get the next codes."""
        hashes = np.fromiter(map(hash, values), np.int64, len(values))
        result = self._find(hashes)
        missing = np.nonzero(result == _EMPTY)[0]
        if len(missing):
            texts = [values[i] for i in missing.tolist()]
            fresh: dict[str | None, int] = {text: self._new(text) for text in dict.fromkeys(texts) if text}
            result[missing] = np.fromiter(map(fresh.__getitem__, texts), np.int32, len(texts))
            keys = np.fromiter(map(hash, fresh), np.int64, len(fresh))
            self._insert(keys, np.fromiter(fresh.values(), np.int32, len(fresh)))
        return result

    def _new(self, value: str) -> int:
        if value in self._exact or _BLOCKED.fullmatch(value):
            self.blocked.append(value)
            return -1 - len(self.blocked)
        self.values.append(value)
        return len(self.values) - 1

    def _find(self, hashes: NDArray[np.int64]) -> NDArray[np.int32]:
        """Codes of known hashes, _EMPTY for others. Slot s, s + 1, ... until equal or empty."""
        mask = len(self._codes) - 1
        slot = hashes & mask
        result: NDArray[np.int32] = self._codes[slot]
        pending = np.nonzero((self._hashes[slot] != hashes) & (result != _EMPTY))[0]
        while len(pending):
            at = (slot[pending] + 1) & mask
            slot[pending] = at
            result[pending] = self._codes[at]
            pending = pending[(self._hashes[at] != hashes[pending]) & (self._codes[at] != _EMPTY)]
        return result

    def _insert(self, hashes: NDArray[np.int64], codes: NDArray[np.int32]) -> None:
        """Add distinct hashes that are not in the table."""
        self._count += len(hashes)
        if 2 * self._count > len(self._codes):
            self._grow(8 * self._count)
        mask = len(self._codes) - 1
        slot = hashes & mask
        while len(hashes):
            free = np.nonzero(self._codes[slot] == _EMPTY)[0]
            _, first = np.unique(slot[free], return_index=True)
            placed = free[first]
            self._hashes[slot[placed]] = hashes[placed]
            self._codes[slot[placed]] = codes[placed]
            rest = np.ones(len(hashes), dtype=bool)
            rest[placed] = False
            hashes, codes, slot = hashes[rest], codes[rest], slot[rest]
            taken = self._codes[slot] != _EMPTY
            slot = np.where(taken, (slot + 1) & mask, slot)

    def _grow(self, size: int) -> None:
        old_hashes, old_codes = self._hashes, self._codes
        size = 1 << (size - 1).bit_length()
        self._hashes = np.zeros(size, dtype=np.int64)
        self._codes = np.full(size, _EMPTY, dtype=np.int32)
        used = old_codes != _EMPTY
        if used.any():
            self._count -= int(used.sum())
            self._insert(old_hashes[used], old_codes[used])
