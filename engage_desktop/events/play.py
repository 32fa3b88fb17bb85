"""The identity rules played through one call after the other (ID-1..ID-4, ID-6, ID-8, ID-12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from engage_desktop.events.identifiers import IdentifierType
from engage_desktop.events.rejects import LIMIT_EXCEEDED, MAPPINGS_EXCEEDED, MERGES_EXCEEDED, TIME_LIMIT_EXCEEDED

MAX_MERGES: Final = 100
MAX_MAPPINGS: Final = 1000
"""Of one profile (ID-8)."""
Ids = list[tuple[int, int]]
"""(type, identifier), the strongest first."""


class Dropped(NamedTuple):
    """An identifier that stayed off a call: the code of ID-12 and the type whose limit was in the way, if any."""

    unit: int
    kind: int
    node: int
    code: str
    limited: int | None


class Game:
    """Profiles as calls make and join them. They are numbered in order of birth from `first` on: of two profiles the
    smaller is the older, which survives a merge (AMB-2)."""

    def __init__(self, types: tuple[IdentifierType, ...], by_rank: tuple[int, ...], first: int) -> None:
        self._types, self._by_rank, self._next = types, by_rank, first
        self._parent: dict[int, int] = {}
        self._got: dict[int, dict[int, list[int]]] = {}  # by profile and type the instants at which it got its values
        self._merges: dict[int, int] = {}
        self._owner: dict[int, int] = {}
        self._played: list[tuple[int, int]] = []
        self.dropped: list[Dropped] = []

    def play(self, unit: int, time: int, ids: Ids) -> None:
        """One call with at least one identifier; `ids` is used up."""
        owner = self._owner
        while True:
            matched = sorted({self._find(owner[node]) for _, node in ids if node in owner})
            new = [kind for kind, node in ids if node not in owner]
            if len(matched) == 1 and not new:
                break
            in_the_way = self._too_much(matched, new, time)
            if in_the_way is None:
                break
            self.dropped.append(Dropped(unit, *ids.pop(), *in_the_way))
        survivor = self._merge(matched) if matched else self._born()
        got = self._got[survivor]
        for kind in new:
            got.setdefault(kind, []).append(time)
        for _, node in ids:
            owner[node] = survivor
        self._played.append((unit, survivor))

    def owners(self) -> tuple[Iterable[tuple[int, int]], Iterable[tuple[int, int]]]:
        """(identifier, profile) and (unit, profile), at the end of all calls."""
        return (
            ((node, self._find(profile)) for node, profile in self._owner.items()),
            ((unit, self._find(profile)) for unit, profile in self._played),
        )

    def _too_much(self, matched: list[int], new: list[int], time: int) -> tuple[str, int | None] | None:
        """What the profile of all `matched` with values of the types `new` would break, types from the strongest on."""
        total = len(new)
        for kind in self._by_rank:
            rule, count = self._types[kind], new.count(kind)
            for profile in matched:
                instants = self._got[profile].get(kind, ())
                total += len(instants)
                count += len(instants) if rule.per_us is None else sum(at > time - rule.per_us for at in instants)
            if count > rule.limit:
                return LIMIT_EXCEEDED if rule.per_us is None else TIME_LIMIT_EXCEEDED, kind
        if len(matched) > 1 and sum(self._merges[profile] + 1 for profile in matched) - 1 > MAX_MERGES:
            return MERGES_EXCEEDED, None
        return (MAPPINGS_EXCEEDED, None) if total > MAX_MAPPINGS else None

    def _born(self) -> int:
        profile, self._next = self._next, self._next + 1
        self._parent[profile], self._got[profile], self._merges[profile] = profile, {}, 0
        return profile

    def _merge(self, matched: list[int]) -> int:
        survivor, *others = matched
        for profile in others:
            self._parent[profile] = survivor
            self._merges[survivor] += self._merges.pop(profile) + 1
            for kind, instants in self._got.pop(profile).items():
                self._got[survivor].setdefault(kind, []).extend(instants)
        return survivor

    def _find(self, profile: int) -> int:
        parent = self._parent
        while parent[profile] != profile:
            parent[profile] = parent[parent[profile]]
            profile = parent[profile]
        return profile
