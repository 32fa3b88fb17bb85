"""Figures of the newest run as the window's plain dataclasses."""

from __future__ import annotations

import numpy as np

from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import NEVER, Playback
from engage_desktop.app import protocol as p
from engage_desktop.app.replay import Replay
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.step import End


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
        goal=None
        if count.goal is None
        else p.GoalFigures(count.goal.reached, count.goal.events, count.goal.value, count.goal.refused),
        turned_away=count.turned_away,
        alone=request.alone,
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
        columns = playback.journey(journey.key)
        entered = columns.entered.upto(request.at_us)
        journeys[journey.key] = (entered, entered - columns.ended.upto(request.at_us))
    return p.Sizes(
        request.generation,
        request.at_us,
        {audience.key: int(counts[index]) for index, audience in enumerate(campaigns.audiences)},
        journeys,
    )


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
