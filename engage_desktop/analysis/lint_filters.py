"""Filters that let nothing through: the trigger comes, and what is asked of it never holds then (D-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    from engage_desktop.engine.plan import PlanJourney


def closed_filters(evidence: Evidence, explained: Collection[str]) -> Iterator[Found]:
    """`explained`: paths of texts of which more is known."""
    for plan, _ in evidence.journeys:
        if isinstance(plan.journey.entry, EventEntry):
            yield from _entry(evidence, plan, plan.journey.entry, explained)
        for path, event, text in _listeners(plan):
            where = None if path in explained else _resolved(evidence, text)
            rows = None if where is None or event not in evidence.store.event_names else _rows(evidence, event)
            if rows is None or where is None:
                continue
            passing = evidence.plain.events(event, where).rows
            if not evidence.in_window(passing).any():
                yield from _closed(
                    evidence, path, event, rows, f"for none of them this held: {phrase(parse_condition(text))}"
                )


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


def _rows(evidence: Evidence, event: str) -> NDArray[Any]:
    rows = np.asarray(evidence.store.rows(event))
    return rows[evidence.in_window(rows)]


def _entry(evidence: Evidence, plan: PlanJourney, entry: EventEntry, explained: Collection[str]) -> Iterator[Found]:
    """The filter of the event and that of the person, each alone and both together."""
    root = f"journeys.{plan.journey.key}.entry"
    if entry.event not in evidence.store.event_names or f"{root}.where" in explained:
        return
    time = np.asarray(evidence.store.time)
    rows = _rows(evidence, entry.event)
    rows = rows[(time[rows] >= plan.starts) & (time[rows] < plan.ends)]
    passing = rows
    if plan.entry.where is not None and entry.where and not evidence.is_written(plan.entry.where):
        passing = rows[np.isin(rows, evidence.plain.events(entry.event, plan.entry.where).rows)]
        if not len(passing):
            says = f"for none of them this held: {phrase(parse_condition(entry.where))}"
            yield from _closed(evidence, f"{root}.where", entry.event, rows, says)
            return
    if plan.entry.filter is not None and entry.audience:
        inside = evidence.intervals(plan.entry.filter).value(_profiles(evidence, passing), time[passing])
        if not inside.any():
            audience = evidence.campaigns.audience(entry.audience)
            assert audience is not None
            says = f"nobody was in “{audience.name}” then"
            if audience.definition and entry.event in references(parse_condition(audience.definition)).events:
                says += ", which sees the event itself"
            yield from _closed(evidence, f"{root}.audience", entry.event, passing, says)


def _profiles(evidence: Evidence, rows: NDArray[Any]) -> NDArray[np.int32]:
    found: NDArray[np.int32] = (np.searchsorted(np.asarray(evidence.store.profile_start), rows, "right") - 1).astype(
        np.int32
    )
    return found


def _closed(evidence: Evidence, path: str, event: str, rows: NDArray[Any], why: str) -> Iterator[Found]:
    people, at = people_of(_profiles(evidence, rows), np.asarray(evidence.store.time)[rows])
    if len(people) >= FEWEST:
        says = f"The filter can never follow its trigger: “{event}” came {count(len(rows), 'time', 'times')} from {len(people):,} people, and {why}."
        mend = "Change the filter, or choose the event that it was meant for."
        yield Found(Problem("warning", "filter_never", path, says, mend), people, at)
