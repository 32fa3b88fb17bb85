"""Models to plain data and to canonical text (`formats.md` section 2).

Keys stand in the order of the models' fields, `x-` keys last in authored order, defaults are
left out, lists keep their order; steps of a newer version stand as they were written. Nothing here reads text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from engage_desktop.domain.campaigns import JourneyTest
from engage_desktop.domain.message import Destination
from engage_desktop.domain.step import Fork, Hold, RandomSplit, SetTrait, Split
from engage_desktop.domain.unknown_step import Kept
from engage_desktop.domain.workspace import Identity

_ALWAYS: frozenset[tuple[type[BaseModel], str]] = frozenset(
    {
        (Destination, "settings"),
        (Hold, "branches"),
        (Split, "branches"),
        (Fork, "branches"),
        (RandomSplit, "branches"),
        (SetTrait, "value"),
        (Identity, "identifiers"),
        (JourneyTest, "events"),
        (JourneyTest, "expect"),
    }
)
"""Fields the format does not call optional although a draft may lack them: always written."""

CONDITION_FIELDS = frozenset({"condition", "definition", "where"})
"""Names of the fields that hold query language text, in every model."""

_EXACT_INTEGERS = float(1 << 53)


@cache
def _plan(model: type[BaseModel]) -> tuple[tuple[str, str, bool, Any], ...]:
    """(attribute, key in the file, written even when default, default) in file order."""
    return tuple(
        (
            name,
            field.alias or name,
            field.is_required() or (model, name) in _ALWAYS,
            field.get_default(call_default_factory=False),
        )
        for name, field in model.model_fields.items()
    )


def to_data(value: Any, *, canonical: bool = True) -> Any:
    """Dicts, lists, texts and numbers of a model, in file order.

    With `canonical` conditions that parse are re-printed; without it every text stays as typed,
    so that a change record fits the document it was made from.
    """
    if isinstance(value, Kept):
        return value.written
    if isinstance(value, BaseModel):
        found: dict[str, Any] = {}
        for name, key, always, default in _plan(type(value)):
            item = getattr(value, name)
            if not always and item == default:
                continue
            if canonical and name in CONDITION_FIELDS and isinstance(item, str):
                item = canonical_condition(item)
            found[key] = to_data(item, canonical=canonical)
        for key, item in (value.model_extra or {}).items():
            found[key] = to_data(item, canonical=canonical)
        return found
    if isinstance(value, Mapping):
        return {key: to_data(item, canonical=canonical) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_data(item, canonical=canonical) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return int(value)
    return value


def to_text(data: Any) -> str:
    """Canonical JSON text of plain data: two spaces, no unicode escapes, one final newline."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def canonical_condition(text: str) -> str:
    """The canonical print of a condition (D-44); text that does not parse is left alone."""
    from engage_desktop.language import QueryError, canonical

    try:
        return canonical(text)
    except QueryError:
        return text
