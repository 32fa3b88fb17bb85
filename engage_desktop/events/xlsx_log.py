"""Excel logs: one call a row of one sheet, the same columns as CSV. Lines are Excel's row numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call
from engage_desktop.events.file_options import FileOptions
from engage_desktop.events.local_times import DayOrder, LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault
from engage_desktop.events.tabular import BLOCK, Layout, Rows, Told
from engage_desktop.events.xlsx import Cell, CellError, Workbook, open_workbook

_Row = tuple[float, int, list[Cell]]


def read_xlsx(file: Path, log: Log, mapping: dict[str, str], options: FileOptions) -> Iterator[int | Told]:
    """Add every row; yields about how many bytes of the file are done, and at last how it was read."""
    size = file.stat().st_size
    with open_workbook(file) as book:
        sheet = _sheet(book, file, options.sheet)
        rows = book.rows(sheet)
        _, _, header = next(rows, (0, 0, []))
        if not header:
            raise InputError(f"The sheet {sheet!r} of {file} is empty. Its first row needs the names of the columns.")
        layout = Layout(
            [str(name).strip() if name is not None else "" for name in header], mapping, str(file), people=True
        )
        first = list(islice(rows, BLOCK))
        order = options.dates or _day_order(first, layout, str(file))
        layout.local = LocalTimes(order, options.zone)
        kept = Rows(log, layout, str(file))
        for done, line, cells in chain(first, rows):
            kept.add(line, _call(cells, layout))
            if kept.full:
                kept.flush()
                yield int(size * done)
        kept.flush()
        dates = f"{order} dates" if order and layout.times else None
        yield Told("Excel", [f"sheet {sheet!r}", dates, *layout.words()])


def _sheet(book: Workbook, file: Path, said: str | None) -> str:
    if not book.sheet_names:
        raise InputError(f"{file} has no sheet of cells. Save the log as a sheet.")
    if said is None:
        return str(book.sheet_names[0])
    if said not in book.sheet_names:
        raise InputError(f"{file} has no sheet {said!r}. It has: {', '.join(book.sheet_names)}. Name one with --sheet.")
    return said


def _day_order(rows: Sequence[_Row], layout: Layout, file: str) -> str | None:
    """Of instants written as text; what Excel knows to be a date needs no order."""
    evidence = DayOrder()
    for _, _, cells in rows:
        evidence.see_row(cells, layout.times)
    return evidence.settle(file)


def _call(cells: list[Cell], layout: Layout) -> Call | Fault:
    width = len(layout.names)
    for i, cell in enumerate(cells):
        if isinstance(cell, CellError):
            name = layout.names[i] if i < width else ""
            return Fault(name, "bad_request", f"the cell is in error: {cell.text[:40]}. Mend its formula or empty it.")
        if i >= width and cell is not None:
            message = f"there is a value in column {i + 1}, which has no name in the first row. Name it or empty it."
            return Fault("", "bad_request", message)
        if i in layout.times and isinstance(cell, int | float):
            message = f"{cell} is no date and time. Format the column as one."
            return Fault(layout.names[i], "timestamp_invalid", message)
    values: list[Any] = [None] * width
    for i, cell in enumerate(cells[:width]):
        values[i] = _as_text(cell, layout, i) if i in layout.texts else _plain(cell, layout.local)
    return layout.call(values)


def _plain(cell: Cell, local: LocalTimes) -> Any:
    """The JSON value of a cell. A date and time is an instant where the person named the file's zone."""
    if isinstance(cell, datetime):
        return local.naive(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(cell / timedelta(seconds=1), 60)
        return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{int(seconds):02d}"
    return cell


def _as_text(cell: Cell, layout: Layout, column: int) -> Any:
    if isinstance(cell, date) and column in layout.times:
        whole = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        return layout.local.naive(whole)
    return str(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else _plain(cell, layout.local)
