"""The doors of the language: text to tree, cached; nothing here loads the grammar before the first text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engage_desktop.domain.condition import Condition, Expression
from engage_desktop.language.errors import QueryError
from engage_desktop.language.printer import to_text

if TYPE_CHECKING:
    from engage_desktop.language.build import Parsed


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Parsed | QueryError:
    from engage_desktop.language.build import build
    from engage_desktop.language.syntax import parse_tree

    try:
        return build(*parse_tree(text))
    except QueryError as error:
        return QueryError(error.message, error.line, error.column)


def parse_with_places(text: str) -> Parsed:
    """Return the tree and where its nodes stand in the text; raise QueryError."""
    found = _parsed(text)
    if isinstance(found, QueryError):
        raise QueryError(found.message, found.line, found.column)
    return found


def parse(text: str) -> Expression:
    """Return the tree of a condition or scalar; raise QueryError with line and column."""
    return parse_with_places(text).expression


def parse_condition(text: str) -> Condition:
    """Return the tree of a condition; raise QueryError, also when the text is only a value."""
    from engage_desktop.language.build import require_condition

    found = parse_with_places(text)
    return require_condition(found.expression, found.places.get(id(found.expression)))


def canonical(text: str) -> str:
    """Return the canonical form (D-44) of a text; raise QueryError."""
    return to_text(parse(text))
