"""Whom a destination may be told of: with a category of consent those who agree to it (SB-10).

For such a destination somebody is a member while they are one and agree: who withdraws is told gone, who agrees later
enters then. Accounts agree to nothing and are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engage_desktop.domain.campaigns import Campaigns
    from engage_desktop.domain.people import Audience
    from engage_desktop.engine import Intervals
    from engage_desktop.events import EventStore

Stays = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]
"""profile, from, to (NEVER while open): disjoint, sorted by (profile, from)."""


class Consent:
    """When people of a log agree to what the destinations of a design ask."""

    def __init__(self, campaigns: Campaigns, store: EventStore) -> None:
        self._campaigns = campaigns
        self.n_people = store.n_profiles

        @cache
        def to(category: str) -> Intervals:
            from engage_desktop.engine.switched import agreed

            return agreed(store.consent(), category, store.n_profiles)

        self._to = to

    def to(self, destination: str) -> Intervals | None:
        """When each profile agrees to be told of there; None where nobody is asked."""
        found = self._campaigns.destination(destination)
        return None if found is None or found.consent_category is None else self._to(found.consent_category)

    def agree(self, destination: str, who: NDArray[np.int32], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each profile agrees at its instant to be told of there."""
        agreed = self.to(destination)
        return np.ones(len(who), np.bool_) if agreed is None else agreed.value(who, at)

    def stays(self, memberships: Mapping[str, Any], audience: Audience, destination: str) -> Stays:
        """The memberships of an audience that a destination may know of."""
        from engage_desktop.engine import Intervals
        from engage_desktop.engine.intervals import intersection

        profile, start, end = self._all(memberships, audience)
        agreed = None if audience.level == "account" else self.to(destination)
        if agreed is None:
            return profile, start, end
        found = intersection([Intervals(profile, start, end, self.n_people), agreed])
        return found.profile, found.start, found.end

    def silent(self, memberships: Mapping[str, Any], audience: Audience, destination: str, at: int) -> list[int]:
        """The members at an instant of whom a destination may not know."""
        if audience.level == "account" or self.to(destination) is None:
            return []
        profile, start, end = self._all(memberships, audience)
        return self.silent_of(destination, profile[(start <= at) & (end > at)].tolist(), at)

    def silent_of(self, destination: str, people: list[int], at: int) -> list[int]:
        """Those of some people who do not agree at an instant."""
        who = np.array(people, np.int32)
        found: list[int] = who[~self.agree(destination, who, np.full(len(who), at, np.int64))].tolist()
        return found

    def withdrawn(self, destination: str, who: int, at: int) -> int:
        """When somebody who does not agree at an instant last ceased to; 0 where they never did."""
        agreed = self.to(destination)
        if agreed is None:
            return 0
        ends = agreed.end[agreed.offsets[who] : agreed.offsets[who + 1]]
        return int(ends[ends <= at].max(initial=0))

    def _all(self, memberships: Mapping[str, Any], audience: Audience) -> Stays:
        mine = memberships["audience"] == self._campaigns.audiences.index(audience)
        return memberships["profile"][mine], memberships["from_at"][mine], memberships["to_at"][mine]
