"""Figures of the newest run as the window's plain dataclasses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import NEVER, Playback
from engage_desktop.app import protocol as p
from engage_desktop.app.replay import Replay
from engage_desktop.domain.condition import And, Condition
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.step import End

if TYPE_CHECKING:
    from engage_desktop.engine import Intervals, LeafCache

DAY_US = 86_400_000_000


def journey_figures(playback: Playback, request: p.AskFigures) -> p.JourneyFigures:
    """Counts on the canvas at the clock."""
    journey = next((one for one in playback.run.plan.campaigns.journeys if one.key == request.journey), None)
    if journey is None:
        raise UserError(f"There is no journey {request.journey!r} in this design.")
    count = journey_count(playback, request.journey, request.at_us)
    ends = {step.key for step in journey.steps if isinstance(step, End)}
    steps = {
        key: p.StepFigures(
            arrived=step.arrived,
            left=step.left,
            inside=step.arrived - step.left,
            people=step.people,
            sent=step.sent,
            not_sent=step.not_sent,
            assumed=step.assumed,
            ended=step.arrived if key in ends else 0,
        )
        for key, step in count.steps.items()
    }
    return p.JourneyFigures(
        generation=request.generation,
        journey=request.journey,
        at_us=request.at_us,
        entered=count.entered,
        people=count.people,
        inside=count.inside,
        completed=count.completed,
        exited=count.exited,
        steps=steps,
        wires=count.wires,
        messages=count.messages,
        kind="assumed" if count.assumed else "observed",
    )


def people_page(playback: Playback, request: p.AskPeople) -> p.People:
    """One page of the people at a step."""
    total, rows = playback.people(
        request.journey,
        request.step,
        request.at_us,
        inside=request.which == "inside",
        offset=request.offset,
        limit=request.limit,
        search=request.search,
    )
    people = tuple(
        p.PersonRow(who, number, since, None if until == NEVER else until) for who, number, since, until in rows
    )
    return p.People(request.generation, request.journey, request.step, request.at_us, total, request.offset, people)


def sizes(playback: Playback, request: p.AskSizes) -> p.Sizes:
    """Sizes of every audience and journey at the clock."""
    run = playback.run
    campaigns = run.plan.campaigns
    memberships = run.memberships
    inside = (memberships["from_at"] <= request.at_us) & (memberships["to_at"] > request.at_us)
    counts = np.bincount(memberships["audience"][inside], minlength=len(campaigns.audiences))
    journeys = {}
    for journey in campaigns.journeys:
        count = journey_count(playback, journey.key, request.at_us)
        journeys[journey.key] = (count.entered, count.inside)
    return p.Sizes(
        request.generation,
        request.at_us,
        {audience.key: int(counts[index]) for index, audience in enumerate(campaigns.audiences)},
        journeys,
    )


def audience_figures(replayed: Replay, cache: LeafCache | None, request: p.AskAudience) -> p.AudienceFigures:
    """Size, movement, waterfall and one page of members of an audience at the clock."""
    from engage_desktop.engine import membership

    begun = time.perf_counter()
    run, store, at = replayed.run, replayed.log.store, request.at_us
    audience = replayed.campaigns.audience(request.key)
    if audience is None:
        raise UserError(f"There is no audience {request.key!r} in this design.")
    intervals = membership(run.plan, store, request.key, cache=cache)
    inside = (intervals.start <= at) & (intervals.end > at)
    starts, ends = np.sort(intervals.start), np.sort(intervals.end)
    first, last = run.window
    instants = np.linspace(first, last, request.points).astype(np.int64)
    series = np.searchsorted(starts, instants, "right") - np.searchsorted(ends, instants, "right")
    left = (intervals.end > at - DAY_US) & (intervals.end <= at)
    members, total = _members(store.profile_ids, intervals, inside, request)
    return p.AudienceFigures(
        generation=request.generation,
        key=request.key,
        at_us=at,
        size=int(inside.sum()),
        people=int((store.since <= at).sum()),
        entered=int(((intervals.start > at - DAY_US) & (intervals.start <= at)).sum()),
        left=int(left.sum()),
        left_by_time=_left_by_time(store, intervals.profile[left], intervals.end[left]),
        series=tuple((int(when), int(size)) for when, size in zip(instants, series, strict=True)),
        waterfall=_waterfall(replayed, cache, audience.definition or "", at),
        members=members,
        members_total=total,
        offset=request.offset,
        kind="observed",
        seconds=time.perf_counter() - begun,
    )


def _members(
    ids: Any, intervals: Intervals, inside: Any, request: p.AskAudience
) -> tuple[tuple[tuple[str, int], ...], int]:
    rows = np.flatnonzero(inside)
    if request.search:
        wanted = request.search.casefold()
        rows = np.array([row for row in rows if wanted in ids[int(intervals.profile[row])].casefold()], np.intp)
    page = rows[request.offset : request.offset + request.limit]
    return tuple((ids[int(intervals.profile[row])], int(intervals.start[row])) for row in page), len(rows)


def _left_by_time(store: Any, profiles: Any, ends: Any) -> int:
    """How many left at an instant at which they did nothing: a window ran out (D-5)."""
    alone = 0
    for profile, end in zip(profiles.tolist(), ends.tolist(), strict=True):
        low, high = store.profile_start[profile], store.profile_start[profile + 1]
        times = store.time[low:high]
        place = int(np.searchsorted(times, end))
        alone += not (place < len(times) and times[place] == end)
    return alone


def _waterfall(replayed: Replay, cache: LeafCache | None, definition: str, at: int) -> tuple[p.WaterfallRow, ...]:
    """All people, then how many are left after each condition of the top level."""
    from engage_desktop.engine import condition_intervals, members_at
    from engage_desktop.language import parse_condition, phrase

    store = replayed.log.store
    condition = parse_condition(definition)
    items: tuple[Condition, ...] = condition.items if isinstance(condition, And) else (condition,)
    kept = np.flatnonzero(store.since <= at)
    rows = [p.WaterfallRow("All people", len(kept), 0)]
    for item in items:
        members = members_at(condition_intervals(item, replayed.run.plan, store, cache=cache), at)
        left = np.intersect1d(kept, members, assume_unique=True)
        rows.append(p.WaterfallRow(phrase(item), len(left), len(kept) - len(left)))
        kept = left
    return tuple(rows)


def table_page(replayed: Replay, request: p.AskTable) -> p.TablePage:
    """One page of a run table as text."""
    tables = replayed.tables
    if request.table not in tables:
        raise UserError(f"There is no table {request.table!r}. Use one of: {', '.join(tables)}.")
    table = tables[request.table]
    page = table.slice(request.offset, request.limit)
    columns = []
    for name in page.column_names:
        column = page[name]
        if str(column.type).startswith("timestamp"):
            columns.append(
                ["" if value is None else format_instant(value) for value in column.cast("int64").to_pylist()]
            )
        else:
            columns.append(["" if value is None else str(value) for value in column.to_pylist()])
    rows = tuple(zip(*columns, strict=True)) if columns else ()
    return p.TablePage(
        request.generation, request.table, tuple(page.column_names), rows, table.num_rows, request.offset
    )
