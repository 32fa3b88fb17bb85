"""Checks of one journey: its entry and exits, the fields of its steps, and the graph they make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from engage_desktop.document.check_delay_until import check_delay_until
from engage_desktop.document.check_schedule import check_schedule
from engage_desktop.document.check_set_trait import check_set_trait
from engage_desktop.document.check_unknown_step import check_unknown_step
from engage_desktop.document.wiring import connected
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.journey import AudienceEntry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import (
    Ad,
    DelayUntil,
    Fork,
    Hold,
    RandomSplit,
    Send,
    SendMessage,
    SetTrait,
    Split,
    StepBase,
    Wait,
    outputs,
)
from engage_desktop.domain.unknown_step import UnknownStep

_OWN_OUTPUTS = {"hold": {"timeout"}, "split": {"otherwise"}}


def check_journey(journey: Journey, campaigns: Campaigns) -> Iterator[Problem]:
    """Everything wrong with a journey but its query texts."""
    root = f"journeys.{journey.key}"
    yield from _check_entry(journey, campaigns, f"{root}.entry")
    yield from _check_exits(journey, campaigns, f"{root}.exits")
    if (
        journey.starts is not None
        and journey.ends is not None
        and parse_instant(journey.starts) >= parse_instant(journey.ends)
    ):
        yield Problem(
            "warning",
            "never_open",
            f"{root}.ends",
            "The journey ends before it starts, so nobody enters.",
            "Put ends after starts.",
        )
    for step in journey.steps:
        yield from _check_step(step, journey, campaigns, f"{root}.steps.{step.key}")
    yield from _check_graph(journey, root)


# -- entry and exits ----------------------------------------------------------------------


def _check_entry(journey: Journey, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    entry = journey.entry
    audience = getattr(entry, "audience", None)
    if audience is not None and campaigns.audience(audience) is None:
        yield unknown("audience", audience, f"{path}.audience", [item.key for item in campaigns.audiences])
    if isinstance(entry, AudienceEntry) and (entry.condition is None) == (entry.audience is None):
        says = "neither an audience nor a condition" if entry.audience is None else "both an audience and a condition"
        yield Problem("error", "entry_group", path, f"The entry names {says}.", "Give one of them.")
    if isinstance(entry, EventEntry) and not entry.event.strip():
        yield Problem("error", "event_empty", f"{path}.event", "The entry names no event.", "Choose an event.")
    if isinstance(entry, ScheduleEntry):
        yield from check_schedule(entry, path)
    reentry = entry.reentry
    if reentry is None:
        return
    path = f"{path}.reentry"
    if reentry.identifier is not None and reentry.mode != "every":
        message = f"An identifier has no meaning with re-entry {reentry.mode!r}."
        yield Problem(
            "error",
            "reentry_identifier",
            f"{path}.identifier",
            message,
            "Set the mode to every, or remove the identifier.",
        )
    elif reentry.identifier is not None and not isinstance(entry, EventEntry):
        message = "An identifier is a property of the entry event, and this journey has none."
        yield Problem(
            "error", "reentry_identifier", f"{path}.identifier", message, "Enter by event, or remove the identifier."
        )
    rests = reentry.cool_down is not None and parse_duration(reentry.cool_down) > 0
    if reentry.mode == "after_exit" and isinstance(entry, AudienceEntry) and not rests:
        message = "Re-entry after exit into an audience journey needs a cool-down, or it would never rest."
        mend = "Give a positive cool_down such as 7d."
        yield Problem("error", "reentry_cool_down", f"{path}.cool_down", message, mend)
    if reentry.cool_down is not None and reentry.mode != "after_exit":
        message = f"The cool-down is not used with re-entry {reentry.mode!r}."
        yield Problem(
            "warning", "reentry_cool_down", f"{path}.cool_down", message, "Set the mode to after_exit, or remove it."
        )


def _check_exits(journey: Journey, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    yield from duplicates(journey.exits, path, "exit")
    reentry = journey.entry.reentry
    for rule in journey.exits:
        here = f"{path}.{rule.key}"
        causes = [name for name in ("event", "condition", "after") if getattr(rule, name) is not None]
        if len(causes) != 1:
            says = f"has {' and '.join(causes)}" if causes else "has no event, condition or after"
            yield Problem(
                "error", "exit_cause", here, f"The exit {says}.", "Give exactly one of event, condition and after."
            )
        if rule.event is None and (rule.where is not None or rule.match_identifier):
            name = "where" if rule.where is not None else "match_identifier"
            yield Problem(
                "error",
                "exit_cause",
                f"{here}.{name}",
                f"{name} needs an event.",
                "Give the exit an event, or remove it.",
            )
        if rule.event is not None and not rule.event.strip():
            yield Problem("error", "event_empty", f"{here}.event", "The exit names no event.", "Choose an event.")
        if rule.match_identifier and (reentry is None or reentry.identifier is None):
            message = "match_identifier needs an identifier in the journey's re-entry."
            yield Problem(
                "error",
                "match_identifier",
                f"{here}.match_identifier",
                message,
                "Give reentry an identifier, or remove it.",
            )
        if rule.send is not None:
            yield from _known_destination(rule.send.destination, campaigns, f"{here}.send.destination")


# -- steps --------------------------------------------------------------------------------


def _check_step(step: StepBase, journey: Journey, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    branches: tuple[Any, ...] = getattr(step, "branches", ())
    yield from duplicates(branches, f"{path}.branches", "branch")
    for branch in branches:
        if branch.key in _OWN_OUTPUTS.get(step.type, ()):
            message = f"A branch cannot be called {branch.key!r}: results use that word for the step's own output."
            yield Problem("error", "branch_key", f"{path}.branches.{branch.key}.key", message, "Give it another key.")
    if step.next is not None and all(output.kind != "next" for output in outputs(step)):
        message = f"A {step.type} step never goes on by next."
        yield Problem(
            "warning", "next_unused", f"{path}.next", message, "Lead its outputs where they should go, and remove next."
        )
    match step:
        case Split() | Fork() if not branches:
            yield Problem(
                "error", "branches_missing", f"{path}.branches", f"The {step.type} has no branches.", "Add a branch."
            )
        case RandomSplit():
            yield from check_percents(branches, f"{path}.branches")
        case Hold():
            yield from _check_hold(step, journey, path)
        case DelayUntil():
            yield from check_delay_until(step, journey, campaigns, path)
        case Wait(timeout=None, on_timeout=str()):
            yield Problem(
                "warning",
                "on_timeout_unused",
                f"{path}.on_timeout",
                "The wait has no timeout, so it never takes this way.",
                "Give it a timeout.",
            )
        case SendMessage():
            yield from _check_message_step(step, campaigns, path)
        case Send() | Ad():
            yield from _known_destination(step.destination, campaigns, f"{path}.destination")
        case SetTrait():
            yield from check_set_trait(step, campaigns, path)
        case UnknownStep():
            yield from check_unknown_step(step, path)
        case _:
            pass


def _check_hold(step: Hold, journey: Journey, path: str) -> Iterator[Problem]:
    reentry = journey.entry.reentry
    if not step.branches:
        message = "The hold waits for no event, so it only waits for its timeout."
        yield Problem("warning", "branches_missing", f"{path}.branches", message, "Add a branch, or use a delay.")
    for branch in step.branches:
        here = f"{path}.branches.{branch.key}"
        if branch.loop and branch.next is not None:
            message = "The branch both loops back and leads on."
            yield Problem("error", "loop_next", f"{here}.next", message, "Remove loop or next.")
        if not branch.event.strip():
            yield Problem("error", "event_empty", f"{here}.event", "The branch names no event.", "Choose an event.")
        if branch.any_identifier and (reentry is None or reentry.identifier is None):
            message = "any_identifier changes nothing: the journey's re-entry has no identifier."
            yield Problem("warning", "any_identifier", f"{here}.any_identifier", message, "Give reentry an identifier, or remove it.")  # fmt: skip
    if parse_duration(step.timeout) == 0:
        message = "The hold has no time to wait in."
        yield Problem("warning", "timeout_zero", f"{path}.timeout", message, "Give a timeout such as 2h.")


def check_percents(branches: tuple[Any, ...], path: str) -> Iterator[Problem]:
    """Shares of a random split or of a broadcast's variants (D-19)."""
    if not branches:
        yield Problem(
            "error", "branches_missing", path, "The random split has no branches.", "Add two branches that sum to 100."
        )
        return
    wrong = [branch for branch in branches if branch.percent < 0]
    wrong = wrong or [branch for branch in branches if branch.percent > 100]
    for branch in wrong:
        says = "negative" if branch.percent < 0 else "above 100 percent"
        place = f"{path}.{branch.key}.percent"
        yield Problem("error", "percent", place, f"The share is {says}.", "Give a number from 0 to 100.")
    if any(branch.percent > 100 for branch in branches):
        return
    total = round(sum(branch.percent for branch in branches), 6)
    if total != 100:
        message = f"The shares sum to {total:g} percent, not to 100."
        yield Problem(
            "error", "percent_sum", path, message, f"{'Add' if total < 100 else 'Take away'} {abs(100 - total):g}."
        )


