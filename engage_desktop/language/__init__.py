"""Query language: text to tree and back, types, references, English phrases."""

from engage_desktop.language.errors import QueryError
from engage_desktop.language.parser import canonical, parse, parse_condition
from engage_desktop.language.phrases import phrase
from engage_desktop.language.printer import to_text
from engage_desktop.language.types import QueryType, Target, check, type_of
from engage_desktop.language.walk import MAX_EXPRESSIONS, References, expression_count, references

__all__ = [
    "MAX_EXPRESSIONS",
    "QueryError",
    "QueryType",
    "References",
    "Target",
    "canonical",
    "check",
    "expression_count",
    "parse",
    "parse_condition",
    "phrase",
    "references",
    "to_text",
    "type_of",
]
