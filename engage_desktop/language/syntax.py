"""Tokens to a parse tree by the grammar; a text of the wrong shape gets one sentence at the right place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engage_desktop.language.errors import QueryError
from engage_desktop.language.functions import AFTER_STREAM, COMPARATORS, EXTRACTORS, UNITS, called
from engage_desktop.language.tokens import BEFORE_CONDITION, BRACKETS, Token, check_depth, tokenize

if TYPE_CHECKING:
    from lark import Lark, Tree

LATER = frozenset(("entity",))
"""Functions of the language that this version does not know yet."""

_ALL = frozenset((*EXTRACTORS, *AFTER_STREAM, *COMPARATORS))
_TERMINALS = {"OR": "_OR", "AND": "_AND", "DOT": "_DOT", "COMMA": "_COMMA", "COLON": "_COLON", "END": "$END"}
_SOURCES = "sources() names what it leaves out: sources({exclude: ['...']})."
_STARTS = frozenset(("NAME", "STRING", "NUMBER", "BOOL", "DATE", "LPAR", *BEFORE_CONDITION))


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    from lark import Lark
    from lark import Token as LarkToken
    from lark.lexer import Lexer

    class Feed(Lexer):
        """Hands our own tokens on; `start_pos` is the index of the token."""

        def __init__(self, _conf: object) -> None:
            pass

        def lex(self, data: Any) -> Iterator[LarkToken]:  # type: ignore[override]  # lark's simple door
            for token in data:
                kind = _TERMINALS.get(token.kind, token.kind)
                yield LarkToken(kind, token.text, token.number, token.line, token.column)

    text = resources.files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=Feed, maybe_placeholders=False)


def parse_tree(text: str) -> tuple[Tree[Any], list[Token]]:
    """Return the parse tree and its tokens, the last of kind END; raise QueryError."""
    from lark.exceptions import UnexpectedToken

    tokens = tokenize(text)
    if len(tokens) == 1:
        raise QueryError("The query is empty; write a condition such as event('Order Completed').count() >= 1.")
    _refuse_later(tokens)
    check_depth(tokens)
    try:
        return _grammar().parse(tokens[:-1]), tokens
    except UnexpectedToken as error:
        index = getattr(error.token, "start_pos", None)
        place = tokens[-1] if error.token.type == "$END" or index is None else tokens[index]
        raise _explain(tokens, place) from None


def not_yet(token: Token, what: str) -> QueryError:
    return token.error(f"{what} is part of the query language, but this version does not know it yet.")


def _refuse_later(tokens: Sequence[Token]) -> None:
    """Name what later work brings before its unusual arguments look like a mistake."""
    for token, following in pairwise(tokens):
        if token.kind == "NAME" and token.text in LATER and following.kind == "LPAR":
            raise not_yet(token, f"{token.text}()")
        if token.kind == "NAME" and token.text.lower() == "none" and following.kind in _STARTS:
            raise token.error(f"Write ALL NOT instead of {token.text}.")


def _explain(tokens: Sequence[Token], found: Token) -> QueryError:
    """Say what is wrong at `found`, the first token that no query could have there."""
    before = tokens[found.number - 1] if found.number else None
    opener = _open_parenthesis(tokens[: found.number])
    if before is None:
        return found.error(
            f"A query cannot begin with {found.text}; begin with event('...'), trait('...') or audience('...')."
        )
    if found.kind in ("LSQB", "LBRACE"):
        return found.error(_SOURCES if _within_sources(tokens, opener) else _brackets(found))
    if before.kind in ("AND", "OR", *BEFORE_CONDITION):
        return (before if found.kind == "END" else found).error(f"A condition is missing after {before.text}.")
    if before.kind == "SYMBOL":
        return (before if found.kind == "END" else found).error(f"A value is missing after {before.text}.")
    if before.kind == "DOT":
        return (before if found.kind == "END" else found).error(
            "A function such as count() is missing after the point."
        )
    if before.kind == "NAME" and (before.text in _ALL or tokens[before.number - 1].kind == "DOT"):
        return before.error(f"{before.text} is a function; write it with parentheses: {called(before.text)}.")
    if before.kind == "COMMA":
        return before.error("After this comma a further value is missing; take the comma away or add the value.")
    if before.kind == "COLON":
        return before.error(f"A value is missing after {tokens[before.number - 1].text}:.")
    if found.kind == "END":
        assert opener is not None
        return _unclosed(opener)
    return _explain_found(tokens, found, before, opener)


def _explain_found(tokens: Sequence[Token], found: Token, before: Token, opener: Token | None) -> QueryError:
    """Explain a token that stands after a complete value or an opening parenthesis."""
    if before.kind == "RBRACE" and opener is not None:
        return _unclosed(opener)
    if opener is not None and opener.kind == "LSQB" and found.kind in _STARTS and before != opener:
        return found.error(f"A comma is missing before {found.text}.")
    if _within_sources(tokens, opener):
        return found.error(_SOURCES)
    if before.kind == "LPAR":
        if found.kind == "RPAR":
            return before.error("There is nothing between these parentheses.")
        return found.error(f"{found.text} cannot stand at the beginning of a parenthesis.")
    if found.kind == "COMMA":
        if opener is None or not _is_call(tokens, opener):
            return found.error("A comma only separates the values of a function; join conditions with AND or OR.")
        return found.error("This comma is out of place.")
    if found.kind == "SYMBOL" and _has_comparison(tokens, found):
        if opener is not None and _open_parenthesis(tokens) is not None:
            return _unclosed(opener)
        return found.error("Only two values can be compared at a time; join comparisons with AND or OR.")
    if found.kind in ("SYMBOL", "DOT") and before.kind == "RPAR":
        return found.error("A condition in parentheses is finished; join it with AND or OR.")
    if found.kind in BEFORE_CONDITION:
        return found.error(f"AND or OR is missing before {found.text}.")
    if found.kind in _STARTS:
        if before.kind == "DATE" and found.kind == "NUMBER":
            return found.error(f"Between date and time stands a T, and a zone ends it: {before.text}T09:00:00Z.")
        if opener is not None and _is_call(tokens, opener) and found.kind != "NAME":
            return found.error(f"A comma, AND or OR is missing before {found.text}.")
        if found.kind in ("STRING", "NUMBER", "BOOL", "DATE") and not _has_comparison(tokens, found):
            return found.error(f"A comparison such as = is missing before {found.text}.")
        if before.kind == "NUMBER" and found.kind == "NAME" and found.text.lower().removesuffix("s") in UNITS:
            return before.error("A duration can only stand inside within() and between().")
        return found.error(f"AND or OR is missing before {found.text}.")
    if found.kind == "AS":
        return found.error("as may only stand inside max(), min() and mode().")
    return found.error(f"{found.text} is out of place here.")


def _unclosed(opener: Token) -> QueryError:
    name, closing = BRACKETS[opener.text]
    return opener.error(f"This {name} is never closed; add the missing {closing}.")


def _brackets(found: Token) -> str:
    if found.kind == "LSQB":
        return (
            "A list in brackets only stands in sources({exclude: [...]}); compare with several values by .one_of(1, 2)."
        )
    return "Braces only stand in sources({exclude: ['...']}); texts and names go in single quotes."


def _within_sources(tokens: Sequence[Token], opener: Token | None) -> bool:
    """True when `opener` is of the one argument of sources()."""
    while opener is not None and opener.kind != "LPAR":
        opener = _open_parenthesis(tokens[: opener.number])
    return opener is not None and _is_call(tokens, opener) and tokens[opener.number - 1].text == "sources"


def _open_parenthesis(tokens: Sequence[Token]) -> Token | None:
    """Return the innermost parenthesis, brace or bracket still open after `tokens`."""
    stack: list[Token] = []
    for token in tokens:
        if token.text in BRACKETS:
            stack.append(token)
        elif token.kind in ("RPAR", "RBRACE", "RSQB"):
            stack.pop()
    return stack[-1] if stack else None


def _is_call(tokens: Sequence[Token], opener: Token) -> bool:
    return opener.number > 0 and tokens[opener.number - 1].kind == "NAME"


def _has_comparison(tokens: Sequence[Token], found: Token) -> bool:
    """True when another symbol stands before `found` in the same comparison."""
    depth = 0
    for token in reversed(tokens[: found.number]):
        if token.kind in ("LPAR", "RPAR"):
            depth += 1 if token.kind == "RPAR" else -1
        if depth < 0 or (depth == 0 and token.kind in ("AND", "OR", "NOT", "COMMA")):
            return False
        if depth == 0 and token.kind == "SYMBOL":
            return True
    return False
