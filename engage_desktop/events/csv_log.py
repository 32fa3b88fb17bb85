"""CSV logs: one call a row. Delimiter, byte order mark and encoding are found out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from engage_desktop.domain.errors import InputError
from engage_desktop.events.call import Call
from engage_desktop.events.log import Log
from engage_desktop.events.rejects import Fault
from engage_desktop.events.tabular import Layout

ROWS = 20_000
_SAMPLE = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?")
_BOOLEANS = {"true": True, "false": False, "TRUE": True, "FALSE": False, "True": True, "False": False}


def read_csv(stream: Any, file: str, log: Log, mapping: dict[str, str]) -> Iterator[None]:
    """Add every row of a binary stream; yields after each block. Line numbers count physical lines."""
    sample = stream.read(_SAMPLE)
    if not sample.strip():
        raise InputError(f"{file} is empty. A CSV log needs a line with column names.")
    encoding = _encoding(sample, file)
    text = io.TextIOWrapper(io.BufferedReader(_Rejoined(sample, stream)), encoding=encoding, newline="")
    delimiter = _delimiter(sample.decode(encoding, "replace"))
    csv.field_size_limit(1 << 27)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        header = next(rows)
        layout = Layout([name.strip() for name in header], mapping, file)
        texts = frozenset(layout.fields.values())
        kept: list[Call] = []
        lines: list[int] = []
        line = rows.line_num + 1
        for row in rows:
            call = _call(row, header, layout, texts)
            if isinstance(call, Fault):
                log.read += 1
                log.reject(file, line, call)
            elif call is not None:
                kept.append(call)
                lines.append(line)
            line = rows.line_num + 1
            if len(kept) == ROWS:
                log.add(kept, np.array(lines, dtype=np.int32), file)
                kept, lines = [], []
                yield
        log.add(kept, np.array(lines, dtype=np.int32), file)
        yield
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not {encoding.removesuffix('-sig')} text ({error.reason}). Save it as UTF-8."
        ) from error
    except csv.Error as error:
        raise InputError(f"{file} is no CSV file from line {rows.line_num} on ({error}). Check its quotes.") from error


def _call(row: list[str], header: list[str], layout: Layout, texts: frozenset[int]) -> Call | Fault | None:
    if not any(row):
        return None
    if len(row) != len(header):
        message = f"the row has {len(row)} fields, the header {len(header)}. Check its delimiters and quotes."
        return Fault("", "bad_request", message)
    return layout.call([(cell or None) if i in texts else _value(cell) for i, cell in enumerate(row)])


def _value(cell: str) -> str | float | bool | None:
    """Numbers and booleans as such; an empty cell is None. Codes such as 007 stay text."""
    if not cell:
        return None
    if cell in _BOOLEANS:
        return _BOOLEANS[cell]
    return float(cell) if _NUMBER.fullmatch(cell) else cell


def _encoding(sample: bytes, file: str) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in sample:
        raise InputError(f"{file} is not a CSV file: it holds binary data. Save it as CSV.")
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(sample) < _SAMPLE or error.start < len(sample) - 4:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(sample: str) -> str:
    """The candidate that splits the header into the most columns."""
    header = sample.lstrip("\ufeff").splitlines()[0]
    return max(_DELIMITERS, key=lambda one: len(next(csv.reader([header], delimiter=one))))


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
