"""When a sync would call: the `deliveries` table of a run (D-38).

Audience changes come from the membership intervals of the run, the other rows from its send and ad steps and exits;
rate limits of a destination shift due times. Instants are int64 microseconds UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from engage_desktop.delivery.addressees import Addressees
from engage_desktop.delivery.call import word
from engage_desktop.delivery.consent import Consent, Stays
from engage_desktop.delivery.people import Accounts, People
from engage_desktop.delivery.step_rows import told_rows
from engage_desktop.domain.people import Audience, Sync

if TYPE_CHECKING:
    from pyarrow import Table

    from engage_desktop.engine import Run
    from engage_desktop.engine.delivered import Changes
    from engage_desktop.events import EventStore

Numbers = NDArray[np.int64]
LAST_BATCH = 2**31 - 1  # the column is int32; a beat of seconds over a century has more


def run_tables(run: Run, store: EventStore) -> dict[str, Table]:
    """All public tables of a run; `deliveries` with the audience changes beside the step rows."""
    from engage_desktop.engine import to_arrow

    tables = to_arrow(run, store)
    return tables | {"deliveries": deliveries(run, store, tables["deliveries"])}


def deliveries(run: Run, store: EventStore, of_steps: Table) -> Table:
    """The table, sorted by (destination, campaign, profile, changed_at, step); equal rows of a step by instance, of a
    sync by identifiers. `of_steps`: the rows of steps and exits as the engine gives them."""
    import pyarrow as pa

    people, accounts, consent = People(store), Accounts(store), Consent(run.plan.campaigns, store)
    parts = [_of_steps(run, of_steps, consent)]
    for audience in run.plan.campaigns.audiences:
        for sync in audience.sync:
            called = Addressees(store, accounts if audience.level == "account" else people, sync)
            tables = [table for table in (run.memberships, run.observed) if table is not None]
            stays = [consent.stays(table, audience, sync.destination) for table in tables]
            part, *plain = (
                _of_sync(audience, sync, _told_of(run, one, sync), called, store, of_steps.schema) for one in stays
            )
            parts.append(_assumed_but(part, plain[0]) if plain else part)
    table = pa.concat_tables([part.table for part in parts]).combine_chunks()
    ranks = _ranks(run, table, np.concatenate([part.profile for part in parts]))
    table = _paced(run, table, ranks)
    order = np.lexsort((ranks["step"], ranks["changed_at"], ranks["profile"], ranks["campaign"], ranks["destination"]))
    return table.take(pa.array(order))


def _told_of(run: Run, stays: Stays, sync: Sync) -> Changes:
    """What a sync tells during the run of an audience that has these members."""
    from engage_desktop.engine.delivered import changes_of

    return changes_of(sync, run.window, *stays, least(run, sync))


def observed(run: Run) -> Mapping[str, Any]:
    """The memberships that rest on no assumption: what may leave (D-39)."""
    return run.memberships if run.observed is None else run.observed


def least(run: Run, sync: Sync) -> int:
    """How many people a list must have before its destination takes it."""
    destination = run.plan.campaigns.destination(sync.destination)
    return (destination.minimum or 0) if destination is not None and sync.as_ == "list" else 0


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of the table, and the place of each one's profile or account in the log."""

    table: Table
    profile: Numbers


def _of_steps(run: Run, table: Table, consent: Consent) -> _Part:
    """The rows of steps and exits that are told, with their due times."""
    import pyarrow as pa

    from engage_desktop.engine import KINDS

    told = told_rows(run, consent)
    kind = run.deliveries["kind"].copy()
    kind[told.assumed & (kind == KINDS.index("observed"))] = KINDS.index("assumed")
    table = _with(table, "due_at", pa.array(told.due_at))
    table = _with(table, "kind", pa.array(KINDS).take(pa.array(kind)))
    return _Part(table.filter(pa.array(told.keep)), run.deliveries["profile"].astype(np.int64)[told.keep])


