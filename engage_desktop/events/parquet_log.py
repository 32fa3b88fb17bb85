"""Parquet logs: one call a row, the same columns as CSV."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from engage_desktop.domain.errors import InputError
from engage_desktop.events.file_options import FileOptions
from engage_desktop.events.local_times import LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault
from engage_desktop.events.tabular import BLOCK, Layout, Rows, Told

_NO_TEXT: Final = object()
"""In place of a text whose bytes are none."""


def read_parquet(file: Path, log: Log, mapping: dict[str, str], options: FileOptions) -> Iterator[int | Told]:
    """Add every row; yields about how many bytes of the file are done, and at last how it was read. Lines are
    row numbers from 1."""
    import pyarrow
    import pyarrow.parquet

    size = file.stat().st_size
    try:
        with pyarrow.parquet.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            layout = Layout(schema.names, mapping, str(file))
            layout.local = LocalTimes(options.dates, options.zone)
            readers: list[Callable[[Any], Any]] = [
                as_text if i in layout.texts else plain for i in range(len(schema.names))
            ]
            for i in layout.times:
                if options.zone is None:
                    _require_zone(schema.field(i), file)
            rows = Rows(log, layout, str(file))
            for batch in parquet.iter_batches(batch_size=BLOCK):
                columns = [
                    [reader(value) for value in _to_list(column)]
                    for reader, column in zip(readers, batch.columns, strict=True)
                ]
                for values in zip(*columns, strict=True):
                    rows.add(rows.count + 1, _broken(values, schema.names) or layout.call(values))
                rows.flush()
                yield size * rows.count // max(parquet.metadata.num_rows, 1)
            yield Told("Parquet", [*layout.words()])
    except (pyarrow.ArrowException, OSError, UnicodeError) as error:  # UnicodeError: of the columns' names
        if isinstance(error, OSError) and error.errno is not None:  # the disk's fault, not the content's
            raise
        reason = " ".join(str(error).split()).rstrip(".: ")
        raise InputError(f"{file} is not a readable Parquet file ({reason}). Write or copy it again.") from error


def _require_zone(field: Any, file: Path) -> None:
    import pyarrow

    if pyarrow.types.is_timestamp(field.type) and field.type.tz is None:
        raise InputError(
            f"The column {field.name!r} of {file} has times without a zone. Store it as timestamp with zone UTC, or name "
            "their zone: --zone Europe/London."
        )


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
    except UnicodeError:
        return _NO_TEXT
    except (OverflowError, ValueError):
        return str(value.value) if hasattr(value, "value") else _NO_TEXT


def _broken(values: Sequence[Any], names: Sequence[str]) -> Fault | None:
    """What is wrong with a row that holds bytes which are no text."""
    if not any(value is _NO_TEXT for value in values):
        return None
    name = next(name for name, value in zip(names, values, strict=True) if value is _NO_TEXT)
    return Fault(name, "bad_request", f"{name} is not valid UTF-8 text. Write it again as text.")


def plain(value: Any) -> Any:
    """The JSON value of a cell; None where it is null or not a number."""
    if value is None or value is _NO_TEXT or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def as_text(value: Any) -> Any:
    """Ids, names and instants as text: 17850 and 17850.0 are both `17850`."""
    value = plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _instant(value: datetime) -> str:
    """ISO text; in UTC with Z where the value has a zone."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
