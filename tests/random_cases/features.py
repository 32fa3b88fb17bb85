"""Parts of a design that the generator draws only when asked to, so that oracle and engine may learn them one by one.

`LANDED` are those the engine computes too: every case of the suite has them. The census of each says what must occur.
"""

from __future__ import annotations

CENSUS = {
    "delay_until": (
        "step delay_until",
        "until a time",
        "until a weekday",
        "until a date",
        "until a property",
        "until a trait",
        "until with an offset",
        "until in the workspace's zone",
        "moment past or missing",
        "leave of a delay",
        "clocks change while waiting",
        "profile's own zone",
    ),
    "exit by condition": ("exit by condition", "exit by condition at entry", "exit by condition before arrival"),
}
ALL = frozenset(CENSUS)
LANDED: frozenset[str] = frozenset({"delay_until", "exit by condition"})
