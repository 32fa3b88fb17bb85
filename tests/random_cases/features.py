"""Parts of a design that the generator draws only when asked to, so that oracle and engine may learn them one by one.

`LANDED` are those the engine computes too: every case of the suite has them. The census of each says what must occur.
"""

from __future__ import annotations

CENSUS = {
    "exit by condition": ("exit by condition", "exit by condition at entry", "exit by condition before arrival"),
}
ALL = frozenset(CENSUS)
LANDED: frozenset[str] = frozenset({"exit by condition"})
