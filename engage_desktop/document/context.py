"""What the instances of a journey remember on their way, and where that is surely there (D-20, D-50)."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_conditions import read
from engage_desktop.document.sites import journey_conditions
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import DelayUntil, Hold, HoldBranch, outputs


def stored_names(journey: Journey) -> dict[str, str]:
    """Every name that an event may be remembered under, with that event: the entry event's, then those of holds."""
    entry = _entry_event(journey)
    found = {} if entry is None else {entry: entry}
    for step in journey.steps:
        for branch in step.branches if isinstance(step, Hold) else ():
            found |= dict.fromkeys(_names(branch, entry), branch.event)
    return found


def begins(name: str, path: str) -> bool:
    """Whether a path leads into what is remembered under the name."""
    return path == name or path.startswith(f"{name}.")


def surely_there(journey: Journey) -> dict[str, frozenset[str]]:
    """By step that can be reached: the names under which something is remembered whichever way led there.

    A hold's event counts from the outputs of its branch on. Steps in a circle, which is an error, are left out.
    """
    steps, entry = journey.by_key, _entry_event(journey)
    if journey.start not in steps:
        return {}
    found = {str(journey.start): frozenset([] if entry is None else [entry])}
    for key in _in_order(journey):
        step = steps[key]
        gained = {branch.key: _names(branch, entry) for branch in step.branches} if isinstance(step, Hold) else {}
        for output in outputs(step):
            if output.loop or output.target not in steps:
                continue
            there = found[key] | set(gained.get(output.branch or "", ()) if output.kind == "branch" else ())
            found[output.target] = found.get(output.target, there) & there
    return found


def check_context(campaigns: Campaigns) -> Iterator[Problem]:
    """Paths of `journey()` that lead nowhere, or may be missing where they are asked for."""
    for journey in campaigns.journeys:
        asked = list(_asked(journey))
        if asked:
            known, there = stored_names(journey), surely_there(journey)
            for path, step, shown in asked:
                yield from _check(path, step, shown, journey, known, there)


def _asked(journey: Journey) -> Iterator[tuple[str, str | None, str]]:
    """(path of the file, key of the step if one asks, path of the context)."""
    from engage_desktop.language import references

    for site in journey_conditions(journey):
        tree = read(site) if "journey" in site.text else None
        if tree is None or isinstance(tree, Problem):
            continue
        _, _, section, key, *_ = [*site.path.split("."), ""]
        for shown in references(tree).journey:
            yield site.path, key if section == "steps" else None, shown
    names = stored_names(journey).keys() - {_entry_event(journey)}
    for step in journey.steps:
        if isinstance(step, DelayUntil) and step.property and any(begins(name, step.property) for name in names):
            yield f"journeys.{journey.key}.steps.{step.key}.property", step.key, step.property


def _check(
    path: str, step: str | None, shown: str, journey: Journey, known: dict[str, str], there: dict[str, frozenset[str]]
) -> Iterator[Problem]:
    meant = [name for name in known if begins(name, shown)]
    if not meant:
        message = f"Nothing is remembered under a name that begins {shown!r}."
        mend = f"Begin it with one of: {', '.join(known)}." if known else "Enter by event, or wait for one in a hold."
        yield Problem("warning", "context_unknown", path, message, mend)
    elif ".exits." in path and _entry_event(journey) not in meant:
        message = f"An exit rule sees the entry event only, so {shown!r} is never there."
        yield Problem("warning", "context_in_exit", path, message, "Ask for it in a step, or use the entry event.")
    elif step is not None and step in there and not there[step].intersection(meant):
        message = f"{shown!r} may be missing here: some way to this step takes no such branch."
        yield Problem("info", "context_missing", path, message, "Let every way pass that branch, or reckon with a missing value.")  # fmt: skip


def _entry_event(journey: Journey) -> str | None:
    return journey.entry.event if isinstance(journey.entry, EventEntry) else None


def _names(branch: HoldBranch, entry: str | None) -> list[str]:
    """The names of a hold's event: with its branch, and its own unless that is the entry event's."""
    alias = f"{branch.event} - {branch.key}"
    return [alias] if branch.event == entry else [alias, branch.event]


def _in_order(journey: Journey) -> Iterator[str]:
    """Steps that can be reached, each after all that lead to it."""
    steps = journey.by_key
    onward = {
        key: [one.target for one in outputs(step) if one.target in steps and not one.loop]
        for key, step in steps.items()
    }
    reached, waiting = set[str](), [str(journey.start)]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += [str(target) for target in onward[key]]
    open_ways = dict.fromkeys(reached, 0)
    for key in reached:
        for target in onward[key]:
            open_ways[str(target)] += 1
    ready = [key for key in reached if open_ways[key] == 0]
    while ready:
        key = ready.pop()
        yield key
        for target in onward[key]:
            open_ways[str(target)] -= 1
            if open_ways[str(target)] == 0:
                ready.append(str(target))
