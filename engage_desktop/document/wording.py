"""Faults found by the models, in words: code, where inside, what, how to mend."""

from __future__ import annotations

import difflib
import json
from typing import Any, NamedTuple

_NOUNS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_EXAMPLES = {
    "text": "Put it in double quotes.",
    "a whole number": "Write a whole number such as 5, without quotes.",
    "a number": "Write a number such as 50, without quotes.",
    "true or false": "Write true or false, without quotes.",
    "a list": "Put it in square brackets.",
    "an object": "Put it in curly brackets with its keys.",
}


class Wording(NamedTuple):
    code: str
    suffix: str  # what the path goes on with, for a fault inside the place
    message: str
    mend: str


def sentences(details: list[Any], parent: Any) -> list[Wording]:
    """What is wrong at one place; `details` are its pydantic errors, `parent` the object around it."""
    unknown = [detail for detail in details if detail["type"] == "unknown_key"]
    if unknown:
        return _unknown_keys(unknown[0])
    kinds = {detail["type"] for detail in details}
    if kinds and kinds <= _NOUNS.keys():
        return [_wrong_type(details)]
    return [_one(details, parent)]


def _unknown_keys(detail: Any) -> list[Wording]:
    known = str(detail["ctx"]["known"]).split(", ")
    raw = detail["input"] if isinstance(detail["input"], dict) else {}
    names = [key for key in raw if key not in known and not key.startswith("x-")] or [detail["ctx"]["key"]]
    found = []
    for name in names:
        near = difflib.get_close_matches(name, known, n=1)
        mend = f"Did you mean {near[0]!r}?" if near else f"Remove it or use one of: {', '.join(known)}."
        found.append(Wording("unknown_key", name, f"The key {name!r} is unknown here.", mend))
    return found


def _wrong_type(details: list[Any]) -> Wording:
    nouns = [_NOUNS[detail["type"]] for detail in details]
    if "a number" in nouns:  # `int | float` complains twice
        nouns = [noun for noun in nouns if noun != "a whole number"]
    wanted = " or ".join(dict.fromkeys(nouns))
    return Wording("type", "", f"{_show(details[0]['input'])} is not {wanted}.", _EXAMPLES[nouns[0]])


def _one(details: list[Any], parent: Any) -> Wording:
    detail = details[0]
    kind, context = detail["type"], detail.get("ctx") or {}
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "json_invalid" and "recursion" in str(context.get("error", "")):
        return Wording("json_depth", "", "It is nested too deeply.", "Flatten it.")
    if kind == "json_invalid":  # what Python's reader lets pass: half of a \\u escape pair
        message = "A text holds half of a character: a \\u escape without its pair."
        return Wording("json_text", "", message, "Write the character itself.")
    if any(one["type"] == "finite_number" for one in details):
        return Wording("json_number", "", "The number is too large to count with.", "Write an ordinary number.")
    if kind == "missing":
        raw = detail["input"] if isinstance(detail["input"], dict) else parent
        near = difflib.get_close_matches(name, list(raw) if isinstance(raw, dict) else [], n=1)
        mend = f"Rename {near[0]!r} to {name!r}." if near else f"Add {name!r}."
        return Wording("missing", "", f"{name!r} is missing.", mend)
    if kind == "union_tag_invalid":
        known = str(context["expected_tags"]).replace("'", "")
        of = "step" if "delay" in known else "entry"
        return Wording(f"{of}_type", "type", f"There is no {of} type {context['tag']!r}.", f"Use one of: {known}.")
    if kind == "union_tag_not_found":
        return Wording("missing", "type", "'type' is missing.", "Add 'type'.")
    if kind == "string_pattern_mismatch":
        mend = "Use lower-case letters, digits and _, at most 63 of them."
        return Wording("key", "", f"{_show(detail['input'])} is not a key.", mend)
    if kind == "literal_error":
        known = str(context["expected"]).replace("'", "")
        return Wording("value", "", f"{_show(detail['input'])} is not allowed here.", f"Use one of: {known}.")
    if kind in ("duration", "instant") and len(details) > 1:
        message = f"{_show(detail['input'])} is neither an instant nor a duration."
        return Wording("instant", "", message, "Write it like 2011-03-01T09:00:00Z, or 2h.")
    if kind in ("duration", "instant", "definition_or_list", "identity"):
        message, _, mend = str(detail["msg"]).partition(". ")
        message = message[:1].upper() + message[1:]
        return Wording(kind, "", f"{message}." if mend else message, mend)
    return Wording(
        "value", "", f"{_show(detail['input'])} does not fit: {detail['msg'].lower()}.", "Mend or remove it."
    )


def _show(value: Any) -> str:
    """A value as it stands in the file, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
