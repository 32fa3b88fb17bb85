"""The identity rules as a plain loop over calls, straight from ID-1..ID-5, D-6, D-47, D-54.

Shares nothing with the package: no components, no distinct combinations, every call played.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LIMITS = {"user_id": 1, "email": 5, "anonymous_id": 5}
PRIORITY = ("user_id", "email", "anonymous_id")


@dataclass
class Person:
    born: int
    ids: list[tuple[str, str]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)


def blocked(value: str) -> bool:
    return bool(re.fullmatch(r"[0-]*", value)) or value in ("-1", "null", "anonymous")


def resolve(calls: list[tuple[int, dict[str, str]]]) -> tuple[dict[int, str], dict[str, list[tuple[str, str, int]]]]:
    """Calls are (time, {type: value}) in the order of the input. Returns the text id per call and the
    identifiers of each text id as (type, value, first instant)."""
    people: list[Person] = []
    order = sorted(range(len(calls)), key=lambda i: (calls[i][0], i))
    for i in order:
        ids = [(kind, calls[i][1][kind]) for kind in PRIORITY if calls[i][1].get(kind)]
        ids = [(kind, value) for kind, value in ids if not blocked(value)]
        if not ids:
            continue
        while True:
            matched = [person for person in people if any(one in person.ids for one in ids)]
            together = {one for person in matched for one in person.ids} | set(ids)
            if all(sum(one[0] == kind for one in together) <= limit for kind, limit in LIMITS.items()):
                break
            ids.pop()
        if not matched:
            matched = [Person(born=i)]
            people.append(matched[0])
        survivor, *others = matched
        for other in others:
            survivor.ids += other.ids
            survivor.calls += other.calls
            people.remove(other)
        survivor.ids += [one for one in ids if one not in survivor.ids]
        survivor.calls.append(i)
    of_call: dict[int, str] = {}
    identifiers: dict[str, list[tuple[str, str, int]]] = {}
    for person in people:
        first = {}
        rank = {i: k for k, i in enumerate(order)}
        for kind, value in person.ids:
            shown = [i for i in person.calls if calls[i][1].get(kind) == value]
            first[kind, value] = min(rank[i] for i in shown)
        by = sorted(first, key=lambda one: (PRIORITY.index(one[0]), first[one]))
        text = by[0][1]
        identifiers[text] = [(kind, value, calls[order[first[kind, value]]][0]) for kind, value in by]
        for i in person.calls:
            of_call[i] = text
    return of_call, identifiers
