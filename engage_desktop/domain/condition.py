"""The syntax tree of the query language (engine reference 5, `formats.md` extensions).

Plain frozen dataclasses: hashable, so they serve as cache keys for leaves and intervals.
Text to tree is `language.parse`, tree to canonical text `language.to_text`.
A chain such as `event('A').where(c).within(3 days).count()` becomes one `Stream` and a
`Reduce`; the order of its filters carries no meaning, several windows intersect (D-43).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Lit

CompareOp = Lit[
    "=", "!=", "<", "<=", ">", ">=",
    "contains", "omits", "starts_with", "ends_with", "one_of", "none_of", "exists", "absent",
]  # fmt: skip
DateOp = Lit["before_date", "after_date", "within_last", "within_next", "before_last", "after_next"]
ReduceKind = Lit["count", "sum", "avg", "min", "max", "mode", "first", "last", "unique", "unique_count"]
"""`unique` is a list of distinct values, `unique_count` its length: `unique(property('p')).count()`."""
Cast = Lit["number", "string", "array"]
Quantifier = Lit["any", "all"]


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` of `unit` (singular: second, minute, hour, day, week), kept as written."""

    amount: int
    unit: str

    @property
    def us(self) -> int:
        return (
            self.amount * {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}[self.unit] * 1_000_000
        )


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A constant. `true` and 1 are different literals although Python holds them equal; 5 and 5.0 are the same."""

    value: str | int | float | bool

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Literal)
            and isinstance(self.value, bool) == isinstance(other.value, bool)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((isinstance(self.value, bool), self.value))


@dataclass(frozen=True, slots=True)
class Instant:
    """A date or instant, in microseconds. A date is that day's 00:00 UTC (D-42), so both are one node."""

    us: int


@dataclass(frozen=True, slots=True)
class Trait:
    """A user trait, a computed trait or an audience key, read at the instant asked (D-9).
    `path` is the dotted name split at its dots; an escaped dot stays inside a part."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Property:
    """An event property, or with `parent` one of the parent event in a funnel child."""

    path: tuple[str, ...]
    parent: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A field of the event's `context`."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JourneyValue:
    """`journey('Product Added.cart_id')`, a scalar of the journey context (D-20)."""

    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """`within(a)` when `b` is None, else `between(a, b)` (a < b); `parent` = after the parent event."""

    a: Duration
    b: Duration | None = None
    parent: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """Events of one name, filtered. Events seen: those matching every `where` and window, from none
    of the sources in `exclude` (distinct), and with `session` of the latest session alone: the run of
    events that the next one continues as long as less than that gap has passed (CT-4, D-43)."""

    event: str
    where: Condition | None = None
    windows: tuple[Window, ...] = ()
    exclude: tuple[str, ...] = ()
    session: Duration | None = None


LEAST_FREQUENCY = 2
"""How often a value must occur to be a mode, where nothing is said (D-40)."""


@dataclass(frozen=True, slots=True)
class Reduce:
    """A stream made a scalar. `path` is the property reduced, with `context` a field of the event's
    context; empty for count. `cast` says how values are read where that is not the default (number
    for min and max, text for mode); `least` is how often a mode must occur."""

    kind: ReduceKind
    stream: Stream
    path: tuple[str, ...] = ()
    context: bool = False
    cast: Cast | None = None
    least: int = LEAST_FREQUENCY


Scalar = Literal | Instant | Trait | Property | Context | JourneyValue | Reduce


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op values`. Six symbols take one value; contains, one_of, none_of one or more;
    exists, absent none. A value is a Literal or Instant or, for the symbols, any scalar."""

    left: Scalar
    op: CompareOp
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareDate:
    """`left op value` for a date in `left`, all inclusive (D-42). `before_date` and `after_date` take
    an Instant; the others a Duration back or ahead from the instant of evaluation."""

    left: Scalar
    op: DateOp
    value: Instant | Duration


@dataclass(frozen=True, slots=True)
class InAudience:
    """`audience('key')`: the same as `trait('key') = true` on an audience."""

    key: str


@dataclass(frozen=True, slots=True)
class Not:
    item: Condition


@dataclass(frozen=True, slots=True)
class Quantified:
    """`ANY item`, `ALL item`: it holds for at least one, for every user of an account (QL-3, AU-26).

    In a definition about accounts a trait or audience outside is the account's, inside the user's; a
    comparison of events that stands outside asks for any user. None of the users is `ALL NOT item`.
    """

    quantifier: Quantifier
    item: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Two or more items, none of them an And (the parser flattens)."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more items, none of them an Or."""

    items: tuple[Condition, ...]


Condition = Compare | CompareDate | InAudience | Not | Quantified | And | Or
Expression = Condition | Scalar
