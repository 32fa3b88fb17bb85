"""JSON text to a model, and every fault as a Problem with a path by keys, a sentence and a mend.

Paths name things as people do: `journeys.cart_rescue.steps.coin.branches.mail.percent`, not
positions. The sentences for each kind of fault stand in `wording.py`.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from engage_desktop.document.wording import sentences
from engage_desktop.domain.base import Model
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import NOT_NEWER

M = TypeVar("M", bound=Model)


class _Duplicate(ValueError):
    pass


class _NoNumber(ValueError):
    pass


def read_model(text: str, model: type[M], format_name: str, what: str) -> tuple[M | None, tuple[Problem, ...]]:
    """The model of a JSON text, or None and its problems. `what` names the kind of file."""
    text = text.removeprefix("\ufeff")
    huge: list[str] = []

    def number(digits: str) -> float:
        if math.isinf(found := float(digits)):
            huge.append(digits)
        return found

    try:
        raw = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=number)
    except json.JSONDecodeError as error:
        return None, (_syntax(error, text, what),)
    except _Duplicate as error:
        return None, (Problem("error", "duplicate_key", "", str(error), "Keep one of them."),)
    except RecursionError:
        return None, (Problem("error", "json_depth", "", f"This {what} is nested too deeply.", "Flatten it."),)
    except ValueError as error:
        message = str(error) if isinstance(error, _NoNumber) else f"This {what} holds a number of thousands of digits."
        return None, (Problem("error", "json_number", "", message, "Write an ordinary number."),)
    found = raw.get("format") if isinstance(raw, dict) else None
    if found != format_name:
        says = f"its format is {found!r}" if found is not None else "it has no format"
        message = f"This is not a {what}: {says}, where {format_name!r} is expected."
        mend = f"Open a {what} or add the format line."
        if isinstance(found, str) and found.partition("/")[0] == format_name.partition("/")[0]:
            mend = "It was made by another version of this program: open it there, or update this one."
        return None, (Problem("error", "format", "format", message, mend),)
    made, problems = validate_text(text, raw, model)
    if made is not None and huge:  # where nobody looks at it, but saving could not write it
        message = f"{huge[0]} is too large to count with."
        return None, (Problem("error", "json_number", "", message, "Write an ordinary number."),)
    return made, problems


def validate_text(text: str, raw: Any, model: type[M]) -> tuple[M | None, tuple[Problem, ...]]:
    """The model of JSON text whose parsed form is `raw`, or None and its problems."""
    try:
        return model.model_validate_json(text, by_alias=True, by_name=False), ()
    except ValidationError as error:
        return None, problems_of(error, raw)


def problems_of(error: ValidationError, raw: Any) -> tuple[Problem, ...]:
    """One problem per place that is wrong, in the order of the file's models."""
    places: dict[str, list[Any]] = {}
    stands: dict[str, _Place] = {}
    for detail in error.errors(include_url=False):
        if detail["type"] == NOT_NEWER:
            continue
        place = _walk(raw, detail["loc"])
        places.setdefault(place.path, []).append(detail)
        stands.setdefault(place.path, place)
    found: list[Problem] = []
    for path, details in places.items():
        for code, suffix, message, mend in sentences(details, stands[path].parent):
            found.append(Problem("error", code, ".".join(part for part in (path, suffix) if part), message, mend))
    return tuple(found)


class _Place(NamedTuple):
    path: str
    parent: Any  # the object that holds (or lacks) the faulty key


def _walk(raw: Any, location: tuple[int | str, ...]) -> _Place:
    """Follow a pydantic location through the raw data, leaving out union tags."""
    path: list[str] = []
    here = parent = raw
    for position, part in enumerate(location):
        if _is_tag(location, position):
            continue
        if isinstance(part, int):
            if not isinstance(here, list) or part >= len(here):
                break
            parent, here = here, here[part]
            key = here.get("key") if isinstance(here, dict) else None
            path.append(key if isinstance(key, str) and key else str(part))
        elif isinstance(here, dict):
            parent, missing = here, part not in here
            here = here.get(part)
            path.append(part)
            if missing:
                break
        # anything else is the name of a union member at a leaf: no place of its own
    return _Place(".".join(path), parent if isinstance(parent, dict) else here)


def _is_tag(location: tuple[int | str, ...], position: int) -> bool:
    """Whether this part is the tag of a union (`entry`, `after` of a response, an item of `steps`: two)."""
    before = location[:position]
    if before[-1:] in (("entry",), ("after",)):
        return True
    if before[-1:] == ("known",):  # the type behind it
        before = before[:-1]
    return len(before) >= 2 and before[-2] == "steps" and isinstance(before[-1], int)


def _syntax(error: json.JSONDecodeError, text: str, what: str) -> Problem:
    if not text.strip():
        return Problem("error", "json_syntax", "", f"This {what} is empty.", "Choose another file.")
    line = error.doc.splitlines()[error.lineno - 1] if error.doc.splitlines()[error.lineno - 1 :] else ""
    near = line.strip()[:60]
    where = f"line {error.lineno}, column {error.colno}"
    said = error.msg.split(" (")[0].rstrip(":").lower().replace("''", "quotes")
    message = f"This {what} is broken JSON at {where}: {said}" + (f", near {near!r}." if near else ".")
    return Problem("error", "json_syntax", where, message, "Mend that place, or restore an earlier copy.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                owner = found.get("key")
                where = f" in the object {owner!r}" if isinstance(owner, str) and key != "key" else ""
                raise _Duplicate(f"The key {key!r} stands twice{where}.")
            seen.add(key)
    return found


def _no_constant(text: str) -> Any:
    raise _NoNumber(f"{text} is not a number that JSON knows.")
