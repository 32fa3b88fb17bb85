"""What replicates count: figures of campaigns, and of what these send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engage_desktop.domain.response import STAGES
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.coupling import read_by
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.sends import PlanMessage, messages_of

ENTERED, WAS_SENT = "entered", "sent"
FIGURES = (ENTERED, WAS_SENT, *STAGES)


@dataclass(frozen=True, order=True)
class Figure:
    """A count of a campaign, or of one of its steps or variants; `step` is empty for the campaign as a whole."""

    campaign: str
    step: str
    place: int
    """In FIGURES."""

    @property
    def name(self) -> str:
        return FIGURES[self.place]


def sent_by(journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> list[tuple[str, str, PlanMessage]]:
    """Keys of campaign and step (empty for all of a broadcast) and the message; not of those held out."""
    found = [(one.journey.key, step.key, step.compiled.message) for one in journeys for step in messages_of(one)]
    for one in broadcasts:
        keys = [variant.key for variant in one.broadcast.variants] or [""]
        pairs = zip(keys, one.variants, strict=True)
        found += [(one.key, key, variant.message) for key, variant in pairs if not variant.holdout]
    return found


def _answers_of(journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> frozenset[str]:
    models = [one.responses for _, _, one in sent_by(journeys, broadcasts)]
    return frozenset().union(*(one.events for one in models if one is not None))


def figures_of(
    campaigns: Iterable[str], journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]
) -> tuple[Figure, ...]:
    """In public order."""
    found = {Figure(key, "", 0) for key in campaigns}
    for campaign, step, message in sent_by(journeys, broadcasts):
        found.add(Figure(campaign, step, 1))
        if message.responses is not None:
            model = message.responses
            stages = {stage.place for some in (model.stages, *(own for _, own in model.by)) for stage in some}
            found |= {Figure(campaign, step, place + 2) for place in stages}
    return tuple(sorted(found))


def steps_of(journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> dict[str, dict[str, int]]:
    """By campaign of what it sends the places in rows."""
    found = {one.journey.key: {step.key: step.index for step in messages_of(one)} for one in journeys}
    for one in broadcasts:
        found[one.key] = {variant.key: place for place, variant in enumerate(one.broadcast.variants)} or {"": -1}
    return found


def answers_heard(plan: Plan, journeys: Sequence[PlanJourney], broadcasts: Sequence[PlanBroadcast]) -> frozenset[str]:
    """The names of answers for which a journey or broadcast asks, so that they may move somebody."""
    names = _answers_of(journeys, broadcasts)
    return names & frozenset().union(*(read_by(one, plan.meanings).events for one in (*journeys, *broadcasts)))
