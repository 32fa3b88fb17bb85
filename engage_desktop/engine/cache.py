"""A byte-bounded store of what conditions computed, least recently used out first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class LeafCache:
    """Masks and intervals of one log by content. May serve many runs, over one log at a time:
    asked for another log it starts empty."""

    def __init__(self, max_bytes: int = 512 * 1024 * 1024) -> None:
        self.max_bytes = max_bytes
        self._log: object = None
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.nbytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._kept)

    def serve(self, log: object) -> LeafCache:
        """This cache, emptied when it last served another log."""
        if self._log is not log:
            self.clear()
            self._log = log
        return self

    def clear(self) -> None:
        self._kept.clear()
        self.nbytes = 0

    def known(self, key: Hashable) -> Any | None:
        """The value under `key` where it is there."""
        kept = self._kept.get(key)
        return None if kept is None else kept[0]

    def get(self, key: Hashable, compute: Callable[[], T], size: Callable[[T], int]) -> T:
        """The value under `key`, computed when it is not there. Keys are texts or tuples of
        them: `Literal(1) == Literal(True)` in Python, so trees go in by their `repr`."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            self.hits += 1
            found: T = kept[0]
            return found
        self.misses += 1
        value = compute()
        nbytes = size(value)
        if nbytes <= self.max_bytes:
            self._kept[key] = (value, nbytes)
            self.nbytes += nbytes
            while self.nbytes > self.max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self.nbytes -= freed
        return value
