"""Edits of a journey: pure functions from a journey to a new one.

Each either returns a journey whose wires make no circle that was not there before, or raises
EditRefused with the sentence to show. Wires alone are the business of `wiring.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from engage_desktop.document.canonical import to_data
from engage_desktop.document.fresh import fresh_key, new_step, unused_key
from engage_desktop.document.reading import problems_of
from engage_desktop.document.wiring import (
    ENTRY,
    EditRefused,
    OutputRef,
    can_connect,
    connect,
    disconnect,
    label,
    main_output,
    onward,
    output_of,
    reaches,
    replace_step,
    retarget,
    set_target,
    step_of,
)
from engage_desktop.domain.base import Model
from engage_desktop.domain.journey import AudienceEntry, Entry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.step import StepBase, outputs

__all__ = [
    "ENTRY",
    "EditRefused",
    "OutputRef",
    "add_branch",
    "add_step",
    "can_connect",
    "connect",
    "delete_steps",
    "disconnect",
    "fresh_key",
    "insert_on_wire",
    "move_branch",
    "new_step",
    "remove_branch",
    "rename_step",
    "rename_step_key",
    "replace_with",
    "set_branch",
    "set_entry_fields",
    "set_fields",
    "set_journey_fields",
    "with_fields",
]
M = TypeVar("M", bound=Model)
_OWN_OUTPUTS = {"timeout", "otherwise"}
_ENTRIES: dict[str, type[Model]] = {"event": EventEntry, "audience": AudienceEntry, "schedule": ScheduleEntry}


# -- steps --------------------------------------------------------------------------------


def add_step(journey: Journey, step: StepBase, after: OutputRef | None = None) -> Journey:
    """Add a step, wired behind an output when one is given; what stood there comes behind it.

    The first step of an empty journey becomes its start.
    """
    if after is not None and output_of(journey, after).target is not None and not output_of(journey, after).loop:
        return insert_on_wire(journey, after, step)
    _refuse_taken(journey, step.key)
    journey = journey.with_(steps=(*journey.steps, step))
    if after is not None:
        return connect(journey, after, step.key)
    if journey.start is None and len(journey.steps) == 1:
        return journey.with_(start=step.key)
    return journey


def insert_on_wire(journey: Journey, ref: OutputRef, step: StepBase) -> Journey:
    """Splice a step into a wire. A step that is in the journey already is moved there."""
    if step.key == ref.step:
        raise EditRefused(f"{label(step)} cannot be put on its own wire. Choose another wire.")
    if journey.by_key.get(step.key) is step:
        journey = delete_steps(journey, (step.key,))
    _refuse_taken(journey, step.key)
    output = output_of(journey, ref)
    target = None if output.loop else output.target
    bare = retarget(step, lambda _: None)
    main = main_output(bare)
    if main is None and target is not None:
        raise EditRefused(f"{label(step)} has no output, so what follows would be cut off. Add it where a path ends.")
    journey = set_target(journey.with_(steps=(*journey.steps, bare)), ref, step.key)
    return journey if main is None or target is None else set_target(journey, main, target)


def delete_steps(journey: Journey, keys: Iterable[str]) -> Journey:
    """Take steps out; what led to one leads to where its path went on."""
    gone = set(keys)
    for key in gone:
        step_of(journey, key)

    def aim(target: str) -> str | None:
        seen: set[str] = set()
        found: str | None = target
        while found in gone and found not in seen:
            seen.add(found)
            step = journey.by_key.get(found)
            found = onward(step) if step is not None else None
        return None if found in gone else found

    steps = tuple(retarget(step, aim) for step in journey.steps if step.key not in gone)
    start = aim(journey.start) if journey.start is not None else None
    return journey.with_(steps=steps, start=start)


def replace_with(journey: Journey, key: str, step: StepBase) -> Journey:
    """Put another step in the place of one, keeping its wires: outputs in order, main to main."""
    old = step_of(journey, key)
    if step.key != key:
        _refuse_taken(journey, step.key)
    main, targets = onward(old), [output.target for output in outputs(old) if output.target and not output.loop]
    journey = replace_step(journey, retarget(step, lambda _: None), key)
    if step.key != key:
        journey = _renamed(journey, key, step.key)
    first = main_output(step)
    if first is not None and main is not None:
        journey = set_target(journey, first, main)
        targets.remove(main)
    for output in outputs(step):
        if output.loop or (first is not None and output.branch == first.branch) or not targets:
            continue
        journey = set_target(journey, OutputRef(step.key, output.branch), targets.pop(0))
    return journey


# -- fields -------------------------------------------------------------------------------


def set_fields(journey: Journey, key: str, /, **fields: Any) -> Journey:
    """Set fields of a step, each checked by its model; EditRefused says what does not fit."""
    step = step_of(journey, key)
    wish = fields.pop("key", key)
    if fields.get("type", step.type) != step.type:
        raise EditRefused(f"The type of {label(step)} cannot be changed. Replace the step instead.")
    changed = replace_step(journey, with_fields(step, **fields))
    _refuse_new_circle(journey, changed, key)
    _refuse_unclear_branches(step_of(changed, key))
    return rename_step_key(changed, key, wish) if wish != key else changed


def rename_step(journey: Journey, key: str, name: str | None) -> Journey:
    """Give a step the name people read; blank takes it away."""
    return set_fields(journey, key, name=(name or "").strip() or None)


def rename_step_key(journey: Journey, key: str, new_key: str) -> Journey:
    """Give a step another key and lead every wire along."""
    step = with_fields(step_of(journey, key), key=new_key)
    if new_key == key:
        return journey
    _refuse_taken(journey, new_key)
    return _renamed(replace_step(journey, step, key), key, new_key)


def set_entry_fields(journey: Journey, /, **fields: Any) -> Journey:
    """Set fields of the entry; another `type` keeps the fields both types have, but for re-entry."""
    kind = fields.get("type", journey.entry.type)
    if kind not in _ENTRIES:
        raise EditRefused(f"There is no entry type {kind!r}. Use one of: {', '.join(_ENTRIES)}.")
    if kind == journey.entry.type:
        return journey.with_(entry=with_fields(journey.entry, **fields))
    model = _ENTRIES[kind]
    kept = {
        name: value
        for name, value in to_data(journey.entry, canonical=False).items()
        if name.startswith("x-") or (name in model.model_fields and name not in ("type", "reentry"))
    }
    return journey.with_(entry=_entry(model, kept | _plain(fields) | {"type": kind}))


def set_journey_fields(journey: Journey, /, **fields: Any) -> Journey:
    """Set fields of the journey itself (name, goal, exits, ...)."""
    return with_fields(journey, **fields)


def with_fields(item: M, /, **fields: Any) -> M:
    """Any object with fields replaced (by attribute name; models or plain data), checked."""
    model = type(item)
    known = {name: field.alias or name for name, field in model.model_fields.items()}
    for name in fields:
        if name not in known and not name.startswith("x-"):
            raise EditRefused(f"There is no field {name!r} here. Use one of: {', '.join(known)}.")
    data = to_data(item, canonical=False) | {known.get(name, name): value for name, value in _plain(fields).items()}
    return _validated(model, data)


# -- branches -----------------------------------------------------------------------------


def add_branch(journey: Journey, key: str, /, **fields: Any) -> Journey:
    """Append a branch. Without fields it gets a fresh key; a random one starts at 0 percent."""
    step = step_of(journey, key)
    branches = _branches(step)
    wish = fields.get("name") or fields.get("event") or {"random": "arm", "hold": "event"}.get(step.type, "branch")
    fields.setdefault("key", unused_key(str(wish), [branch.key for branch in branches]))
    defaults: dict[str, dict[str, Any]] = {"random": {"percent": 0}, "hold": {"event": "Order Completed"}}
    fields = defaults.get(step.type, {"condition": "event('Order Completed').count() >= 1"}) | fields
    return set_fields(journey, key, branches=[*(to_data(branch, canonical=False) for branch in branches), fields])


def remove_branch(journey: Journey, key: str, branch: str) -> Journey:
    """Take a branch away; the percentage of a random one goes to the first that is left."""
    step = step_of(journey, key)
    gone = _branch(step, branch)
    rest = [found for found in _branches(step) if found is not gone]
    percent = getattr(gone, "percent", None)
    if percent is not None and rest:
        total = round(rest[0].percent + percent, 9)
        rest[0] = rest[0].with_(percent=int(total) if total == int(total) else total)
    return set_fields(journey, key, branches=rest)


def move_branch(journey: Journey, key: str, branch: str, to: int) -> Journey:
    """Put a branch at another place in the list, which is the order it is asked in."""
    step = step_of(journey, key)
    moved = _branch(step, branch)
    rest = [found for found in _branches(step) if found is not moved]
    rest.insert(max(0, to), moved)
    return set_fields(journey, key, branches=rest)


def set_branch(journey: Journey, key: str, branch: str, /, **fields: Any) -> Journey:
    """Set fields of one branch of a step."""
    step = step_of(journey, key)
    changed = with_fields(_branch(step, branch), **fields)
    return set_fields(journey, key, branches=[changed if found.key == branch else found for found in _branches(step)])


def _branches(step: StepBase) -> tuple[Any, ...]:
    if "branches" not in type(step).model_fields:
        raise EditRefused(f"{label(step)} has no branches. Use a hold, a split or a random split.")
    return tuple(getattr(step, "branches"))  # noqa: B009 - typed only on some steps


def _branch(step: StepBase, key: str) -> Any:
    for branch in _branches(step):
        if branch.key == key:
            return branch
    raise EditRefused(f"{label(step)} has no branch {key!r}. Choose one of its branches.")


# -- inside -------------------------------------------------------------------------------


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: to_data(value, canonical=False) for name, value in fields.items()}


def _validated(model: type[M], data: dict[str, Any]) -> M:
    try:
        return model.model_validate_json(json.dumps(data), by_alias=True, by_name=False)
    except ValidationError as error:
        problem = problems_of(error, data)[0]
        raise EditRefused(problem.sentence()) from None


def _entry(model: type[Model], data: dict[str, Any]) -> Entry:
    for name, value in {"event": "Order Completed", "at": "2011-03-01T09:00:00Z"}.items():
        field = model.model_fields.get(name)
        if field is not None and field.is_required():
            data.setdefault(name, value)
    entry = _validated(model, data)
    assert isinstance(entry, EventEntry | AudienceEntry | ScheduleEntry)
    return entry


def _renamed(journey: Journey, key: str, new_key: str) -> Journey:
    def aim(target: str) -> str:
        return new_key if target == key else target

    start = aim(journey.start) if journey.start is not None else None
    return journey.with_(steps=tuple(retarget(step, aim) for step in journey.steps), start=start)


def _refuse_taken(journey: Journey, key: str) -> None:
    if key in journey.by_key:
        raise EditRefused(f"There is already a step {key!r} in this journey. Choose another key.")


def _refuse_new_circle(before: Journey, after: Journey, key: str) -> None:
    target = _way_back(after, key)
    if target is not None and _way_back(before, key) is None:
        raise EditRefused(
            f"{label(step_of(after, target))} already leads to {label(step_of(after, key))}: the way would run in a circle. "
            "Only a hold may loop back."
        )


def _way_back(journey: Journey, key: str) -> str | None:
    """Where a step leads from where the way comes back to it; None when it never does."""
    for output in outputs(step_of(journey, key)):
        if output.target in journey.by_key and not output.loop and reaches(journey, str(output.target), key):
            return output.target
    return None


def _refuse_unclear_branches(step: StepBase) -> None:
    keys = [branch.key for branch in getattr(step, "branches", ())]
    for key in keys:
        if keys.count(key) > 1:
            raise EditRefused(f"{label(step)} has two branches {key!r}. Give each its own key.")
        if key in _OWN_OUTPUTS:
            raise EditRefused(f"A branch cannot be called {key!r}: results use that word. Give it another key.")
