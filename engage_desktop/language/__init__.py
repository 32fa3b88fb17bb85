"""Query language: text to tree and back, types, references, English phrases."""

from engage_desktop.language.errors import QueryError
from engage_desktop.language.parser import canonical, parse, parse_condition
from engage_desktop.language.phrases import phrase
from engage_desktop.language.printer import to_text
from engage_desktop.language.types import QueryType, check, type_of
from engage_desktop.language.walk import References, references

__all__ = [
    "QueryError",
    "QueryType",
    "References",
    "canonical",
    "check",
    "parse",
    "parse_condition",
    "phrase",
    "references",
    "to_text",
    "type_of",
]
