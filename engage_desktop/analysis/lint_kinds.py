"""What a lint's people rest on (D-27): it is assumed as soon as a row that names one of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from engage_desktop.analysis.lint_evidence import Found
    from engage_desktop.engine import Run

_INSTANTS = (
    ("visits", "journey", "entered_at", 0),
    ("visits", "journey", "left_at", 0),
    ("messages", "campaign", "due_at", 0),
    ("responses", None, "at", 1),
)
"""Table, its column of the journey (None: whoever sent it, all hear it), and the column from which lints take the instant
that is meant, moved on by so many microseconds (D-37)."""


def kind_of(run: Run, found: Found) -> Literal["observed", "assumed"]:
    """Of the people a lint names, by the rows that stand at their instants: of its journey, and answers that anybody
    hears. What is named beside the journeys is read from the log alone."""
    from engage_desktop.engine import KINDS

    place, _, rest = found.problem.path.partition(".")
    journey = run.plan.campaigns.journey(rest.partition(".")[0]) if place == "journeys" else None
    if journey is None or not len(found.people):
        return "observed"
    index = run.plan.campaigns.journeys.index(journey)
    for name, owner, instant, later_us in _INSTANTS:
        table = getattr(run, name)
        assumed = table["kind"] == KINDS.index("assumed")
        rows = np.flatnonzero(assumed if owner is None else assumed & (table[owner] == index))
        who = table["profile"][rows]
        at = np.minimum(np.searchsorted(found.people, who), len(found.people) - 1)
        if ((found.people[at] == who) & (found.at[at] == table[instant][rows] + later_us)).any():
            return "assumed"
    return "observed"
