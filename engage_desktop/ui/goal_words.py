"""What a journey's goal is and how far it has been reached, in words."""

from __future__ import annotations

from engage_desktop.app.protocol import JourneyFigures
from engage_desktop.domain.message import Goal
from engage_desktop.ui import formats
from engage_desktop.ui.canvas.words import condition_short, duration_short


def goal_words(goal: Goal) -> str:
    """`Order Completed where total ≥ 20 within 14 days`."""
    where = f" where {condition_short(goal.where)}" if goal.where else ""
    within = f" within {duration_short(goal.within)}" if goal.within else ""
    return f"{goal.event}{where}{within}"


def reached_words(goal: Goal, figures: JourneyFigures) -> str:
    """How many people reached the goal up to the clock, and what that was worth; or why it cannot be said."""
    found = figures.goal
    if found is None:
        return ""
    if found.refused:
        return found.refused
    part = f" ({formats.share(found.reached, figures.people)})" if figures.people else ""
    said = f"Reached by {formats.number(found.reached)} of {formats.count(figures.people, 'person', 'people')}{part}"
    if found.value is None:
        return f"{said}."
    return f"{said}. {goal.value}: {formats.number(found.value)} in {formats.count(found.events, 'event')}."


def reached_short(figures: JourneyFigures) -> tuple[str, str]:
    """(number of people, their share) where it can be counted, else ("", "")."""
    found = figures.goal
    if found is None or found.refused:
        return "", ""
    return formats.number(found.reached), formats.share(found.reached, figures.people)
