"""Run the product over raw calls through its public doors, and set its rows beside the oracle's."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engage_desktop import engine as product
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.events import build_store
from tests.oracle import TABLES, Tables

COLUMNS = {
    "instances": ("journey", "profile", "instance", "identifier", "entered_at", "ended_at", "outcome", "detail"),
    "visits": ("journey", "profile", "instance", "seq", "step", "entered_at", "left_at", "branch", "pass", "kind"),
    "memberships": ("audience", "profile", "from_at", "to_at"),
    "messages": (
        "campaign", "step", "profile", "instance", "channel", "message", "due_at", "sent_at", "status", "reason", "kind",
    ),
    "deliveries": ("destination", "campaign", "step", "profile", "change", "changed_at", "kind"),
}  # fmt: skip
UNORDERED = {"deliveries"}  # the public table has no instance column, so rows of one instant may tie


def engine_tables(
    records: Sequence[Mapping[str, Any]],
    campaigns: Campaigns,
    window: tuple[int, int],
    seed: int,
    engine: Any = product,
) -> Tables:
    """Import the calls from a JSONL file, simulate, and read the public tables (instants as microseconds)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        store, _ = build_store([path])
    run = engine.simulate(engine.compile_campaigns(campaigns), store, window=window, seed=seed)
    tables = engine.to_arrow(run, store)
    return {name: _rows(tables[name]) for name in TABLES}


def engine_trait_values(
    records: Sequence[Mapping[str, Any]], campaigns: Campaigns, key: str, at: int, engine: Any = product
) -> dict[str, Any]:
    """The value of a computed trait at an instant for every profile, or account; None where it is absent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        store, _ = build_store([path])
    plan = engine.compile_campaigns(campaigns)
    level = next(trait.level for trait in campaigns.traits if trait.key == key)
    column = engine.trait_at(plan, store, key, at)
    ids = store.profile_ids if level == "user" else store.account_ids
    return {text_id: _value(column, index) for index, text_id in enumerate(ids)}


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


def _rows(table: Any) -> list[dict[str, Any]]:
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
