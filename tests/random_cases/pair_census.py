"""What a pair of log and conditions exercises: forms of the language, and what happened at its edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Context,
    InAudience,
    Instant,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Trait,
)
from tests.oracle import Tables
from tests.oracle.names import parts, texts
from tests.oracle.parse import parse_expression
from tests.oracle.world import world_of
from tests.random_cases.generate import Case

OPERATORS = (
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "contains",
    "omits",
    "starts_with",
    "ends_with",
    "one_of",
    "none_of",
    "exists",
    "absent",
)
DATES = ("before_date", "after_date", "within_last", "within_next", "before_last", "after_next")
REDUCERS = ("count", "sum", "avg", "min", "max", "mode", "first", "last", "unique", "unique_count")
WINDOWS = ("no window", "within", "between", "within parent", "between parent", "two windows", "session")
TYPES = ("number", "text", "numeric text", "boolean", "list", "object", "null", "date")
NESTING = (
    "junction", "junction in junction", "negation", "where", "where of two conditions", "funnel", "negated funnel", "funnel in a funnel",
    "window and funnel", "trait in where", "audience in where", "date in where", "trait of a trait", "audience of an audience",
    "trait of an audience", "audience of a trait", "account's audience of a user", "user's audience of an account",
)  # fmt: skip
FORMS = (
    "$", "property of the parent", "two values", "context", "context reduced", "sources", "date literal beside =", "constant on the left",
    "as string", "as number", "as array", "minimum frequency", "ANY", "ALL", "ALL NOT", "events of an account",
)  # fmt: skip
HAPPENED = (
    "member for a while", "member to the end", "never a member", "account a member", "account for a while", "ended by a window",
    "ended after a date", "ended by an event", "number of a trait", "text of a trait", "list of a trait", "absent trait", "trait of an account",
)  # fmt: skip
EXPECTED = (
    *(f"operator {name}" for name in (*OPERATORS, *DATES)), *(f"reducer {name}" for name in REDUCERS),
    *(f"window {name}" for name in WINDOWS), *(f"value {name}" for name in TYPES), *NESTING, *FORMS, *HAPPENED,
)  # fmt: skip


class PairCensus:
    """In how many pairs each feature occurs."""

    def __init__(self) -> None:
        self.pairs = 0
        self.conditions = 0
        self.found: Counter[str] = Counter()

    def add(self, case: Case, tables: Tables, values: dict[tuple[str, int], dict[str, Any]]) -> None:
        self.pairs += 1
        self.conditions += len(case.campaigns.audiences) + len(case.campaigns.traits)
        self.found.update(
            {*_of_trees(case), *_of_names(case), *_of_log(case), *_of_rows(case, tables), *_of_values(case, values)}
        )

    def share(self, feature: str) -> float:
        return self.found[feature] / max(self.pairs, 1)

    def table(self) -> str:
        lines = [f"{self.share(feature):6.1%}  {feature}" for feature in EXPECTED]
        return "\n".join([*lines, f"{self.conditions} conditions and traits in {self.pairs} pairs"])


def _of_trees(case: Case) -> Iterator[str]:
    for text in texts(case.campaigns):
        tree = parse_expression(text)
        for part in parts(tree):
            yield from _of_part(part)
        yield from _nested(tree, 0)


def _of_part(part: Any) -> Iterator[str]:
    match part:
        case And(items) | Or(items):
            yield "junction"
            if any(isinstance(item, And | Or) for item in items):
                yield "junction in junction"
        case Not():
            yield "negation"
        case Quantified(quantifier, item):
            yield quantifier.upper()
            if quantifier == "all" and isinstance(item, Not):
                yield "ALL NOT"
        case CompareDate(_, operator):
            yield f"operator {operator}"
        case Compare(left, operator, values):
            yield f"operator {operator}"
            if isinstance(left, Literal | Instant):
                yield "constant on the left"
            elif values and not isinstance(values[0], Literal | Instant):
                yield "two values"
            if operator in ("=", "!=") and isinstance(values[0], Instant):
                yield "date literal beside ="
        case Context():
            yield "context"
        case Property(path, parent):
            if parent:
                yield "property of the parent"
            if "$" in path:
                yield "$"
        case Reduce():
            yield from _of_reduce(part)


def _of_reduce(node: Reduce) -> Iterator[str]:
    stream = node.stream
    yield f"reducer {node.kind}"
    if "$" in node.path:
        yield "$"
    if node.context:
        yield "context reduced"
    if node.cast:
        yield f"as {node.cast}"
    if node.kind == "mode" and node.least != 2:
        yield "minimum frequency"
    if stream.exclude:
        yield "sources"
    if stream.session:
        yield "window session"
    elif not stream.windows:
        yield "window no window"
    if len(stream.windows) > 1:
        yield "window two windows"
    for window in stream.windows:
        yield f"window {'between' if window.b else 'within'}{' parent' if window.parent else ''}"


def _nested(node: Any, level: int) -> Iterator[str]:
    """What stands inside `where()`, and how deep."""
    if isinstance(node, Reduce):
        where = node.stream.where
        if where is None:
            return
        yield "where"
        if isinstance(where, And | Or):
            yield "where of two conditions"
        inner = list(parts(where))
        if any(isinstance(part, Reduce) for part in inner):
            yield "funnel in a funnel" if level else "funnel"
            if node.stream.windows and not level:
                yield "window and funnel"
        negated = [
            part for part in inner if isinstance(part, Not) and any(isinstance(one, Reduce) for one in parts(part))
        ]
        none = [
            part
            for part in inner
            if isinstance(part, Compare) and isinstance(part.left, Reduce) and part.values == (Literal(0),)
        ]
        if negated or none:
            yield "negated funnel"
        if any(isinstance(part, Trait) for part in inner):
            yield "trait in where"
        if any(isinstance(part, CompareDate) for part in inner):
            yield "date in where"
        yield from _nested(where, level + 1)
        return
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
    for item in below:
        yield from _nested(item, level)


def _of_names(case: Case) -> Iterator[str]:
    """Who names whom."""
    campaigns = case.campaigns
    levels = {one.key: one.level for one in campaigns.audiences} | {one.key: one.level for one in campaigns.traits}
    traits = {one.key for one in campaigns.traits}
    named: list[Any] = [*campaigns.audiences, *campaigns.traits]
    for one in named:
        tree = parse_expression(one.definition)
        for part in parts(tree):
            key = _key(part)
            if key in levels:
                yield f"{'trait' if one.key in traits else 'audience'} of {'a trait' if key in traits else 'an audience'}"
                if one.level != levels[key]:
                    yield f"{levels[key]}'s audience of {'an account' if one.level == 'account' else 'a user'}"
            if isinstance(part, Reduce) and part.stream.where is not None:
                inner = [_key(below) for below in parts(part.stream.where)]
                if any(key in levels and key not in traits for key in inner):
                    yield "audience in where"
            if isinstance(part, Compare) and one.level == "account" and isinstance(part.left, Reduce):
                yield "events of an account"


def _key(part: Any) -> str | None:
    """The key that a node may name."""
    if isinstance(part, Trait):
        return part.path[0]
    return part.key if isinstance(part, InAudience) else None


def _of_log(case: Case) -> Iterator[str]:
    """Types of values that conditions may meet."""
    for record in case.records:
        for value in (*record.get("properties", {}).values(), *record.get("traits", {}).values()):
            match value:
                case None:
                    yield "value null"
                case bool():
                    yield "value boolean"
                case int() | float():
                    yield "value number"
                case list():
                    yield "value list"
                case dict():
                    yield "value object"
                case str() if value[:2] == "20" and value[-1:] == "Z":
                    yield "value date"
                case str() if value[:1].isdigit():
                    yield "value numeric text"
                case _:
                    yield "value text"


def _of_rows(case: Case, tables: Tables) -> Iterator[str]:
    world = world_of(case.records, case.campaigns)
    calls = {call.time for state in world.people for call in state.person.calls}
    accounts = {audience.key for audience in case.campaigns.audiences if audience.level == "account"}
    for row in tables["memberships"]:
        yield "member to the end" if row["to_at"] is None else "member for a while"
        if row["audience"] in accounts:
            yield "account a member"
            if row["to_at"] is not None:
                yield "account for a while"
        if row["to_at"] is not None:
            after_date = row["to_at"] % 1_000_000 == 1 and row["to_at"] not in calls
            yield (
                "ended after a date"
                if after_date
                else "ended by an event"
                if row["to_at"] in calls
                else "ended by a window"
            )
    if {row["audience"] for row in tables["memberships"]} != {audience.key for audience in case.campaigns.audiences}:
        yield "never a member"


def _of_values(case: Case, values: dict[tuple[str, int], dict[str, Any]]) -> Iterator[str]:
    accounts = {trait.key for trait in case.campaigns.traits if trait.level == "account"}
    for (key, _), found in values.items():
        for value in found.values():
            match value:
                case None:
                    yield "absent trait"
                case str():
                    yield "text of a trait"
                case list():
                    yield "list of a trait"
                case _:
                    yield "number of a trait"
        if key in accounts and any(value is not None for value in found.values()):
            yield "trait of an account"
