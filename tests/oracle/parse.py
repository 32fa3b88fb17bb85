"""A small parser of the whole query language: text to the domain's syntax tree, nothing of the product's parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, cast

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
)  # fmt: skip
from engage_desktop.domain.duration import parse_instant
from tests.oracle.scope import Refused

_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d-\d\d(?:[Tt][\d:.]+(?:[Zz]|[+-]\d\d:?\d\d))?)"
    r"|(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
    r"|(?P<symbol>==|!=|<=|>=|[=<>().,:{}\[\]])|(?P<word>[A-Za-z_]+))",
    re.DOTALL,
)
_SYMBOLS = ("=", "==", "!=", "<", "<=", ">", ">=")
_NAMED = {"equals": "=", "differs": "!=", "less_than": "<", "at_most": "<=", "greater_than": ">", "at_least": ">="}
_PLAIN = ("contains", "omits", "starts_with", "ends_with", "one_of", "none_of", "exists", "absent")
_DATES = ("before_date", "after_date", "within_last", "within_next", "before_last", "after_next")
_REDUCERS = ("sum", "avg", "min", "max", "mode", "first", "last", "unique")
_CONDITIONS = (Compare, CompareDate, InAudience, Not, Quantified, And, Or)
_BACKSLASH = "\\"


@cache
def parse(text: str) -> Condition:
    """The condition of `text`; `Refused` when it is none or is not understood."""
    return _condition(parse_expression(text))


@cache
def parse_expression(text: str) -> Expression:
    """The condition or value of `text`."""
    tokens: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Refused(f"condition {text!r} at {at}")
        tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    reader = _Reader(tokens, text)
    found = reader.any_of()
    if reader.tokens:
        raise Refused(f"condition {text!r}: {reader.tokens[0][1]!r} is left over")
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens, self.text = tokens, text

    # Tokens

    def peek(self) -> str:
        return self.tokens[0][1] if self.tokens else ""

    def word(self) -> str:
        """The next word in upper case, '' where no word is next."""
        return self.peek().upper() if self.tokens and self.tokens[0][0] == "word" else ""

    def take(self, expected: str | None = None) -> str:
        if not self.tokens or (expected is not None and self.peek() != expected):
            raise Refused(f"condition {self.text!r}: expected {expected!r}, found {self.peek()!r}")
        return self.tokens.pop(0)[1]

    def quoted(self) -> str:
        """A text in quotes, as it stands between them."""
        if not self.tokens or self.tokens[0][0] != "text":
            raise Refused(f"condition {self.text!r}: expected a text, found {self.peek()!r}")
        return self.take()[1:-1]

    def named(self, name: str) -> bool:
        """Whether `name:` is next; it is taken then."""
        if self.peek() != name or len(self.tokens) < 2 or self.tokens[1][1] != ":":
            return False
        self.take()
        self.take()
        return True

    # Junctions: OR, then AND, then NOT, ANY and ALL

    def any_of(self) -> Expression:
        return self.junction(self.all_of, "OR", Or)

    def all_of(self) -> Expression:
        return self.junction(self.unary, "AND", And)

    def junction(self, item: Any, word: str, kind: type[And] | type[Or]) -> Expression:
        first = item()
        if self.word() != word:
            return cast(Expression, first)
        items = [_condition(first)]
        while self.word() == word:
            self.take()
            items.append(_condition(item()))
        return kind(tuple(_flat(items, kind)))

    def unary(self) -> Expression:
        word = self.word()
        if word == "NOT":
            self.take()
            return Not(_condition(self.unary()))
        if word in ("ANY", "ALL"):
            self.take()
            return Quantified("any" if word == "ANY" else "all", _condition(self.unary()))
        left = self.chain()
        if self.peek() not in _SYMBOLS:
            return left
        symbol = self.take()
        return Compare(_scalar(left), "=" if symbol == "==" else symbol, (_scalar(self.chain()),))  # type: ignore[arg-type]

    # Chains

    def chain(self) -> Expression:
        if self.peek() == "(":
            self.take()
            found = self.any_of()
            self.take(")")
        elif self.word() == "EVENT":
            found = self.events()
        else:
            found = self.primary()
        while self.peek() == ".":
            self.take()
            found = self.comparator(found)
        return found

    def primary(self) -> Expression:
        kind = self.tokens[0][0] if self.tokens else ""
        if kind == "date":
            return self.date()
        if kind == "number":
            return Literal(_number(self.take()))
        if kind == "text":
            return Literal(_unquote(self.quoted()))
        word = self.take()
        if word.lower() in ("true", "false"):
            return Literal(word.lower() == "true")
        self.take("(")
        found: Expression
        if word == "literal":
            found = self.primary()
        elif word == "property":
            found = Property(parent=self.named("parent"), path=_path(self.quoted()))
        elif word in ("trait", "context"):
            path = _path(self.quoted())
            found = Trait(path) if word == "trait" else Context(path)
        elif word == "audience":
            found = InAudience(_unquote(self.quoted()))
        elif word == "journey":
            found = JourneyValue(_unquote(self.quoted()))
        else:
            raise Refused(f"condition {self.text!r}: there is no {word}()")
        self.take(")")
        return found

    def date(self) -> Instant:
        text = self.take()
        try:  # D-42: a date literal is that day's 00:00 UTC
            return Instant(
                parse_instant(text.upper() if "T" in text.upper() else f"{date.fromisoformat(text)}T00:00:00Z")
            )
        except ValueError as error:
            raise Refused(f"condition {self.text!r}: {error}") from None

    def duration(self) -> Duration:
        if not self.tokens or self.tokens[0][0] != "number" or not self.peek().isdigit():
            raise Refused(f"condition {self.text!r}: expected a duration, found {self.peek()!r}")
        amount = int(self.take())
        unit = self.take().lower().removesuffix("s")
        if unit not in ("second", "minute", "hour", "day", "week"):
            raise Refused(f"condition {self.text!r}: {unit!r} is no unit")
        return Duration(amount, unit)

    def events(self) -> Reduce:
        """`event('A')`, its filters and its reducer."""
        self.take("event")
        self.take("(")
        name = _unquote(self.quoted())
        self.take(")")
        where: list[Condition] = []
        windows: list[Window] = []
        exclude: list[str] = []
        session = None
        while True:
            self.take(".")
            word = self.take()
            self.take("(")
            if word == "where":
                where.append(_condition(self.any_of()))
            elif word == "within":
                windows.append(Window(parent=self.named("parent"), a=self.duration()))
            elif word == "between":
                parent, young = self.named("parent"), self.duration()
                self.take(",")
                windows.append(Window(young, self.duration(), parent))
            elif word == "expires_after":
                session = self.duration()
            elif word == "sources":
                exclude = list(dict.fromkeys([*exclude, *self.excluded()]))
            else:
                condition = None if not where else where[0] if len(where) == 1 else And(tuple(_flat(where, And)))
                stream = Stream(name, condition, tuple(windows), tuple(exclude), session)
                return self.reducer(word, stream)
            self.take(")")

    def excluded(self) -> Iterator[str]:
        """`{exclude: ['a', 'b']}`"""
        self.take("{")
        if self.take().strip("'\"") != "exclude":
            raise Refused(f"condition {self.text!r}: sources() knows exclude only")
        self.take(":")
        self.take("[")
        yield _unquote(self.quoted())
        while self.peek() == ",":
            self.take()
            yield _unquote(self.quoted())
        self.take("]")
        self.take("}")

    def reducer(self, word: str, stream: Stream) -> Reduce:
        if word == "count":
            self.take(")")
            return Reduce("count", stream)
        if word not in _REDUCERS:
            raise Refused(f"condition {self.text!r}: {word!r} follows no event()")
        of = self.primary()
        if not isinstance(of, Property | Context) or (isinstance(of, Property) and of.parent):
            raise Refused(f"condition {self.text!r}: {word}() takes a property")
        cast_to, least = None, LEAST_FREQUENCY
        if self.word() == "AS":
            self.take()
            cast_to = self.take().lower()
            if cast_to == ("string" if word == "mode" else "number"):
                cast_to = None  # the default
        if self.peek() == ",":
            self.take()
            least = int(self.take())
        self.take(")")
        if word == "unique" and self.peek() == ".":
            for expected in (".", "count", "(", ")"):
                self.take(expected)
            word = "unique_count"
        return Reduce(word, stream, of.path, isinstance(of, Context), cast_to, least)  # type: ignore[arg-type]

    def comparator(self, left: Expression) -> Condition:
        word = self.take()
        self.take("(")
        found: Condition
        if word in _DATES:
            value: Instant | Duration
            if not word.endswith("_date"):
                value = self.duration()
            elif self.tokens and self.tokens[0][0] == "text":  # a date in quotes is a date here
                self.tokens[0] = ("date", self.quoted_ahead())
                value = self.date()
            else:
                value = self.date()
            found = CompareDate(_scalar(left), word, value)  # type: ignore[arg-type]
        else:
            operator = _NAMED.get(word, word if word in _PLAIN else None)
            if operator is None:
                raise Refused(f"condition {self.text!r}: {word!r} is no comparator")
            values: list[Scalar] = []
            while self.peek() != ")":
                values.append(_scalar(self.chain()))
                if self.peek() == ",":
                    self.take()
            found = Compare(_scalar(left), operator, tuple(values))  # type: ignore[arg-type]
        self.take(")")
        return found

    def quoted_ahead(self) -> str:
        return _unquote(self.tokens[0][1][1:-1])


def _condition(found: Expression) -> Condition:
    if not isinstance(found, _CONDITIONS):
        raise Refused(f"{found} is a value, not a condition")
    return found


def _scalar(found: Expression) -> Scalar:
    if isinstance(found, _CONDITIONS):
        raise Refused(f"{found} is a condition, not a value")
    return found


def _flat(items: list[Condition], junction: type[And] | type[Or]) -> Iterator[Condition]:
    for item in items:
        yield from item.items if isinstance(item, junction) else (item,)


def _number(text: str) -> int | float:
    """Whole numbers below 1e21 stay exact, all others are doubles."""
    if re.fullmatch(r"[+-]?\d+", text) and abs(int(text)) < 10**21:
        return int(text)
    return float(text)


def _unquote(text: str) -> str:
    r"""The text between quotes: `\'`, `\"` and `\\` are escapes, `\.` stays for `_path`."""
    return re.sub(r"\\(['\"\\])", r"\1", text)


def _path(text: str) -> tuple[str, ...]:
    r"""A dotted name: its parts. A literal dot is `\.` or `\\.`, a literal backslash `\\\\` (QL-6)."""
    return dotted(_unquote(text))


def dotted(text: str) -> tuple[str, ...]:
    r"""The parts of a dotted name that stands without quotes, in a field of its own."""
    parts, at = [""], 0
    while at < len(text):
        if text[at] == ".":
            parts.append("")
        elif text[at] == _BACKSLASH and text[at + 1 : at + 2] in (".", _BACKSLASH):
            at += 1
            parts[-1] += text[at]
        else:
            parts[-1] += text[at]
        at += 1
    return tuple(parts)
