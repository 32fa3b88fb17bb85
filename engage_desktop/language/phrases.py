"""A condition as an English sentence fragment about a person. Total: every tree has one."""

from __future__ import annotations

from collections.abc import Sequence

from engage_desktop.domain.condition import (
    LEAST_FREQUENCY,
    And,
    Compare,
    CompareDate,
    CompareOp,
    Context,
    DateOp,
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
    Quantifier,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)
from engage_desktop.language.dates import instant_text
from engage_desktop.language.numbers import number_text
from engage_desktop.language.printer import duration_text

_IS: dict[CompareOp, str] = {
    "=": "is", "!=": "is known and not", ">": "is over", ">=": "is at least", "<": "is under", "<=": "is at most",
    "contains": "contains", "omits": "does not contain", "starts_with": "starts with", "ends_with": "ends with",
    "one_of": "is one of", "none_of": "is known and none of", "exists": "is known", "absent": "is unknown",
}  # fmt: skip
_IS_NOT: dict[CompareOp, str] = {
    "=": "is not", "!=": "is unknown or", ">": "is not over", ">=": "is not at least", "<": "is not under",
    "<=": "is not at most", "contains": "does not contain", "omits": "contains", "starts_with": "does not start with",
    "ends_with": "does not end with", "one_of": "is not one of", "none_of": "is unknown or one of",
    "exists": "is unknown", "absent": "is known",
}  # fmt: skip
_TIMES: dict[str, str] = {
    ">=": "at least",
    ">": "more than",
    "<=": "at most",
    "<": "fewer than",
    "=": "exactly",
    "!=": "other than",
}
_OF_TEXT = {"min": "the alphabetically first {}", "max": "the alphabetically last {}"}
_WHEN: dict[DateOp, str] = {
    "before_date": "at or before {}", "after_date": "at or after {}",
    "within_last": "within the last {}", "within_next": "within the next {}",
    "before_last": "{} ago or earlier", "after_next": "{} from now or later",
}  # fmt: skip
"""All inclusive (D-42)."""
_NOW: dict[DateOp, str] = {"before_last": "now or earlier", "after_next": "now or later"}
_OF: dict[str, str] = {
    "sum": "the sum of {}", "avg": "the average {}", "min": "the smallest {}", "max": "the largest {}",
    "mode": "the most frequent {}", "first": "the first {}", "last": "the last {}",
    "unique": "the distinct values of {}", "unique_count": "the number of distinct values of {}",
}  # fmt: skip


def phrase(expression: Expression) -> str:
    """Return the fragment, such as `performed Order Completed at least 2 times within 30 days`."""
    match expression:
        case And(items):
            return " and ".join(_part(item, (Or,)) for item in items)
        case Or(items):
            return " or ".join(_part(item, (And,)) for item in items)
        case Not(item):
            return _denied(item)
        case Quantified(quantifier, item):
            return _quantified(quantifier, item)
        case InAudience(key):
            return f"is in audience {key}"
        case Compare():
            return _compared(expression, denied=False)
        case CompareDate():
            return _dated(expression, "is")
        case _:
            return _noun(expression)


def _part(item: Expression, kinds: tuple[type, ...]) -> str:
    return f"({phrase(item)})" if isinstance(item, kinds) else phrase(item)


def _quantified(quantifier: Quantifier, item: Expression) -> str:
    if quantifier == "all" and isinstance(item, Not):
        return f"no user {_part(item.item, (And, Or))}"
    return f"{'at least one' if quantifier == 'any' else 'every'} user {_part(item, (And, Or))}"


def _denied(item: Expression) -> str:
    match item:
        case Not(inner):
            return f"not ({phrase(Not(inner))})"
        case Quantified("any", Not(inner)):
            return f"every user {_part(inner, (And, Or))}"
        case Quantified("any", inner):
            return f"no user {_part(inner, (And, Or))}"
        case Quantified("all", Not(inner)):
            return f"at least one user {_part(inner, (And, Or))}"
        case Quantified(_, inner):
            return f"not every user {_part(inner, (And, Or))}"
        case InAudience(key):
            return f"is not in audience {key}"
        case Compare():
            return _compared(item, denied=True)
        case CompareDate():
            return _dated(item, "is not")
        case _:
            return f"not ({phrase(item)})"


