"""Types of trees, and the checks that the shape alone cannot make."""

from __future__ import annotations

from typing import Literal as Lit
from typing import NamedTuple, NoReturn

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Context,
    Duration,
    Expression,
    InAudience,
    Instant,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Quantified,
    Reduce,
    Scalar,
    Stream,
    Window,
)
from engage_desktop.language.dates import instant_text, looks_like_date, read_instant
from engage_desktop.language.errors import VALUE_ALONE, QueryError
from engage_desktop.language.numbers import FULLY_NUMERIC
from engage_desktop.language.parser import parse_with_places
from engage_desktop.language.printer import to_text
from engage_desktop.language.walk import Node, nodes

QueryType = Lit["boolean", "scalar", "list"]
Target = Lit["users", "accounts"]

_LIST_COMPARED = "unique() gives a list, of which only the length can be compared: add .count()."
_TWO_CONSTANTS = "Two constants are compared; put a trait, a property or events on one side."
_ORDER = frozenset(("<", "<=", ">", ">="))
_TEXT_OPS = frozenset(("contains", "omits", "starts_with", "ends_with"))
_NUMERIC = frozenset(("count", "unique_count", "sum", "avg"))
_ABSOLUTE = frozenset(("before_date", "after_date"))
_ARITY = {"exists": (0, 0), "absent": (0, 0), "contains": (1, None), "one_of": (1, None), "none_of": (1, None)}


def type_of(expression: Expression) -> QueryType:
    """Return `boolean` for a condition, `list` for `unique`, else `scalar`."""
    if isinstance(expression, (Compare, CompareDate, InAudience, Not, Quantified, And, Or)):
        return "boolean"
    return "list" if isinstance(expression, Reduce) and expression.kind == "unique" else "scalar"


def check(
    expression: Expression,
    *,
    journey: bool = False,
    where: bool = False,
    trait: bool | None = None,
    target: Target | None = "users",
    text: str | None = None,
) -> None:
    """Raise QueryError for the first node that can have no meaning where it stands.

    `journey` allows `journey('...')`; `where` allows event properties at the top, as in the `where` of an
    entry or hold. `trait` says whether this is the definition of a computed trait, which ends in a value,
    or something true or false (QL-2); None takes it as what it ends in. `target` is whom it describes:
    ANY and ALL ask about the users of an account (QL-3); None lets both pass. The place is one of `text`
    when that is what `expression` was parsed from, else one of the canonical text.
    """
    is_trait = type_of(expression) != "boolean" if trait is None else trait
    for node, streams in nodes(expression):
        fault = _fault(node, streams, journey=journey, where=where, trait=is_trait)
        if isinstance(node, Quantified):
            fault = _fault_quantified(node, streams, target)
        if fault:
            _raise(expression, fault, text)
    end = None if trait is None else _fault_end(expression, trait)
    if end:
        _raise(expression, end, text)


def _fault_end(expression: Expression, trait: bool) -> _Fault | None:
    """What a definition must end in (QL-2)."""
    if not trait:
        return None if type_of(expression) == "boolean" else _Fault(VALUE_ALONE, expression)
    if type_of(expression) == "boolean":
        at_operator = isinstance(expression, Compare | CompareDate)
        return _Fault(
            "A computed trait ends in a value, not in a comparison; end with .count() or another reducer, or make this an audience.",
            expression,
            at_operator,
        )
    if not isinstance(expression, Reduce):
        return _Fault("A computed trait is made of events; write event('...').count() or another reducer.", expression)
    return None


class _Fault(NamedTuple):
    """What is wrong, and the node to point at: where it begins, or its operator."""

    message: str
    node: Node
    operator: bool = False


def _raise(root: Expression, fault: _Fault, text: str | None) -> NoReturn:
    """Find the place of `fault` in the text it came from, else in the canonical text."""
    number = next(number for number, (node, _) in enumerate(nodes(root)) if node is fault.node)
    for source in (text, to_text(root)):
        try:
            twin, places, operators = parse_with_places(source or "")
        except QueryError:
            continue
        if twin == root:
            at = id([node for node, _ in nodes(twin)][number])
            place = operators.get(at) if fault.operator else places.get(at)
            raise QueryError(fault.message, place.line if place else 1, place.column if place else 1)
    raise QueryError(fault.message)


def _fault(node: Node, streams: tuple[Stream, ...], *, journey: bool, where: bool, trait: bool) -> _Fault | None:
    """Return what is wrong at `node`."""
    match node:
        case Property(_, True) if len(streams) < 2:
            return _Fault(
                "property(parent: '...') only has a meaning inside an event() that stands in the where() of another event().",
                node,
            )
        case Property() | Context() if not streams and not where:
            name = type(node).__name__.lower()
            return _Fault(
                f"{name}() only has a meaning inside where(); write event('...').where({name}('...') = ...).count() >= 1.",
                node,
            )
        case Window(_, b, True) if not streams:
            name = "within" if b is None else "between"
            return _Fault(
                f"{name}(parent: ...) only has a meaning for an event() inside the where() of another event().", node
            )
        case Stream(session=Duration() as session):
            return _fault_session(node, session, streams, trait=trait)
        case JourneyValue() if not journey:
            return _Fault("journey() only has a meaning inside a journey, not in an audience or a trait.", node)
        case Compare():
            return _fault_compare(node)
        case CompareDate():
            return _fault_date(node)
        case _:
            return None


