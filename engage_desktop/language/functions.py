"""The functions of the query language: what each takes and what may follow it (engine reference 5.2)."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal as Lit

from engage_desktop.domain.condition import Cast, CompareOp, DateOp, ReduceKind

SYMBOL_FUNCTIONS: dict[str, CompareOp] = {
    "equals": "=", "differs": "!=", "greater_than": ">", "at_least": ">=", "less_than": "<", "at_most": "<=",
}  # fmt: skip
"""Function forms of the six symbols (QL-4)."""

LITERAL_FUNCTIONS: dict[str, tuple[CompareOp, int | None]] = {
    "contains": ("contains", None), "one_of": ("one_of", None), "none_of": ("none_of", None),
    "omits": ("omits", 1), "starts_with": ("starts_with", 1), "ends_with": ("ends_with", 1),
    "exists": ("exists", 0), "absent": ("absent", 0),
}  # fmt: skip
"""Comparators that take constants: operator and how many, None = one or more."""

DATE_FUNCTIONS: dict[str, tuple[DateOp, Lit["date", "duration"]]] = {
    "before_date": ("before_date", "date"), "after_date": ("after_date", "date"),
    "within_last": ("within_last", "duration"), "within_next": ("within_next", "duration"),
    "before_last": ("before_last", "duration"), "after_next": ("after_next", "duration"),
}  # fmt: skip
"""Comparators of dates: operator and what it takes."""

REDUCERS: dict[str, ReduceKind] = {
    "sum": "sum", "avg": "avg", "min": "min", "max": "max",
    "mode": "mode", "first": "first", "last": "last", "unique": "unique",
}  # fmt: skip
"""Reducers of one property; `count` takes none."""

CASTS: dict[str, tuple[Cast, ...]] = {
    "min": ("number", "string"), "max": ("number", "string"), "mode": ("string", "number", "array"),
}  # fmt: skip
"""What may follow `as`, the default first."""

UNITS = ("second", "minute", "hour", "day", "week")
EXTRACTORS = ("event", "trait", "property", "context", "journey", "audience", "literal")
NAMED = {
    "event": "event name", "trait": "trait name", "property": "property name", "context": "context path",
    "journey": "path in the journey context", "audience": "audience key",
}  # fmt: skip
"""What the extractors take in quotes."""
ONE_ARGUMENT = NAMED | dict.fromkeys(
    (*SYMBOL_FUNCTIONS, *DATE_FUNCTIONS, "omits", "starts_with", "ends_with", "within", "expires_after"), "value"
)
"""What functions of one argument take."""
FILTERS = ("where", "sources", "within", "between", "expires_after")
COMPARATORS = (*SYMBOL_FUNCTIONS, *LITERAL_FUNCTIONS, *DATE_FUNCTIONS)
AFTER_STREAM = (*FILTERS, "count", *REDUCERS)
FUNCTIONS = frozenset((*EXTRACTORS, *AFTER_STREAM, *COMPARATORS))

NO_ARGUMENTS = ("count", "exists", "absent")


def called(name: str) -> str:
    """Return how a call of `name` is written."""
    return f"{name}()" if name in NO_ARGUMENTS else f"{name}(...)"


_OTHER_WORDS: dict[str, str | tuple[str, ...]] = {
    "average": "avg", "mean": "avg", "median": "avg", "total": "sum", "distinct": "unique", "filter": "where", "in": "one_of",
    "not_in": "none_of", "is": "equals", "gt": "greater_than", "lt": "less_than", "gte": "at_least",
    "lte": "at_most", "not_equals": "differs", "not_contains": "omits", "segment": "audience", "user": "trait",
    "traits": "trait", "properties": "property", "events": "event", "last_days": "within", "is_null": "absent",
    "not_exists": "absent", "most_frequent": "mode", "source": "sources", "exclude": "sources", "session": "expires_after", "before": "before_date", "after": "after_date", "since": ("after_date", "within"),
    "until": "before_date", "in_last": ("within_last", "within"), "in_the_last": ("within_last", "within"), "in_next": "within_next", "older_than": "before_last",
}  # fmt: skip


def closest(name: str, among: tuple[str, ...]) -> str | None:
    """Return the function of `among` that a person writing `name` most likely means."""
    lower = name.lower()
    if lower in among:
        return lower
    words = _OTHER_WORDS.get(lower, ())
    for word in (words,) if isinstance(words, str) else words:
        if word in among:
            return word
    matches = get_close_matches(lower, among, n=1, cutoff=0.6)
    return matches[0] if matches else None
