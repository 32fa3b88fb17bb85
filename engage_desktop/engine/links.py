"""People and the accounts they are linked to (EV-12, AU-26): sets of one carried over to the other."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import AnyArray, Instants, Rows, expand, segment_offsets
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.frames import Events, Root
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.source import Log


class Links:
    """Link i joins `account[i]` and `profile[i]` from `since[i]` on, sorted by (account, profile)."""

    def __init__(self, log: Log, cache: LeafCache) -> None:
        self.log = log
        self._cache = cache

    @cached_property
    def accounts(self) -> Root:
        return Root("account", np.asarray(self.log.account_since))

    @cached_property
    def _links(self) -> tuple[AnyArray, AnyArray, Instants]:
        account, profile, since = self.log.links()
        return np.asarray(account), np.asarray(profile), np.asarray(since)

    def to_accounts(self, people: Intervals) -> Intervals:
        """When at least one linked person is in their set."""
        account, profile, since = self._links
        each = sets.gather(people, profile, since)
        return sets.union_of(account[each.profile], each.start, each.end, self.accounts.n)

    def to_people(self, accounts: Intervals) -> Intervals:
        """When at least one account a person is linked to is in its set."""
        account, profile, since = self._links
        order = np.argsort(profile, kind="stable")
        each = sets.gather(accounts, account[order], since[order])
        return sets.union_of(profile[order][each.profile], each.start, each.end, len(self.log.since))

    def events(self, name: str) -> Events:
        """The events of all people linked to each account, in one order (timestamp, receivedAt, input)."""
        account, profile, since = self._links
        owners: AnyArray = np.asarray(self.log.profiles(name))
        start: Rows = segment_offsets(owners, len(self.log.since))
        at = profile.astype(np.int64)
        place, link = expand(start[at], start[at + 1] - start[at])
        rows = np.asarray(self.log.rows(name))[place]
        order = np.lexsort((np.asarray(self.log.ordinal)[rows], account[link]))
        place, link = place[order], link[order]
        time = np.asarray(self.log.time)[rows[order]]
        key = f"account>{name!r}"
        return Events(self.log, name, self.accounts, key, place, account[link], np.maximum(time, since[link]))
