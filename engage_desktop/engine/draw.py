"""The keyed draw of D-19 over arrays; `domain/draw.py` is its one-by-one twin."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import xxhash
from numpy.typing import NDArray

from engage_desktop.domain.draw import hash_text, mix
from engage_desktop.engine.arrays import Instants, Profiles
from engage_desktop.engine.source import Log

Hashes = NDArray[np.uint64]
_MASK = (1 << 64) - 1


class ProfileHashes:
    """H of profile text ids, each computed once and only when asked for. Cost of a question: those asked about."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._hash = np.zeros(len(ids), np.uint64)
        self._known = np.zeros(len(ids), np.bool_)

    def of(self, profile: Profiles) -> Hashes:
        """H of the text id of each profile."""
        unknown = ~self._known[profile]
        if unknown.any():
            missing = np.unique(profile[unknown])
            # ids may be decoded one by one on each access; iterating is cheaper when many are wanted
            ids = list(self._ids) if missing.size * 4 > len(self._ids) else self._ids
            texts = [ids[place].encode() for place in missing.tolist()]
            self._hash[missing] = np.fromiter(map(xxhash.xxh3_64_intdigest, texts), np.uint64, len(missing))
            self._known[missing] = True
        return self._hash[profile]


_OF_LOGS: WeakKeyDictionary[Log, ProfileHashes] = WeakKeyDictionary()


def profile_hashes(log: Log) -> ProfileHashes:
    """H of the ids of a log's people, kept as long as the log is."""
    if log not in _OF_LOGS:
        _OF_LOGS[log] = ProfileHashes(log.profile_ids)
    return _OF_LOGS[log]


def hashes_of(texts: Sequence[str]) -> Hashes:
    """H of each text."""
    return np.fromiter((hash_text(text) for text in texts), np.uint64, len(texts))


def mix_array(value: Hashes) -> Hashes:
    """One splitmix64 step of each value; arithmetic modulo 2^64."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def uniforms(seed: int, fixed: Sequence[str], *varying: Hashes) -> NDArray[np.float64]:
    """u in [0, 1) for (seed, the fixed texts, then one hash of each varying array)."""
    states = started(seed)
    for text in fixed:
        states = chained(states, text)
    for hashes in varying:
        states = chained(states, hashes)
    return unit(states)


def started(seed: int) -> Hashes:
    """The state of a draw before its first part, as one value."""
    return np.array([mix(seed & _MASK)], np.uint64)


def chained(states: Hashes, part: str | Hashes) -> Hashes:
    """The states after one more part, a text or a hash each."""
    return mix_array(states ^ (np.uint64(hash_text(part)) if isinstance(part, str) else part))


def unit(states: Hashes) -> NDArray[np.float64]:
    """u in [0, 1) of each state."""
    return (states >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def entry_key(entered_at: int, identifier: str | None) -> str:
    """The name of an entry of a person: its instant in microseconds, and the identifier where there is one (D-19)."""
    return str(entered_at) if identifier is None else f"{entered_at}|{identifier}"


def entry_key_hashes(entered_at: Instants, identifiers: Sequence[str | None] | None = None) -> Hashes:
    """H of the entry keys."""
    if identifiers is None:
        return hashes_of([str(at) for at in entered_at.tolist()])
    return hashes_of([entry_key(at, value) for at, value in zip(entered_at.tolist(), identifiers, strict=True)])
