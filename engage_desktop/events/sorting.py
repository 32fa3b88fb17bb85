"""Stable orders of large integer arrays.

A plain sort of 64-bit integers is vectorised and some ten times faster than an argsort, so keys are
packed with their positions into one integer wherever both fit, sorted, and unpacked again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stable_order(keys: NDArray[np.signedinteger]) -> NDArray[np.intp]:
    """intp[len(keys)]: positions by key, equal keys by position."""
    count = len(keys)
    if count < 2:
        return np.arange(count)
    low = int(keys.min())
    wide = keys.astype(np.int64) - low if int(keys.max()) - low < 1 << 62 else None
    if wide is not None:
        if len(wide) > 1000 and not (wide % 1000).any():  # most logs count milliseconds
            wide //= 1000
        bits = (count - 1).bit_length()
        if int(wide.max()) >> (63 - bits) == 0:
            wide <<= bits
            wide |= np.arange(count)
            wide.sort()
            wide &= (1 << bits) - 1
            return wide
    return np.argsort(keys, kind="stable")
