"""Conditions as the engine computes them: names of audiences and traits resolved to what they mean.

Domain trees name audiences and computed traits by key; two versions of a campaign may mean
different things by one key. Here a reference carries a digest of its whole meaning, so that a
tree is a cache key. Resolving also settles whom a part is about: a user or an account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol
from typing import Literal as Literal_

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    CompareOp,
    Condition,
    Context,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Stream,
    Trait,
)
from engage_desktop.domain.people import Level
from engage_desktop.engine.values import Scalar as Value
from engage_desktop.engine.values import holds


@dataclass(frozen=True, slots=True)
class Member:
    """Membership of a named audience; `digest` says of which definition, `level` whom it is about."""

    key: str
    digest: str
    level: Level = "user"


@dataclass(frozen=True, slots=True)
class OfAccounts:
    """For a user: one of the accounts they are linked to is a member (AU-23)."""

    member: Member


@dataclass(frozen=True, slots=True)
class AskUsers:
    """For an account: any, all or none of the linked users for whom AU-4 holds (AMB-11)."""

    quantifier: Literal_["any", "all", "none"]
    item: Node
    include_anonymous: bool


@dataclass(frozen=True, slots=True)
class Computed:
    """The value of a computed trait; `digest` says of which definition, `level` whose it is."""

    key: str
    digest: str
    level: Level = "user"


@dataclass(frozen=True, slots=True)
class Listed:
    """Named by any identifier of theirs in a list, from the instant the log first shows it (D-6)."""

    ids: frozenset[str]

    def __repr__(self) -> str:
        return f"Listed({digest_of(sorted(self.ids))})"


@dataclass(frozen=True, slots=True)
class Constant:
    """A condition that holds always (from a profile's first instant) or never."""

    value: bool


@dataclass(frozen=True)
class AudienceMeaning:
    condition: Node
    include_anonymous: bool
    level: Level


@dataclass(frozen=True)
class TraitMeaning:
    reduce: Reduce
    level: Level


Meaning = AudienceMeaning | TraitMeaning
Node = Condition | Member | OfAccounts | AskUsers | Listed | Constant
"""A resolved condition: no InAudience, no Quantified, no Trait that names an audience or a computed trait."""
Side = Any
"""A resolved scalar: one of the domain's, Computed, or as a boolean Member and OfAccounts."""


class WrongLevel(Exception):
    """A name that cannot be read where it stands; its text says why and how to mend it."""


class Names(Protocol):
    """What keys mean; None for no audience or computed trait of that key."""

    def member(self, key: str) -> Member | None: ...
    def computed(self, key: str) -> Computed | None: ...


def digest_of(*parts: object) -> str:
    """Content hash of a meaning."""
    return hashlib.sha256(" ".join(map(repr, parts)).encode()).hexdigest()[:24]


_TURNED: dict[str, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def resolve(condition: Node, names: Names, level: Level = "user", *, include_anonymous: bool = False) -> Node:
    """`condition` with names replaced and constants to the right of what is compared with them.

    In a definition about accounts a comparison of events outside ANY and ALL asks any user;
    `include_anonymous` says which users are asked. Raises WrongLevel.
    """
    return _Resolver(names, level, include_anonymous=include_anonymous).condition(condition)


def resolve_side(side: Side, names: Names, level: Level = "user") -> Side:
    """A scalar with its name replaced; raises WrongLevel."""
    return _Resolver(names, level).side(side)


def resolve_reduce(reduce: Reduce, names: Names, level: Level) -> Reduce:
    """The definition of a computed trait, resolved; raises WrongLevel."""
    found: Reduce = _Resolver(names, level).side(reduce)
    return found


class _Resolver:
    def __init__(self, names: Names, level: Level, *, inside: bool = False, include_anonymous: bool = False) -> None:
        self.names = names
        self.level = level
        self.include_anonymous = include_anonymous
        self.inside = inside
        """In the `where` of a stream events are nested ones, whoever the definition is about."""

    def condition(self, node: Node) -> Node:
        match node:
            case And(items):
                return And(tuple(map(self.condition, items)))  # type: ignore[arg-type]  # Node widens Condition
            case Or(items):
                return Or(tuple(map(self.condition, items)))  # type: ignore[arg-type]  # Node widens Condition
            case Not(item):
                return Not(self.condition(item))  # type: ignore[arg-type]  # Node widens Condition
            case Quantified("all", Not(item)):
                return self._ask("none", item)
            case Quantified(quantifier, item):
                return self._ask(quantifier, item)
            case InAudience(key):
                found = self.names.member(key)
                return Constant(False) if found is None else self._member(found)
            case Compare() | CompareDate() if self.level == "account" and not self.inside and reads_events(node):
                return self._ask("any", node)
            case Compare(Literal() | Instant() as constant, op, (value,)) if op in _TURNED and not is_constant(value):
                return self.condition(Compare(value, _TURNED[op], (constant,)))
            case Compare(left, op, values):
                return self._compare(self.side(left), op, tuple(map(self.side, values)))
            case CompareDate(left, op, value):
                side = self.side(left)
                return Constant(False) if isinstance(side, Member | OfAccounts) else CompareDate(side, op, value)
        return node

    def _ask(self, quantifier: Literal_["any", "all", "none"], item: Node) -> AskUsers:
        return AskUsers(quantifier, _Resolver(self.names, "user").condition(item), self.include_anonymous)

    def _compare(self, left: Side, op: CompareOp, values: tuple[Side, ...]) -> Node:
        if isinstance(left, Member | OfAccounts) and all(map(is_constant, values)):
            literals = literals_of(values)
            inside, outside = holds(True, op, literals), holds(False, op, literals)
            if inside == outside:
                return Constant(inside)
            return left if inside else Not(left)  # type: ignore[arg-type]  # Node widens Condition
        return Compare(left, op, values)

    def side(self, side: Side) -> Side:
        match side:
            case Trait((key,)):
                member = self.names.member(key)
                if member is not None:
                    return self._member(member)
                computed = self.names.computed(key)
                return side if computed is None else self._computed(computed)
            case Reduce(stream=Stream(where=where) as stream) if where is not None:
                inner = _Resolver(self.names, self.level, inside=True).condition(where)
                return replace(side, stream=replace(stream, where=inner))  # type: ignore[arg-type]  # Node widens Condition
        return side

    def _member(self, member: Member) -> Member | OfAccounts:
        if member.level == self.level:
            return member
        if member.level == "account":
            return OfAccounts(member)
        raise WrongLevel(
            f"The audience '{member.key}' is about users, and this is about an account; "
            f"write ANY audience('{member.key}') or ALL audience('{member.key}')."
        )

    def _computed(self, computed: Computed) -> Computed:
        if computed.level == self.level:
            return computed
        if computed.level == "account":
            raise WrongLevel(
                f"The trait '{computed.key}' is one of accounts, and this is about a user; make an audience of accounts "
                "with it and name that (AU-23)."
            )
        raise WrongLevel(
            f"The trait '{computed.key}' is one of users, and this is about an account; put ANY or ALL before the comparison."
        )


def is_constant(side: Side) -> bool:
    return isinstance(side, Literal | Instant)


def literals_of(values: tuple[Side, ...]) -> list[Value]:
    """The constants of a comparison as Python values; dates stay Instants."""
    return [value.value if isinstance(value, Literal) else value for value in values]


def sides(node: Node) -> tuple[Side, ...]:
    """What a comparison compares."""
    match node:
        case Compare(left, _, values):
            return (left, *values)
        case CompareDate(left, _, _):
            return (left,)
    return ()


def some_side(node: Node, says: Callable[[Side], bool]) -> bool:
    """Whether any scalar of a condition is so; the insides of reducers are not looked at."""
    match node:
        case And(items) | Or(items):
            return any(some_side(item, says) for item in items)
        case Not(item) | AskUsers(_, item):
            return some_side(item, says)
    return any(map(says, sides(node)))


def reads_events(node: Node) -> bool:
    """Whether it compares something made of events."""
    return some_side(node, lambda side: isinstance(side, Reduce))


def asks_event(node: Node) -> bool:
    """Inside a `where`: whether the answer differs from event to event of one person."""
    return some_side(node, lambda side: isinstance(side, Property | Context | JourneyValue | Reduce))


def asks_parent(node: Node) -> bool:
    """Inside a `where`: whether it reads the parent event, or the context of a journey."""
    return some_side(node, lambda side: isinstance(side, JourneyValue) or (isinstance(side, Property) and side.parent))


def asks_journey(node: Node) -> bool:
    """Whether it reads the context of a journey anywhere."""

    def side_asks(side: Side) -> bool:
        if isinstance(side, Reduce):
            return side.stream.where is not None and asks_journey(side.stream.where)
        return isinstance(side, JourneyValue)

    return some_side(node, side_asks)


def is_fixed(node: Node) -> bool:
    """Inside a `where`: whether the answer is the event's own, the same at every instant."""
    match node:
        case And(items) | Or(items):
            return all(map(is_fixed, items))
        case Not(item):
            return is_fixed(item)
        case Constant():
            return True
        case Compare():
            return all(isinstance(side, Literal | Instant | Property | Context | JourneyValue) for side in sides(node))
        case CompareDate(left, _, value):
            return isinstance(left, Property | Context | JourneyValue) and isinstance(value, Instant)
    return False
