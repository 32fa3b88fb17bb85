"""Membership over time: ask at every instant at which an answer may change (D-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import And, Compare, Condition, InAudience, Not, Or, Reduce
from engage_desktop.domain.journey import AudienceEntry
from engage_desktop.domain.step import Split, Wait
from tests.oracle.parse import parse
from tests.oracle.state import State

Interval = tuple[int, int | None]


def change_instants(state: State, until: int) -> list[int]:
    """Every instant up to `until` at which some condition may change: calls, and calls + any window's edge."""
    widths = {0}
    if state.rules.expiry_without_event:
        for text in _conditions(state.campaigns):
            widths |= set(_widths(parse(text)))
    instants = {call.time + width for call in state.person.calls for width in widths}
    return sorted(instant for instant in instants if instant <= until)


def intervals(holds: Callable[[int], bool], instants: list[int]) -> list[Interval]:
    """Right-continuous, merged intervals `[from, to)`; None = still open at the end (D-5)."""
    found: list[Interval] = []
    opened: int | None = None
    for instant in instants:
        now = holds(instant)
        if now and opened is None:
            opened = instant
        elif not now and opened is not None:
            found.append((opened, instant))
            opened = None
    if opened is not None:
        found.append((opened, None))
    return found


def _conditions(campaigns: Campaigns) -> Iterator[str]:
    """Every condition text of the file, wheres included."""
    yield from (audience.definition for audience in campaigns.audiences if audience.definition)
    for journey in campaigns.journeys:
        entry: Any = journey.entry
        texts = [entry.condition if isinstance(entry, AudienceEntry) else entry.where]
        texts += [rule.where for rule in journey.exits]
        for step in journey.steps:
            texts += [getattr(branch, "where", None) for branch in getattr(step, "branches", ())]
            if isinstance(step, Wait):
                texts.append(step.condition)
            if isinstance(step, Split):
                texts += [branch.condition for branch in step.branches]
        yield from (text for text in texts if text)


def _widths(condition: Condition) -> Iterator[int]:
    match condition:
        case And(items) | Or(items):
            for item in items:
                yield from _widths(item)
        case Not(item):
            yield from _widths(item)
        case Compare(left, _, values):
            for scalar in (left, *values):
                if isinstance(scalar, Reduce):
                    for window in scalar.stream.windows:
                        yield window.a.us
                        if window.b:
                            yield window.b.us
                    if scalar.stream.where:
                        yield from _widths(scalar.stream.where)
        case InAudience():
            pass
