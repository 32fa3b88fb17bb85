"""The identity rules as a plain loop over calls, straight from ID-1..ID-8, ID-12, D-6, D-47, D-54.

Shares nothing with the package: no components, no distinct combinations, every call played with every limit counted
anew from the values a profile holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAMING = ("user_id", "email", "anonymous_id")
DAY = 86_400_000_000
Id = tuple[str, str]


@dataclass(frozen=True)
class Types:
    """Limits, periods (microseconds) and priorities of the types that differ from the default."""

    names: tuple[str, ...]
    limit: dict[str, int] = field(default_factory=dict)
    per: dict[str, int] = field(default_factory=dict)
    priority: dict[str, int] = field(default_factory=dict)
    merges: int = 100
    mappings: int = 1000

    def limit_of(self, kind: str) -> int:
        return self.limit.get(kind, 1 if kind == "user_id" else 5)

    def ranks(self) -> dict[str, tuple[int, str]]:
        """ID-3: user_id 1, email 2, the others from 3 on by name, ties by name."""
        ranks = {"user_id": 1, "email": 2}
        others = sorted(set(self.names) - set(ranks) - set(self.priority))
        ranks |= {kind: place for place, kind in enumerate(others, 3)}
        return {kind: (rank, kind) for kind, rank in (ranks | self.priority).items()}


PLAIN = Types(NAMING)


@dataclass
class Person:
    got: dict[Id, int] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    merges: int = 0


@dataclass
class Answer:
    of_call: dict[int, str]
    identifiers: dict[str, list[tuple[str, str, int]]]
    """By text id (type, value, first instant), in the order of the store."""
    dropped: list[tuple[int, Id, str]]
    """Call, identifier and the code of ID-12, in the order of time."""


def blocked(value: str) -> bool:
    return bool(re.fullmatch(r"[0-]*", value)) or value in ("-1", "null", "anonymous")


def in_the_way(together: dict[Id, int], merges: int, matched: int, now: int, types: Types) -> str | None:
    """The code of the first limit that one profile with all these identifiers would break."""
    for kind in sorted(types.names, key=types.ranks().__getitem__):
        instants = [at for (name, _), at in together.items() if name == kind]
        if kind in types.per:
            if sum(now - types.per[kind] < at <= now for at in instants) > types.limit_of(kind):
                return "identifier_value_time_limit_exceeded"
        elif len(instants) > types.limit_of(kind):
            return "identifier_value_limit_exceeded"
    if matched > 1 and merges > types.merges:
        return "profile_merge_limit_exceeded"
    return "identifier_mapping_limit_exceeded" if len(together) > types.mappings else None


def resolve(calls: list[tuple[int, list[Id]]], types: Types = PLAIN) -> Answer:
    """Calls are (time, identifiers in the order of reading), in the order of the input."""
    ranks = types.ranks()
    people: list[Person] = []
    dropped: list[tuple[int, Id, str]] = []
    order = sorted(range(len(calls)), key=lambda i: (calls[i][0], i))
    for i in order:
        now = calls[i][0]
        ids = sorted(dict.fromkeys(one for one in calls[i][1] if not blocked(one[1])), key=lambda one: ranks[one[0]])
        while ids:
            matched = [person for person in people if any(one in person.got for one in ids)]
            together = dict.fromkeys(ids, now)
            for person in matched:
                together |= person.got
            merges = sum(person.merges + 1 for person in matched) - 1
            reason = in_the_way(together, merges, len(matched), now, types)
            if reason is None:
                break
            dropped.append((i, ids.pop(), reason))
        if not ids:
            continue
        if not matched:
            people.append(Person(together, [i]))
            continue
        survivor, *others = matched
        survivor.got, survivor.merges = together, merges
        for other in others:
            survivor.calls += other.calls
            people.remove(other)
        survivor.calls.append(i)
    return _answer(people, calls, order, types, dropped)


def _answer(
    people: list[Person],
    calls: list[tuple[int, list[Id]]],
    order: list[int],
    types: Types,
    dropped: list[tuple[int, Id, str]],
) -> Answer:
    """D-54: an identifier counts from the first call of its profile that shows it. D-6: the first user id names, else the
    first email, else the first anonymous id, else the strongest of the others; where two would have one name, the weaker
    says its type."""
    rank = {i: place for place, i in enumerate(order)}
    ranks = types.ranks()
    strength = {
        kind: (NAMING.index(kind), (0, "")) if kind in NAMING else (len(NAMING), ranks[kind]) for kind in types.names
    }
    named: list[tuple[Id, list[tuple[str, str, int]], Person]] = []
    for person in people:
        first = {one: min(rank[i] for i in person.calls if one in calls[i][1]) for one in person.got}
        by = sorted(first, key=lambda one: (strength[one[0]], first[one], calls[order[first[one]]][1].index(one)))
        named.append((by[0], [(*one, calls[order[first[one]]][0]) for one in by], person))
    answer = Answer({}, {}, dropped)
    for (kind, text), identifiers, person in sorted(named, key=lambda one: (strength[one[0][0]], one[0][1])):
        while text in answer.identifiers:
            text = f"{kind}:{text}"
        answer.identifiers[text] = identifiers
        answer.of_call |= dict.fromkeys(person.calls, text)
    return answer
