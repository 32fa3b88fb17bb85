"""A tiny parser of the query language: text to the domain's syntax tree, nothing of the product's parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from engage_desktop.domain.condition import (
    And,
    Compare,
    Condition,
    Context,
    Duration,
    InAudience,
    Literal,
    Not,
    Or,
    Property,
    Reduce,
    Scalar,
    Stream,
    Trait,
    Window,
)  # fmt: skip
from tests.oracle.scope import Refused

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)|(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
    r"|(?P<symbol>==|!=|<=|>=|[=<>().,])|(?P<word>[A-Za-z_]+))"
)
_NAMED = {"equals": "=", "differs": "!=", "less_than": "<", "at_most": "<=", "greater_than": ">", "at_least": ">="}
_PLAIN = ("contains", "omits", "starts_with", "ends_with", "one_of", "none_of", "exists", "absent")


@cache
def parse(text: str) -> Condition:
    """The condition of `text`; `Refused` when it is out of scope or not understood."""
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

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[ahead][1] if ahead < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> tuple[str, str]:
        if not self.tokens or (expected is not None and self.peek() != expected):
            raise Refused(f"condition {self.text!r}: expected {expected!r}, found {self.peek()!r}")
        return self.tokens.pop(0)

    def any_of(self) -> Condition:
        items = [self.all_of()]
        while self.peek().upper() == "OR":
            self.take()
            items.append(self.all_of())
        return items[0] if len(items) == 1 else Or(tuple(_flat(items, Or)))

    def all_of(self) -> Condition:
        items = [self.unary()]
        while self.peek().upper() == "AND":
            self.take()
            items.append(self.unary())
        return items[0] if len(items) == 1 else And(tuple(_flat(items, And)))

    def unary(self) -> Condition:
        if self.peek().upper() == "NOT":
            self.take()
            return Not(self.unary())
        if self.peek() == "(":
            self.take()
            inside = self.any_of()
            self.take(")")
            return inside
        left = self.scalar()
        if isinstance(left, InAudience | Compare):
            return left
        kind, symbol = self.take()
        if kind != "symbol" or symbol not in ("=", "==", "!=", "<", "<=", ">", ">="):
            raise Refused(f"condition {self.text!r}: {symbol!r} is no comparison")
        right = self.scalar()
        if isinstance(right, InAudience | Compare):
            raise Refused(f"condition {self.text!r}: compare with a scalar")
        return Compare(left, "=" if symbol == "==" else symbol, (right,))  # type: ignore[arg-type]

    def scalar(self) -> Scalar | InAudience | Compare:
        kind, text = self.take()
        if kind == "number":
            return Literal(float(text) if re.search(r"[.e]", text) else int(text))
        if kind == "text":
            return Literal(_unquote(text))
        if text in ("true", "false"):
            return Literal(text == "true")
        if text == "event":
            return self.chain_end(self.stream())
        if text not in ("trait", "property", "context", "audience"):
            raise Refused(f"condition {self.text!r}: {text!r} is out of scope")
        self.take("(")
        name = _unquote(self.take()[1])
        self.take(")")
        path = tuple(part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", name))
        if text == "audience":
            return InAudience(name)
        path_of = {"trait": Trait, "property": Property, "context": Context}[text](path)
        return self.chain_end(path_of)

    def stream(self) -> Reduce:
        self.take("(")
        name = _unquote(self.take()[1])
        self.take(")")
        where: list[Condition] = []
        windows: list[Window] = []
        while True:
            self.take(".")
            word = self.take()[1]
            self.take("(")
            if word == "where":
                where.append(self.any_of())
            elif word == "within":
                windows.append(Window(self.duration()))
            elif word == "between":
                young = self.duration()
                self.take(",")
                windows.append(Window(young, self.duration()))
            elif word == "count":
                self.take(")")
                condition = None if not where else where[0] if len(where) == 1 else And(tuple(_flat(where, And)))
                return Reduce("count", Stream(name, condition, tuple(windows)))
            else:
                raise Refused(f"condition {self.text!r}: {word!r} is out of scope")
            self.take(")")

    def duration(self) -> Duration:
        amount = int(self.take()[1])
        return Duration(amount, self.take()[1].removesuffix("s"))

    def chain_end(self, left: Scalar) -> Scalar | Compare:
        if self.peek() != ".":
            return left
        self.take(".")
        word = self.take()[1]
        operator = _NAMED.get(word, word if word in _PLAIN else None)
        if operator is None:
            raise Refused(f"condition {self.text!r}: {word!r} is out of scope")
        self.take("(")
        values: list[Scalar] = []
        while self.peek() != ")":
            value = self.scalar()
            if isinstance(value, InAudience | Compare):
                raise Refused(f"condition {self.text!r}: compare with scalars")
            values.append(value)
            if self.peek() == ",":
                self.take()
        self.take(")")
        return Compare(left, operator, tuple(values))  # type: ignore[arg-type]


def _flat(items: list[Condition], junction: type[And] | type[Or]) -> Iterator[Condition]:
    for item in items:
        yield from item.items if isinstance(item, junction) else (item,)


def _unquote(text: str) -> str:
    return re.sub(r"\\(['\"\\])", r"\1", text[1:-1])
