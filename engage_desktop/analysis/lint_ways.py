"""How people come to the steps that act on them: by which guards, behind which waits.

A guard is a condition that everybody met who comes to a step: that of the entry, or that of a branch or wait through
which every way to the step leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.lint_evidence import Instants, Mask, instance_keys
from engage_desktop.analysis.playback import JourneyColumns
from engage_desktop.domain.condition import And, Condition, InAudience, Not
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import CATEGORY, Fork, Hold, SendMessage, Split, StepBase, Wait, outputs
from engage_desktop.engine.run import STATUSES
from engage_desktop.language import parse_condition, references

_REACHED = [STATUSES.index("sent"), STATUSES.index("waiting")]
Out = tuple[str, str | None]
"""Step and branch of an output."""


@dataclass(frozen=True)
class Guard:
    """`output` is what it stands at, None for the entry."""

    condition: Condition
    output: Out | None


def guards(journey: Journey) -> Iterator[Guard]:
    """Conditions that were met on the way, entry first."""
    entry = journey.entry
    audience, condition = getattr(entry, "audience", None), getattr(entry, "condition", None)
    if audience is not None:
        yield Guard(InAudience(audience), None)
    if condition is not None:
        yield Guard(parse_condition(condition), None)
    for step in journey.steps:
        if isinstance(step, Wait):
            tree = parse_condition(step.condition)
            yield Guard(tree, (step.key, None))
            yield Guard(_denied(tree), (step.key, "timeout"))
        elif isinstance(step, Split | Fork):
            trees = [parse_condition(branch.condition) for branch in step.branches]
            for branch, tree in zip(step.branches, trees, strict=True):
                yield Guard(tree, (step.key, branch.key))
            if isinstance(step, Split) and trees:
                none = [_denied(tree) for tree in trees]
                yield Guard(none[0] if len(none) == 1 else And(tuple(none)), (step.key, "otherwise"))


def _denied(tree: Condition) -> Condition:
    return tree.item if isinstance(tree, Not) else Not(tree)


class Ways:
    """Which outputs everybody passes who comes to a step of one journey."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._behind: dict[tuple[str, str | None] | None, frozenset[str]] = {}
        asked = [(guard.output, _names(guard.condition)) for guard in guards(journey) if guard.output is not None]
        heard = [
            ((step.key, branch.key), frozenset({branch.event}))
            for step in journey.steps
            if isinstance(step, Hold)
            for branch in step.branches
        ]
        self.asked: list[tuple[Out, frozenset[str]]] = [*asked, *heard]
        """Outputs where something is asked or heard, with the names in it."""

    def behind(self, output: Out | None) -> frozenset[str]:
        """The steps that nobody reaches but through an output, None: the entry."""
        if output not in self._behind:
            every = _from(self._journey, None)
            self._behind[output] = every if output is None else every - _from(self._journey, output)
        return self._behind[output]

    def is_guarded(self, step: str, guard: Guard) -> bool:
        """Whether everybody passes the guard, and is not asked for the same things again on the way from there."""
        behind = self.behind(guard.output)
        if step not in behind:
            return False
        names = _names(guard.condition)
        own = None if guard.output is None else guard.output[0]
        return not any(
            output[0] != own and output[0] in behind and step in self.behind(output) and not names.isdisjoint(others)
            for output, others in self.asked
        )

    def follows(self, step: str, event: str) -> bool:
        """Whether a step comes only after the event was heard or asked for."""
        return any(event in names and step in self.behind(output) for output, names in self.asked)


def _names(condition: Condition) -> frozenset[str]:
    found = references(condition)
    return frozenset((*found.events, *found.audiences, *found.traits))


def _from(journey: Journey, without: Out | None) -> frozenset[str]:
    """Steps that can be reached, without one output."""
    seen: set[str] = set()
    waiting = [journey.start]
    while waiting:
        key = waiting.pop()
        if key is not None and key not in seen and key in journey.by_key:
            seen.add(key)
            waiting += [
                output.target
                for output in outputs(journey.by_key[key])
                if not output.loop and (key, output.branch) != without
            ]
    return frozenset(seen)


@dataclass(frozen=True, eq=False)
class Reached:
    """Each time that a step acts on somebody, rows aligned."""

    instance: NDArray[np.int64]
    profile: NDArray[np.int32]
    at: Instants

    def where(self, mask: Mask) -> Reached:
        return Reached(self.instance[mask], self.profile[mask], self.at[mask])


def reached(columns: JourneyColumns, index: int, step: StepBase) -> Reached:
    """Messages that were sent or wait to be; visits of other steps."""
    table, when = columns.visits, "entered_at"
    mask = table["step"] == index
    if isinstance(step, SendMessage):
        table, when = columns.messages, "due_at"
        mask = (table["step"] == index) & np.isin(table["status"], _REACHED)
    return Reached(instance_keys(table)[mask], table["profile"][mask], table[when][mask])


def last_wait(columns: JourneyColumns, journey: Journey, wrong: Reached) -> str | None:
    """The timing step that most of them left last; None where none was on their way."""
    timing = [index for index, step in enumerate(journey.steps) if CATEGORY.get(step.type) == "timing"]
    visits = columns.visits
    mask = np.isin(visits["step"], timing) & (visits["left_at"] > visits["entered_at"])
    instance = np.concatenate([instance_keys(visits)[mask], wrong.instance])
    at = np.concatenate([visits["left_at"][mask], wrong.at])
    step = np.concatenate([visits["step"][mask].astype(np.int64), np.full(len(wrong.at), -1)])
    order = np.lexsort((step < 0, at, instance))
    instance, step = instance[order], step[order]
    last = np.maximum.accumulate(np.where(step >= 0, np.arange(len(step)), -1))
    asked = np.flatnonzero(step < 0)
    place = last[asked]
    place = place[(place >= 0) & (instance[np.maximum(place, 0)] == instance[asked])]
    if not len(place):
        return None
    return journey.steps[int(np.bincount(step[place]).argmax())].key
