"""Designs that mean nothing: refused before anything is computed, each with the rule that it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.journey import Entry, EventEntry, Journey, ScheduleEntry
from engage_desktop.domain.step import DelayUntil, RandomSplit, SetTrait, StepBase
from tests.oracle.calendars import date_of, next_clock, offset_of
from tests.oracle.policies import refuse_sending
from tests.oracle.rules import LAW, Rules
from tests.oracle.scope import Refused


def refuse_journeys(campaigns: Campaigns, rules: Rules = LAW) -> None:
    """Raise `Refused` for the first thing wrong."""
    refuse_sending(campaigns)
    taken = {audience.key for audience in campaigns.audiences} | {trait.key for trait in campaigns.traits}
    for writer in written(campaigns):
        if "." in writer.trait:
            raise Refused(f"step {writer.key}: a trait is written as a whole, so {writer.trait} is no name")
        if writer.trait in taken:
            raise Refused(f"step {writer.key}: {writer.trait} is a key (D-9)")
    for journey in campaigns.journeys:
        for reason in (*_identifiers(journey), *_schedule(journey.entry)):
            raise Refused(f"journey {journey.key}: {reason}")
        for step in journey.steps:
            for reason in _step(step, rules):
                raise Refused(f"step {journey.key}.{step.key}: {reason}")


def written(campaigns: Campaigns) -> list[SetTrait]:
    """Every step that sets a trait."""
    return [step for journey in campaigns.journeys for step in journey.steps if isinstance(step, SetTrait)]


def _identifiers(journey: Journey) -> Iterator[str]:
    """D-16, D-50."""
    reentry = journey.entry.reentry
    identifier = reentry.identifier if reentry else None
    if identifier is not None and (
        reentry is None or reentry.mode != "every" or not isinstance(journey.entry, EventEntry)
    ):
        yield "an identifier needs entry by event and mode every"
    if identifier is None and any(rule.match_identifier for rule in journey.exits):
        yield "match_identifier without an identifier"


def _schedule(entry: Entry) -> Iterator[str]:
    """D-54, formats 2: `every`, or a time and perhaps weekdays, or neither."""
    if not isinstance(entry, ScheduleEntry):
        return
    if date_of(entry.at, UTC, LAW) is None:
        yield f"{entry.at!r} is no date"
    if entry.every is not None and (entry.time is not None or entry.weekdays):
        yield "every, or a time"
    if entry.every is not None and parse_duration(entry.every) <= 0:
        yield "it would never rest"
    if entry.weekdays and entry.time is None:
        yield "weekdays need a time"
    if entry.time is not None:
        next_clock(0, entry.time, entry.weekdays, UTC, LAW)


def _step(step: StepBase, rules: Rules) -> Iterator[str]:
    match step:
        case DelayUntil():
            yield from _delay_until(step)
        case RandomSplit(branches=branches) if round(sum(branch.percent for branch in branches), 6) != 100:
            if rules.shares_sum_to_a_hundred:
                yield "the percentages do not sum to 100 (J2-19, V-16)"


def _delay_until(step: DelayUntil) -> Iterator[str]:
    """D-31: exactly one target; weekdays go with a time, an offset with a property or trait."""
    targets = [name for name in ("time", "at", "property", "trait") if getattr(step, name) is not None]
    if len(targets) != 1:
        yield "one of time, at, property, trait"
    if step.weekdays and step.time is None:
        yield "weekdays need a time"
    if step.offset is not None and not {"property", "trait"} & set(targets):
        yield "an offset is for a property or trait"
    if step.time is not None:
        next_clock(0, step.time, step.weekdays, UTC, LAW)
    offset_of(step.offset)
    if step.at is not None and date_of(step.at, UTC, LAW) is None:
        yield f"{step.at!r} is no date"
