"""Events made up so that a stream would have seen them: properties that satisfy a filter, children that must follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Condition,
    Context,
    Instant,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Stream,
)
from engage_desktop.engine.changes import AddEvent, Edit
from engage_desktop.engine.definitions import Side, is_constant, sides
from engage_desktop.engine.streams import bounds
from engage_desktop.engine.targets import counts_for, dates_for, holds_date, values_for
from engage_desktop.engine.values import holds
from engage_desktop.events.elements import ELEMENTS

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
FEW_CHILDREN = 20


@dataclass
class Draft:
    """An event in the making. `time` moves back as far as children that must follow it need."""

    stream: Stream
    time: int
    parent: Draft | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    children: list[Draft] = field(default_factory=list)
    others: list[Edit] = field(default_factory=list)

    def edits(self, profile: int) -> tuple[Edit, ...]:
        mine = AddEvent(profile, self.stream.event, self.time, dict(self.properties), dict(self.context))
        children = [edit for child in self.children for edit in child.edits(profile)]
        return (mine, *children, *self.others)

    def restore(self, other: Draft) -> None:
        self.__dict__.update(other.__dict__)

    def copy(self) -> Draft:
        return replace(
            self,
            properties=_copied(self.properties),
            context=_copied(self.context),
            children=list(self.children),
            others=list(self.others),
        )


@dataclass(frozen=True)
class Maker:
    """`value` gives what a trait or the like is at the instant; `flip` the edits that turn a condition about the
    person, where an event alone cannot."""

    at: int
    value: Callable[[Side], Any]
    flip: Callable[[Condition, bool], tuple[Edit, ...] | None]
    nested: bool = True
    """Whether events inside a filter are later than the draft; in an entry's own `where` they are all (D-43)."""

    def draft(self, stream: Stream, parent: Draft | None = None) -> Draft | None:
        """An event of the stream that is seen at the instant, None where none can be found."""
        low, _ = bounds(stream, parent=False)
        made = Draft(stream, self.at - low, parent)
        if stream.where is not None and not self.satisfy(stream.where, True, made):
            return None
        return made

    def satisfy(self, node: Condition, want: bool, draft: Draft) -> bool:
        """Shape the draft so that `node` is `want` of it; whether that was possible."""
        match node:
            case Not(item):
                return self.satisfy(item, not want, draft)
            case And(items) | Or(items) if isinstance(node, And) == want:
                return all(self.satisfy(item, want, draft) for item in items)
            case And(items) | Or(items):
                for item in items:
                    attempt = draft.copy()
                    if self.satisfy(item, want, attempt):
                        draft.restore(attempt)
                        return True
                return False
            case Compare(left, op, (value,)) if is_constant(left) and op in TURNED:
                return self.satisfy(Compare(value, TURNED[op], (left,)), want, draft)  # type: ignore[arg-type]
            case Compare(Reduce() as reduce, op, values) if self.nested and all(map(is_constant, values)):
                return self._nested(reduce, op, [_constant(one) for one in values], want, draft)
            case Compare() | CompareDate() if any(isinstance(side, Property | Context) for side in sides(node)):
                return self._own(node, want, draft)
        edits = self.flip(node, want)
        if edits is None:
            return False
        draft.others += edits
        return True

    def _own(self, node: Compare | CompareDate, want: bool, draft: Draft) -> bool:
        """A comparison of the event's own (or its parent's) fields."""
        left = node.left
        if isinstance(node, CompareDate):
            if not isinstance(left, Property | Context):
                return False
            now = _read(draft, left)
            if holds_date(now, node.op, node.value, self.at) == want:
                return True
            return _put_first(draft, left, dates_for(node.op, node.value, self.at, want))
        right = node.values[0] if node.values else None
        if right is not None and not isinstance(left, Property | Context):
            turned = TURNED.get(node.op)
            return turned is not None and self._own(Compare(right, turned, (left,)), want, draft)  # type: ignore[arg-type]
        literals = [self._known(one, draft) for one in node.values]
        if None in literals:
            if want and isinstance(right, Property) and _put_first(draft, right, [1]):
                return self._own(node, want, draft)
            return not want
        assert isinstance(left, Property | Context)
        if holds(_read(draft, left), node.op, literals) == want:
            return True
        return _put_first(draft, left, values_for(node.op, literals, want))

    def _known(self, side: Side, draft: Draft) -> Any:
        if is_constant(side):
            return _constant(side)
        if isinstance(side, Property | Context):
            return _read(draft, side)
        return self.value(side)

    def _nested(self, reduce: Reduce, op: Any, literals: list[Any], want: bool, draft: Draft) -> bool:
        """A funnel child: none follows the draft yet, so as many are added as are needed."""
        nothing = 0 if reduce.kind in ("count", "unique_count") else None
        if holds(nothing, op, literals) == want:
            return True
        number = 1
        if nothing == 0:
            wanted = counts_for(op, literals, want, 0, FEW_CHILDREN)
            if not wanted or reduce.kind != "count":
                return False
            number = wanted[0]
        child = self.draft(reduce.stream, draft)
        if child is None:
            return False
        if reduce.kind != "count":
            fitting = [value for value in values_for(op, literals, want) if value is not None]
            if not fitting:
                return False
            side: Property | Context = Context(reduce.path) if reduce.context else Property(reduce.path)
            put(child, side, fitting[0])
        draft.children += [child.copy() for _ in range(number)]
        low, _ = bounds(reduce.stream, parent=True)
        draft.time = min(draft.time, child.time - (low + 1 if low else 0))
        return True


def _constant(side: Side) -> Any:
    return side.value if isinstance(side, Literal) else side


def _fields(draft: Draft, side: Property | Context) -> dict[str, Any] | None:
    if isinstance(side, Context):
        return draft.context
    owner = draft.parent if side.parent else draft
    return None if owner is None else owner.properties


def _read(draft: Draft, side: Property | Context) -> Any:
    """What the draft has at a path; through a list what its elements have."""
    value: Any = _fields(draft, side)
    for number, part in enumerate(side.path):
        if part == ELEMENTS:
            if not isinstance(value, list):
                return None
            rest = side.path[number + 1 :]
            return [one for item in value if (one := _below(item, rest)) is not None] or None
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _below(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def put(draft: Draft, side: Property | Context, value: Any) -> bool:
    """Give the draft a value at a path (None takes it away); whether there was a place for it."""
    if isinstance(value, Instant):
        return False
    fields = _fields(draft, side)
    if fields is None:
        return False
    place: Any = fields
    path = side.path
    for part, following in pairwise(path):
        if part == ELEMENTS:
            place = place[0]
            continue
        empty: Any = [{}] if following == ELEMENTS else {}
        if not place.get(part) or not isinstance(place[part], type(empty)):
            place[part] = empty
        place = place[part]
    if path[-1] == ELEMENTS:
        place[:] = [] if value is None else [value]
    elif value is None:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    return True


def _put_first(draft: Draft, side: Property | Context, values: list[Any]) -> bool:
    return bool(values) and put(draft, side, values[0])


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
