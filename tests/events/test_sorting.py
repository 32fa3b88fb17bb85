"""Stable orders: packed or not, the same as sorting pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.events.sorting import stable_order

keys_ = (
    st.lists(st.integers(-5, 5)) | st.lists(st.integers(-(2**63), 2**63 - 1)) | st.lists(st.integers(-(2**40), 2**40))
)


@given(keys_, st.sampled_from([1, 1000]))
def test_stable_order(keys: list[int], times: int) -> None:
    keys = [key // times * times for key in keys]
    keys = [key for key in keys if key >= -(2**63)]
    expected = sorted(range(len(keys)), key=lambda i: (keys[i], i))
    assert stable_order(np.array(keys, dtype=np.int64)).tolist() == expected


def test_stable_order_of_many_milliseconds() -> None:
    times = np.random.default_rng(1).integers(0, 10**6, 5000) * 1000 + 1_300_000_000_000_000
    assert stable_order(times).tolist() == np.argsort(times, kind="stable").tolist()
    times[17] += 1
    assert stable_order(times).tolist() == np.argsort(times, kind="stable").tolist()
