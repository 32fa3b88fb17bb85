"""The combinations of identifiers that calls carry, coded a block of calls at a time.

Look-ups in dicts of a million texts cost several cache misses each, which at ten million calls
is more than decoding them. Here the look-up is one open-addressing table of 64-bit hashes in
numpy, probed for a whole block at once; only combinations never seen before are touched one by
one. Equal hashes are taken for equal combinations: Python's keyed SipHash makes that wrong with
odds of about n**2 / 2**64 (1 in 20 million for a million combinations).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.events.column import Codes
from engage_desktop.events.identifiers import EMAIL, FIELDS, Identifiers, Shown

Ids = Sequence[str | None]
_EMPTY: Final = -1
_NONE, _BLANK = hash(None), hash("")
NO_VALUE_HASH: Final = np.array([_NONE], dtype=np.int64).view(np.uint64)[0]
_FACTORS = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_FURTHER_FACTOR, _IN_CONTEXT = np.uint64(0x27D4EB2F165667C5), np.uint64(0x85EBCA77C2B2AE63)


class IdentifierCodes(dict[Any, int]):
    """Values of one type: codes >= 0 in order of first sight (`values_by_code`), -1 for none,
    -2 and below for blocked values (ID-5; `blocked[-2 - code]`)."""

    def __init__(self, is_blocked: Callable[[str], bool]) -> None:
        super().__init__({None: -1, "": -1})
        self.values_by_code: list[str] = []
        self.blocked: list[str] = []
        self._is_blocked = is_blocked

    def __missing__(self, value: str) -> int:
        if self._is_blocked(value):
            self.blocked.append(value)
            self[value] = code = -1 - len(self.blocked)
        else:
            self[value] = code = len(self.values_by_code)
            self.values_by_code.append(value)
        return code


def hashes_of(values: Ids) -> NDArray[np.uint64]:
    """Hashes of texts; none and empty ones are alike."""
    if not any(values):
        return np.full(len(values), NO_VALUE_HASH)
    hashes = np.fromiter(map(hash, values), np.int64, len(values))
    return np.where(hashes == _BLANK, _NONE, hashes).view(np.uint64)


class Coded(NamedTuple):
    """Identifiers of every combination as codes (see `IdentifierCodes`): user, email and anonymous id in `base`,
    int32[3, combinations]; the further ones of the few combinations that have any as rows (combination, type, code)
    by combination, in the order in which they were read."""

    base: NDArray[np.int32]
    of: NDArray[np.int32]
    kind: NDArray[np.int32]
    code: NDArray[np.int32]


class Combinations:
    """Distinct combinations of identifiers, numbered in order of first sight. The same identifiers read from other
    fields are another combination, so that a notice can name the field."""

    def __init__(self, identifiers: Identifiers) -> None:
        self.identifiers = identifiers
        self.coders = tuple(IdentifierCodes(identifiers.is_blocked) for _ in identifiers.types)
        self._codes: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._further = (array("i"), array("i"), array("i"), array("i"))  # as in `Coded`, and the field
        self._fields = Codes()
        self._email_in_context = array("i")
        self._keys = np.empty(0, dtype=np.uint64)
        self._numbers = np.empty(0, dtype=np.int32)
        self._held = 0
        self._grow(256)

    def codes(self) -> Coded:
        base = np.array(self._codes, dtype=np.int32).reshape(3, -1)
        return Coded(base, *(np.array(part, dtype=np.int32) for part in self._further[:3]))

    def field(self, combination: int, kind: int, code: int) -> str:
        """Where the calls of a combination show one of its identifiers."""
        of, kinds, codes, fields = self._further
        for i in range(bisect_left(of, combination), bisect_right(of, combination)):
            if (kinds[i], codes[i]) == (kind, code):
                return str(list(self._fields)[fields[i]])
        at = bisect_left(self._email_in_context, combination) if kind == EMAIL else -1
        in_context = 0 <= at < len(self._email_in_context) and self._email_in_context[at] == combination
        return f"context.{FIELDS[kind]}" if in_context else FIELDS[kind]

    def encode(
        self,
        ids: tuple[Ids, Ids, Ids],
        hashes: Sequence[NDArray[np.uint64]],
        in_context: NDArray[np.bool_] | None,
        further: Sequence[tuple[Shown, ...]] | None,
    ) -> NDArray[np.int32]:
        """The combination of each call, given users, emails, anonymous ids and their `hashes_of`, whether the email
        is from the context (None: of no call), and what else each call shows (None: nothing)."""
        keys = hashes[0] * _FACTORS[0] + hashes[1] * _FACTORS[1] + hashes[2] * _FACTORS[2]
        if in_context is not None:
            keys[in_context] += _IN_CONTEXT
        if further is not None:
            more = np.fromiter((hash(shown) if shown else 0 for shown in further), np.int64, len(further))
            keys += more.view(np.uint64) * _FURTHER_FACTOR
        keys ^= keys >> np.uint64(32)
        result = self._find(keys)
        missing = np.nonzero(result == _EMPTY)[0]
        if len(missing):
            fresh, first = np.unique(keys[missing], return_index=True)
            first.sort()
            places = missing[first]
            start = len(self._codes[0])
            for codes, coder, values in zip(self._codes, self.coders[:3], ids, strict=True):
                codes.extend(map(coder.__getitem__, [values[i] for i in places.tolist()]))
            if in_context is not None or further is not None:
                self._keep_further(start, places.tolist(), in_context, further)
            self._insert(keys[places], np.arange(start, start + len(fresh), dtype=np.int32))
            result[missing] = self._find(keys[missing])
        return result

    def _keep_further(
        self,
        start: int,
        places: list[int],
        in_context: NDArray[np.bool_] | None,
        further: Sequence[tuple[Shown, ...]] | None,
    ) -> None:
        for combination, place in enumerate(places, start):
            if in_context is not None and in_context[place]:
                self._email_in_context.append(combination)
            seen = {(kind, codes[combination]) for kind, codes in enumerate(self._codes)}
            for kind, value, field in further[place] if further else ():
                code = self.coders[kind][value]
                if (kind, code) not in seen:
                    seen.add((kind, code))
                    for part, item in zip(self._further, (combination, kind, code, self._fields[field]), strict=True):
                        part.append(item)

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
