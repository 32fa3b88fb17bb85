"""Filters that let nothing through: the trigger comes, and what is asked of it never holds then (D-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.lint_evidence import FEWEST, Evidence, Found, count, people_of
from engage_desktop.domain.journey import EventEntry
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Hold
from engage_desktop.engine.definitions import Node, asks_journey, resolve
from engage_desktop.language import parse_condition, phrase, references

if TYPE_CHECKING:
    from engage_desktop.engine.conditions import Conditions
    from engage_desktop.engine.plan import PlanJourney


def closed_filters(evidence: Evidence, explained: Collection[str]) -> Iterator[Found]:
    """`explained`: paths of texts of which more is known."""
    for plan, _ in evidence.journeys:
        if isinstance(plan.journey.entry, EventEntry):
            yield from _entry(evidence, plan, plan.journey.entry, explained)
        for path, event, text in _listeners(plan):
            where = None if path in explained else _resolved(evidence, text)
            if where is None or event not in evidence.event_names:
                continue
            came = _Came.all(evidence, event)
            if not len(came.where(evidence, where).rows):
                yield from _closed(path, came, f"for none of them this held: {phrase(parse_condition(text))}")


def _listeners(plan: PlanJourney) -> Iterator[tuple[str, str, str]]:
    """(path of the text, event, text) of what is asked of events after the entry."""
    root = f"journeys.{plan.journey.key}"
    for rule in plan.journey.exits:
        if rule.event and rule.where:
            yield f"{root}.exits.{rule.key}.where", rule.event, rule.where
    goal = plan.journey.goal
    if goal is not None and goal.where:
        yield f"{root}.goal.where", goal.event, goal.where
    for step in plan.journey.steps:
        for branch in step.branches if isinstance(step, Hold) else ():
            if branch.where:
                yield f"{root}.steps.{step.key}.branches.{branch.key}.where", branch.event, branch.where


def _resolved(evidence: Evidence, text: str) -> Node | None:
    """None where it reads what an instance remembers, another for each, or what the run makes."""
    node = resolve(parse_condition(text), evidence.run.plan)
    return None if asks_journey(node) or evidence.is_written(node) else node


@dataclass(frozen=True)
class _Came:
    """Events of one name in the window of the run; `rows` ascending in the log in which they all stand."""

    event: str
    conditions: Conditions
    rows: NDArray[Any]

    @classmethod
    def all(cls, evidence: Evidence, event: str) -> _Came:
        conditions = evidence.conditions_on(event)
        rows = np.asarray(conditions.log.rows(event))
        return cls(event, conditions, rows[evidence.in_window(np.asarray(conditions.log.time)[rows])])

    @property
    def at(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.asarray(self.conditions.log.time)[self.rows]
        return found

    @property
    def profile(self) -> NDArray[np.int32]:
        start = np.asarray(self.conditions.log.profile_start)
        return (np.searchsorted(start, self.rows, "right") - 1).astype(np.int32)

    def kept(self, mask: NDArray[np.bool_]) -> _Came:
        return replace(self, rows=self.rows[mask])

    def where(self, evidence: Evidence, node: Node) -> _Came:
        return self.kept(np.isin(self.rows, self.conditions.events(self.event, node).rows))


def _entry(evidence: Evidence, plan: PlanJourney, entry: EventEntry, explained: Collection[str]) -> Iterator[Found]:
    """The filter of the event and that of the person, each alone and both together."""
    root = f"journeys.{plan.journey.key}.entry"
    if entry.event not in evidence.event_names or f"{root}.where" in explained:
        return
    came = _Came.all(evidence, entry.event)
    came = came.kept((came.at >= plan.starts) & (came.at < plan.ends))
    if plan.entry.where is not None and entry.where and not evidence.is_written(plan.entry.where):
        passing = came.where(evidence, plan.entry.where)
        if not len(passing.rows):
            says = f"for none of them this held: {phrase(parse_condition(entry.where))}"
            yield from _closed(f"{root}.where", came, says)
            return
        came = passing
    if plan.entry.filter is not None and entry.audience:
        inside = evidence.intervals(plan.entry.filter).value(came.profile, came.at)
        if not inside.any():
            audience = evidence.campaigns.audience(entry.audience)
            assert audience is not None
            says = f"nobody was in “{audience.name}” then"
            if audience.definition and entry.event in references(parse_condition(audience.definition)).events:
                says += ", which sees the event itself"
            yield from _closed(f"{root}.audience", came, says)


def _closed(path: str, came: _Came, why: str) -> Iterator[Found]:
    people, at = people_of(came.profile, came.at)
    if len(people) >= FEWEST:
        times = count(len(came.rows), "time", "times")
        says = f"The filter can never follow its trigger: “{came.event}” came {times} from {len(people):,} people, and {why}."
        mend = "Change the filter, or choose the event that it was meant for."
        yield Found(Problem("warning", "filter_never", path, says, mend), people, at)
