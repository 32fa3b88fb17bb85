"""Names that a design asks for and the log never shows: events and their properties, and dates that no rule can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.lint_evidence import NOBODY, Evidence, Found, count, people_of
from engage_desktop.document.fixes import at_path, setting
from engage_desktop.document.rewriting import rename_event, rename_property
from engage_desktop.document.sites import Site, conditions, event_names
from engage_desktop.domain.clock import is_local
from engage_desktop.domain.condition import Compare, CompareDate, Expression, Instant, Trait
from engage_desktop.domain.problem import Fix, Problem
from engage_desktop.domain.step import DelayUntil
from engage_desktop.language import parse, references
from engage_desktop.language.printer import join_path, split_path
from engage_desktop.language.walk import nodes

NEAR = 0.75
"""How alike a name must be to be offered: of more distant ones none is meant."""


class Asked(NamedTuple):
    """A text with its tree and, where it filters one event, the name of that."""

    site: Site
    tree: Expression
    event: str


def texts(evidence: Evidence) -> Iterator[Asked]:
    """Every query text of the design; a run's design has no other than good ones."""
    for site in conditions(evidence.campaigns):
        event = at_path(evidence.campaigns, f"{site.path.rpartition('.')[0]}.event") if site.role == "where" else ""
        yield Asked(site, parse(site.text), event or "")


def unseen_events(evidence: Evidence) -> Iterator[Found]:
    """Each place that names an event which never came."""
    known = evidence.event_names
    for place in event_names(evidence.campaigns):
        if place.name and place.name not in known:
            near = nearest(place.name, known)
            fix = setting(f"Write “{near}”", (place.path, near)) if near else None
            yield _unseen(evidence, place.path, place.name, near, fix)
    for site, tree, _ in texts(evidence):
        for name in references(tree).events:
            if name not in known:
                near = nearest(name, known)
                fix = setting(f"Write “{near}”", (site.path, rename_event(site.text, name, near))) if near else None
                yield _unseen(evidence, site.path, name, near, fix)


def _unseen(evidence: Evidence, path: str, name: str, near: str, fix: Fix | None) -> Found:
    says = f"The log has no event “{name}”."
    problem = Problem("warning", "event_unseen", path, says, _did_you_mean(near, "Choose one that the log has"), fix)
    parts = path.split(".")
    return Found(
        problem, *(_waiters(evidence, parts[1], parts[3]) if ".branches." in path and parts[-1] == "event" else NOBODY)
    )


def _waiters(evidence: Evidence, journey: str, step: str) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Who came to a hold and waited for it."""
    for plan, columns in evidence.journeys:
        if plan.journey.key == journey:
            index = plan.journey.steps.index(plan.journey.by_key[step])
            here = columns.visits["step"] == index
            return people_of(columns.visits["profile"][here], columns.visits["entered_at"][here])
    return NOBODY


def unseen_properties(evidence: Evidence) -> Iterator[Found]:
    """Each place that asks an event of the log for a property which none of them carries."""
    for site, tree, own in texts(evidence):
        for event, paths in references(tree).properties.items():
            for path in paths:
                renamed = partial(rename_property, site.text, event, path)
                yield from _property(evidence, site.path, event or own, path, renamed)
    for place, event, name in _named_properties(evidence):
        yield from _property(evidence, place, event, split_path(name), join_path)


def _named_properties(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """(path, event, property) of those named outside of query texts."""
    for journey in evidence.campaigns.journeys:
        root, entry = f"journeys.{journey.key}", journey.entry
        event = getattr(entry, "event", None)
        if event and entry.reentry is not None and entry.reentry.identifier:
            yield f"{root}.entry.reentry.identifier", event, entry.reentry.identifier
        if journey.goal is not None and journey.goal.value:
            yield f"{root}.goal.value", journey.goal.event, journey.goal.value
        for step in journey.steps:
            if event and isinstance(step, DelayUntil) and step.property and not step.property.startswith(f"{event}."):
                yield f"{root}.steps.{step.key}.property", event, step.property


def _property(
    evidence: Evidence, path: str, event: str, name: tuple[str, ...], written: Callable[[tuple[str, ...]], str]
) -> Iterator[Found]:
    store = evidence.store
    unknown = event not in store.event_names or event in evidence.made_names
    if unknown or store.column(event, name).kind.any():
        return
    shown = join_path(name)
    near = nearest(shown, store.properties(event))
    fix = setting(f"Write “{near}”", (path, written(split_path(near)))) if near else None
    says = f"No “{event}” of this log carries “{shown}”."
    mend = _did_you_mean(near, "Choose a property that these events carry")
    yield Found(Problem("warning", "property_unseen", path, says, mend, fix), *NOBODY)


def nearest(name: str, known: Iterable[str]) -> str:
    """The name that may be meant, none where none is alike: case and spaces count little."""
    plain = {_plain(one): one for one in sorted(known)}
    near = get_close_matches(_plain(name), plain, 1, NEAR)
    return plain[near[0]] if near else ""


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ")


def _did_you_mean(near: str, otherwise: str) -> str:
    return f"Did you mean “{near}”?" if near else f"{otherwise}, or wait until it comes."


# -- dates --------------------------------------------------------------------------------


def dates_without_zone(evidence: Evidence) -> Iterator[Found]:
    """Traits asked as dates whose value names no zone: such a value never matches (D-42)."""
    logged = set(evidence.store.trait_names())
    for site, tree, _ in texts(evidence):
        if site.level == "user":
            for path in dict.fromkeys(_dates(tree)):
                if join_path(path) in logged:
                    yield from _zoneless(evidence, site.path, path)


def _dates(tree: Expression) -> Iterator[tuple[str, ...]]:
    for node, _ in nodes(tree):
        match node:
            case CompareDate(left=Trait(path)):
                yield path
            case Compare(left=Trait(path), values=values) if any(isinstance(value, Instant) for value in values):
                yield path
            case _:
                pass


def _zoneless(evidence: Evidence, site: str, path: tuple[str, ...]) -> Iterator[Found]:
    """Those whose newest value at the run's end is a date without zone."""
    told = evidence.store.trait(path)
    upto = np.asarray(told.time) <= evidence.run.window[1]
    owner = np.repeat(np.arange(len(told.start) - 1), np.diff(told.start))[upto]
    rows = np.flatnonzero(upto)
    last = rows[np.concatenate([owner[1:] != owner[:-1], [True]])] if len(rows) else rows
    texts_ = np.array([is_local(text) for text in told.column.texts] or [False])
    code = np.asarray(told.column.code)[last]
    without = last[(code >= 0) & texts_[np.maximum(code, 0)]]
    if not len(without):
        return
    people = np.searchsorted(np.asarray(told.start), without, "right") - 1
    name = join_path(path)
    says = f"{count(len(without), 'person has', 'people have')} a date without zone in “{name}”, of {len(last):,}: it never matches here."
    mend = "Have the source send the zone, such as 2025-03-31T09:00:00Z."
    problem = Problem("warning", "date_without_zone", site, says, mend)
    yield Found(problem, people.astype(np.int32), np.asarray(told.time)[without].astype(np.int64))