def _fault_quantified(item: Quantified, streams: tuple[Stream, ...], target: Target | None) -> _Fault | None:
    name = item.quantifier.upper()
    if target == "users":
        return _Fault(f"{name} asks about the users of an account, and this is about one user; take {name} away.", item)
    if streams:
        return _Fault(f"{name} has no meaning inside where(); put it before the whole condition.", item)
    for node, _ in nodes(item.item):
        if isinstance(node, Quantified):
            inner = node.quantifier.upper()
            return _Fault(f"{inner} has no meaning inside {name}; take one of them away.", node)
    return None


def _fault_session(item: Stream, session: Duration, streams: tuple[Stream, ...], *, trait: bool) -> _Fault | None:
    if streams:
        return _Fault("expires_after() has no meaning inside where(); write within(...) there.", session)
    if not trait:
        return _Fault(
            "expires_after() only has a meaning in a computed trait; make one and compare trait('...') with it.",
            session,
        )
    if item.windows:
        return _Fault(
            "A session has no further window; take expires_after(), or within() and between(), away.", session
        )
    return None


def _fault_compare(item: Compare) -> _Fault | None:
    least, most = _ARITY.get(item.op, (1, 1))
    if len(item.values) < least or (most is not None and len(item.values) > most):
        return _Fault(f"{item.op} does not take {len(item.values)} values.", item, True)
    sides: tuple[Scalar, ...] = (item.left, *item.values)
    for side in sides:
        if _is_list(side):
            return _Fault(_LIST_COMPARED, side)
    if all(isinstance(side, Literal | Instant) for side in sides):
        return _Fault(_TWO_CONSTANTS, item)
    if item.op in _ORDER:
        for side in sides:
            if isinstance(side, Literal | Instant) and not _numeric(side):
                return _fault_order(item, side)
    for side in sides:
        if isinstance(side, Instant) and item.op in _TEXT_OPS:
            return _Fault(f"{item.op}() looks into texts, and a date is none; put it in quotes.", side)
    if any(_gives_number(side) for side in sides):
        return _fault_number(item, sides)
    return None


def _fault_order(item: Compare, side: Literal | Instant) -> _Fault:
    """Numbers have an order; for dates there are functions (D-53)."""
    words = f"{item.op} orders numbers only, and {to_text(side)} is no number"
    if isinstance(side, Instant):
        date: str | None = to_text(side)
    else:
        date = _date_in(side.value)
    if date is None:
        return _Fault(f"{words}; compare with = instead.", side)
    earlier = (item.op in ("<", "<=")) == (side is not item.left)
    return _Fault(f"{words}; for dates write .{'before_date' if earlier else 'after_date'}({date}).", side)


def _date_in(value: str | int | float | bool) -> str | None:
    """Return the date literal that a text in quotes looks like."""
    if not isinstance(value, str) or not looks_like_date(value):
        return None
    try:
        return instant_text(read_instant(value))
    except ValueError:
        return "2020-01-31"


def _fault_number(item: Compare, sides: tuple[Scalar, ...]) -> _Fault | None:
    """A count, sum, ... against something that no number equals or contains."""
    if item.op in _TEXT_OPS:
        return _Fault(f"{item.op}() looks into texts, and the left side is a number; use = or >= instead.", item, True)
    for side in sides:
        if isinstance(side, Literal | Instant) and not _numeric(side):
            return _Fault(f"The other side is a number and can never equal {to_text(side)}.", side)
    return None


def _fault_date(item: CompareDate) -> _Fault | None:
    if _is_list(item.left):
        return _Fault(_LIST_COMPARED, item.left)
    if isinstance(item.left, Literal | Instant):
        return _Fault(_TWO_CONSTANTS, item)
    if (item.op in _ABSOLUTE) != isinstance(item.value, Instant):
        return _Fault(f"{item.op}() takes a {'date' if item.op in _ABSOLUTE else 'duration'}.", item, True)
    if _gives_number(item.left):
        return _Fault(
            f"{item.op}() compares a date, and the left side is a number; use first() or last() of a date.", item, True
        )
    return None


def _is_list(side: Scalar) -> bool:
    return isinstance(side, Reduce) and side.kind == "unique"


def _gives_number(side: Scalar) -> bool:
    if not isinstance(side, Reduce):
        return False
    if side.kind in ("min", "max"):
        return side.cast is None
    return side.kind in _NUMERIC or (side.kind == "mode" and side.cast == "number")


def _numeric(literal: Literal | Instant) -> bool:
    if isinstance(literal, Instant):
        return False
    if isinstance(literal.value, str):
        return FULLY_NUMERIC.fullmatch(literal.value) is not None
    return not isinstance(literal.value, bool)
