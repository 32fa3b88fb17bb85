"""What an instance had collected on its way to a step, put together from the visits of a run (D-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.step import Fork, Hold
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.context import names_of, remembered
from engage_desktop.engine.explain import Reader, Remembered, Who, few_of
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.points import Instance, Visit, entry_question, step_question
from engage_desktop.engine.questions import Heard
from engage_desktop.engine.source import Log
from engage_desktop.engine.view import View

if TYPE_CHECKING:
    from engage_desktop.engine.few import Few


def remembers(
    plan: Plan,
    log: Log,
    journey: Journey,
    profile: int,
    instance: Instance,
    visits: Mapping[str, Sequence[Visit]],
    before: int | None,
) -> Remembered:
    """The context of an instance as it arrived at its visit number `before` (None: as it entered). Raises UserError
    where the tables of the run leave open which event it was."""
    few = few_of(plan, log, "user", profile)
    who = Who("user", few.local(profile))
    names = names_of(journey.entry.event if isinstance(journey.entry, EventEntry) else None, journey.steps)
    rows = np.full((1, max(len(names.names), 1)), -1, np.int64)
    if isinstance(journey.entry, EventEntry):
        rows[0, 0] = _row(plan, few, entry_question(journey), who, instance.entered)
    if before is not None:
        if any(isinstance(step, Fork) for step in journey.steps):
            raise UserError(
                f"{journey.name} forks, and this condition reads journey('...'), which is another on each path; "
                "that cannot be explained in this version."
            )
        way = [(visit, key) for key, found in visits.items() for visit in found]
        for visit, key in sorted(way, key=lambda one: one[0].seq):
            step = journey.by_key[key]
            if visit.instance != instance.number or visit.seq >= before or not isinstance(step, Hold):
                continue
            branches = [branch.key for branch in step.branches]
            if visit.branch in branches and visit.left is not None:
                question, _ = step_question(journey, key, visit.branch, visit)
                row = _row(plan, few, question, who, visit.left)
                for place in names.captured[key, branches.index(visit.branch)]:
                    rows[0, place] = row
    view = View(few, Conditions(few, plan.meanings), 0)
    return lambda text: remembered(names, text, rows, view)


def _row(plan: Plan, few: Few, question: object, who: Who, at: int) -> int:
    """The row of the event that passed at an instant."""
    assert isinstance(question, Heard)
    places, passes = question.heard(Reader(plan, few, at), who)
    found = [place for place in places[passes].tolist() if int(few.times(question.event)[place]) == at]
    if len(found) != 1:
        raise UserError(
            f"At one instant {len(found)} events '{question.event}' passed, and journey('...') reads one of them; "
            "that cannot be explained in this version."
        )
    return int(few.rows(question.event)[found[0]])
