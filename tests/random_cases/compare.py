"""Run the product over raw calls through its public doors, and set its rows beside the oracle's."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engage_desktop import engine as product
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.events import EventStore, build_store
from tests.oracle import TABLES, Tables

COLUMNS = {
    "instances": ("journey", "profile", "instance", "identifier", "entered_at", "ended_at", "outcome", "detail"),
    "visits": ("journey", "profile", "instance", "seq", "step", "entered_at", "left_at", "branch", "pass", "kind"),
    "memberships": ("audience", "profile", "from_at", "to_at"),
    "messages": (
        "campaign", "step", "profile", "instance", "channel", "message", "due_at", "sent_at", "status", "reason", "kind",
    ),
    "responses": ("campaign", "step", "profile", "instance", "response", "at", "kind"),
    "deliveries": ("destination", "campaign", "step", "profile", "change", "changed_at", "kind"),
}  # fmt: skip
UNORDERED = {"deliveries"}  # the public table has no instance column, so rows of one instant may tie


def store_of(records: Sequence[Mapping[str, Any]], campaigns: Campaigns) -> EventStore:
    """The calls imported from a JSONL file, into memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return build_store([path], identity=campaigns.identity)[0]


def engine_tables(
    records: Sequence[Mapping[str, Any]],
    campaigns: Campaigns,
    window: tuple[int, int],
    seed: int,
    engine: Any = product,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> Tables:
    """Simulate over the imported calls, and read the public tables (instants as microseconds)."""
    store = store_of(records, campaigns)
    run = engine.simulate(engine.compile_campaigns(campaigns, lists), store, window=window, seed=seed)
    tables = engine.to_arrow(run, store)
    return {name: rows_of(tables[name]) for name in TABLES}


def engine_trait_values(
    records: Sequence[Mapping[str, Any]], campaigns: Campaigns, key: str, at: int, engine: Any = product
) -> dict[str, Any]:
    """The value of a computed trait at an instant for every profile, or account; None where it is absent."""
    return values_of(store_of(records, campaigns), campaigns, [(key, at)], engine)[key, at]


def values_of(
    store: EventStore, campaigns: Campaigns, steps: Iterable[tuple[str, int]], engine: Any = product
) -> dict[tuple[str, int], dict[str, Any]]:
    """The values of computed traits at (trait, instant)."""
    plan = engine.compile_campaigns(campaigns)
    levels = {trait.key: trait.level for trait in campaigns.traits}
    found = {}
    for key, at in steps:
        column = engine.trait_at(plan, store, key, at)
        ids = store.profile_ids if levels[key] == "user" else store.account_ids
        found[key, at] = {text_id: _value(column, index) for index, text_id in enumerate(ids)}
    return found


def _value(column: Any, index: int) -> Any:
    """One cell of a `Column` as a Python value."""
    kind = int(column.kind[index])
    if kind in (1, 3):
        number = float(column.number[index])
        return number if kind == 1 else bool(number)
    if kind == 0:
        return None
    text = column.texts[int(column.code[index])]
    return text if kind == 2 else json.loads(text)


def rows_of(table: Any) -> list[dict[str, Any]]:
    import pyarrow as pa

    columns = {
        name: (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def public(tables: Tables, name: str) -> list[tuple[Any, ...]]:
    """The rows of one table in their order, as tuples of the compared columns."""
    rows = [tuple(row[column] for column in COLUMNS[name]) for row in tables[name]]
    return sorted(rows, key=repr) if name in UNORDERED else rows


def same(ours: Tables, theirs: Tables) -> bool:
    return all(public(ours, name) == public(theirs, name) for name in TABLES)


def difference(ours: Tables, theirs: Tables, limit: int = 12) -> str:
    """The rows that only one side has, table by table; '' when all are equal."""
    lines: list[str] = []
    for name in TABLES:
        left, right = public(ours, name), public(theirs, name)
        only_left, only_right = [row for row in left if row not in right], [row for row in right if row not in left]
        if left != right and not only_left and not only_right:
            lines.append(f"{name}: the same rows in another order or number ({len(left)}, {len(right)})")
        for label, rows in (("oracle only", only_left), ("engine only", only_right)):
            lines += [f"{name} {label}: {row}" for row in rows[:limit]]
    return "\n".join(lines)
