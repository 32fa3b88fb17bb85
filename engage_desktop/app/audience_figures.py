"""Figures of one audience at the clock: size, movement, waterfall and its members."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engage_desktop.app import protocol as p
from engage_desktop.app.levels import ids_of, since_of
from engage_desktop.app.lists import identifiers
from engage_desktop.app.replay import Replay
from engage_desktop.domain.condition import And, Condition
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Audience, Level

if TYPE_CHECKING:
    from engage_desktop.engine import Intervals, LeafCache
    from engage_desktop.events import EventStore

DAY_US = 86_400_000_000


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
    since = since_of(store, audience.level)
    members, total = _members(ids_of(store, audience.level), intervals, inside, request)
    return p.AudienceFigures(
        generation=request.generation,
        key=request.key,
        at_us=at,
        size=int(inside.sum()),
        people=int((since <= at).sum()),
        entered=int(((intervals.start > at - DAY_US) & (intervals.start <= at)).sum()),
        left=int(left.sum()),
        left_by_time=_left_by_time(store, audience.level, intervals.profile[left], intervals.end[left]),
        series=tuple((int(when), int(size)) for when, size in zip(instants, series, strict=True)),
        waterfall=_waterfall(replayed, cache, audience, at),
        members=members,
        members_total=total,
        offset=request.offset,
        kind="observed",
        seconds=time.perf_counter() - begun,
        level=audience.level,
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


def _left_by_time(store: EventStore, level: Level, who: Any, ends: Any) -> int:
    """How many left at an instant at which they did nothing: a window ran out (D-5). An account does
    what those linked to it do."""
    alone = 0
    accounts, profiles, _ = store.links() if level == "account" else (who, who, ends)
    for index, end in zip(who.tolist(), ends.tolist(), strict=True):
        if level == "user":
            alone += not _acted(store, index, end)
        else:
            low, high = np.searchsorted(accounts, [index, index + 1])
            alone += not any(_acted(store, profile, end) for profile in profiles[low:high].tolist())
    return alone


def _acted(store: EventStore, profile: int, at_us: int) -> bool:
    times = store.time[store.profile_start[profile] : store.profile_start[profile + 1]]
    place = int(np.searchsorted(times, at_us))
    return place < len(times) and bool(times[place] == at_us)


def _waterfall(replayed: Replay, cache: LeafCache | None, audience: Audience, at: int) -> tuple[p.WaterfallRow, ...]:
    """All of them, then how many are left after each condition of the top level."""
    from engage_desktop.language import parse_condition, phrase

    if audience.definition is None:
        return ()
    condition = parse_condition(audience.definition)
    items: tuple[Condition, ...] = condition.items if isinstance(condition, And) else (condition,)
    kept = np.flatnonzero(since_of(replayed.log.store, audience.level) <= at)
    rows = [p.WaterfallRow("All people" if audience.level == "user" else "All accounts", len(kept), 0)]
    for item, members in zip(items, _members_of_each(replayed, cache, audience, items, at), strict=True):
        left = np.intersect1d(kept, members, assume_unique=True)
        rows.append(p.WaterfallRow(phrase(item), len(left), len(kept) - len(left)))
        kept = left
    return tuple(rows)


def _members_of_each(
    replayed: Replay, cache: LeafCache | None, audience: Audience, items: tuple[Condition, ...], at: int
) -> Iterator[Any]:
    """Who meets each condition at the instant. What ANY and ALL ask depends on the audience they stand
    in, so for accounts every condition is made an audience of its own."""
    from engage_desktop.document import unused_key
    from engage_desktop.engine import compile_campaigns, condition_intervals, members, members_at
    from engage_desktop.language import to_text

    store = replayed.log.store
    if audience.level == "user":
        for item in items:
            yield members_at(condition_intervals(item, replayed.run.plan, store, cache=cache), at)
        return
    campaigns = replayed.campaigns
    taken = [one.key for one in campaigns.audiences] + [one.key for one in campaigns.traits]
    key = unused_key("condition", taken)
    for item in items:
        alone = audience.with_(key=key, definition=to_text(item), sync=())
        design = campaigns.with_(audiences=(*campaigns.audiences, alone), journeys=(), broadcasts=())
        plan = compile_campaigns(design, identifiers(replayed.lists))
        yield members(plan, store, key, at, cache=cache)
