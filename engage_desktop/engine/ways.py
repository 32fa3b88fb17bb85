"""How people go through a campaign as one number each, to tell whether something changed anybody's way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engage_desktop.engine.arrays import AnyArray
from engage_desktop.engine.row_hashes import row_hashes, sums_of_people
from engage_desktop.engine.run import Table

_COLUMNS = {
    "instances": ("instance", "entered_at", "ended_at", "outcome", "detail", "identifier", "kind"),
    "visits": ("instance", "seq", "step", "entered_at", "left_at", "branch", "pass", "kind"),
    "messages": ("instance", "step", "due_at", "status", "reason", "kind", "next_at", "leans"),
    "deliveries": ("instance", "step", "changed_at", "kind", "change", "entry_event", "exit_event"),
    "wires": ("instance", "step", "branch", "left_at"),
}
"""All that is seen of a row but places among events, which any event more would shift."""


def ways(tables: Mapping[str, Table], n: int) -> AnyArray:
    """Of each of `n` people a number that is the same for the same rows, and for others only by an accident of one in
    2^48."""
    found: AnyArray = np.zeros(n, np.complex128)
    for place, (name, columns) in enumerate(_COLUMNS.items()):
        if name in tables:
            table = tables[name]
            salt = np.full(len(table["profile"]), place)
            hashes = row_hashes([salt, *(table[name] for name in columns)])
            found += sums_of_people(table["profile"], hashes, n)
    return found
