"""Whom a name is about: users or accounts (AU-23, AU-26).

Outside ANY and ALL a definition about accounts reads what is the account's, inside what is the
user's. A user is asked for an audience of accounts as "one of their accounts is in it"; the trait
of an account has no such reading, and nothing of a user has one for an account.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engage_desktop.document.sites import Site
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Expression,
    InAudience,
    Not,
    Or,
    Quantified,
    Reduce,
    Trait,
)
from engage_desktop.domain.people import Level
from engage_desktop.domain.problem import Problem


class _Name(NamedTuple):
    """A named audience or trait, who is asked for it, and whether inside ANY or ALL or a `where()`."""

    node: InAudience | Trait
    asked: Level
    quantified: bool = False
    in_where: bool = False


class Levels:
    """Who the audiences and computed traits of a design are about."""

    def __init__(self, campaigns: Campaigns) -> None:
        self._audiences: dict[str, Level] = {audience.key: audience.level for audience in campaigns.audiences}
        self._traits: dict[str, Level] = {trait.key: trait.level for trait in campaigns.traits}

    def check(self, site: Site, tree: Expression) -> Iterator[Problem]:
        """One problem for each name that the one asked has nothing of."""
        for name in _names(tree, _Name(Trait(()), site.level)):
            fault = self._fault(name)
            if fault is not None:
                yield Problem("error", "level", site.path, f"{_place(site.text, name.node)}{fault[0]}", fault[1])

    def _fault(self, name: _Name) -> tuple[str, str] | None:
        """(what is wrong, how to mend it) where a name has no meaning."""
        node = name.node
        if isinstance(node, InAudience):
            key, shown, computed = node.key, f"audience('{node.key}')", False
        elif len(node.path) == 1:
            (key,) = node.path
            shown, computed = f"trait('{key}')", key not in self._audiences
        else:
            return None
        owner = (self._traits if computed else self._audiences).get(key)
        if name.asked == "account" and owner == "user":
            says = f"{shown} is about users, and here an account is asked."
            shown = f"{shown} = ..." if isinstance(node, Trait) else shown
            if name.in_where:
                return says, f"Make an audience of accounts of ANY {shown}, and name that one here."
            return says, f"Write ANY {shown} for at least one of its users, or ALL {shown} for every one."
        if name.asked == "user" and owner == "account" and computed:
            says = f"{shown} is computed for accounts, and here a user is asked."
            if name.quantified:
                return says, "Take it out of ANY or ALL: outside, it is the account's."
            return says, "Make an audience of accounts that compares it, and name that audience here."
        return None


def _names(tree: Expression, at: _Name) -> Iterator[_Name]:
    match tree:
        case Trait() | InAudience():
            yield at._replace(node=tree)
        case And(items) | Or(items):
            for item in items:
                yield from _names(item, at)
        case Not(item):
            yield from _names(item, at)
        case Quantified(_, item):
            yield from _names(item, at._replace(asked="user", quantified=True))
        case Compare(left, _, values):
            sides = (left, *values)
            if (
                any(isinstance(side, Reduce) for side in sides) and not at.in_where
            ):  # outside ANY and ALL this means ANY
                at = at._replace(asked="user")
            for side in sides:
                yield from _names(side, at)
        case CompareDate(left):
            yield from _names(left, at._replace(asked="user") if isinstance(left, Reduce) and not at.in_where else at)
        case Reduce(stream=stream) if stream.where is not None:
            yield from _names(stream.where, at._replace(in_where=True))
        case _:
            pass


def _place(text: str, node: Expression) -> str:
    from engage_desktop.language.parser import parse_with_places

    place = parse_with_places(text).places.get(id(node))
    return f"Line {place.line}, column {place.column}: " if place is not None else ""
