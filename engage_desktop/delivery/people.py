"""What payloads say of a person or an account: identifiers, address, traits, events."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from engage_desktop.engine import Plan
    from engage_desktop.engine.source import Log
    from engage_desktop.events import EventStore


class _Subjects:
    """Traits of one level: of the log with what the run has set, and computed ones of the plan."""

    level: Literal["user", "account"]

    def __init__(self, store: EventStore, written: Log | None = None, plan: Plan | None = None) -> None:
        """`written`: the log with the traits that a run has set; an address is never set (D-6)."""
        self._store = store
        self._written: Log = store if written is None else written
        self._plan = plan
        traits = () if plan is None else plan.campaigns.traits
        self._computed = {trait.key for trait in traits if trait.level == self.level}
        self._histories: dict[str, Any] = {}

    def trait(self, name: str, who: int, at_us: int) -> Any:
        """The value at the instant (D-7, D-8), None where absent."""
        if name not in self._histories:
            self._histories[name] = self._history(name)
        return value_at(self._histories[name], who, at_us)

    def _history(self, name: str) -> Any:
        from engage_desktop.engine import trait_history

        if self._plan is not None and name in self._computed:
            return trait_history(self._plan, self._written, name)
        path = tuple(name.split("."))
        return self._written.trait(path) if self.level == "user" else self._written.account_trait(path)


class People(_Subjects):
    """Profiles, by their place in the log."""

    level = "user"

    @property
    def ids(self) -> Sequence[str]:
        return self._store.profile_ids

    def index_of(self, text_id: str) -> int | None:
        return self._store.index_of(text_id)

    def names(self, profile: int) -> set[str]:
        """Every identifier of the profile, and its text id."""
        return {self.ids[profile], *(value for _, value, _ in self._store.identifiers(profile))}

    def identity(self, profile: int) -> dict[str, str]:
        """`userId`, else `anonymousId`; a profile known by e-mail only goes by that address."""
        first: dict[str, str] = {}
        for kind, value, _ in self._store.identifiers(profile):
            first.setdefault(kind, value)
        if "user_id" in first:
            return {"userId": first["user_id"]}
        if "anonymous_id" in first:
            return {"anonymousId": first["anonymous_id"]}
        return {"userId": self._store.profile_ids[profile]}

    def email(self, profile: int, at_us: int) -> str | None:
        """The address at the instant, None where there is none."""
        value = value_at(self._store.address("email"), profile, at_us)
        return value if isinstance(value, str) else None

    def event(self, name: str, profile: int, place: int, at_us: int) -> dict[str, Any]:
        """The properties of an event of a name and instant, `place` as the rows of `deliveries` tell it."""
        from engage_desktop.engine.added import row_at
        from engage_desktop.events.table import path_parts

        row = row_at(self._store, name, profile, place, at_us)
        at = int(np.searchsorted(self._store.rows(name), row))
        paths = dict.fromkeys(path_parts(path)[:1] for path in self._store.properties(name))
        found = {path[0]: column_value(self._store.column(name, path), at) for path in paths}
        return {key: value for key, value in found.items() if value is not None}


class Accounts(_Subjects):
    """Accounts, by their place in the log: known by their group id, without an address."""

    level = "account"

    @property
    def ids(self) -> Sequence[str]:
        return self._store.account_ids

    def index_of(self, text_id: str) -> int | None:
        at = bisect_left(self.ids, text_id)
        return at if at < len(self.ids) and self.ids[at] == text_id else None

    def names(self, account: int) -> set[str]:
        return {self.ids[account]}

    def identity(self, account: int) -> dict[str, str]:
        return {"groupId": self._store.account_ids[account]}

    def email(self, account: int, at_us: int) -> str | None:
        return None


def value_at(history: Any, who: int, at_us: int) -> Any:
    """The last value at or before the instant (D-7), None where absent."""
    low, high = int(history.start[who]), int(history.start[who + 1])
    place = low + int(np.searchsorted(history.time[low:high], at_us, side="right")) - 1
    return None if place < low else column_value(history.column, place)


def column_value(column: Any, place: int) -> Any:
    """One cell as payloads carry it: as JSON, whole numbers without a point."""
    from engage_desktop.engine.values import value_at as cell

    value = cell(column, place)
    return int(value) if isinstance(value, float) and value.is_integer() else value
