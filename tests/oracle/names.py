"""Who names whom in the conditions of a file, and what cannot be asked at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Duration,
    InAudience,
    JourneyValue,
    Not,
    Or,
    Quantified,
    Reduce,
    Trait,
    Window,
)  # fmt: skip
from engage_desktop.domain.step import Fork, Split, Wait
from tests.oracle.log import Person
from tests.oracle.parse import parse, parse_expression
from tests.oracle.rules import Rules
from tests.oracle.scope import Refused


def parts(node: Any) -> Iterator[Any]:
    """The node and every node and window below it, wheres included."""
    yield node
    below: tuple[Any, ...] = ()
    match node:
        case And(items) | Or(items):
            below = items
        case Not(item) | Quantified(_, item):
            below = (item,)
        case Compare(left, _, values):
            below = (left, *values)
        case CompareDate(left):
            below = (left,)
        case Reduce(stream=stream):
            below = (*stream.windows, *(() if stream.where is None else (stream.where,)))
    for item in below:
        yield from parts(item)


def texts(campaigns: Campaigns) -> Iterator[str]:
    """Every condition and definition of the file, wheres included."""
    yield from (trait.definition for trait in campaigns.traits)
    yield from (audience.definition for audience in campaigns.audiences if audience.definition)
    for journey in campaigns.journeys:
        entry: Any = journey.entry
        found = [getattr(entry, "condition", None), getattr(entry, "where", None)]
        found += [text for rule in journey.exits for text in (rule.where, rule.condition)]
        for step in journey.steps:
            found += [getattr(branch, "where", None) for branch in getattr(step, "branches", ())]
            if isinstance(step, Wait):
                found.append(step.condition)
            if isinstance(step, Split | Fork):
                found += [branch.condition for branch in step.branches]
        yield from (text for text in found if text)
    yield from (broadcast.condition for broadcast in campaigns.broadcasts if broadcast.condition)


def all_parts(campaigns: Campaigns) -> Iterator[Any]:
    for text in texts(campaigns):
        yield from parts(parse_expression(text))


def widths_and_spans(campaigns: Campaigns, rules: Rules) -> tuple[set[int], set[int]]:
    """How long after an event an answer may change with no event: at any window's edge; and how long before and after a
    date: by any duration of a date operator. 0 among them."""
    widths, spans = {0}, set()
    for part in all_parts(campaigns) if rules.expiry_without_event else ():
        if isinstance(part, Window):
            widths |= {part.a.us, part.b.us} if part.b else {part.a.us}
        elif isinstance(part, CompareDate) and isinstance(part.value, Duration):
            spans |= {part.value.us, -part.value.us, 0}
    return widths, spans


def refuse_names(campaigns: Campaigns, people: list[Person]) -> None:
    """Raise `Refused` for journey(), a circle of traits and audiences (AU-24, D-9), or a key that the log has as a trait."""
    outside = [trait.definition for trait in campaigns.traits]
    outside += [audience.definition or "" for audience in campaigns.audiences]
    for journey in campaigns.journeys:
        entry: Any = journey.entry
        outside += [getattr(entry, "condition", None) or "", getattr(entry, "where", None) or ""]
    outside += [broadcast.condition or "" for broadcast in campaigns.broadcasts]
    for text in outside:
        if text and any(isinstance(part, JourneyValue) for part in parts(parse_expression(text))):
            raise Refused("journey() has a meaning inside a journey only")
    named: list[Any] = [*campaigns.audiences, *campaigns.traits]
    for audience in campaigns.audiences:
        if audience.definition is not None:
            _refuse_sessions(parse(audience.definition))
    for trait in campaigns.traits:
        definition = parse_expression(trait.definition)
        if not isinstance(definition, Reduce):
            raise Refused(f"trait {trait.key} is no reducer of events (QL-2)")
        if definition.stream.where is not None:
            _refuse_sessions(definition.stream.where)
    definitions = {one.key: one.definition for one in named if one.definition is not None}
    if len({one.key for one in named}) < len(named):
        raise Refused("a trait and an audience share a key")
    done: set[str] = set()
    for key in definitions:
        _follow(key, definitions, (), done)
    users = {audience.key for audience in campaigns.audiences}
    users |= {trait.key for trait in campaigns.traits if trait.level == "user"}
    accounts = {one.key for one in named if one.level == "account"}
    for person in people:
        for call in person.calls:
            for name in (users & call.traits.keys()) | (accounts & call.group_traits.keys()):
                raise Refused(f"the log has a trait {name}, which is a key too (D-9)")


def _refuse_sessions(condition: Condition) -> None:
    if any(isinstance(part, Reduce) and part.stream.session for part in parts(condition)):
        raise Refused("expires_after() stands in computed traits only (D-43)")


def _follow(key: str, definitions: dict[str, str], within: tuple[str, ...], done: set[str]) -> None:
    if key in within:
        raise Refused(f"{key} refers to itself (AU-24)")
    if key in done:
        return
    for part in parts(parse_expression(definitions[key])):
        name = part.key if isinstance(part, InAudience) else part.path[0] if isinstance(part, Trait) else None
        if name in definitions:
            _follow(name, definitions, (*within, key), done)
    done.add(key)
