"""Types of trees, and the checks that the shape alone cannot make."""

from __future__ import annotations

from typing import Literal as Lit
from typing import NoReturn

from engage_desktop.domain.condition import (
    And,
    Compare,
    Context,
    Expression,
    InAudience,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
    Stream,
)
from engage_desktop.language.errors import QueryError
from engage_desktop.language.numbers import FULLY_NUMERIC
from engage_desktop.language.parser import parse_with_places
from engage_desktop.language.printer import to_text
from engage_desktop.language.walk import Node, nodes

QueryType = Lit["boolean", "scalar", "list"]

_ORDER = frozenset(("<", "<=", ">", ">="))
_TEXT_OPS = frozenset(("contains", "omits", "starts_with", "ends_with"))
_NUMERIC = frozenset(("count", "unique_count", "sum", "avg", "min", "max"))
_ARITY = {"exists": (0, 0), "absent": (0, 0), "contains": (1, None), "one_of": (1, None), "none_of": (1, None)}


def type_of(expression: Expression) -> QueryType:
    """Return `boolean` for a condition, `list` for `unique`, else `scalar`."""
    if isinstance(expression, (Compare, InAudience, Not, And, Or)):
        return "boolean"
    return "list" if isinstance(expression, Reduce) and expression.kind == "unique" else "scalar"


def check(expression: Expression, *, journey: bool = False, where: bool = False, text: str | None = None) -> None:
    """Raise QueryError for the first node that can have no meaning where it stands.

    `journey` allows `journey('...')`; `where` allows event properties at the top, as in the `where` of an
    entry or hold. The place is one of `text` when that is what `expression` was parsed from, else one of
    the canonical text.
    """
    for node, streams in nodes(expression):
        fault = _fault(node, streams, journey=journey, where=where)
        if fault:
            _raise(expression, *fault, text)


def _raise(root: Expression, message: str, fault: Node, text: str | None) -> NoReturn:
    """Find the place of `fault` in the text it came from, else in the canonical text."""
    number = next(number for number, (node, _) in enumerate(nodes(root)) if node is fault)
    for source in (text, to_text(root)):
        try:
            twin, places = parse_with_places(source or "")
        except QueryError:
            continue
        if twin == root:
            place = places.get(id([node for node, _ in nodes(twin)][number]))
            raise QueryError(message, place.line if place else 1, place.column if place else 1)
    raise QueryError(message)


def _fault(node: Node, streams: tuple[Stream, ...], *, journey: bool, where: bool) -> tuple[str, Node] | None:
    """Return what is wrong at `node`, and the node to point at."""
    match node:
        case Property(_, True) if len(streams) < 2:
            return (
                "property(parent: '...') only has a meaning inside an event() that stands in the where() of another event().",
                node,
            )
        case Property() | Context() if not streams and not where:
            name = type(node).__name__.lower()
            return (
                f"{name}() only has a meaning inside where(); write event('...').where({name}('...') = ...).count() >= 1.",
                node,
            )
        case Stream(_, _, windows) if not streams and any(window.parent for window in windows):
            return "within(parent: ...) only has a meaning for an event() inside the where() of another event().", node
        case JourneyValue() if not journey:
            return "journey() only has a meaning inside a journey, not in an audience or a trait.", node
        case Compare():
            return _fault_compare(node)
        case _:
            return None


def _fault_compare(item: Compare) -> tuple[str, Node] | None:
    least, most = _ARITY.get(item.op, (1, 1))
    if len(item.values) < least or (most is not None and len(item.values) > most):
        return f"{item.op} does not take {len(item.values)} values.", item
    sides: tuple[Scalar, ...] = (item.left, *item.values)
    for side in sides:
        if isinstance(side, Reduce) and side.kind == "unique":
            return "unique() gives a list, of which only the length can be compared: add .count().", side
    if all(isinstance(side, Literal) for side in sides):
        return "Two constants are compared; put a trait, a property or events on one side.", item
    if item.op in _ORDER:
        for side in sides:
            if isinstance(side, Literal) and not _numeric(side):
                return f"{item.op} orders numbers only, and {to_text(side)} is no number.", side
    if any(isinstance(side, Reduce) and side.kind in _NUMERIC for side in sides):
        return _fault_number(item, sides)
    return None


def _fault_number(item: Compare, sides: tuple[Scalar, ...]) -> tuple[str, Node] | None:
    """A count, sum, ... against something that no number equals or contains."""
    if item.op in _TEXT_OPS:
        return f"{item.op}() looks into texts, and the left side is a number; use = or >= instead.", item
    for side in sides:
        if isinstance(side, Literal) and not _numeric(side):
            return f"The other side is a number and can never equal {to_text(side)}.", side
    return None


def _numeric(literal: Literal) -> bool:
    if isinstance(literal.value, str):
        return FULLY_NUMERIC.fullmatch(literal.value) is not None
    return not isinstance(literal.value, bool)
