"""Folded branches: which cards they hide. Qt-free and pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engage_desktop.document import ENTRY, OutputRef
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs


def fold_name(ref: OutputRef) -> str:
    """How the layout file names a folded output: the step, and the branch where there is one."""
    return f"{ref.step}/{ref.branch}" if ref.branch is not None else ref.step


def wires_of(journey: Journey) -> dict[OutputRef, str]:
    """Where each output leads, loops and loose ends left out."""
    found = {OutputRef(ENTRY): journey.start} if journey.start in journey.by_key else {}
    for step in journey.by_key.values():
        for output in outputs(step):
            if output.target in journey.by_key and not output.loop:
                found[OutputRef(step.key, output.branch)] = output.target
    return {ref: target for ref, target in found.items() if target is not None}


def hidden(journey: Journey, collapsed: Collection[str]) -> frozenset[str]:
    """The steps that no way leads to but through a folded output. One that stands free is never hidden."""
    if not collapsed:
        return frozenset()
    wires = wires_of(journey)
    led_to = set(wires.values())
    ways: dict[str, list[str]] = {}
    for ref, target in wires.items():
        if fold_name(ref) not in collapsed:
            ways.setdefault(ref.step, []).append(target)
    seen: set[str] = set()
    waiting = [ENTRY, *(key for key in journey.by_key if key not in led_to)]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += ways.get(key, ())
    return frozenset(key for key in journey.by_key if key not in seen)


def steps_behind(journey: Journey, collapsed: Collection[str], gone: Collection[str]) -> dict[str, int]:
    """How many hidden steps each folded output of a step in view leads to, by name; those that hide none left out."""
    wires = wires_of(journey)
    ways: dict[str, list[str]] = {}
    for ref, target in wires.items():
        ways.setdefault(ref.step, []).append(target)
    found = {}
    for ref, target in wires.items():
        if fold_name(ref) in collapsed and target in gone:
            seen: set[str] = set()
            waiting = [target]
            while waiting:
                key = waiting.pop()
                if key in gone and key not in seen:
                    seen.add(key)
                    waiting += ways.get(key, ())
            found[fold_name(ref)] = len(seen)
    return found


def folds(journey: Journey, key: str, collapsed: Collection[str]) -> list[str]:
    """The outputs of a card that hide what they lead to once all of them are folded, by name."""
    own = {fold_name(ref): target for ref, target in wires_of(journey).items() if ref.step == key}
    gone = hidden(journey, {*collapsed, *own}) - hidden(journey, collapsed)
    return [name for name, target in own.items() if name not in collapsed and target in gone]


def opened(journey: Journey, keys: Iterable[str], collapsed: Collection[str]) -> tuple[str, ...]:
    """What stays folded so that the cards are seen: every fold on a way to one of them is opened."""
    wanted = set(keys)
    above: dict[str, set[str]] = {}
    for ref, target in wires_of(journey).items():
        above.setdefault(target, set()).add(ref.step)
    waiting = list(wanted)
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in wanted:
                wanted.add(parent)
                waiting.append(parent)
    targets = wires_of(journey)
    open_ = {fold_name(ref) for ref, target in targets.items() if target in wanted and ref.step in wanted}
    return tuple(name for name in collapsed if name not in open_)
