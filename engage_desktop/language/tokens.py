"""Text to tokens. Lexical mistakes (quotes, foreign signs) are refused here, at their place."""

from __future__ import annotations

import re
from typing import NamedTuple

from engage_desktop.language.errors import QueryError

MAX_LENGTH = 100_000
MAX_DEPTH = 50
"""Levels of parentheses plus NOT, ANY, ALL in a row; deeper texts are no person's work."""

SYMBOLS = {"=": "=", "==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
KEYWORDS = {
    "and": "AND", "or": "OR", "not": "NOT", "any": "QUANTIFIER", "all": "QUANTIFIER",
    "true": "BOOL", "false": "BOOL", "as": "AS",
}  # fmt: skip
BEFORE_CONDITION = ("NOT", "QUANTIFIER")

_TOKEN = re.compile(
    r"""
      (?P<SPACE>\s+)
    | (?P<STRING>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<DATE>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])(?:[Tt][0-9][0-9:]*(?:\.[0-9]+)?(?:[Zz]|[+-][0-9:]+)?)?)
    | (?P<ODD_DATE>[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4})
    | (?P<NUMBER>[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<WRONG><>|=>|=<|===|!==|&&|\|\||[≥≤≠‘’“”`´])
    | (?P<SYMBOL>==|!=|<=|>=|=|<|>)
    | (?P<LPAR>\()|(?P<RPAR>\))|(?P<COMMA>,)|(?P<DOT>\.)|(?P<COLON>:)
    | (?P<LBRACE>\{)|(?P<RBRACE>\})|(?P<LSQB>\[)|(?P<RSQB>\])
    | (?P<FOREIGN>[!;&|])
    """,
    re.VERBOSE | re.DOTALL,
)
_INSTEAD = {
    "<>": "!=", "≠": "!=", "!==": "!=", "=>": ">=", "≥": ">=", "=<": "<=", "≤": "<=", "===": "=",
    "&&": "AND", "||": "OR", "&": "AND", "|": "OR", "!": "NOT",
}  # fmt: skip


class Token(NamedTuple):
    """`kind` is a terminal of the grammar; `number` its position in the token list."""

    kind: str
    text: str
    line: int
    column: int
    number: int

    def error(self, message: str) -> QueryError:
        return QueryError(message, self.line, self.column)


def tokenize(text: str) -> list[Token]:
    """Split `text` into tokens, ended by one of kind END; raise QueryError at the first foreign sign."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"The text has {len(text)} characters; at most {MAX_LENGTH} are read.")
    tokens: list[Token] = []
    position, line, line_start = 0, 1, 0
    while position < len(text):
        column = position - line_start + 1
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise QueryError(_foreign(text[position]), line, column)
        kind, found = match.lastgroup, match.group()
        if kind == "NAME":
            kind = KEYWORDS.get(found.lower(), "NAME")
        if kind != "SPACE":
            tokens.append(Token(kind, found, line, column, len(tokens)))
        breaks = found.count("\n")
        if breaks:
            line += breaks
            line_start = position + found.rindex("\n") + 1
        position = match.end()
    tokens.append(Token("END", "", line, position - line_start + 1, len(tokens)))
    _refuse_wrong(tokens)
    return tokens


def _foreign(sign: str) -> str:
    if sign in "'\"":
        return f"This quote is never closed; put {sign} at the end of the text it opens."
    return f"{sign!r} means nothing here; texts and names go in single quotes."


def _refuse_wrong(tokens: list[Token]) -> None:
    for token in tokens:
        if token.kind == "WRONG" and token.text in _INSTEAD:
            raise token.error(f"Write {_INSTEAD[token.text]} instead of {token.text}.")
        if token.kind == "WRONG":
            raise token.error(f"Use straight quotes ' or \" instead of {token.text}.")
        if token.kind == "ODD_DATE":
            raise token.error("Write a date as year-month-day, all digits: 2020-01-31.")
        if token.kind == "FOREIGN" and token.text in _INSTEAD:
            raise token.error(f"Write {_INSTEAD[token.text]} instead of {token.text}.")


BRACKETS = {"(": ("parenthesis", ")"), "{": ("brace", "}"), "[": ("bracket", "]")}
"""What opens: its name and what closes it."""
_CLOSING = {closing: name for name, closing in BRACKETS.values()}


def check_depth(tokens: list[Token]) -> None:
    """Refuse a closing bracket too many or of another kind, and nesting beyond `MAX_DEPTH`."""
    opened: list[Token] = []
    nots = 0
    for token in tokens:
        nots = nots + 1 if token.kind in BEFORE_CONDITION else (nots if token.kind == "LPAR" and nots else 0)
        if token.text in BRACKETS:
            opened.append(token)
        elif token.text in _CLOSING:
            if not opened:
                name = _CLOSING[token.text]
                raise token.error(f"This {name} closes nothing; take it away or open one before it.")
            closing = BRACKETS[opened.pop().text][1]
            if token.text != closing:
                raise token.error(f"Something else is still open here; put {closing} before this {token.text}.")
        if len(opened) + nots > MAX_DEPTH:
            raise token.error(
                f"The condition is nested more than {MAX_DEPTH} levels deep; split it into several audiences."
            )


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def unquote(token: Token, *, name: bool = False) -> str:
    r"""Return the text a STRING token stands for; in a `name` the path escape `\.` is kept."""

    def character(match: re.Match[str]) -> str:
        sign = match.group(1)
        if sign in "'\"\\":
            return sign
        if name and sign == ".":
            return "\\."
        raise token.error(f"\\{sign} is no escape; only \\' and \\\\ are, so write \\\\ for one backslash.")

    return _ESCAPE.sub(character, token.text[1:-1])
