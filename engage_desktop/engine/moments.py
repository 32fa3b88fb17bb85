"""Conditions and values at given instants, one for each moment (D-4, D-9): the quick way when no set over time is needed.

Moments are (who, when) pairs: the events of an entry, each at its own instant, or everybody at one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.condition import (
    And,
    Compare,
    CompareDate,
    Context,
    JourneyValue,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Trait,
)
from engage_desktop.engine import history as histories
from engage_desktop.engine.arrays import AnyArray, Instants, Mask
from engage_desktop.engine.dates import holding, instants_in
from engage_desktop.engine.definitions import (
    AudienceMeaning,
    Computed,
    Constant,
    Member,
    Node,
    OfAccounts,
    Side,
    asks_journey,
    is_constant,
    is_fixed,
    literals_of,
)
from engage_desktop.engine.frames import Bound, Events, Root, take_or_absent
from engage_desktop.engine.pieces import last_session, over_subjects
from engage_desktop.engine.reducers import reduce_cover
from engage_desktop.engine.source import ABSENT, Column
from engage_desktop.engine.values import column_holds, pairs_hold
from engage_desktop.events.column import Column as Values

if TYPE_CHECKING:
    from engage_desktop.engine.conditions import Conditions

COMPARED: dict[str, np.ufunc] = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


class Moments:
    """Moment i is `owner[i]` of the root at `at[i]`; with `events` it is also that event, at its instant."""

    def __init__(
        self,
        conditions: Conditions,
        owner: AnyArray,
        at: Instants,
        events: Events | None = None,
        root: Root | None = None,
    ) -> None:
        self.conditions = conditions
        self.owner = owner
        self.at = at
        self.events = events
        self.root = conditions.people if root is None else root
        self.everybody: int | None = None
        """The one instant, where the moments are all of the root at it."""

    @classmethod
    def of_all(cls, conditions: Conditions, root: Root, at: int) -> Moments:
        """Everybody at one instant."""
        made = cls(conditions, np.arange(root.n), np.broadcast_to(np.int64(at), root.n), root=root)
        made.everybody = at
        return made

    @cached_property
    def exists(self) -> Mask:
        return self.root.since[self.owner] <= self.at

    # -- conditions ------------------------------------------------------------------------

    def holds(self, node: Node) -> Mask:
        """Whether `node` holds at each moment; nothing holds before somebody exists."""
        match node:
            case And(items) | Or(items):
                combine = np.logical_and if isinstance(node, And) else np.logical_or
                found: Mask = combine.reduce([self.holds(item) for item in items])
                return found
            case Not(item):
                return self.exists & ~self.holds(item)
            case Constant(value):
                return self.exists & value
        if self.events is not None and is_fixed(node):
            return self.conditions.streams.mask(node, self.events)
        match node:
            case Member(_, digest, level) if self.everybody is not None and level == self.root.level:
                meaning = self.conditions.meanings[digest]
                assert isinstance(meaning, AudienceMeaning)
                inside = self.holds(meaning.condition)
                if level == "user":
                    inside = inside & (self.conditions.log.eligible_since(meaning.include_anonymous) <= self.at)
                return inside
            case Compare(left, op, (Literal(int() as number),)) if self._counts(left) and op in COMPARED:
                # counts as they are: most audiences are made of these
                says: Mask = COMPARED[op](self._count(self.conditions.definition(left)), number)
                return self.exists & says
            case Compare(left, op, values) if self._looks(left) or any(map(self._looks, values)):
                if all(map(is_constant, values)):
                    return self.exists & column_holds(self.value(left), op, literals_of(values))
                return self.exists & pairs_hold(self.value(left), op, self.value(values[0]))
            case CompareDate(left, date_op, date) if self._looks(left):
                place, instant = instants_in(self.value(left))
                start, end = holding(date_op, date, instant)
                mask = np.zeros(len(self.owner), np.bool_)
                mask[place[(start <= self.at[place]) & (end > self.at[place])]] = True
                return self.exists & mask
        bound = None if self.events is None else self.events.parent
        if isinstance(bound, Bound) and asks_journey(node):
            assert self.events is not None
            assert self.events.parent_at is not None
            return self.conditions.intervals(node, bound).value(self.events.parent_at, self.at)
        return self.conditions.intervals(node, self.root).value(self.owner, self.at)

    def _counts(self, side: Side) -> bool:
        """Whether it is a plain count of everybody's events."""
        if self.everybody is None:
            return False
        reduce = self.conditions.definition(side)
        return isinstance(reduce, Reduce) and reduce.kind == "count" and reduce.stream.session is None

    def _count(self, reduce: Reduce) -> AnyArray:
        assert self.everybody is not None
        owner = self.conditions.streams.visible(reduce.stream, self.root, self.everybody).owner
        return np.bincount(owner, minlength=self.root.n)

    def _looks(self, side: Side) -> bool:
        """Whether a value is quicker found at the moments than over all time."""
        if isinstance(side, Property | Context | JourneyValue):
            return True
        return self.everybody is not None and isinstance(side, Trait | Reduce | Computed)

    # -- values ----------------------------------------------------------------------------

    def value(self, side: Side) -> Column:
        """The value of a scalar at each moment."""
        if isinstance(side, Property | Context | JourneyValue):
            assert self.events is not None
            return self.conditions.streams.column(side, self.events)
        if self.everybody is not None:
            reduce = self.conditions.definition(side)
            if isinstance(reduce, Reduce):
                return self._reduced(reduce, self.everybody)
            if isinstance(side, Member | OfAccounts):
                return self._existing(histories.booleans(self.holds(side)))
        history = self.conditions.history(side, self.root)
        return take_or_absent(history.column, histories.place_at(history, self.owner, self.at))

    def _reduced(self, reduce: Reduce, at: int) -> Column:
        streams, stream = self.conditions.streams, reduce.stream
        events = streams.visible(stream, self.root, at)
        cover = over_subjects(events.owner, self.root.n)
        if stream.session is not None and not streams.settles_sessions(stream, self.root):
            cover = last_session(cover, events.time, stream.session.us)
        column = events.column(reduce.path, reduce.context) if reduce.path else None
        return self._existing(reduce_cover(reduce, cover, column))

    def _existing(self, column: Column) -> Column:
        """Absent for those who do not exist yet."""
        if self.exists.all():
            return column
        return Values(np.where(self.exists, column.kind, np.uint8(ABSENT)), column.number, column.code, column.texts)
