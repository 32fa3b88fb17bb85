"""Waits after which nobody asks again (J1-6): who is reached although what let them in no longer holds.

A guard was true when it was passed; whoever it is no longer true of when a step acts, some wait later, is reached
wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engage_desktop.analysis.lint_evidence import Evidence, Found, named, people_of
from engage_desktop.analysis.lint_ways import Guard, Reached, Ways, last_wait, reached
from engage_desktop.analysis.playback import JourneyColumns
from engage_desktop.domain.condition import Condition, InAudience, Not
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Fix, Problem
from engage_desktop.domain.step import Ad, Send, SendMessage, StepBase
from engage_desktop.engine.definitions import asks_journey, resolve
from engage_desktop.language import phrase, to_text


def unguarded_waits(evidence: Evidence) -> Iterator[Found]:
    for plan, columns in evidence.journeys:
        ways, whom = Ways(plan.journey), reached(columns)
        for index, step in enumerate(plan.journey.steps):
            told: set[str] = set()
            for guard in ways.guards_of(step.key) if isinstance(step, SendMessage | Send | Ad) else ():
                evidence.go_on()
                found = _unguarded(evidence, plan.journey, columns, guard, whom(index, step), step)
                text = to_text(guard.condition)
                if found is not None and text not in told:
                    told.add(text)
                    yield found


def _unguarded(
    evidence: Evidence, journey: Journey, columns: JourneyColumns, guard: Guard, came: Reached, step: StepBase
) -> Found | None:
    node = resolve(guard.condition, evidence.run.plan)
    if asks_journey(node) or not len(came.at):
        return None
    wrong = came.where(~evidence.intervals(node).value(came.profile, came.at))
    if not len(wrong.at):
        return None
    wait = last_wait(columns, journey, wrong)
    if wait is None:
        return None
    people, at = people_of(wrong.profile, wrong.at)
    whole = len(np.unique(came.profile))
    holds = _words(guard.condition, evidence)
    fix = None
    if len(wrong.at) < len(came.at):  # else nobody would come through
        name = f"{_short(guard.condition, evidence)}?"
        fix = Fix(f"Ask again before {named(step)}", "guard", (journey.key, step.key, to_text(guard.condition), name))
    says = (
        f"{named(step)} reaches {len(people):,} of {whole:,} people of whom this no longer holds: {holds}. "
        f"Nobody asks again after {named(journey.by_key[wait])}."
    )
    mend = "Ask again in a split before it, or let an exit rule end the journey when that ceases."
    return Found(
        Problem("warning", "unguarded_wait", f"journeys.{journey.key}.steps.{wait}", says, mend, fix), people, at
    )


def _words(condition: Condition, evidence: Evidence) -> str:
    match condition:
        case InAudience(key):
            return f"is in “{_name(key, evidence)}”"
        case Not(InAudience(key)):
            return f"is not in “{_name(key, evidence)}”"
    return phrase(condition)


def _short(condition: Condition, evidence: Evidence) -> str:
    words = _words(condition, evidence)
    words = words if len(words) <= 40 else "Still so"
    return f"Still {words.removeprefix('is ')}" if words.startswith("is ") else words[:1].upper() + words[1:]


def _name(key: str, evidence: Evidence) -> str:
    audience = evidence.campaigns.audience(key)
    return key if audience is None else audience.name
