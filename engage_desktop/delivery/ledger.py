"""When a sync would call: the `deliveries` table of a run (D-38).

Audience changes come from the membership intervals of the run, step rows from its send visits;
rate limits of a destination shift due times. Instants are int64 microseconds UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.delivery.call import message_id
from engage_desktop.domain.duration import parse_duration, parse_instant
from engage_desktop.domain.people import Sync

if TYPE_CHECKING:
    from pyarrow import Table

    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore

NEVER = np.iinfo(np.int64).max
COLUMNS = (
    "destination",
    "campaign",
    "step",
    "profile",
    "change",
    "changed_at",
    "due_at",
    "batch",
    "message_id",
    "kind",
)
Row = tuple[Any, ...]


def run_tables(run: Run, store: EventStore) -> dict[str, Table]:
    """All public tables of a run; `deliveries` with the audience changes beside the step rows."""
    from engage_desktop.engine import to_arrow

    tables = to_arrow(run, store)
    return tables | {"deliveries": deliveries(run, store, tables["deliveries"].schema)}


def deliveries(run: Run, store: EventStore, schema: Any) -> Table:
    """The table, sorted by (destination, campaign, profile, changed_at, step)."""
    import pyarrow as pa

    rows = [*_step_rows(run, store), *_audience_rows(run, store)]
    rows = _apply_rates(run, rows)
    rows.sort(key=lambda row: (row[0], row[1], row[3], row[5], row[2] or "", row[8]))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    arrays = []
    for field, values in zip(schema, columns, strict=True):
        if pa.types.is_timestamp(field.type):
            arrays.append(pa.array(values, pa.int64()).cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _step_rows(run: Run, store: EventStore) -> list[Row]:
    from engage_desktop.engine import CHANGES, KINDS, entry_keys, sender

    table = run.deliveries
    campaigns = run.plan.campaigns
    rows = []
    columns = [table[name].tolist() for name in ("campaign", "step", "profile", "change", "changed_at", "kind")]
    for campaign, place, profile, change, changed, kind, key in zip(*columns, entry_keys(run), strict=True):
        journey = campaigns.journeys[campaign]
        step, destination = sender(journey, place)
        who = store.profile_ids[profile]
        assert destination is not None  # only what has one makes rows
        word = CHANGES[change]
        name = message_id(destination, journey.key, step, who, key, 1, word, changed)
        rows.append((destination, journey.key, step, who, word, changed, changed, None, name, KINDS[kind]))
    return rows


def _audience_rows(run: Run, store: EventStore) -> list[Row]:
    table = run.memberships
    rows: list[Row] = []
    for index, audience in enumerate(run.plan.campaigns.audiences):
        mask = table["audience"] == index
        profile, start, end = (table[name][mask] for name in ("profile", "from_at", "to_at"))
        for sync in audience.sync:
            for who, change, changed, due, batch in audience_changes(sync, run.window, profile, start, end):
                person = store.profile_ids[who]
                word = {"entered": "added", "exited": "removed"}[change] if sync.as_ == "list" else change
                name = message_id(sync.destination, audience.key, "", person, "", 1, word, changed)
                rows.append((sync.destination, audience.key, None, person, word, changed, due, batch, name, "observed"))
    return rows


def audience_changes(
    sync: Sync, window: tuple[int, int], profile: NDArray[np.int32], start: NDArray[np.int64], end: NDArray[np.int64]
) -> list[tuple[int, str, int, int, int | None]]:
    """(profile index, entered or exited, changed_at, due_at, batch number or None).

    `start`, `end`: disjoint intervals sorted by (profile, start). Realtime: one call a change.
    Batch: at each tick the net change since the one before. With backfill the first call names
    who was a member at the start of the window.
    """
    first, last = window
    if sync.mode == "batch":
        return _batch_changes(sync, window, profile, start, end)
    changes: list[tuple[int, str, int, int, int | None]] = []
    backfill = (start < first) & (end > first)
    entered = (start >= first) & (start <= last)
    if sync.backfill:
        changes += [(who, "entered", when, first, None) for who, when in _pairs(profile, start, backfill)]
    changes += [(who, "entered", when, when, None) for who, when in _pairs(profile, start, entered)]
    known = entered | (backfill if sync.backfill else False)
    exited = known & (end <= last)
    changes += [(who, "exited", when, when, None) for who, when in _pairs(profile, end, exited)]
    return changes


def _pairs(profile: NDArray[np.int32], instants: NDArray[np.int64], mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return list(zip(profile[mask].tolist(), instants[mask].tolist(), strict=True))


def _batch_changes(
    sync: Sync, window: tuple[int, int], profile: NDArray[np.int32], start: NDArray[np.int64], end: NDArray[np.int64]
) -> list[tuple[int, str, int, int, int | None]]:
    first, last = window
    every = parse_duration(sync.every or "1h")
    origin = first
    if sync.first is not None:
        origin = (
            parse_instant(sync.first) if "T" in sync.first or " " in sync.first else first + parse_duration(sync.first)
        )
    # The tick that first sees an instant: ticks are origin + n * every, n >= 0.
    tick_of_start = np.maximum(0, -((origin - start) // every))
    open_end = end == NEVER
    tick_of_end = np.maximum(0, -((origin - np.where(open_end, last, end)) // every))
    tick_of_end = np.where(open_end, NEVER, tick_of_end)
    seen = tick_of_start < tick_of_end  # entered and left inside one batch = nothing
    if not sync.backfill:
        seen &= start >= first
    who, opened, closed = profile[seen], tick_of_start[seen], tick_of_end[seen]
    from_at, to_at = start[seen], end[seen]
    rejoined = np.zeros(len(who), bool)  # left and back inside one batch = nothing either
    rejoined[:-1] = (who[1:] == who[:-1]) & (opened[1:] == closed[:-1])
    arrives = ~np.concatenate([[False], rejoined[:-1]]) if len(who) else np.zeros(0, bool)
    changes: list[tuple[int, str, int, int, int | None]] = []
    for person, tick, when, keep in zip(who.tolist(), opened.tolist(), from_at.tolist(), arrives.tolist(), strict=True):
        if keep and origin + tick * every <= last:
            changes.append((person, "entered", when, origin + tick * every, tick))
    for person, tick, when, skip in zip(who.tolist(), closed.tolist(), to_at.tolist(), rejoined.tolist(), strict=True):
        if not skip and tick != NEVER and origin + tick * every <= last:
            changes.append((person, "exited", when, origin + tick * every, tick))
    return changes


def _apply_rates(run: Run, rows: list[Row]) -> list[Row]:
    """Shift due times so that no destination gets more calls a second than its rate."""
    rates = {one.key: float(one.rate) for one in run.plan.campaigns.destinations if one.rate}
    shifted: list[Row] = [row for row in rows if row[0] not in rates]
    for destination, rate in rates.items():
        mine = sorted((row for row in rows if row[0] == destination), key=lambda row: (row[6], row[1], row[3], row[8]))
        gap = min(round(1_000_000 / rate), 86_400_000_000)
        steps = np.arange(len(mine), dtype=np.int64) * gap
        due = np.maximum.accumulate(np.array([row[6] for row in mine], np.int64) - steps) + steps
        shifted += [(*row[:6], int(when), *row[7:]) for row, when in zip(mine, due, strict=True)]
    return shifted
