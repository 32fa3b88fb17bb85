"""What a tree refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    Trait,
    Window,
)
from engage_desktop.language.printer import join_path

Node = Expression | Stream | Window | Duration
"""A Duration is the gap of a session: the windows of a stream are nodes, so that a fault can be shown there."""


@dataclass(frozen=True, slots=True)
class References:
    """Names a tree reads, each once, in order of first appearance.

    `traits` holds dotted names (a user trait, computed trait or audience key); `properties`
    the paths read of each event, under the empty name those of the event whose `where` the
    whole tree is; `journey` the paths of `journey('...')`, `context` those of `context('...')`;
    `sources` the sources left out.
    """

    events: tuple[str, ...]
    traits: tuple[str, ...]
    audiences: tuple[str, ...]
    properties: dict[str, tuple[tuple[str, ...], ...]]
    journey: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def nodes(expression: Node, streams: tuple[Stream, ...] = ()) -> Iterator[tuple[Node, tuple[Stream, ...]]]:
    """Yield every node in reading order with the streams whose `where` it stands in, outermost first."""
    yield expression, streams
    match expression:
        case And(items) | Or(items):
            for item in items:
                yield from nodes(item, streams)
        case Not(item) | Quantified(_, item):
            yield from nodes(item, streams)
        case Compare(left, _, values):
            for scalar in (left, *values):
                yield from nodes(scalar, streams)
        case CompareDate(left, _, value):
            yield from nodes(left, streams)
            if isinstance(value, Instant):
                yield value, streams
        case Reduce(_, stream):
            yield from nodes(stream, streams)
        case Stream(_, where, windows, _, session):
            if where is not None:
                yield from nodes(where, (*streams, expression))
            for filter_ in (*windows, session):
                if filter_ is not None:
                    yield filter_, streams
        case _:
            return


MAX_EXPRESSIONS = 50
"""More comparisons than this a definition of the original may not have (QL-1)."""


def expression_count(expression: Expression) -> int:
    """Return how many comparisons and audiences there are, those inside where() too; 1 for a bare value."""
    leaves = sum(isinstance(node, Compare | CompareDate | InAudience) for node, _ in nodes(expression))
    is_value = isinstance(expression, Scalar)
    return leaves + is_value


def references(expression: Expression) -> References:
    """Return what `expression` reads."""
    events: dict[str, None] = {}
    traits: dict[str, None] = {}
    audiences: dict[str, None] = {}
    journey: dict[str, None] = {}
    context: dict[str, None] = {}
    sources: dict[str, None] = {}
    properties: dict[str, dict[tuple[str, ...], None]] = {}

    def read(event: str, path: tuple[str, ...]) -> None:
        properties.setdefault(event, {})[path] = None

    for node, streams in nodes(expression):
        names = ("", *(stream.event for stream in streams))
        match node:
            case Stream(event):
                events[event] = None
                sources |= dict.fromkeys(node.exclude)
            case Trait(path):
                traits[join_path(path)] = None
            case InAudience(key):
                audiences[key] = None
            case Property(path, parent):
                read(names[-2] if parent and len(names) > 1 else names[-1], path)
            case Reduce(context=True, path=path):
                context[join_path(path)] = None
            case Reduce(_, stream, path) if path:
                read(stream.event, path)
            case JourneyValue(text):
                journey[text] = None
            case Context(path):
                context[join_path(path)] = None
            case Literal() | _:
                pass
    return References(
        tuple(events),
        tuple(traits),
        tuple(audiences),
        {event: tuple(paths) for event, paths in properties.items()},
        tuple(journey),
        tuple(context),
        tuple(sources),
    )
