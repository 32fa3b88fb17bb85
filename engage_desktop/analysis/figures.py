"""Counts of a journey at an instant, as plain numbers; the window's figures are these."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.analysis.playback import NEVER, JourneyColumns, Playback, upto


@dataclass(frozen=True)
class StepCount:
    arrived: int
    left: int
    people: int
    sent: int = 0
    not_sent: int = 0
    assumed: int = 0


@dataclass(frozen=True)
class GoalCount:
    """`reached` people, by `events` goal events together worth `value` (None where the goal names no
    value); `refused` says why a goal cannot be counted."""

    reached: int = 0
    events: int = 0
    value: float | None = None
    refused: str = ""


@dataclass(frozen=True)
class JourneyCount:
    """`exited` by detail, those older than a year under `expired`; `turned_away` by enforced limits, and so
    not among those who entered (D-11); `assumed` says whether any count rests on an assumption."""

    entered: int
    people: int
    inside: int
    completed: int
    exited: dict[str, int]
    steps: dict[str, StepCount]
    wires: dict[tuple[str, str | None], int]
    messages: int
    assumed: bool
    goal: GoalCount | None = None
    turned_away: int = 0


def journey_count(playback: Playback, key: str, at_us: int) -> JourneyCount:
    """Everything that happened in the journey up to and including `at_us`."""
    columns = playback.journey(key)
    at_us = min(at_us, NEVER - 1)
    entered, ended = columns.entered.upto(at_us), columns.ended.upto(at_us)
    exited: dict[str, int] = {}
    completed = 0
    for (outcome, detail), instants in columns.outcomes.items():
        count = instants.upto(at_us)
        if outcome == "completed":
            completed += count
        elif outcome in ("exited", "expired") and count:
            exited[detail or outcome] = exited.get(detail or outcome, 0) + count
    steps = {step: _step(columns, step, at_us) for step in columns.steps}
    return JourneyCount(
        entered=entered,
        people=columns.people.upto(at_us),
        inside=entered - ended,
        completed=completed,
        exited=exited,
        steps=steps,
        wires={wire: instants.upto(at_us) for wire, instants in columns.wires.items()},
        messages=sum(step.sent for step in steps.values()),
        assumed=any(step.assumed for step in steps.values()),
        goal=_goal(playback, key, at_us),
        turned_away=columns.turned_away.upto(at_us),
    )


def _goal(playback: Playback, key: str, at_us: int) -> GoalCount | None:
    """The goals reached up to the instant; of people, since one event may be the goal of several of their entries."""
    found = playback.goal(key)
    if found is None:
        return None
    if isinstance(found, str):
        return GoalCount(refused=found)
    events = upto(found.events, at_us)
    value = None if found.totals is None else float(found.totals[events])
    return GoalCount(upto(found.reached, at_us), events, value)


def _step(columns: JourneyColumns, key: str, at_us: int) -> StepCount:
    step = columns.steps[key]
    arrived, left = step.arrived.upto(at_us), step.left.upto(at_us)
    people = step.people.upto(at_us)
    message = columns.message_steps.get(key)
    if message is None:
        return StepCount(arrived, left, people, assumed=step.assumed.upto(at_us))
    return StepCount(
        arrived, left, people, message.sent.upto(at_us), message.not_sent.upto(at_us), message.assumed.upto(at_us)
    )
