"""What the target that a journey is meant for would not take (D-11, engine reference 6 and 12).

All are warnings: here each step counts exactly as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engage_desktop.document.check_target_filters import check_filters
from engage_desktop.domain.duration import duration_words, parse_duration
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Delay, Hold, RandomSplit, Send, Split, StepBase, Wait

_NAMES = {
    "delay_until": "a delay until a date or clock time", "hold": "a hold", "wait": "a wait for a condition",
    "fork": "a fork", "ad": "an ad", "set_trait": "a step that sets a trait",
}  # fmt: skip
_ENTRIES = {"event": "an event", "audience": "an audience", "schedule": "a schedule"}
_REENTRIES = {"once": "once", "every": "with every event", "after_exit": "after a pause"}


@dataclass(frozen=True)
class Target:
    """What a target takes; `waits` is the shortest and longest delay or hold, as durations."""

    name: str
    entry: str
    steps: int
    kinds: frozenset[str]
    reentry: frozenset[str]
    exits: frozenset[str]
    most_exits: int
    name_length: int
    branches: int
    waits: tuple[str, str] | None = None
    random_branches: int = 5
    mappings: int = 100


_BOTH = frozenset({"delay", "split", "random", "message", "send", "end"})
TARGETS = {
    "segment-v1": Target(
        "Segment's audience journeys (v1)", "audience", 100, _BOTH | {"wait", "fork", "ad"},
        frozenset({"once", "after_exit"}), frozenset({"after"}), 1, 170, 1,
    ),
    "segment-v2": Target(
        "Segment's event journeys (v2)", "event", 50, _BOTH | {"hold"}, frozenset({"once", "every"}),
        frozenset({"event"}), 10, 73, 9, ("5m", "182d"),
    ),
}  # fmt: skip
"""A message is taken for a step that sends to a destination of messages."""


def check_target(journey: Journey) -> Iterator[Problem]:
    """Everything that the journey's target would refuse."""
    target = TARGETS.get(journey.target or "")
    if target is None:
        return
    root = f"journeys.{journey.key}"
    entry, reentry = journey.entry, journey.entry.reentry
    if entry.type != target.entry:
        says = f"lets people in by {_ENTRIES[target.entry]}, not by {_ENTRIES[entry.type]}"
        yield _problem("target_entry", f"{root}.entry", target, says, f"Enter by {_ENTRIES[target.entry]}")
    elif reentry is not None and reentry.mode not in target.reentry:
        words = " or ".join(_REENTRIES[mode] for mode in _REENTRIES if mode in target.reentry)
        yield _problem("target_reentry", f"{root}.entry.reentry.mode", target, f"lets people in {words}, not {_REENTRIES[reentry.mode]}", f"Choose {words}")  # fmt: skip
    elif target.entry == "event" and (reentry is None or reentry.mode == "every"):
        yield from _identifier(journey, target, root)
    yield from _exits(journey, target, root)
    if len(journey.steps) > target.steps:
        says = f"takes {target.steps} steps, and there are {len(journey.steps)}"
        yield _problem("target_steps", f"{root}.steps", target, says, "Make two journeys of it")
    yield from _long(journey.name, f"{root}.name", target)
    for step in journey.steps:
        yield from _step(step, target, f"{root}.steps.{step.key}")
    if journey.target == "segment-v2":
        for path, says, mend in check_filters(journey):
            yield _problem("target_filter", path, target, says, mend)


def _identifier(journey: Journey, target: Target, root: str) -> Iterator[Problem]:
    """J2-5, J2-12."""
    reentry = journey.entry.reentry
    if reentry is None or reentry.identifier is None:
        says = "lets people in with every event only by a property that tells their instances apart"
        yield _problem(
            "target_identifier", f"{root}.entry.reentry.identifier", target, says, "Name it, or let people in once"
        )
        return
    for step in journey.steps:
        for branch in step.branches if isinstance(step, Hold) else ():
            if branch.any_identifier:
                path = f"{root}.steps.{step.key}.branches.{branch.key}.any_identifier"
                says = f"hears events of a hold only with the same {reentry.identifier} as that of the entry"
                yield _problem("target_identifier", path, target, says, "Let it hear those alone")


def _exits(journey: Journey, target: Target, root: str) -> Iterator[Problem]:
    for rule in journey.exits:
        causes = [cause for cause in ("event", "condition", "after") if getattr(rule, cause) is not None]
        if causes and causes[0] not in target.exits:
            says = "ends by age alone" if target.exits == {"after"} else "ends by events alone"
            yield _problem("target_exit", f"{root}.exits.{rule.key}", target, says, "Ask in a split before each message instead")  # fmt: skip
    if len(journey.exits) > target.most_exits:
        says = f"takes {_count(target.most_exits, 'exit rule')}, and there are {len(journey.exits)}"
        yield _problem("target_exits", f"{root}.exits", target, says, "Remove those that seldom end anything")


def _step(step: StepBase, target: Target, path: str) -> Iterator[Problem]:
    if step.type not in target.kinds:
        yield _problem("target_step", path, target, f"does not know {_NAMES.get(step.type, step.type)}", "Use another step")  # fmt: skip
        return
    yield from _long(step.name, f"{path}.name", target)
    branches: tuple[Any, ...] = getattr(step, "branches", ())
    most = {"split": target.branches, "hold": target.branches, "random": target.random_branches}.get(step.type)
    if most is not None and len(branches) > most:
        says = f"takes {_count(most, 'branch', 'branches')} here, and there are {len(branches)}"
        mend = "Split again behind a branch" if isinstance(step, Split | RandomSplit) else "Remove those nobody takes"
        yield _problem("target_branches", f"{path}.branches", target, says, mend)
    for branch in branches:
        yield from _long(getattr(branch, "name", None), f"{path}.branches.{branch.key}.name", target)
    if isinstance(step, Wait) and step.timeout is not None:
        yield _problem("target_step", f"{path}.timeout", target, "waits for a condition without end", "Remove the time limit")  # fmt: skip
    if isinstance(step, Delay | Hold) and target.waits is not None:
        field = "duration" if isinstance(step, Delay) else "timeout"
        shortest, longest = (parse_duration(text) for text in target.waits)
        if not shortest <= parse_duration(getattr(step, field)) <= longest:
            says = f"waits {duration_words(shortest)} to 182 days"
            yield _problem("target_wait", f"{path}.{field}", target, says, "Give a time between these")
    if isinstance(step, Send) and len(step.mapping) > target.mappings:
        says = f"takes {target.mappings} mapped fields, and there are {len(step.mapping)}"
        yield _problem("target_mapping", f"{path}.mapping", target, says, "Map fewer")


def _long(name: str | None, path: str, target: Target) -> Iterator[Problem]:
    if name is not None and len(name) > target.name_length:
        says = f"takes names of {target.name_length} signs, and this has {len(name)}"
        yield _problem("target_name", path, target, says, "Shorten it")


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _problem(code: str, path: str, target: Target, says: str, mend: str) -> Problem:
    mend = f"{mend}, or choose another target; here it counts as it is written."
    return Problem("warning", code, path, f"The target, {target.name}, {says}.", mend)
