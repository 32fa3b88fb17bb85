"""The combinations of identifiers that calls carry, coded a block of calls at a time.

Look-ups in dicts of a million texts cost several cache misses each, which at ten million calls
is more than decoding them. Here the look-up is one open-addressing table of 64-bit hashes in
numpy, probed for a whole block at once; only combinations never seen before are touched one by
one. Equal hashes are taken for equal combinations: Python's keyed SipHash makes that wrong with
odds of about n**2 / 2**64 (1 in 20 million for a million combinations).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ids = Sequence[str | None]
_EMPTY: Final = -1
_BLOCKED = re.compile(r"[0-]*")
_BLOCKED_EXACT = frozenset({"-1", "null", "anonymous"})
_NONE, _BLANK = hash(None), hash("")
_FACTORS = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


class IdentifierCodes(dict[Any, int]):
    """Values of one type: codes >= 0 in order of first sight (`values` by code), -1 for none,
    -2 and below for blocked values (ID-5; `blocked[-2 - code]`)."""

    def __init__(self, blocked: Iterable[str]) -> None:
        super().__init__({None: -1, "": -1})
        self.values_by_code: list[str] = []
        self.blocked: list[str] = []
        self._exact = _BLOCKED_EXACT | frozenset(blocked)

    def __missing__(self, value: str) -> int:
        if value in self._exact or (value[0] in "0-" and _BLOCKED.fullmatch(value)):
            self.blocked.append(value)
            self[value] = code = -1 - len(self.blocked)
        else:
            self[value] = code = len(self.values_by_code)
            self.values_by_code.append(value)
        return code


def hashes_of(values: Ids) -> NDArray[np.uint64]:
    """Hashes of texts; none and empty ones are alike."""
    hashes = np.fromiter(map(hash, values), np.int64, len(values))
    return np.where(hashes == _BLANK, _NONE, hashes).view(np.uint64)


NO_VALUE_HASH: Final = np.array([_NONE], dtype=np.int64).view(np.uint64)[0]


class Combinations:
    """Distinct (user, email, anonymous id), numbered in order of first sight."""

    def __init__(self, blocked: Iterable[str] = ()) -> None:
        blocked = tuple(blocked)
        self.types = (IdentifierCodes(blocked), IdentifierCodes(blocked), IdentifierCodes(blocked))
        self._codes: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._keys = np.empty(0, dtype=np.uint64)
        self._numbers = np.empty(0, dtype=np.int32)
        self._held = 0
        self._grow(256)

    def codes(self) -> NDArray[np.int32]:
        """int32[3, combinations]: the codes of user, email and anonymous id (see `IdentifierCodes`)."""
        return np.array(self._codes, dtype=np.int32).reshape(3, -1)

    def encode(self, ids: tuple[Ids, Ids, Ids], hashes: Sequence[NDArray[np.uint64]]) -> NDArray[np.int32]:
        """The combination of each call, given users, emails, anonymous ids and their `hashes_of`."""
        keys = hashes[0] * _FACTORS[0] + hashes[1] * _FACTORS[1] + hashes[2] * _FACTORS[2]
        keys ^= keys >> np.uint64(32)
        result = self._find(keys)
        missing = np.nonzero(result == _EMPTY)[0]
        if len(missing):
            fresh, first = np.unique(keys[missing], return_index=True)
            first.sort()
            places = missing[first]
            start = len(self._codes[0])
            for codes, coder, values in zip(self._codes, self.types, ids, strict=True):
                codes.extend(map(coder.__getitem__, [values[i] for i in places.tolist()]))
            self._insert(keys[places], np.arange(start, start + len(fresh), dtype=np.int32))
            result[missing] = self._find(keys[missing])
        return result

    def _find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Numbers of known keys, _EMPTY for others. Slots s, s + 1, ... until equal or empty."""
        mask = len(self._numbers) - 1
        slot = (keys & np.uint64(mask)).view(np.int64)
        result: NDArray[np.int32] = self._numbers[slot]
        pending = np.nonzero((self._keys[slot] != keys) & (result != _EMPTY))[0]
        while len(pending):
            at = (slot[pending] + 1) & mask
            slot[pending] = at
            result[pending] = self._numbers[at]
            pending = pending[(self._keys[at] != keys[pending]) & (self._numbers[at] != _EMPTY)]
        return result

    def _insert(self, keys: NDArray[np.uint64], numbers: NDArray[np.int32]) -> None:
        """Add distinct keys that are not in the table."""
        self._held += len(keys)
        if 2 * self._held > len(self._numbers):
            self._grow(4 * self._held)
        mask = len(self._numbers) - 1
        slot = (keys & np.uint64(mask)).view(np.int64)
        while len(keys):
            free = np.nonzero(self._numbers[slot] == _EMPTY)[0]
            placed = free[np.unique(slot[free], return_index=True)[1]]
            self._keys[slot[placed]] = keys[placed]
            self._numbers[slot[placed]] = numbers[placed]
            rest = np.ones(len(keys), dtype=bool)
            rest[placed] = False
            keys, numbers, slot = keys[rest], numbers[rest], slot[rest]
            slot = np.where(self._numbers[slot] != _EMPTY, (slot + 1) & mask, slot)

    def _grow(self, size: int) -> None:
        keys, numbers = self._keys, self._numbers
        size = 1 << (size - 1).bit_length()
        self._keys = np.zeros(size, dtype=np.uint64)
        self._numbers = np.full(size, _EMPTY, dtype=np.int32)
        used = numbers != _EMPTY
        if used.any():
            self._held -= int(used.sum())
            self._insert(keys[used], numbers[used])
