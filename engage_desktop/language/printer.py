"""Tree to canonical text (D-44). `parse(to_text(tree)) == tree` for every tree the parser can make."""

from __future__ import annotations

from collections.abc import Sequence

from engage_desktop.domain.condition import (
    LEAST_FREQUENCY,
    And,
    Compare,
    CompareDate,
    Condition,
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
from engage_desktop.language.dates import instant_text
from engage_desktop.language.numbers import number_text

SYMBOL_OPS = frozenset(("=", "!=", "<", "<=", ">", ">="))


def quote(text: str) -> str:
    """Return `text` as a literal in single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def join_path(path: Sequence[str]) -> str:
    r"""Return the dotted name of `path`; a dot inside a part is written `\.`, a backslash `\\`."""
    return ".".join(part.replace("\\", "\\\\").replace(".", "\\.") for part in path)


def split_path(name: str) -> tuple[str, ...]:
    """Return the parts of a dotted name; the inverse of `join_path`."""
    parts, part, signs = [], "", iter(name)
    for sign in signs:
        if sign == "\\":
            following = next(signs, "")
            part += following if following in (".", "\\") else sign + following
        elif sign == ".":
            parts.append(part)
            part = ""
        else:
            part += sign
    return (*parts, part)


def duration_text(duration: Duration) -> str:
    return f"{duration.amount} {duration.unit}{'' if duration.amount == 1 else 's'}"


def literal_text(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else number_text(value)


def window_text(window: Window) -> str:
    parent = "parent: " if window.parent else ""
    if window.b is None:
        return f"within({parent}{duration_text(window.a)})"
    return f"between({parent}{duration_text(window.a)}, {duration_text(window.b)})"


def stream_text(stream: Stream) -> str:
    """Return the chain up to its reducer; the filters stand in one order, whatever was written."""
    parts = [f"event({quote(stream.event)})"]
    if stream.where is not None:
        parts.append(f"where({to_text(stream.where)})")
    if stream.exclude:
        parts.append(f"sources({{exclude: [{', '.join(map(quote, stream.exclude))}]}})")
    parts += map(window_text, stream.windows)
    if stream.session is not None:
        parts.append(f"expires_after({duration_text(stream.session)})")
    return ".".join(parts)


def _reduce(item: Reduce) -> str:
    stream = stream_text(item.stream)
    if item.kind == "count":
        return f"{stream}.count()"
    reducer = f"{'context' if item.context else 'property'}({quote(join_path(item.path))})"
    if item.cast is not None:
        reducer += f" as {item.cast}"
    if item.least != LEAST_FREQUENCY:
        reducer += f", {item.least}"
    if item.kind == "unique_count":
        return f"{stream}.unique({reducer}).count()"
    return f"{stream}.{item.kind}({reducer})"


def scalar_text(scalar: Scalar) -> str:
    """Return the canonical text of something that has a value."""
    match scalar:
        case Literal(value):
            return literal_text(value)
        case Instant(us):
            return instant_text(us)
        case Trait(path):
            return f"trait({quote(join_path(path))})"
        case Property(path, parent):
            return f"property({'parent: ' if parent else ''}{quote(join_path(path))})"
        case Context(path):
            return f"context({quote(join_path(path))})"
        case JourneyValue(text):
            return f"journey({quote(text)})"
        case Reduce():
            return _reduce(scalar)


def _compare(item: Compare) -> str:
    left = scalar_text(item.left)
    if item.op in SYMBOL_OPS:
        return f"{left} {item.op} {scalar_text(item.values[0])}"
    return f"{left}.{item.op}({', '.join(map(scalar_text, item.values))})"


def _compare_date(item: CompareDate) -> str:
    value = instant_text(item.value.us) if isinstance(item.value, Instant) else duration_text(item.value)
    return f"{scalar_text(item.left)}.{item.op}({value})"


def _in_parentheses(item: Condition, kinds: tuple[type, ...]) -> str:
    return f"({to_text(item)})" if isinstance(item, kinds) else to_text(item)


def to_text(expression: Expression) -> str:
    """Return the canonical text of a condition or scalar."""
    match expression:
        case Or(items):
            return " OR ".join(_in_parentheses(item, (Or,)) for item in items)
        case And(items):
            return " AND ".join(_in_parentheses(item, (And, Or)) for item in items)
        case Not(item):
            return f"NOT {_in_parentheses(item, (And, Or))}"
        case Quantified(quantifier, item):
            return f"{quantifier.upper()} {_in_parentheses(item, (And, Or))}"
        case InAudience(key):
            return f"audience({quote(key)})"
        case Compare():
            return _compare(expression)
        case CompareDate():
            return _compare_date(expression)
        case _:
            return scalar_text(expression)
