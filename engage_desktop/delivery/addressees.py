"""Under which identifiers somebody is told of: one call, or one for each combination (DS-10, DS-15, DS-16)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from engage_desktop.delivery.people import Accounts, People
from engage_desktop.domain.people import Sync

if TYPE_CHECKING:
    from engage_desktop.events import EventStore


@dataclass(frozen=True, slots=True)
class Addressee:
    """One call of a change. `part` stands in its name where D-38 has the entry key, which an audience has none of: empty
    for the first call of a change, so that a sync that makes one call has the plain name."""

    part: str
    identity: dict[str, str]
    email: str | None


class Addressees:
    """Who is called when an audience's member changes."""

    def __init__(self, store: EventStore, people: People | Accounts, sync: Sync) -> None:
        self._store, self._people, self._sync = store, people, sync
        self.is_one = isinstance(people, Accounts) or sync.ids is None
        """Whether every change makes one call."""

    def of(self, who: int, *, joins: bool, changed_at: int, at_us: int) -> list[Addressee]:
        """The calls of a change in their order. With `ids` from the identifiers that the log has shown up to the change:
        who joins is told under those chosen, who leaves under all, or someone would stay behind (DS-16). Without, one
        call with the address of `at_us`."""
        if self.is_one:
            return [Addressee("", self._people.identity(who), self._people.email(who, at_us))]
        names, emails = self._shown(who, changed_at)
        if joins and self._sync.ids != "all":
            at = 0 if self._sync.ids == "first" else -1
            names, emails = [names[at]], emails[at:][:1]
        called = product(names, emails or [None])
        return [
            Addressee("" if number == 0 else f"{name[1]}|{email or ''}", dict([name]), email)
            for number, (name, email) in enumerate(called)
        ]

    def _shown(self, who: int, until: int) -> tuple[list[tuple[str, str]], list[str | None]]:
        """User ids, else anonymous ids, else the name, and the e-mail addresses, by first sight."""
        shown = [(kind, value) for kind, value, first in self._store.identifiers(who) if first <= until]
        of_kind = {kind: [value for one, value in shown if one == kind] for kind, _ in shown}
        for kind, field in (("user_id", "userId"), ("anonymous_id", "anonymousId")):
            if kind in of_kind:
                return [(field, value) for value in of_kind[kind]], list(of_kind.get("email", ()))
        return [("userId", self._store.profile_ids[who])], list(of_kind.get("email", ()))
