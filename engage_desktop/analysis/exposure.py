"""Did the log see the split? Exposure records (`Experiment Viewed`) beside the arms drawn (D-27)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engage_desktop.engine.arrays import first_of_each

if TYPE_CHECKING:
    from engage_desktop.events import EventStore

EVENT = "Experiment Viewed"
MOST_DISAGREEING = 0.01
"""A greater share of people recorded in another arm than the one drawn: this is not that experiment."""
LEAST_RECORDED = 0.5
"""A smaller share of people with any record: the split was not really run on these people."""


@dataclass(frozen=True)
class Exposure:
    """`agree` + `disagree` people have a record; `unseen` have none. `name` is the recorded experiment's."""

    agree: int
    disagree: int
    unseen: int
    name: str | None = None

    @property
    def recorded(self) -> int:
        return self.agree + self.disagree

    @property
    def agrees(self) -> bool:
        """Whether the records name the arms drawn."""
        return self.agree > 0 and self.disagree <= MOST_DISAGREEING * self.recorded

    @property
    def is_real(self) -> bool:
        """Whether the arms drawn are those of the experiment that the log records."""
        return self.agrees and self.recorded >= LEAST_RECORDED * (self.recorded + self.unseen)


def exposure(
    store: EventStore,
    experiment_id: str,
    profile: NDArray[np.int32],
    arm: NDArray[np.intp],
    arms: tuple[str, ...],
    end: int,
) -> Exposure:
    """Compare each person's first record of `experiment_id` up to `end` with the arm drawn.

    `profile` ascends, one entry a person; `arm` indexes `arms`.
    """
    nothing = Exposure(0, 0, len(profile))
    if EVENT not in store.event_names:
        return nothing
    ids = store.column(EVENT, ("experiment_id",))
    wanted = np.fromiter((text == experiment_id for text in ids.texts), np.bool_, len(ids.texts))
    rows, people = store.rows(EVENT), store.profiles(EVENT)
    at = np.flatnonzero((ids.code >= 0) & (np.asarray(store.time)[rows] <= end))
    at = at[wanted[ids.code[at]]]
    at = at[np.isin(people[at], profile)]
    if not len(at):
        return nothing
    at = at[first_of_each(people[at])]
    variations = store.column(EVENT, ("variation_id",))
    drawn = arm[np.searchsorted(profile, people[at])]
    agree = sum(variations.value(int(i)) == arms[a] for i, a in zip(at.tolist(), drawn.tolist(), strict=True))
    name = store.column(EVENT, ("experiment_name",)).value(int(at[0]))
    return Exposure(agree, len(at) - agree, len(profile) - len(at), name if isinstance(name, str) else None)
