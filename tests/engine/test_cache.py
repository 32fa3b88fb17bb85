"""The leaf cache is bounded in bytes, drops the least recently used and serves one log at a time."""

from __future__ import annotations

import pytest

from engage_desktop.engine import LeafCache


def fill(cache: LeafCache, key: str, size: int) -> str:
    return cache.get(key, lambda: key.upper(), lambda _: size)


def test_computes_once() -> None:
    cache = LeafCache(100).serve("log")
    assert fill(cache, "a", 10) == "A"
    assert cache.get("a", lambda: pytest.fail("computed again"), lambda _: 10) == "A"
    assert (cache.hits, cache.misses) == (1, 1)


def test_least_recently_used_goes_first() -> None:
    cache = LeafCache(100).serve("log")
    for key in "abc":
        fill(cache, key, 40)
    assert (len(cache), cache.nbytes) == (2, 80)
    fill(cache, "b", 40)  # used again, so c is the oldest now
    fill(cache, "d", 40)
    misses = cache.misses
    fill(cache, "b", 40)
    assert cache.misses == misses
    fill(cache, "c", 40)
    assert cache.misses == misses + 1


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = LeafCache(100).serve("log")
    fill(cache, "a", 50)
    fill(cache, "b", 101)
    assert (len(cache), cache.nbytes) == (1, 50)


def test_another_log_starts_empty() -> None:
    cache = LeafCache(100)
    one, two = object(), object()
    fill(cache.serve(one), "a", 50)
    assert len(cache.serve(one)) == 1
    assert len(cache.serve(two)) == 0
    assert cache.nbytes == 0
