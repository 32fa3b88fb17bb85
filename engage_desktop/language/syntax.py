"""Tokens to a parse tree by the grammar; a text of the wrong shape gets one sentence at the right place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engage_desktop.language.brackets import check_brackets
from engage_desktop.language.errors import QueryError
from engage_desktop.language.explain import STARTS, explain
from engage_desktop.language.tokens import Token, tokenize

if TYPE_CHECKING:
    from lark import Lark, Tree

LATER = frozenset(("entity",))
"""Functions of the language that this version does not know yet."""

_TERMINALS = {"OR": "_OR", "AND": "_AND", "DOT": "_DOT", "COMMA": "_COMMA", "COLON": "_COLON", "END": "$END"}


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
    check_brackets(tokens)
    try:
        return _grammar().parse(tokens[:-1]), tokens
    except UnexpectedToken as error:
        index = getattr(error.token, "start_pos", None)
        place = tokens[-1] if error.token.type == "$END" or index is None else tokens[index]
        raise explain(tokens, place) from None


def not_yet(token: Token, what: str) -> QueryError:
    return token.error(f"{what} is part of the query language, but this version does not know it yet.")


def _refuse_later(tokens: Sequence[Token]) -> None:
    """Name what later work brings before its unusual arguments look like a mistake."""
    for token, following in pairwise(tokens):
        if token.kind == "NAME" and token.text in LATER and following.kind == "LPAR":
            raise not_yet(token, f"{token.text}()")
        if token.kind == "NAME" and token.text.lower() == "none" and following.kind in STARTS:
            raise token.error(f"Write ALL NOT instead of {token.text}.")
