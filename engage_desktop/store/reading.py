"""What a campaign reads, directly or through what it reads: the text an approval must cover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel

from engage_desktop.domain.base import Model
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError

Kind = Literal["audience", "journey", "broadcast"]
Part = tuple[str, str]
"""Kind and key of an object of a campaign file; the file's own policies are `("policies", "")`."""

_CONDITIONS = frozenset({"condition", "definition", "where"})
_KEYS = {"audience": "audience", "exclude": "audience", "message": "message", "destination": "destination"}


def reads(campaigns: Campaigns, kind: Kind, key: str) -> dict[Part, Model]:
    """The campaign itself and every audience, trait, message and destination it rests on; a campaign that sends
    rests on the policies too. References to nothing are left out: validation names them."""
    if _find(campaigns, (kind, key)) is None:
        raise UserError(f"There is no {kind} '{key}' in this campaign file. Check the key.")
    found: dict[Part, Model] = {}
    waiting: list[Part] = [(kind, key)]
    while waiting:
        part = waiting.pop()
        model = None if part in found else _find(campaigns, part)
        if model is not None:
            found[part] = model
            waiting.extend(_references(model))
    return found


def _find(campaigns: Campaigns, part: Part) -> Model | None:
    kind, key = part
    if kind == "policies":
        return campaigns.policies
    groups: dict[str, tuple[Model, ...]] = {
        "audience": campaigns.audiences,
        "trait": campaigns.traits,
        "message": campaigns.messages,
        "destination": campaigns.destinations,
        "journey": campaigns.journeys,
        "broadcast": campaigns.broadcasts,
    }
    return next((item for item in groups[kind] if getattr(item, "key", None) == key), None)


def _references(model: BaseModel) -> Iterator[Part]:
    """Every key named anywhere below `model`, by the names of the fields of the format."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in _CONDITIONS and isinstance(value, str):
            yield from _of_condition(value)
        elif name in _KEYS:
            for key in (value,) if isinstance(value, str) else value or ():
                yield (_KEYS[name], key)
                if name == "message":
                    yield ("policies", "")
        elif name == "suppression":
            yield from (("audience", key) for key in value)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _references(item)


def _of_condition(text: str) -> Iterator[Part]:
    """Audiences and traits of a condition; a text that does not parse names none and stands for itself."""
    from engage_desktop.language import QueryError, parse, references

    try:
        named = references(parse(text))
    except QueryError:
        return
    for key in {*named.audiences, *named.traits}:  # an audience may be read as a trait (D-9)
        yield ("audience", key)
        yield ("trait", key)
