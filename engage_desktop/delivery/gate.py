"""Whom a sync may put on a list, and what it holds back and why (D-38, D-39)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engage_desktop.delivery.people import Accounts, People

ASSUMED = "assumed"
PAST = "past step, not a sandbox"
BELOW_MINIMUM = "list below its minimum"
NO_CONSENT = "without consent"
NOT_ALLOWED = "not on the allow-list"


@dataclass(frozen=True)
class Gate:
    """`everybody`: the destination is a sandbox, or the sender has typed how many real people there are. Otherwise a list
    is added to from the workspace's allow-list alone; taken off a list is anybody."""

    everybody: bool
    allow_list: frozenset[str] = frozenset()
    withheld: Counter[str] = field(default_factory=Counter)
    for_lists: set[str] = field(default_factory=set)
    """Who would be added if everybody might."""

    def adds(self, about: People | Accounts, who: int, size: int, minimum: int) -> bool:
        """Whether somebody may be added to a list of `size` people; counts them where not."""
        if size < minimum:
            self.withheld[BELOW_MINIMUM] += 1
            return False
        self.for_lists.add(about.ids[who])
        if self.everybody or not self.allow_list.isdisjoint(about.names(who)):
            return True
        self.withheld[NOT_ALLOWED] += 1
        return False
