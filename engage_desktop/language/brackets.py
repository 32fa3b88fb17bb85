"""Parentheses, braces and brackets: what is open where, and what closes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engage_desktop.language.errors import QueryError
from engage_desktop.language.functions import AFTER_STREAM, COMPARATORS, FUNCTIONS, called, closest
from engage_desktop.language.tokens import BEFORE_CONDITION, Token

MAX_DEPTH = 50
"""Levels of brackets plus NOT, ANY, ALL in a row; deeper texts are no person's work."""
OPENING = {"LPAR": ("parenthesis", ")"), "LBRACE": ("brace", "}"), "LSQB": ("bracket", "]")}
"""What opens: its name and what closes it."""
_CLOSING = {"RPAR": "parenthesis", "RBRACE": "brace", "RSQB": "bracket"}
SOURCES = "Write what to leave out as sources({exclude: ['...']})."


def check_brackets(tokens: Sequence[Token]) -> None:
    """Refuse what closes nothing or something else, and nesting beyond `MAX_DEPTH`."""
    opened: list[Token] = []
    nots = 0
    for token in tokens:
        nots = nots + 1 if token.kind in BEFORE_CONDITION else (nots if token.kind == "LPAR" and nots else 0)
        if token.kind in OPENING:
            opened.append(token)
        elif token.kind in _CLOSING:
            if not opened:
                raise _closes_nothing(tokens[: token.number], token)
            if OPENING[opened[-1].kind][0] != _CLOSING[token.kind]:
                raise _mismatch(tokens, opened, token)
            opened.pop()
        if len(opened) + nots > MAX_DEPTH:
            raise token.error(
                f"The condition is nested more than {MAX_DEPTH} levels deep; split it into several audiences."
            )


def _closes_nothing(before: Sequence[Token], found: Token) -> QueryError:
    """Point at the function whose parenthesis is missing, if there is one."""
    for token, following in pairwise((*before, found)):
        is_function = token.text in FUNCTIONS or (token.number and before[token.number - 1].kind == "DOT")
        if token.kind == "NAME" and is_function and following.kind != "LPAR":
            return token.error(not_called(token))
    return found.error(f"This {_CLOSING[found.kind]} closes nothing; take it away or open one before it.")


def not_called(name: Token) -> str:
    """Say what is wrong with a function's name without parentheses."""
    if name.text not in FUNCTIONS:
        meant = closest(name.text, (*AFTER_STREAM, *COMPARATORS)) or "count"
        return f"There is no function {name.text}; write one such as {called(meant)}."
    return f"{name.text} is a function; write it with parentheses: {called(name.text)}."


def _mismatch(tokens: Sequence[Token], opened: list[Token], found: Token) -> QueryError:
    """Say whether the opening sign, the closing one, or one between them is wrong."""
    for sign in opened:
        if sign.kind != "LPAR" and (_is_function(tokens, sign) or not of_sources(tokens, sign)):
            return sign.error(f"Write ( instead of {sign.text}.")
    opener = opened[-1]
    closing = OPENING[opener.kind][1]
    if any(OPENING[outer.kind][0] == _CLOSING[found.kind] for outer in opened[:-1]):
        return found.error(f"Something else is still open here; put {closing} before this {found.text}.")
    first = tokens[opener.number + 1]
    if of_sources(tokens, opener) and (first.kind == "LBRACE" or tokens[found.number - 1].kind == found.kind):
        return found.error(f"This {_CLOSING[found.kind]} closes nothing; take it away.")
    if of_sources(tokens, opener):
        return first.error(SOURCES)
    return found.error(f"Write {closing} instead of {found.text}.")


def innermost(tokens: Sequence[Token]) -> Token | None:
    """Return the last sign still open after `tokens`, in which nothing is closed wrongly."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind in OPENING:
            opened.append(token)
        elif token.kind in _CLOSING:
            opened.pop()
    return opened[-1] if opened else None


def unclosed(opener: Token) -> QueryError:
    name, closing = OPENING[opener.kind]
    return opener.error(f"This {name} is never closed; add the missing {closing}.")


def is_call(tokens: Sequence[Token], opener: Token | None) -> bool:
    return opener is not None and opener.number > 0 and tokens[opener.number - 1].kind == "NAME"


def _is_function(tokens: Sequence[Token], opener: Token) -> bool:
    return is_call(tokens, opener) and tokens[opener.number - 1].text in FUNCTIONS


def of_sources(tokens: Sequence[Token], opener: Token | None) -> bool:
    """True when `opener` stands in the one argument of sources()."""
    while opener is not None and not is_call(tokens, opener):
        opener = innermost(tokens[: opener.number])
    return opener is not None and tokens[opener.number - 1].text == "sources"