def _check_message_step(step: SendMessage, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    if campaigns.message(step.message) is None:
        yield unknown("message", step.message, f"{path}.message", [item.key for item in campaigns.messages])


def _known_destination(key: str, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    if campaigns.destination(key) is None:
        yield unknown("destination", key, path, [item.key for item in campaigns.destinations])


# -- graph --------------------------------------------------------------------------------


def _check_graph(journey: Journey, root: str) -> Iterator[Problem]:
    yield from duplicates(journey.steps, f"{root}.steps", "step")
    steps = {step.key: step for step in journey.steps}  # in authored order
    if not steps:
        yield Problem(
            "warning",
            "no_steps",
            f"{root}.steps",
            "The journey has no steps: people enter and are through.",
            "Add a step.",
        )
    if journey.start is None and steps:
        yield Problem(
            "error",
            "start_missing",
            f"{root}.start",
            "The journey does not say where it starts.",
            "Connect the entry to a step.",
        )
    elif journey.start is not None and journey.start not in steps:
        yield unknown("step", journey.start, f"{root}.start", list(steps))
    for step in journey.steps:
        for field, target in _targets(step):
            if target not in steps:
                yield unknown("step", target, f"{root}.steps.{step.key}.{field}", list(steps))
    yield from _circles(journey, root)
    if journey.start in steps and not any(isinstance(step, UnknownStep) for step in journey.steps):  # may lead anywhere
        reached = connected(str(journey.start), partial(_onward, journey))
        for key in steps:
            if key not in reached:
                message = "Nobody can reach this step."
                yield Problem(
                    "warning", "unreachable", f"{root}.steps.{key}", message, "Connect a step to it, or delete it."
                )


def _targets(step: StepBase) -> Iterator[tuple[str, str]]:
    """(field, target) of every wire the step is written with."""
    for branch in getattr(step, "branches", ()):
        if branch.next is not None:
            yield f"branches.{branch.key}.next", branch.next
    for field in ("on_timeout", "otherwise", "next"):
        target = getattr(step, field, None)
        if target is not None:
            yield field, target


def _onward(journey: Journey, key: str) -> list[str]:
    found = [output.target for output in outputs(journey.by_key[key]) if output.target is not None and not output.loop]
    return [target for target in found if target in journey.by_key]


def _circles(journey: Journey, root: str) -> Iterator[Problem]:
    """One problem for each way back that a depth-first walk meets (D-46)."""
    done: set[str] = set()
    told: set[frozenset[str]] = set()
    for origin in ([journey.start] if journey.start in journey.by_key else []) + [step.key for step in journey.steps]:
        assert origin is not None
        if origin in done:
            continue
        trail: dict[str, None] = {origin: None}
        waiting = [(origin, iter(_onward(journey, origin)))]
        while waiting:
            key, targets = waiting[-1]
            target = next(targets, None)
            if target is None:
                waiting.pop()
                trail.pop(key)
                done.add(key)
            elif target in trail:
                way = list(trail)
                circle = way[way.index(target) :]
                if frozenset(circle) not in told:
                    told.add(frozenset(circle))
                    shown = circle if len(circle) <= 8 else [*circle[:4], f"({len(circle) - 7} more)", *circle[-3:]]
                    names = " -> ".join([*shown, target])
                    message = f"The steps run in a circle: {names}."
                    mend = "Lead one of them elsewhere; only a branch of a hold may loop, to its own hold."
                    yield Problem("error", "cycle", f"{root}.steps.{key}", message, mend)
            elif target not in done:
                trail[target] = None
                waiting.append((target, iter(_onward(journey, target))))


# -- shared -------------------------------------------------------------------------------


def unknown(kind: str, key: str, path: str, known: list[str]) -> Problem:
    """The problem of a reference to nothing."""
    shown = known if len(known) <= 12 else [*known[:12], "..."]
    mend = f"Use one of: {', '.join(shown)}." if known else f"Make the {kind} first."
    return Problem("error", f"unknown_{kind}", path, f"There is no {kind} {key!r}.", mend)


def duplicates(items: Any, path: str, kind: str) -> Iterator[Problem]:
    """One problem for each key that several items of one kind share."""
    keys = [item.key for item in items]
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            message = (
                f"{keys.count(key)} {kind}s have the key {key!r}."
                if kind != "branch"
                else f"Two branches have the key {key!r}."
            )
            yield Problem("error", "duplicate_key", f"{path}.{key}", message, "Give each its own key.")
