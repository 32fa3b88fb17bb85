"""Which filters and conditions Segment's event journeys (v2) do not take (D-11; engine reference 6.4 to 6.7).

Only what the reference says: entries filter by equals and equals any of, joined by AND (J2-2); holds and exits by
properties of the event (J2-10, J2-30); branches of a split ask for traits, audiences and the journey's context, joined by
AND, and deny single ones (J2-17). Where it is silent, as about what a value may be compared with, nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
)
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import Hold, Split

AS_AUDIENCE = "Put it into an audience and ask for that"
_SHOWN = 80
"""Letters of a condition within a sentence."""
Told = tuple[str, str, str]
"""Path of the text, what the target does with such a one, how to mend it."""
_Faults = Iterator[tuple[str, str]]
_Place = Callable[[Condition], _Faults]


def check_filters(journey: Journey) -> Iterator[Told]:
    """Everything that such a journey would not be taken with."""
    root = f"journeys.{journey.key}"
    where = getattr(journey.entry, "where", None)
    yield from _each(f"{root}.entry.where", where, _of_entry)
    for rule in journey.exits:
        yield from _each(f"{root}.exits.{rule.key}.where", rule.where, _of_exit)
    for step in journey.steps:
        path = f"{root}.steps.{step.key}.branches"
        for branch in step.branches if isinstance(step, Hold) else ():
            yield from _each(f"{path}.{branch.key}.where", branch.where, _of_hold)
        for choice in step.branches if isinstance(step, Split) else ():
            yield from _each(f"{path}.{choice.key}.condition", choice.condition, _of_split)


def _each(path: str, text: str | None, of: _Place) -> Iterator[Told]:
    from engage_desktop.language import QueryError, parse_condition  # late, with the parser

    if text is None:
        return
    try:
        tree = parse_condition(text)
    except QueryError:
        return  # an error of its own
    for says, mend in of(tree):
        yield path, says, mend


def _of_entry(tree: Condition) -> _Faults:
    """J2-2, J2-3."""
    for item in _joined(tree):
        if isinstance(item, Or):
            same = len({_equal(one) for one in item.items}) == 1 and _equal(item.items[0]) is not None
            mend = "Write one_of(...) with all values" if same else AS_AUDIENCE
            yield f"joins the filters of an entry by AND alone, not by OR: {_quoted(item)}", mend
        elif not _is_of_event(item):
            yield f"filters an entry by properties of its event alone, not by {_quoted(item)}", AS_AUDIENCE
        elif not (isinstance(item, Compare) and item.op in ("=", "one_of")):
            yield f"filters an entry by equals and equals any of alone, not by {_quoted(item)}", AS_AUDIENCE


def _of_hold(tree: Condition) -> _Faults:
    """J2-10."""
    for item in _others(tree):
        yield (
            f"filters events of a hold by their properties alone, not by {_quoted(item)}",
            "Ask for it in a split after that branch",
        )


def _of_exit(tree: Condition) -> _Faults:
    """J2-30."""
    for item in _others(tree):
        yield (
            f"filters events of an exit by their properties alone, not by {_quoted(item)}",
            "Ask in a split before each message instead",
        )


def _of_split(tree: Condition) -> _Faults:
    """J2-17."""
    if isinstance(tree, Or):
        yield f"joins the conditions of a branch by AND alone, not by OR: {_quoted(tree)}", "Make a branch of each"
        return
    for item in _joined(tree):
        mend = AS_AUDIENCE if not _asks_journey(item) else "Split again behind this branch"
        inner = item.item if isinstance(item, Not) else item
        if isinstance(item, Or):
            yield f"joins the conditions of a branch by AND alone, not by OR: {_quoted(item)}", mend
        elif isinstance(inner, And | Or | Not):
            yield f"denies conditions of a branch one by one alone, not together: {_quoted(item)}", mend
        elif any(isinstance(scalar, Reduce) for scalar in _scalars(inner)):
            yield f"asks a split for traits, audiences and the journey's context, not for {_quoted(item)}", mend


def _joined(tree: Condition) -> tuple[Condition, ...]:
    """What AND joins."""
    return tree.items if isinstance(tree, And) else (tree,)


def _others(tree: Condition) -> Iterator[Condition]:
    """Single conditions that are not about the event at hand; how they are joined is not restricted."""
    match tree:
        case And(items) | Or(items):
            for item in items:
                yield from _others(item)
        case Not(item):
            yield from _others(item)
        case _ if not _is_of_event(tree):
            yield tree


def _is_of_event(tree: Condition) -> bool:
    """Whether a condition, maybe denied, is about a property or the context (AU-6) of the event at hand."""
    match tree:
        case Not(item):
            return _is_of_event(item)
        case And(items) | Or(items):
            return all(map(_is_of_event, items))
    return any(isinstance(scalar, Property | Context) for scalar in _scalars(tree))


def _scalars(leaf: Condition) -> tuple[Scalar, ...]:
    match leaf:
        case Compare(left, _, values):
            return (left, *values)
        case CompareDate(left):
            return (left,)
    return ()


def _equal(item: Condition) -> tuple[str, ...] | None:
    """The property that is asked to equal something."""
    match item:
        case Compare(Property(path), "=" | "one_of"):
            return path
    return None


def _asks_journey(tree: Condition) -> bool:
    from engage_desktop.language import references

    return bool(references(tree).journey)


def _quoted(tree: Condition) -> str:
    from engage_desktop.language import phrase

    words = phrase(tree)
    return f"“{words if len(words) <= _SHOWN else f'{words[: _SHOWN - 1]}…'}”"
