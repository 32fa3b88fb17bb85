"""Conditions as the engine computes them: names of audiences resolved to what they mean.

Domain trees name audiences by key; two versions of a campaign may mean different things by
one key. Here a reference carries a digest of its whole meaning, so that a tree is a cache key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareOp,
    Condition,
    InAudience,
    Literal,
    Not,
    Or,
    Reduce,
    Trait,
)
from engage_desktop.engine.values import holds


@dataclass(frozen=True, slots=True)
class Member:
    """Membership of a named audience; `digest` says of which definition."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A condition that holds always (from a profile's first instant) or never."""

    value: bool


Node = Condition | Member | Constant
"""A resolved condition: no InAudience, no Trait that names an audience."""


def digest_of(node: Node, include_anonymous: bool) -> str:
    """Content hash of an audience's meaning."""
    return hashlib.sha256(f"{node!r} {include_anonymous}".encode()).hexdigest()[:24]


_TURNED: dict[str, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def resolve(condition: Node, member: Callable[[str], Member | None]) -> Node:
    """`condition` with audience references replaced and constants to the right of what is compared
    with them; `member(key)` is None for no audience."""
    match condition:
        case Compare(Literal() as constant, op, (value,)) if op in _TURNED and not isinstance(value, Literal):
            return resolve(Compare(value, _TURNED[op], (constant,)), member)
        case And(items):
            return And(tuple(resolve(item, member) for item in items))  # type: ignore[misc]  # Node widens
        case Or(items):
            return Or(tuple(resolve(item, member) for item in items))  # type: ignore[misc]  # Node widens
        case Not(item):
            return Not(resolve(item, member))  # type: ignore[arg-type]  # Node widens Condition
        case InAudience(key):
            found = member(key)
            return found if found is not None else Constant(False)
        case Compare(Trait(path), op, values) if len(path) == 1 and (found := member(path[0])) is not None:
            literals = [value.value for value in values if isinstance(value, Literal)]
            inside, outside = holds(True, op, literals), holds(False, op, literals)
            if inside == outside:
                return Constant(inside)
            return found if inside else Not(found)  # type: ignore[arg-type]  # Node widens Condition
        case Compare(Reduce(stream=stream) as left, op, values) if stream.where is not None:
            where = resolve(stream.where, member)
            filtered = replace(stream, where=where)  # type: ignore[arg-type]  # Node widens Condition
            return Compare(replace(left, stream=filtered), op, values)
        case _:
            return condition
