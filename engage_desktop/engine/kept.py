"""Rows of journeys that were walked, taken for some people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from engage_desktop.engine.arrays import Profiles, expand
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.run import Table
from engage_desktop.engine.sends import messages_of
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.waves import Tables


class Kept:
    """Tables of journeys from which the rows of some people are taken: instances, messages as they were before they came to
    their ends (`attempts`), and of visits those that may make something."""

    def __init__(self, journeys: Sequence[PlanJourney], tables: dict[str, Tables]) -> None:
        self._tables: dict[str, Tables] = {}
        for one in journeys:
            mine = tables.get(one.journey.key, {})
            kept = {"instances": mine["instances"]} if "instances" in mine else {}
            if "attempts" in mine:
                kept["messages"] = mine["attempts"]
            if "visits" in mine:
                makes = np.zeros(len(one.journey.steps), np.bool_)
                makes[[step.index for step in messages_of(one)]] = True
                makes[[step.index for step in one.steps if isinstance(step.compiled, SetTraitStep)]] = True
                visits = mine["visits"]
                keep = np.flatnonzero(makes[visits["step"]])
                kept["visits"] = {name: column[keep] for name, column in visits.items()}
            self._tables[one.journey.key] = kept

    def of(self, people: Profiles, keys: Collection[str] | None = None) -> dict[str, Tables]:
        """Of some journeys, or of all. People ascending; they are numbered by their places."""
        return {
            key: {name: _taken(table, people) for name, table in tables.items()}
            for key, tables in self._tables.items()
            if keys is None or key in keys
        }


def _taken(table: Table, people: Profiles) -> Table:
    low, high = (np.searchsorted(table["profile"], people, side) for side in ("left", "right"))
    place, own = expand(low, high - low)
    return {name: column[place] for name, column in table.items()} | {"profile": own.astype(np.int32)}
