"""Messages of a journey to people who have reached its goal: goals move nobody (D-18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engage_desktop.analysis.lint_evidence import Evidence, Found, Mask, instance_keys, named, people_of
from engage_desktop.analysis.lint_ways import Reached, Ways, last_wait, reached
from engage_desktop.analysis.metrics import event_ranges, matching_rows, parse_metric
from engage_desktop.analysis.playback import JourneyColumns
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.problem import Fix, Problem
from engage_desktop.domain.step import SendMessage
from engage_desktop.language import parse_condition, references


def messages_after_goals(evidence: Evidence, told: Sequence[Found]) -> Iterator[Found]:
    """Who gets a message of a journey after reaching its goal: goals move nobody (D-18). `told`: those whom another lint
    of the journey names already."""
    for plan, columns in evidence.journeys:
        journey = plan.journey
        goal = journey.goal
        if goal is None or any(rule.event == goal.event for rule in journey.exits):
            continue
        ways = Ways(journey)
        sends = [
            (index, step)
            for index, step in enumerate(journey.steps)
            if isinstance(step, SendMessage) and not ways.follows(step.key, goal.event)
        ]
        whom = reached(columns)
        parts = [whom(index, step) for index, step in sends]
        if not parts:
            continue
        came = Reached(
            *(np.concatenate([getattr(one, name) for one in parts]) for name in ("instance", "profile", "at"))
        )
        step = np.repeat(np.arange(len(parts)), [len(one.at) for one in parts])
        try:
            after = _after_goal(evidence, columns, journey, came)
        except UserError:  # a goal that cannot be read; figures say so
            continue
        root = f"journeys.{journey.key}."
        for other in told:
            if other.problem.path.startswith(root):
                after &= ~np.isin(came.profile, other.people)
        wait = last_wait(columns, journey, came.where(after)) if after.any() else None
        if wait is None:
            continue
        people, at = people_of(came.profile[after], came.at[after])
        most = sends[int(np.bincount(step[after]).argmax())][1]
        fix = None
        if not _asked_for(journey, goal.event):
            fix = Fix(f"End the journey with “{goal.event}”", "leave_by", (journey.key, goal.event, goal.where or ""))
        whole = len(np.unique(came.profile))
        says = (
            f"{len(people):,} of {whole:,} people get a message, most of them {named(most)}, although they have reached "
            f"the goal “{goal.event}” before: a goal ends nothing."
        )
        mend = "Let an exit rule end the journey with that event, or ask for it after the wait."
        problem = Problem("warning", "messaged_after_goal", f"{root}steps.{wait}", says, mend, fix)
        yield Found(problem, people, at)


def _after_goal(evidence: Evidence, columns: JourneyColumns, journey: Journey, came: Reached) -> Mask:
    """Whether the goal came after the entry, inside its window, and no later than the message."""
    metric = parse_metric("goal", journey, evidence.store)
    rows, _ = matching_rows(metric, evidence.run, evidence.store)
    keys = instance_keys(columns.instances)
    entered = columns.instances["entered_at"][np.searchsorted(keys, came.instance)]
    until = came.at if metric.within_us is None else np.minimum(came.at, entered + metric.within_us)
    low = event_ranges(evidence.store, rows, came.profile, entered)
    high = event_ranges(evidence.store, rows, came.profile, np.maximum(until, entered))
    after: Mask = low < high
    return after


def _asked_for(journey: Journey, event: str) -> bool:
    """Whether a step hears or asks for the event: then its ways would be taken by fewer."""
    for step in journey.steps:
        texts = [
            getattr(step, "condition", None),
            *(getattr(one, "condition", None) for one in getattr(step, "branches", ())),
        ]
        if any(getattr(one, "event", None) == event for one in getattr(step, "branches", ())):
            return True
        if any(event in references(parse_condition(text)).events for text in texts if text):
            return True
    return isinstance(journey.entry, EventEntry) and journey.entry.event == event
