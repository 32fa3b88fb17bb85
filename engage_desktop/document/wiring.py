"""The wires of a journey: where each output leads, what may be connected, and the change of one wire.

Pure functions; a journey goes in and a new one comes out. `OutputRef("@entry", None)` names
the wire from the entry to the start step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import End, Hold, Output, StepBase, has_next, outputs

ENTRY = "@entry"


class EditRefused(UserError):
    """An edit that cannot be made; the sentence says why."""


class OutputRef(NamedTuple):
    """One output: a branch key, `timeout`, `otherwise`, or None for `next` (and for the entry)."""

    step: str
    branch: str | None = None


def label(step: StepBase) -> str:
    """How sentences name a step."""
    return f"“{step.name or step.key}”"


def step_of(journey: Journey, key: str) -> StepBase:
    """The step of a key; EditRefused when there is none."""
    step = journey.by_key.get(key)
    if step is None:
        raise EditRefused(f"There is no step {key!r} in this journey. Choose one that is there.")
    return step


def output_of(journey: Journey, ref: OutputRef) -> Output:
    """The output a reference names; EditRefused when the step has none such."""
    if ref.step == ENTRY:
        return Output("next", None, "", journey.start)
    step = step_of(journey, ref.step)
    for output in outputs(step):
        if output.branch == ref.branch:
            return output
    if isinstance(step, End):
        raise EditRefused(f"{label(step)} is an end and has no output. Connect the step before it instead.")
    what = f"output {ref.branch!r}" if ref.branch else "plain output, only branches"
    raise EditRefused(f"{label(step)} has no {what}. Choose one of its outputs.")


def main_output(step: StepBase) -> OutputRef | None:
    """The output a path usually goes on by: `next`, a hold's timeout, else the first branch."""
    if has_next(step):
        return OutputRef(step.key, None)
    if isinstance(step, Hold):
        return OutputRef(step.key, "timeout")
    first = next((output for output in outputs(step) if not output.loop), None)
    return OutputRef(step.key, first.branch) if first else None


def onward(step: StepBase) -> str | None:
    """Where a path goes on when this step is taken out: its main target, else its first one."""
    main = main_output(step)
    found = {output.branch: output.target for output in outputs(step) if not output.loop}
    if main is not None and found.get(main.branch) is not None:
        return found[main.branch]
    return next((target for target in found.values() if target is not None), None)


def reaches(journey: Journey, origin: str, goal: str) -> bool:
    """Whether wires lead from one step to another (a step reaches itself); loops do not count."""
    seen: set[str] = set()
    waiting = [origin]
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        step = journey.by_key.get(key)
        if key in seen or step is None:
            continue
        seen.add(key)
        waiting += [output.target for output in outputs(step) if output.target is not None and not output.loop]
    return False


def upstream(journey: Journey, key: str) -> frozenset[str]:
    """The steps from which wires lead to one, itself among them; loops do not count."""
    above: dict[str | None, list[str]] = {}
    for step in journey.by_key.values():
        for output in outputs(step):
            if not output.loop:
                above.setdefault(output.target, []).append(step.key)
    return frozenset(connected(key, lambda here: above.get(here, ())))


def connected(start: str, onward: Callable[[str], Iterable[str]]) -> set[str]:
    """All that is come to from a step by `onward`, the step among them."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += onward(here)
    return seen


def can_connect(journey: Journey, ref: OutputRef, target: str) -> str | None:
    """Why the output may not lead to the step, in a sentence; None when it may."""
    try:
        output = output_of(journey, ref)
        if target == ENTRY:
            return "Nothing leads back into the entry: people enter by its rule."
        goal = step_of(journey, target)
    except EditRefused as refusal:
        return str(refusal)
    if ref.step == ENTRY:
        return None
    if target == ref.step:
        if isinstance(goal, Hold) and output.kind == "branch":
            return None  # a loop-back of the hold itself (D-15)
        return f"{label(goal)} cannot lead to itself. Only a branch of a hold may loop back to its own hold."
    if reaches(journey, target, ref.step):
        origin = step_of(journey, ref.step)
        return (
            f"{label(goal)} already leads to {label(origin)}: the way would run in a circle. Only a hold may loop back."
        )
    return None


def connect(journey: Journey, ref: OutputRef, target: str) -> Journey:
    """Lead an output to a step, in place of where it led; EditRefused says why not."""
    refusal = can_connect(journey, ref, target)
    if refusal is not None:
        raise EditRefused(refusal)
    return set_target(journey, ref, target)


def disconnect(journey: Journey, ref: OutputRef) -> Journey:
    """Let the path end at an output."""
    output_of(journey, ref)
    return set_target(journey, ref, None)


def set_target(journey: Journey, ref: OutputRef, target: str | None) -> Journey:
    """Point an existing output somewhere, without asking whether that makes sense."""
    if ref.step == ENTRY:
        return journey.with_(start=target)
    step = step_of(journey, ref.step)
    output = output_of(journey, ref)
    if output.kind == "branch":
        branches = []
        for branch in getattr(step, "branches"):  # noqa: B009 - the output says that there are some
            if branch.key == ref.branch:
                branch = _aimed(branch, step.key, target)
            branches.append(branch)
        return replace_step(journey, step.with_(branches=tuple(branches)))
    field = {"timeout": "on_timeout", "otherwise": "otherwise", "next": "next"}[output.kind]
    return replace_step(journey, step.with_(**{field: target}))


def _aimed(branch: Any, own: str, target: str | None) -> Any:
    if "loop" not in type(branch).model_fields:
        return branch.with_(next=target)
    loops = target == own
    return branch.with_(next=None if loops else target, loop=loops)


def replace_step(journey: Journey, step: StepBase, key: str | None = None) -> Journey:
    """The journey with the step of a key (by default the step's own) replaced."""
    key = step.key if key is None else key
    steps = list(journey.steps)
    place = next(place for place, found in enumerate(steps) if found.key == key)
    return journey.with_(steps=(*steps[:place], step, *steps[place + 1 :]))


def retarget(step: StepBase, aim: Callable[[str], str | None]) -> StepBase:
    """The step with every wire led to `aim(target)`; loops stay."""
    changes: dict[str, Any] = {}
    for field in ("next", "on_timeout", "otherwise"):
        target = step.__dict__.get(field)
        if target is not None and aim(target) != target:
            changes[field] = aim(target)
    branches = step.__dict__.get("branches", ())
    aimed = tuple(
        branch.with_(next=aim(branch.next)) if branch.next is not None and aim(branch.next) != branch.next else branch
        for branch in branches
    )
    if any(new is not old for new, old in zip(aimed, branches, strict=True)):
        changes["branches"] = aimed
    return step.with_(**changes) if changes else step
