"""How people come to the steps that act on them: by which guards, behind which waits.

A guard is a condition that everybody met who comes to a step: that of the entry, or that of a branch or wait through
which every way to the step leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.lint_evidence import ByStep, Instants, Mask, instance_keys
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


MOST_GUARDS = 8
"""Of a long way the entry's guards and the last ones are looked at: what was asked long before is seldom meant still."""


class Ways:
    """Which outputs everybody passes who comes to a step of one journey. Sets of outputs are bits of a number."""

    def __init__(self, journey: Journey) -> None:
        self._guards = list(guards(journey))
        asked = [(guard.output, _names(guard.condition)) for guard in self._guards if guard.output is not None]
        heard = [
            ((step.key, branch.key), frozenset({branch.event}))
            for step in journey.steps
            if isinstance(step, Hold)
            for branch in step.branches
        ]
        self._outputs: list[Out] = [output for output, _ in (*asked, *heard)]
        """Those at which something is asked or heard."""
        self._naming: dict[str, int] = {}
        """By a name, the outputs that ask for it or hear it."""
        for place, (_, names) in enumerate((*asked, *heard)):
            for name in names:
                self._naming[name] = self._naming.get(name, 0) | 1 << place
        self._passed = self._walked(journey)
        """By step, the outputs through which every way to it leads."""

    def _walked(self, journey: Journey) -> dict[str, int]:
        bit = {output: 1 << place for place, output in enumerate(self._outputs)}
        passed = {} if journey.start is None else {journey.start: 0}
        for key in _in_order(journey):
            for output in outputs(journey.by_key[key]):
                if output.target in journey.by_key and not output.loop:
                    there = passed[key] | bit.get((key, output.branch), 0)
                    passed[output.target] = passed.get(output.target, there) & there
        return passed

    def guards_of(self, step: str) -> Iterator[Guard]:
        """The guards that everybody passes, and is not asked for the same things again on the way from there; those of
        the entry, then the last ones first."""
        passed, at = self._passed.get(step), {output: place for place, output in enumerate(self._outputs)}
        if passed is None:
            return
        left = MOST_GUARDS
        inner = [guard for guard in self._guards if guard.output is not None and passed >> at[guard.output] & 1]
        inner.sort(key=lambda guard: -self._passed[str(guard.output and guard.output[0])].bit_count())
        for guard in (*(guard for guard in self._guards if guard.output is None), *inner):
            if guard.output is not None:
                left -= 1
            if left >= 0 and not self._asked_again(guard, passed, at):
                yield guard

    def _asked_again(self, guard: Guard, passed: int, at: dict[Out, int]) -> bool:
        alike = 0
        for name in _names(guard.condition):
            alike |= self._naming.get(name, 0)
        alike &= passed
        while alike:
            place = alike.bit_length() - 1
            alike ^= 1 << place
            step = self._outputs[place][0]
            if guard.output is None or (step != guard.output[0] and self._passed[step] >> at[guard.output] & 1):
                return True
        return False

    def follows(self, step: str, event: str) -> bool:
        """Whether a step comes only after the event was heard or asked for."""
        return bool(self._passed.get(step, 0) & self._naming.get(event, 0))


def _names(condition: Condition) -> frozenset[str]:
    found = references(condition)
    return frozenset((*found.events, *found.audiences, *found.traits))


def _in_order(journey: Journey) -> list[str]:
    """The steps that can be reached, each after all that lead to it."""
    done: dict[str, None] = {}
    waiting = [(str(journey.start), False)] if journey.start in journey.by_key else []
    while waiting:
        key, left = waiting.pop()
        if left:
            done[key] = None
        elif key not in done:
            waiting.append((key, True))
            waiting += [
                (str(output.target), False)
                for output in outputs(journey.by_key[key])
                if output.target in journey.by_key and not output.loop and output.target not in done
            ]
    return list(reversed(done))


@dataclass(frozen=True, eq=False)
class Reached:
    """Each time that a step acts on somebody, rows aligned."""

    instance: NDArray[np.int64]
    profile: NDArray[np.int32]
    at: Instants

    def where(self, mask: Mask) -> Reached:
        return Reached(self.instance[mask], self.profile[mask], self.at[mask])


def reached(columns: JourneyColumns) -> Callable[[int, StepBase], Reached]:
    """By the place of a step, whom it acts on: messages that were sent or wait to be, visits of other steps."""
    visits, messages = ByStep(columns.visits), ByStep(columns.messages)

    def of(index: int, step: StepBase) -> Reached:
        by, when = (messages, "due_at") if isinstance(step, SendMessage) else (visits, "entered_at")
        table, rows = by.table, by.rows(index)
        if by is messages:
            rows = rows[np.isin(table["status"][rows], _REACHED)]
        profile = table["profile"][rows]
        return Reached(profile.astype(np.int64) << 32 | table["instance"][rows], profile, table[when][rows])

    return of


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
