"""Journeys with steps of a newer version: in the window they are left out of a run, and all else runs.

The command line refuses a design that has one, as it refuses any other error: nothing is left out in a script.
"""

from __future__ import annotations

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.unknown_step import UnknownStep


def why_left_out(journey: Journey | None) -> str | None:
    """The sentence that says why a journey is not simulated; None where it is."""
    unknown = next((step for step in journey.steps if isinstance(step, UnknownStep)), None) if journey else None
    if journey is None or unknown is None:
        return None
    what = (
        f"“{journey.name}” is not simulated, since this version does not know its step “{unknown.name or unknown.key}”"
    )
    return f"{what}; everything else runs as if the journey did not exist."


def runnable(campaigns: Campaigns, problems: tuple[Problem, ...]) -> tuple[Campaigns, tuple[Problem, ...], bool]:
    """(the design without the journeys that are left out, its problems with a sentence about each of these, whether
    one of the rest is an error)."""
    said = {journey.key: sentence for journey in campaigns.journeys if (sentence := why_left_out(journey))}
    if not said:
        return campaigns, problems, any(problem.is_error for problem in problems)
    kept = campaigns.with_(journeys=tuple(journey for journey in campaigns.journeys if journey.key not in said))
    more = tuple(Problem("warning", "not_simulated", f"journeys.{key}", sentence) for key, sentence in said.items())
    roots = tuple(f"journeys.{key}." for key in said)
    refused = any(problem.is_error and not problem.path.startswith(roots) for problem in problems)
    return kept, (*problems, *more), refused
