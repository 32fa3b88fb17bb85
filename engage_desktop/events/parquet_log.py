"""Parquet logs: one call a row, the same columns as CSV."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault
from engage_desktop.events.tabular import Layout

ROWS = 20_000


def read_parquet(file: Path, log: Log, mapping: dict[str, str]) -> Iterator[int]:
    """Add every row; yields about how many bytes of the file are done. Lines are row numbers from 1."""
    import pyarrow
    import pyarrow.parquet

    size, row = file.stat().st_size, 1
    try:
        with pyarrow.parquet.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            layout = Layout(schema.names, mapping, str(file))
            readers: list[Callable[[Any], Any]] = [
                _as_text if i in layout.fields.values() else _plain for i in range(len(schema.names))
            ]
            for field in ("timestamp", "receivedAt"):
                if field in layout.fields:
                    _require_zone(schema.field(layout.fields[field]), file)
            for batch in parquet.iter_batches(batch_size=ROWS):
                row = _add(batch, readers, layout, row, str(file), log)
                yield size * (row - 1) // max(parquet.metadata.num_rows, 1)
            yield size
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's fault, not the content's
            raise
        reason = " ".join(str(error).split()).rstrip(".: ")
        raise InputError(f"{file} is not a readable Parquet file ({reason}). Write or copy it again.") from error


def _require_zone(field: Any, file: Path) -> None:
    import pyarrow

    if pyarrow.types.is_timestamp(field.type) and field.type.tz is None:
        raise InputError(
            f"The column {field.name!r} of {file} has times without a zone. Store it as timestamp with zone UTC, or as text."
        )


def _add(batch: Any, readers: list[Callable[[Any], Any]], layout: Layout, row: int, file: str, log: Log) -> int:
    columns = [
        [reader(value) for value in _to_list(column)] for reader, column in zip(readers, batch.columns, strict=True)
    ]
    calls: list[Call] = []
    lines: list[int] = []
    for line, values in enumerate(zip(*columns, strict=True), row):
        call = layout.call(values)
        if isinstance(call, Fault):
            log.read += 1
            log.reject(file, line, call)
        else:
            calls.append(call)
            lines.append(line)
    log.add(calls, np.array(lines, dtype=np.int32), file)
    return row + len(columns[0])


def _to_list(column: Any) -> list[Any]:
    import pyarrow

    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":  # finer than any instant here
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (OverflowError, ValueError):  # instants that no calendar names: their rows are told apart one by one
        return [_or_text(value) for value in column]


def _or_text(value: Any) -> Any:
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return str(value.value)


def _plain(value: Any) -> Any:
    """The JSON value of a cell; None where it is null or not a number."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _as_text(value: Any) -> Any:
    """Ids, names and instants as text: 17850 and 17850.0 are both `17850`."""
    value = _plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _instant(value: datetime) -> str:
    """ISO text; in UTC with Z where the value has a zone."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
