"""CSV logs: one call a row. How the file is written is found out, or said by the person."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call
from engage_desktop.events.cells import Value, decimal_signs, reader_of
from engage_desktop.events.dialect import SAMPLE, Dialect, detect, sample_rows
from engage_desktop.events.file_options import FileOptions
from engage_desktop.events.local_times import DayOrder, LocalTimes
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault
from engage_desktop.events.tabular import Layout, Rows, Told

_FIELD_LIMIT = 1 << 27
Opened = Callable[[], AbstractContextManager[Any]]
"""Opens the file's bytes, unpacked, from their beginning."""


def read_csv(
    opened: Opened, file: str, log: Log, mapping: dict[str, str], options: FileOptions
) -> Iterator[Told | None]:
    """Add every row; yields None after each block and at last how the file was read. Line numbers count
    physical lines."""
    csv.field_size_limit(_FIELD_LIMIT)
    with opened() as stream:
        sample = stream.read(SAMPLE)
        if not sample.strip(b" \t\r\n\0\xff\xfe"):
            raise InputError(f"{file} is empty. A CSV log needs a line with column names.")
        dialect = detect(sample, file, options)
        rows = dialect.rows(_text(sample, stream, dialect))
        try:
            header = [name.strip().removeprefix("\ufeff") for name in next(rows, ())]
            layout = Layout(header, mapping, file, people=True)
            order = options.dates or (yield from _day_order(opened, dialect, sample, layout, file))
            layout.local = LocalTimes(order, options.zone)
            readers, decimal = _readers(dialect, sample, layout, len(header), options.decimal)
            kept = Rows(log, layout, file)
            line = dialect.skip + rows.line_num + 1
            for row in rows:
                if any(row):
                    kept.add(line, _call(row, layout, readers))
                line = dialect.skip + rows.line_num + 1
                if kept.full:
                    kept.flush()
                    yield None
            kept.flush()
        except UnicodeError as error:
            raise InputError(
                f"{file} is not {dialect.encoding.removesuffix('-sig')} text ({getattr(error, 'reason', error)}). "
                "Save it as UTF-8, or name its encoding, such as --encoding cp1252."
            ) from error
        except csv.Error as error:
            line = dialect.skip + rows.line_num
            raise InputError(f"{file} is no CSV file from line {line} on ({error}). Check its quotes.") from error
        dates = f"{order} dates" if order and layout.times else None
        words = [*dialect.words(), decimal, dates, dialect.encoding_name(), *layout.words()]
        yield Told("CSV", words, len(header) if layout.profiles else 0)


def _call(row: list[str], layout: Layout, readers: Sequence[Callable[[str], Value]]) -> Call | Fault:
    if len(row) != len(readers):
        message = f"the row has {len(row)} fields, the header {len(readers)}. Check its delimiters and quotes."
        return Fault("", "bad_request", message)
    return layout.call([read(cell) for read, cell in zip(readers, row, strict=True)])


def _readers(
    dialect: Dialect, sample: bytes, layout: Layout, width: int, said: str | None
) -> tuple[list[Callable[[str], Value]], str | None]:
    """How the cells of each column are read, and the decimal sign of the file in words."""
    plain = [i for i in range(width) if i not in layout.texts]
    sign, own = (said, {}) if said else decimal_signs(sample_rows(dialect, sample), plain)
    readers = [reader_of(own.get(i, sign)) if i not in layout.texts else _as_text for i in range(width)]
    return readers, {".": "decimal point", ",": "decimal comma", None: None}[sign]


def _as_text(cell: str) -> Value:
    return cell or None


def _day_order(
    opened: Opened, dialect: Dialect, sample: bytes, layout: Layout, file: str
) -> Generator[None, None, str | None]:
    """The order of day and month in the columns of instants, None where they are ISO or the like. A first part
    that proves none is no excuse to guess: then all of the file is looked at, until a row proves it."""
    evidence = DayOrder()
    for row in sample_rows(dialect, sample):
        evidence.see_row(row, layout.times)
    if evidence.open and not evidence.proved and not evidence.clash:
        with opened() as stream:
            try:
                for i, row in enumerate(dialect.rows(_text(b"", stream, dialect))):
                    evidence.see_row(row, layout.times)
                    if evidence.proved:
                        break
                    if i % 20_000 == 0:
                        yield None
            except (csv.Error, UnicodeError):
                pass  # told when the rows are read
    return evidence.settle(file)


def _text(head: bytes, rest: Any, dialect: Dialect) -> Iterator[str]:
    """Lines of the stream of which `head` was already read, from the header on."""
    text = io.TextIOWrapper(io.BufferedReader(_Rejoined(head, rest)), encoding=dialect.encoding, newline="")
    for _ in range(dialect.skip):
        next(text, None)
    return text


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were already read."""

    def __init__(self, head: bytes, rest: Any) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._head:
            self._head = self._rest.read(1 << 18)
        part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
