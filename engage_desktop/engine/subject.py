"""Somebody whom explain is asked about: what journeys made of them, and answers that a run of them confirms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Level
from engage_desktop.engine.bearing import few_of
from engage_desktop.engine.changes import RunEdit
from engage_desktop.engine.coupling import feeds_back, goes_by_turns, hears_itself, is_coupled
from engage_desktop.engine.few import Few
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.points import Point
from engage_desktop.engine.questions import Answer, Question, answer
from engage_desktop.engine.source import Log
from engage_desktop.engine.trace import Played, Way


@dataclass(frozen=True)
class Subject:
    """A person (or account) of a log under a design that runs over a window with a seed."""

    plan: Plan
    log: Log
    index: int
    window: tuple[int, int]
    seed: int = 0
    level: Level = "user"

    @cached_property
    def _coupled(self) -> bool:
        """Whether somebody's way through one campaign may hang on another's."""
        every = self.plan, self.plan.journeys, self.plan.broadcasts
        return is_coupled(self.plan.journeys) or hears_itself(*every) or feeds_back(*every)

    def _run(self, journey: PlanJourney | None) -> tuple[PlanJourney, ...]:
        """The journeys that run together with one: where journeys write, or count instances, it is not alone."""
        if self._coupled or journey is None:
            return self.plan.journeys if self._coupled else ()
        limited = tuple(one for one in self.plan.journeys if one.journey.enforce_limits)
        return limited if journey in limited else (journey,)

    def _played(self, few: Few, journey: PlanJourney | None) -> Played:
        """What a run makes of these people; one that was played already is not played again."""
        journeys = self._run(journey)
        key = few.people, few.edits, few.until, [one.index for one in journeys]
        for known, played in self._known:
            if known == key:
                return played
        if self._coupled and goes_by_turns(self.plan):
            raise UserError(
                "Here the turn of one person in a broadcast with a throughput hangs on all others; that cannot be explained in "
                "this version. Take the throughput out to ask."
            )
        bare = few.with_(few.edits, few.until)
        window = self.window if few.until is None else (self.window[0], max(self.window[0], few.until))
        played = Played(self.plan, bare, journeys, window, self.seed)
        self._known[:] = [*self._known[-7:], (key, played)]
        return played

    @cached_property
    def _known(self) -> list[tuple[object, Played]]:
        return []

    @cached_property
    def _written(self) -> Callable[[Few], tuple[RunEdit, ...]] | None:
        """What a run makes of some people; None where nothing of that can be asked for."""
        return (lambda few: self._played(few, None).written) if self._coupled else None

    def way(self, journey: PlanJourney) -> Way:
        """What the run says of the person in a journey."""
        few = few_of(self.plan, self.log, "user", self.index, self._run(journey))
        return self._played(few, journey).way(journey, few.local(self.index))

    def ask(self, question: Question, at: int, *, unfold: int = 0, change: bool = True) -> Answer:
        """Why a condition holds, or does not."""
        return answer(
            self.plan, self.log, question, self.index, at,
            unfold=unfold, change=change, also=self._run(None), written=self._written,
        )  # fmt: skip

    def ask_point(
        self, journey: PlanJourney, point: Point, *, at: int | None = None, unfold: int = 0, change: bool = True
    ) -> Answer:
        """Why somebody went on, or did not. A change is shown only where the journey, run with it, comes out so.
        Raises UserError where the answer would not be the run's: what one path of an instance sets, another may see in
        the same instant, and a question knows its own path alone."""
        at = point.at if at is None else at

        def confirm(few: Few, who: int) -> bool:
            assert point.happened is not None
            return point.happened(self._played(few, journey).way(journey, who))

        found = answer(
            self.plan, self.log, point.question, self.index, at, unfold=unfold, change=change,
            confirm=None if point.happened is None else confirm, also=self._run(journey), written=self._written,
        )  # fmt: skip
        settled = point.settles and point.happened is not None and at == point.at
        if settled and point.happened is not None and point.happened(self.way(journey)) != found.verdict:
            raise UserError(
                f"What decided here at {format_instant(at)} was a trait that another path of {journey.journey.name} "
                "set in that very instant; that cannot be explained in this version."
            )
        return found
