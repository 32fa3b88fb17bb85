"""The keyed draw of D-19: who lands in which branch, for ever the same.

`engine/draw.py` holds the vectorised twin; the check values of D-19 bind both.
"""

from __future__ import annotations

import xxhash

_MASK = (1 << 64) - 1


def mix(value: int) -> int:
    """One splitmix64 step: add the increment, then the finaliser."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def hash_text(text: str) -> int:
    """H of D-19: xxh3_64 of the UTF-8 text, unsigned."""
    return xxhash.xxh3_64_intdigest(text.encode())


def uniform(seed: int, *parts: str) -> float:
    """u in [0, 1) for (seed, parts...): journey key, step key, profile id and, unless the
    split is sticky, the entry key."""
    state = mix(seed & _MASK)
    for part in parts:
        state = mix(state ^ hash_text(part))
    return (state >> 11) / (1 << 53)
