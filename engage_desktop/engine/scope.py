"""What this version does not simulate yet, said in problems of code `not_yet`."""

from __future__ import annotations

from collections.abc import Collection

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import Expression
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.engine.steps import STEP_COMPILERS
from engage_desktop.language import references

_LATER = "It is planned; leave it out for now."


def not_yet(path: str, what: str, mend: str = _LATER) -> Problem:
    return Problem("error", "not_yet", path, f"{what} cannot be simulated in this version.", mend)


def file_problems(campaigns: Campaigns, lists: Collection[str] = ()) -> list[Problem]:
    """Objects of the file that a run would have to heed and does not yet."""
    found: list[Problem] = []
    for audience in campaigns.audiences:
        if audience.list_ is not None and audience.key not in lists:
            message = f"The identifiers of the list {audience.list_.file!r} were not given."
            mend = "Read its file before compiling."
            found.append(Problem("error", "list_unread", f"audiences.{audience.key}.list", message, mend))
    return found


def journey_problems(journey: Journey) -> list[Problem]:
    """Parts of a journey that are not simulated yet."""
    path = f"journeys.{journey.key}"
    found: list[Problem] = []
    for step in journey.steps:
        here = f"{path}.steps.{step.key}"
        if step.type not in STEP_COMPILERS:
            found.append(not_yet(here, f"A step of type {step.type}"))
    return found


def missing_audiences(condition: Expression, path: str, campaigns: Campaigns) -> list[Problem]:
    """References `audience('key')` that lead nowhere."""
    return [
        Problem("error", "unknown_audience", path, f"There is no audience '{key}'.", "Name one that exists.")
        for key in references(condition).audiences
        if campaigns.audience(key) is None
    ]