def _of_sync(
    audience: Audience, sync: Sync, changes: Changes, called: Addressees, store: EventStore, schema: Any
) -> _Part:
    import pyarrow as pa

    ids = pa.array(list(store.account_ids if audience.level == "account" else store.profile_ids), pa.string())
    place = np.arange(len(changes))
    parts = [""] * len(changes)
    if not called.is_one:
        rows = zip(changes.profile.tolist(), changes.joins.tolist(), changes.changed_at.tolist(), strict=True)
        each = [called.of(who, joins=joins, changed_at=at, at_us=at) for who, joins, at in rows]
        place = np.repeat(place, [len(one) for one in each])
        parts = [one.part for calls in each for one in calls]
    n, profile, joins = len(place), changes.profile[place].astype(np.int64), changes.joins[place]
    who, changed_at = ids.take(pa.array(profile)), pa.array(changes.changed_at[place])
    words = pa.array([word(sync.as_, joins=False), word(sync.as_, joins=True)]).take(pa.array(joins.astype(np.int8)))
    columns = {
        "destination": pa.array([sync.destination] * n, pa.string()),
        "campaign": pa.array([audience.key] * n, pa.string()),
        "step": pa.nulls(n, pa.string()),
        "profile": who,
        "change": words,
        "changed_at": changed_at,
        "due_at": pa.array(changes.due_at[place]),
        "batch": pa.array(np.minimum(changes.tick[place], LAST_BATCH), mask=np.full(n, sync.mode == "realtime")),
        "message_id": _names(sync.destination, audience.key, who, pa.array(parts, pa.string()), words, changed_at),
        "kind": pa.array(["observed"] * n, pa.string()),
    }
    return _Part(pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema), profile)


def _assumed_but(part: _Part, plain: _Part) -> _Part:
    """The rows that are told on an assumption alone are assumed (D-27): those of a name that the run without has not. A
    call that is only due at another time, behind assumed ones, is the same call."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pc.is_in(part.table["message_id"], value_set=plain.table["message_id"].combine_chunks())
    kind = pc.if_else(known, part.table["kind"], pa.scalar("assumed"))
    return _Part(_with(part.table, "kind", kind), part.profile)


def _names(destination: str, audience: str, who: Any, parts: Any, words: Any, changed_at: Any) -> Any:
    """`message_id` of each row (D-38); the texts are joined as arrays, for there may be millions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    joined = pc.binary_join_element_wise(
        f"{destination}|{audience}|", who, parts, "1", words, changed_at.cast(pa.string()), "|"
    )
    return pa.array([xxhash.xxh3_64_hexdigest(text) for text in joined.cast(pa.binary()).to_pylist()], pa.string())


def _ranks(run: Run, table: Table, profile: Numbers) -> dict[str, Numbers]:
    """The columns that rows are sorted by as numbers: a text by its place in code-point order, null first."""
    import pyarrow as pa

    found = {}
    for name in ("destination", "campaign", "step"):
        coded = table[name].combine_chunks().dictionary_encode()
        texts = coded.dictionary.to_pylist()
        rank = {text: place for place, text in enumerate(sorted(texts), start=1)}
        codes = coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        found[name] = np.array([*(rank[text] for text in texts), 0], np.int64)[codes]
    found["profile"] = profile  # profiles and accounts are each numbered in code-point order
    if any(one.level == "account" and one.sync for one in run.plan.campaigns.audiences):
        names = table["profile"].to_pylist()
        by_name = {name: place for place, name in enumerate(sorted(set(names)))}
        found["profile"] = np.fromiter((by_name[name] for name in names), np.int64, len(names))
    for name in ("changed_at", "due_at"):
        found[name] = table[name].cast(pa.int64()).to_numpy()
    return found


def _paced(run: Run, table: Table, ranks: dict[str, Numbers]) -> Table:
    """Due times shifted so that no destination gets more calls a second than its rate: in the order of the instants at
    which they fall due, then changed_at, profile, campaign, step."""
    import pyarrow as pa

    from engage_desktop.engine.delivered import paced

    due_at = ranks["due_at"].copy()
    known = table["destination"].to_numpy()
    for destination in run.plan.campaigns.destinations:
        if not destination.rate:
            continue
        mine = np.flatnonzero(known == destination.key)
        keys = ("step", "campaign", "profile", "changed_at", "due_at")
        queue = mine[np.lexsort([ranks[name][mine] for name in keys])]
        due_at[queue] = paced(due_at[queue], float(destination.rate))
    return _with(table, "due_at", pa.array(due_at))


def _with(table: Table, name: str, values: Any) -> Table:
    """The table with other values in a column, in the type it has."""
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), values.cast(table.schema.field(at).type))
