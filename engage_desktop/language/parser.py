"""The doors of the language: text to tree, cached; nothing here loads the grammar before the first text."""

from __future__ import annotations

from functools import lru_cache

from engage_desktop.domain.condition import Condition, Expression
from engage_desktop.language.errors import QueryError
from engage_desktop.language.printer import to_text
from engage_desktop.language.tokens import Token


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Expression, dict[int, Token]] | QueryError:
    from engage_desktop.language.build import build
    from engage_desktop.language.syntax import parse_tree

    try:
        return build(*parse_tree(text))
    except QueryError as error:
        return QueryError(error.message, error.line, error.column)


def parse_with_places(text: str) -> tuple[Expression, dict[int, Token]]:
    """Return the tree and, by `id(node)`, the token at which a node begins."""
    found = _parsed(text)
    if isinstance(found, QueryError):
        raise QueryError(found.message, found.line, found.column)
    return found


def parse(text: str) -> Expression:
    """Return the tree of a condition or scalar; raise QueryError with line and column."""
    return parse_with_places(text)[0]


def parse_condition(text: str) -> Condition:
    """Return the tree of a condition; raise QueryError, also when the text is only a value."""
    from engage_desktop.language.build import require_condition

    expression, places = parse_with_places(text)
    return require_condition(expression, places.get(id(expression)))


def canonical(text: str) -> str:
    """Return the canonical form (D-44) of a text; raise QueryError."""
    return to_text(parse(text))
