"""Rows of journeys that were walked, taken for some people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engage_desktop.engine.arrays import Profiles, expand
from engage_desktop.engine.plan import PlanJourney
from engage_desktop.engine.run import Table
from engage_desktop.engine.sends import messages_of
from engage_desktop.engine.steps.set_trait import SetTraitStep
from engage_desktop.engine.waves import Tables


class Kept:
    """Tables of journeys from which the rows of some people are taken; of visits those that may make something."""

    def __init__(self, journeys: Sequence[PlanJourney], tables: dict[str, Tables]) -> None:
        self._tables: dict[str, Tables] = {}
        for one in journeys:
            mine = tables.get(one.journey.key, {})
            self._tables[one.journey.key] = {name: mine[name] for name in ("instances", "messages") if name in mine}
            if "visits" in mine:
                makes = np.zeros(len(one.journey.steps), np.bool_)
                makes[[step.index for step in messages_of(one)]] = True
                makes[[step.index for step in one.steps if isinstance(step.compiled, SetTraitStep)]] = True
                visits = mine["visits"]
                keep = np.flatnonzero(makes[visits["step"]])
                self._tables[one.journey.key]["visits"] = {name: column[keep] for name, column in visits.items()}

    def of(self, people: Profiles) -> dict[str, Tables]:
        """People ascending; they are numbered by their places."""
        return {
            key: {name: _taken(table, people) for name, table in tables.items()} for key, tables in self._tables.items()
        }


def _taken(table: Table, people: Profiles) -> Table:
    low, high = (np.searchsorted(table["profile"], people, side) for side in ("left", "right"))
    place, own = expand(low, high - low)
    return {name: column[place] for name, column in table.items()} | {"profile": own.astype(np.int32)}
