"""Searches and orders over whole arrays beside what numpy does at length."""

from __future__ import annotations

import numpy as np
import pytest

from engage_desktop.engine.arrays import ordered


@pytest.mark.parametrize("seed", range(40))
def test_ordered_is_a_stable_sort_by_all_keys(seed: int) -> None:
    """Few runs by group, most groups right within; ties of every kind, among them of whole rows."""
    rng = np.random.default_rng(seed)
    runs = [np.sort(rng.integers(0, 30, rng.integers(0, 40))) for _ in range(rng.integers(1, 5))]
    group = np.concatenate(runs)
    time, rank = rng.integers(0, 4, len(group)), rng.integers(-2, 3, len(group))
    if seed % 2:  # most stand right already
        time = np.sort(time)
    for keys in ((), (time,), (time, rank)):
        assert ordered(group, *keys).tolist() == np.lexsort((*keys[::-1], group)).tolist()
