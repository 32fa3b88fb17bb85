"""Mends made for somebody: a `Fix` becomes one change of the design, one step of history under its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engage_desktop.document.change import LISTS, Change, Edit, Kind, put
from engage_desktop.document.edit import delete_steps, remove_branch, with_fields
from engage_desktop.document.fresh import unused_key
from engage_desktop.document.wiring import EditRefused, onward, retarget, step_of
from engage_desktop.domain.base import Model
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Exit, Journey
from engage_desktop.domain.problem import Fix
from engage_desktop.domain.step import ConditionBranch, Fork, Split

_KINDS: dict[str, Kind] = {section: kind for kind, section in LISTS.items()}  # type: ignore[misc]  # keys of LISTS are kinds


def fix_change(campaigns: Campaigns, fix: Fix) -> Change:
    """The change that a fix is; EditRefused where the design is no longer the one it was found in."""
    if fix.how in ("set", "remove"):
        return Change(fix.name, _fields(campaigns, fix))
    journey = campaigns.journey(fix.values[0])
    if journey is None:
        raise EditRefused("The journey is gone, and this problem with it.")
    return Change(fix.name, (put(campaigns, "journey", _JOURNEYS[fix.how](journey, *fix.values[1:])),))


# -- fields -------------------------------------------------------------------------------


def setting(name: str, *pairs: tuple[str, Any]) -> Fix:
    """The fix that gives fields, each by its path, other values (None: takes it away)."""
    return Fix(name, "set", tuple(part for path, value in pairs for part in (path, json.dumps(value))))


def at_path(campaigns: Campaigns, path: str) -> Any:
    """What stands at a dotted path; None where there is nothing."""
    found: Any = campaigns
    for part in path.split("."):
        if isinstance(found, tuple):
            place = _place(found, part)
            found = None if place is None else found[place]
        else:
            found = getattr(found, part, None)
    return found


def _fields(campaigns: Campaigns, fix: Fix) -> tuple[Edit, ...]:
    items: dict[tuple[Kind, str], Model] = {}
    values = fix.values if fix.how == "set" else (fix.values[0], "")
    for path, value in zip(values[::2], values[1::2], strict=True):
        section, *parts = path.split(".")
        kind = _KINDS.get(section)
        key, rest = (parts[0], parts[1:]) if kind else ("", parts)
        kind = kind or section  # type: ignore[assignment]  # the single ones: workspace, policies
        assert kind is not None
        item = items.get((kind, key), at_path(campaigns, f"{section}.{key}" if key else section))
        if item is None:
            raise EditRefused("What this problem was about is gone.")
        items[kind, key] = _changed(item, rest, fix.how, value)
    return tuple(put(campaigns, kind, item, key=key or None) for (kind, key), item in items.items())


def _changed(item: Any, parts: list[str], how: str, value: str) -> Any:
    """A model or a list of them with one thing in it changed."""
    name, *rest = parts
    if isinstance(item, tuple):
        place = _place(item, name)
        if place is None:
            raise EditRefused("What this problem was about is gone.")
        if not rest and how == "remove":
            return (*item[:place], *item[place + 1 :])
        made = _changed(item[place], rest, how, value) if rest else json.loads(value)
        return (*item[:place], made, *item[place + 1 :])
    if not rest:
        return with_fields(item, **{name: json.loads(value)})
    return item.with_(**{name: _changed(getattr(item, name), rest, how, value)})


def _place(items: tuple[Any, ...], part: str) -> int | None:
    """By key, or where things have none by number."""
    for place, item in enumerate(items):
        if getattr(item, "key", None) == part or (not hasattr(item, "key") and str(place) == part):
            return place
    return None


# -- journeys -----------------------------------------------------------------------------


def _without_step(journey: Journey, key: str) -> Journey:
    return delete_steps(journey, (key,))


def _guarded(journey: Journey, key: str, condition: str, name: str) -> Journey:
    """Only those for whom the condition holds come to the step; the others go on behind it."""
    step = step_of(journey, key)
    guard = unused_key(f"{key}_still", list(journey.by_key))
    journey = journey.with_(
        start=guard if journey.start == key else journey.start,
        steps=tuple(retarget(one, lambda target: guard if target == key else target) for one in journey.steps),
    )
    still = ConditionBranch(key="still", name="Still so", condition=condition, next=key)
    made = Split(key=guard, type="split", name=name, branches=(still,), otherwise=onward(step))
    place = next(place for place, one in enumerate(journey.steps) if one.key == key)
    return journey.with_(steps=(*journey.steps[:place], made, *journey.steps[place:]))


def _left_by(journey: Journey, event: str, where: str) -> Journey:
    """An exit rule takes people out when the event comes."""
    key = unused_key(event, [rule.key for rule in journey.exits])
    return journey.with_(exits=(*journey.exits, Exit(key=key, name=event, event=event, where=where or None)))


def _first_match(journey: Journey, key: str) -> Journey:
    """A fork becomes a split: whoever meets several conditions takes the first way alone."""
    fork = step_of(journey, key)
    if not isinstance(fork, Fork):
        raise EditRefused("The fork is gone, and this problem with it.")
    place = journey.steps.index(fork)
    own = fork.model_extra or {}
    split = Split(key=fork.key, type="split", name=fork.name, branches=fork.branches, **own)
    return journey.with_(steps=(*journey.steps[:place], split, *journey.steps[place + 1 :]))


_JOURNEYS: dict[str, Callable[..., Journey]] = {
    "delete_step": _without_step,
    "remove_branch": remove_branch,
    "guard": _guarded,
    "leave_by": _left_by,
    "first_match": _first_match,
}