def _compared(item: Compare, *, denied: bool) -> str:
    if isinstance(item.left, Reduce) and item.left.kind == "count" and item.op in _TIMES and item.values:
        return _performed(item.left.stream, item.op, item.values[0], denied=denied)
    words = (_IS_NOT if denied else _IS)[item.op]
    return f"{_noun(item.left)} {words} {_list(item.values)}".rstrip()


def _dated(item: CompareDate, verb: str) -> str:
    if item.op in _NOW and isinstance(item.value, Duration) and item.value.amount == 0:
        return f"{_noun(item.left)} {verb} {_NOW[item.op]}"
    value = _instant(item.value) if isinstance(item.value, Instant) else duration_text(item.value)
    return f"{_noun(item.left)} {verb} {_WHEN[item.op].format(value)}"


def _instant(instant: Instant) -> str:
    """Return `2020-01-31`, or `2020-01-31 09:00 UTC` with seconds only where there are any."""
    day, _, clock = instant_text(instant.us).partition("T")
    return f"{day} {clock.removesuffix('Z').removesuffix(':00')} UTC" if clock else day


def _performed(stream: Stream, op: str, value: Scalar, *, denied: bool) -> str:
    """Say how often; once or more, and never, have plain words of their own."""
    number = value.value if isinstance(value, Literal) and not isinstance(value.value, bool) else None
    at_least_once = (op, number) in ((">=", 1), (">", 0))
    never = (op, number) in (("=", 0), ("<", 1), ("<=", 0))
    if at_least_once or never:
        verb = "performed" if at_least_once != denied else "did not perform"
        return f"{verb} {stream.event}{_filters(stream)}"
    verb = "did not perform" if denied else "performed"
    often = f"{_TIMES[op]} {'once' if number == 1 else f'{_noun(value)} times'}"
    return f"{verb} {stream.event} {often}{_filters(stream)}"


def _filters(stream: Stream) -> str:
    parts = [] if stream.where is None else [f"where {phrase(stream.where)}"]
    if stream.exclude:
        parts.append(f"not from source {_either([_text(source) for source in stream.exclude])}")
    parts += map(_window, stream.windows)
    if stream.session is not None:
        parts.append(f"in the latest session (ended by {duration_text(stream.session)} without one)")
    return "".join(f" {part}" for part in parts)


def _window(window: Window) -> str:
    if window.b is None:
        return f"within {duration_text(window.a)}{' after it' if window.parent else ''}"
    return (
        f"between {_short(window.a, window.b)} and {duration_text(window.b)}{' after it' if window.parent else ' ago'}"
    )


def _short(a: Duration, b: Duration) -> str:
    return str(a.amount) if a.unit == b.unit else duration_text(a)


def _list(values: Sequence[Scalar]) -> str:
    return _either([_noun(value) for value in values])


def _either(words: list[str]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _constant(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    return number_text(value)


def _text(value: str) -> str:
    return value if value.strip() else "empty text"


def _name(path: Sequence[str]) -> str:
    name = ".".join(path)
    return name if name.strip() else f'"{name}"'


def _noun(scalar: Scalar) -> str:
    match scalar:
        case Literal(value):
            return _constant(value)
        case Instant():
            return _instant(scalar)
        case Trait(path):
            return f"trait {_name(path)}"
        case Property(path, parent):
            return f"{_name(path)}{' of the first event' if parent else ''}"
        case Context(path):
            return f"context {_name(path)}"
        case JourneyValue(text):
            return f"the journey's {text}"
        case Reduce("count", stream):
            return f"the number of {stream.event}{_filters(stream)}"
        case Reduce(kind, stream, path):
            words = _OF_TEXT[kind] if scalar.cast == "string" else _OF[kind]
            name = f"context {_name(path)}" if scalar.context else _name(path)
            return f"{words.format(name)}{_reading(scalar)} of {stream.event}{_filters(stream)}"


def _reading(item: Reduce) -> str:
    """Say what a mode does otherwise than usual."""
    as_ = {"number": " as a number", "array": " as a whole list"}.get(item.cast or "", "")
    return (
        as_
        if item.least == LEAST_FREQUENCY
        else f"{as_}, seen at least {'once' if item.least == 1 else f'{item.least} times'},"
    )
