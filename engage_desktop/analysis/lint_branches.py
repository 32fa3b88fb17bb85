"""Ways that nobody takes on this log, and forks that send people down several ways."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.lint_evidence import (
    FEWEST,
    ByStep,
    Evidence,
    Found,
    count,
    instance_keys,
    named,
    people_of,
)
from engage_desktop.analysis.playback import NEVER, JourneyColumns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Fix, Problem
from engage_desktop.domain.step import Fork, Hold, Output, Split, StepBase, Wait, outputs
from engage_desktop.engine.run import Table

MOST_PAIRS = 3
"""Pairs of branches told in one sentence."""


def unused_branches(evidence: Evidence, explained: Collection[str]) -> Iterator[Found]:
    """Outputs that nobody took although people came by. `explained`: paths of branches of which more is known."""
    for plan, columns in evidence.journeys:
        left = (columns.visits["left_at"] < NEVER) & ~columns.cut
        visits = ByStep({name: values[left] for name, values in columns.visits.items()})
        wires = ByStep(_wires(evidence, columns))
        for index, step in enumerate(plan.journey.steps):
            if isinstance(step, Hold | Wait | Split | Fork):
                taken = wires if isinstance(step, Fork) else visits
                yield from _unused(evidence, plan.journey, taken, index, step, explained)


def _unused(
    evidence: Evidence,
    journey: Journey,
    ways: ByStep,
    index: int,
    step: StepBase,
    explained: Collection[str],
) -> Iterator[Found]:
    """`ways`: those taken, rows with the branch and when."""
    evidence.go_on()
    path = f"journeys.{journey.key}.steps.{step.key}"
    table, took = ways.table, ways.rows(index)
    people, at = people_of(table["profile"][took], table["left_at"][took])
    if len(people) < FEWEST:
        return
    taken = set(np.unique(table["branch"][took]).tolist())
    for output in outputs(step):
        code = -1 if output.branch is None else evidence.code(output.branch)
        if code in taken or _only_ends(output):
            continue
        branch = f"{path}.branches.{output.branch}" if output.kind == "branch" else path
        if branch in explained:
            continue
        yield Found(_unused_problem(journey, step, output, branch, len(people)), people, at)


def _only_ends(output: Output) -> bool:
    """Nothing stands where nobody comes: a way that is there in any case and leads to nothing."""
    return output.kind in ("timeout", "otherwise") and output.target is None


def _unused_problem(journey: Journey, step: StepBase, output: Output, path: str, people: int) -> Problem:
    came = f"{count(people, 'person leaves', 'people leave')} {named(step)}"
    if output.kind == "branch":
        fix = Fix(f"Remove the branch “{output.label}”", "remove_branch", (journey.key, step.key, str(output.branch)))
        says, mend = (
            f"Nobody takes “{output.label}” on this log: {came} another way.",
            "Change what it asks for, or remove it.",
        )
        return Problem("warning", "branch_unused", path, says, mend, fix)
    if output.kind == "next":
        says = f"Nobody is let on by its condition on this log: {came} by the time limit."
        return Problem("warning", "branch_unused", path, says, "Change what it waits for, or give it more time.")
    what = "the time limit" if output.kind == "timeout" else "“otherwise”"
    says = (
        f"Nobody goes by {what} on this log: {came} before."
        if output.kind == "timeout"
        else f"Nobody is left for {what} on this log: {came} by a branch."
    )
    return Problem("info", "branch_unused", path, says, "Keep it for others than these, or lead it nowhere.")


def overlaps(evidence: Evidence) -> Iterator[Found]:
    """Who goes down several branches of a fork: they are not exclusive (D-14)."""
    for plan, columns in evidence.journeys:
        for index, step in enumerate(plan.journey.steps):
            if isinstance(step, Fork):
                wires = _wires(evidence, columns)
                found = _overlap(evidence, plan.journey, columns, index, step, wires)
                if found is not None:
                    yield found


def _overlap(
    evidence: Evidence, journey: Journey, columns: JourneyColumns, index: int, step: Fork, wires: Table
) -> Found | None:
    at = np.flatnonzero(wires["step"] == index)
    key, branch = instance_keys(wires)[at], wires["branch"][at]
    instances, place = np.unique(key, return_inverse=True)
    codes = [evidence.code(one.key) for one in step.branches]
    took = np.zeros((len(instances), len(codes)), np.bool_)
    for number, code in enumerate(codes):
        took[place[branch == code], number] = True
    several = took.sum(axis=1) > 1
    if not several.any():
        return None
    rows = at[several[place]]
    people, when = people_of(wires["profile"][rows], wires["left_at"][rows])
    profile = (instances >> 32).astype(np.int32)
    pairs = [
        (len(np.unique(profile[took[:, one] & took[:, other]])), one, other)
        for one, other in combinations(range(len(codes)), 2)
    ]
    shown = [pair for pair in sorted(pairs, key=lambda pair: -pair[0]) if pair[0]][:MOST_PAIRS]
    names = [one.name or one.key for one in step.branches]
    told = "; ".join(f"{number:,} both “{names[one]}” and “{names[other]}”" for number, one, other in shown)
    whole = len(np.unique(profile))
    says = f"The branches overlap: {count(len(people), 'person goes', 'people go')} down several of them, of {whole:,}: {told}."
    mend = "Let each condition leave out what the others ask for, or use a split, which takes the first that holds."
    fix = None
    if _settled(columns, index, key, wires["left_at"][at]):  # else a split, which asks once, would ask too soon
        fix = Fix("Take the first branch alone", "first_match", (journey.key, step.key))
    return Found(
        Problem("warning", "fork_overlap", f"journeys.{journey.key}.steps.{step.key}", says, mend, fix), people, when
    )


def _settled(columns: JourneyColumns, index: int, key: NDArray[np.int64], left: NDArray[np.int64]) -> bool:
    """Whether all found a way on arrival, and none later. `key` and `left` are of the wires taken."""
    visits = columns.visits
    here = np.flatnonzero(visits["step"] == index)
    came = instance_keys(visits)[here]
    order = np.argsort(came)
    came, at = came[order], visits["entered_at"][here][order]
    if not np.isin(came, key).all():
        return False
    return bool((at[np.searchsorted(came, key)] == left).all())


def _wires(evidence: Evidence, columns: JourneyColumns) -> Table:
    """The outputs taken in one journey with forks."""
    mine = evidence.run.wires["journey"] == columns.index
    return {name: values[mine] for name, values in evidence.run.wires.items()}
