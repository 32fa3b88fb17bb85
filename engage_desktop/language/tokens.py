"""Text to tokens. Lexical mistakes (quotes, foreign signs) are refused here, at their place."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from engage_desktop.language.errors import QueryError

MAX_LENGTH = 100_000
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
            _refuse_foreign(text, position, tokens, Token("FOREIGN", text[position], line, column, len(tokens)))
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


_RUNS_ON = re.compile(r"[)\]]\s*(?:[.,)\]}=<>!]|and\b|or\b)|^\s*\)", re.IGNORECASE)
"""What a text rarely holds and a query after a name often: a string with it began where one should have ended."""


def _refuse_foreign(text: str, position: int, tokens: list[Token], place: Token) -> NoReturn:
    """Refuse a sign that begins no token: a lone quote, or one of no use."""
    _refuse_wrong(tokens)  # a wrong quote makes what it opens look foreign
    sign = text[position]
    if _lone_quote(text, position):
        culprit = next((token for token in tokens if token.kind == "STRING" and _RUNS_ON.search(token.text[1:])), None)
        if culprit is not None and culprit.text[1:].lstrip().startswith(")"):
            _refuse_unopened(tokens, culprit)
        if culprit is not None or sign in "'\"":
            place = culprit or place
            raise place.error(_never_closed(place.text[0]))
    raise place.error(f"{sign!r} means nothing here; texts and names go in single quotes.")


def _never_closed(quote: str) -> str:
    return f"This quote is never closed; put {quote} at the end of the text it opens."


def _refuse_unopened(tokens: list[Token], closing: Token) -> NoReturn:
    """Refuse event(Order Completed'): a text that a quote ends and none begins."""
    opener = next((token for token in reversed(tokens[: closing.number]) if token.kind != "NAME"), None)
    if opener is not None and opener.kind == "STRING":  # it ended where the next text begins
        raise opener.error(_never_closed(opener.text[0]))
    begin = tokens[opener.number + 1] if opener is not None else tokens[0]
    raise begin.error(f"A quote is missing before {begin.text}; put {closing.text[0]} at the beginning of the text.")


def _lone_quote(text: str, position: int) -> bool:
    """True when some quote from `position` on has no partner."""
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None and text[position] in "'\"":
            return True
        position = match.end() if match else position + 1
    return False


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
