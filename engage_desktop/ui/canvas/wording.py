"""What all cards of a journey say: a card is put into words again only when something it speaks of is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import is_not
from typing import TYPE_CHECKING

from engage_desktop.document import ENTRY
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import End, Output, StepBase
from engage_desktop.ui.canvas.content import CardContent, card_content, entry_content, step_figures
from engage_desktop.ui.canvas.words import is_holdout

if TYPE_CHECKING:
    from engage_desktop.app.protocol import JourneyFigures, StepFigures

OutputsOf = Callable[[str], tuple[Output, ...]]
Problems = Mapping[str, tuple[Problem, ...]]


class Wording:
    """Remembers each step's words as long as the step, its problems and what it names are the same: all are frozen."""

    def __init__(self, outputs_of: OutputsOf) -> None:
        self._outputs_of = outputs_of
        self._known: dict[str, tuple[tuple[object, ...], tuple[object, ...], CardContent]] = {}
        self._named: tuple[object, ...] = ()
        self._problems: Problems = {}

    def contents(
        self,
        journey: Journey,
        campaigns: Campaigns | None,
        problems: Problems,
        figures: JourneyFigures | None,
        current: bool,
    ) -> dict[str, CardContent]:
        """The contents of all cards by key, the entry's first, then in the file's order."""
        self._problems = problems
        named = _named(campaigns)
        if len(named) != len(self._named) or any(map(is_not, named, self._named)):
            self._named = named
        made = {
            ENTRY: entry_content(
                journey, figures, key=ENTRY, campaigns=campaigns, current=current, problems=problems.get(ENTRY, ())
            )
        }
        entered = figures.entered if figures else None
        holdouts = self._holdout_ends(journey)
        # by_key lists the first of a duplicate; the file's order is the reading order.
        for key in dict.fromkeys(step.key for step in journey.steps):
            own = figures.steps.get(key) if figures else None
            step = journey.by_key[key]
            made[key] = self._content(step, campaigns, (own, entered, current), holdout=key in holdouts)
        self._known = {key: known for key, known in self._known.items() if key in made}
        return made

    def _content(
        self,
        step: StepBase,
        campaigns: Campaigns | None,
        counted: tuple[StepFigures | None, int | None, bool],
        *,
        holdout: bool,
    ) -> CardContent:
        problems = self._problems.get(step.key, ())
        about = (step, problems, holdout, self._named)
        known = self._known.get(step.key)
        if known is not None and _same(known[0], about):
            if known[1] == counted:
                return known[2]
            base = known[2]
        else:
            base = card_content(step, None, campaigns=campaigns, problems=problems, holdout=holdout)
        figures, entered, current = counted
        made = replace(base, figures=step_figures(step, figures, entered), current=current)
        self._known[step.key] = (about, counted, made)
        return made

    def _holdout_ends(self, journey: Journey) -> set[str]:
        """Ends that nothing but holdout branches reach."""
        reached: dict[str, list[bool]] = {}
        for step in journey.by_key.values():
            for output in self._outputs_of(step.key):
                if output.target is not None and not output.loop:
                    reached.setdefault(output.target, []).append(is_holdout(step, output.branch))
        return {key for key, ways in reached.items() if all(ways) and isinstance(journey.by_key.get(key), End)}


def _named(campaigns: Campaigns | None) -> tuple[object, ...]:
    """Everything that a card may speak of by its name."""
    if campaigns is None:
        return ()
    return (*campaigns.messages, *campaigns.audiences, *campaigns.destinations)


def _same(known: Iterable[object], about: Iterable[object]) -> bool:
    return all(one is other for one, other in zip(known, about, strict=True))
