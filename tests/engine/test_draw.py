"""The vectorised draw is the draw of D-19."""

from __future__ import annotations

import weakref

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_log import SyntheticLog
from engage_desktop.domain.draw import uniform
from engage_desktop.engine.draw import ProfileHashes, entry_key_hashes, profile_hashes, uniforms

NO_ONE = np.zeros(0, np.int32)


def test_check_values() -> None:
    """The two numbers that D-19 states."""
    profile = ProfileHashes(["u-0", "u-1"]).of(np.array([1], np.int32))
    entry = entry_key_hashes(np.array([1299834000000000]))
    assert uniforms(7, ("cart_rescue", "coin"), profile).tolist() == [0.8598524943429464]
    assert uniforms(7, ("cart_rescue", "coin"), profile, entry).tolist() == [0.7832438948590964]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-(2**70), 2**70),
    st.lists(st.text(), min_size=1, max_size=6),
    st.lists(st.integers(0, 2**50), min_size=1, max_size=6),
)
def test_one_by_one(seed: int, ids: list[str], times: list[int]) -> None:
    n = min(len(ids), len(times))
    ids = [one.encode("utf-8", "replace").decode() for one in ids]
    hashes = ProfileHashes(ids)
    profile = hashes.of(np.arange(n, dtype=np.int32)[::-1])[::-1]
    assert (hashes.of(NO_ONE) == []).all()
    found = uniforms(seed, ("j", "s"), profile, entry_key_hashes(np.array(times[:n])))
    assert found.tolist() == [uniform(seed, "j", "s", ids[at], str(times[at])) for at in range(n)]


def test_hashes_last_as_long_as_their_log() -> None:
    """A run with a new cache finds what the one before has hashed; nothing of it outlives the log."""
    log = SyntheticLog(50, 5)
    hashes = profile_hashes(log)
    assert profile_hashes(log) is hashes
    assert profile_hashes(SyntheticLog(50, 5)) is not hashes
    gone = weakref.ref(hashes)
    del log, hashes
    assert gone() is None
