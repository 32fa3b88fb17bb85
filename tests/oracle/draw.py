"""The keyed draw, written out from D-19 a second time."""

from __future__ import annotations

import xxhash

WORD = 2**64


def mix(state: int) -> int:
    """One splitmix64 step."""
    z = (state + 0x9E3779B97F4A7C15) % WORD
    z = (z ^ (z // 2**30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z // 2**27)) * 0x94D049BB133111EB % WORD
    return z ^ (z // 2**31)


def u(seed: int, *parts: str) -> float:
    """u of D-19 for seed and parts."""
    h = mix(seed % WORD)
    for part in parts:
        h = mix(h ^ xxhash.xxh3_64(part.encode("utf-8")).intdigest())
    return (h // 2**11) / 2**53
