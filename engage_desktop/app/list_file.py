"""One file of identifiers: a CSV with a heading, or a TXT with one a line, both UTF-8. Which list is meant is `lists`."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from engage_desktop.document.check_list import TABLE_SUFFIXES, TEXT_SUFFIX
from engage_desktop.domain.errors import InputError

WHOLE_LINE = ""
"""The name of the only column of a TXT."""


class ListFault(Exception):
    """Why a list cannot be used: `code` and `field` of a problem, what is wrong, how to mend it."""

    def __init__(self, code: str, field: str, message: str, mend: str) -> None:
        super().__init__(f"{message} {mend}")
        self.code, self.field, self.message, self.mend = code, field, message, mend


@dataclass(frozen=True)
class ListContent:
    """The bytes of a list's file; `name` is how the design, or the person, names it."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The headings in the order of the file; raises ListFault."""
        return tuple(next(self._rows())[1])

    def ids(self, column: str | None = None) -> tuple[str, ...]:
        """The identifiers of a column (default the first): without the space around them, each once, in the order of
        the file, blank ones left out; raises ListFault."""
        column = self.columns[0] if column is None else column
        if column not in self.columns:
            mend = f"Use one of: {', '.join(self.columns)}."
            raise ListFault("list_column", "column", f"{self.name} has no column {column!r}.", mend)
        return self._of([self.columns.index(column)])[0]

    def every_column(self) -> dict[str, tuple[str, ...]]:
        """The identifiers of each column; of two columns with one heading the first."""
        places = [place for place, column in enumerate(self.columns) if column not in self.columns[:place]]
        return dict(zip((self.columns[place] for place in places), self._of(places), strict=True))

    def _of(self, places: list[int]) -> list[tuple[str, ...]]:
        width, rows = len(self.columns), self._rows()
        next(rows)
        found: list[dict[str, None]] = [{} for _ in places]
        columns = list(zip(places, found, strict=True))
        for line, row in rows:
            if len(row) != width:
                message = f"{self.name}, line {line}: the row has {len(row)} fields, the heading {width}."
                raise _unreadable(message, "Check its delimiters and quotes.")
            for place, ids in columns:
                ids[row[place].strip()] = None
        for ids in found:
            ids.pop("", None)
        return [tuple(ids) for ids in found]

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells), the headings first; rows without any cell are left out."""
        text = self._text()
        if PurePosixPath(self.name).suffix.lower() == TEXT_SUFFIX:
            yield 0, [WHOLE_LINE]
            yield from ((at, [line]) for at, line in enumerate(text.split("\n"), 1))
            return
        yield from self._table(text)

    def _text(self) -> str:
        if PurePosixPath(self.name).suffix.lower() not in (*TABLE_SUFFIXES, TEXT_SUFFIX):
            mend = "Save the list as CSV with a heading, or as TXT with one identifier a line."
            raise ListFault("list_file", "file", f"{self.name} is neither a CSV nor a TXT file.", mend)
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise _unreadable(f"{self.name} is not UTF-8 text from line {line} on.", "Save it as UTF-8.") from error
        if "\0" in text:
            raise _unreadable(f"{self.name} holds binary data.", "Save it as CSV or TXT in UTF-8.")
        return text

    def _table(self, text: str) -> Iterator[tuple[int, list[str]]]:
        from engage_desktop.events.dialect import SAMPLE, detect
        from engage_desktop.events.file_options import FileOptions

        empty = _unreadable(f"{self.name} is empty.", "A CSV list needs a heading and one identifier a row.")
        if not text.strip():
            raise empty
        options = FileOptions(encoding="utf-8", delimiter="\t" if self.name.lower().endswith(".tsv") else None)
        try:
            dialect = detect(self.data[:SAMPLE], self.name, options)
        except InputError as error:
            raise _unreadable(str(error), "") from error
        lines = io.StringIO(text, newline="")
        for _ in range(dialect.skip):
            next(lines, None)
        rows = dialect.rows(lines)
        try:
            heading = next((row for row in rows if row), None)
            if heading is None:
                raise empty
            yield dialect.skip + rows.line_num, [cell.strip() for cell in heading]
            yield from ((dialect.skip + rows.line_num, row) for row in rows if row)
        except csv.Error as error:
            line = dialect.skip + rows.line_num
            message = f"{self.name} is no CSV file from line {line} on ({error})."
            raise _unreadable(message, "Check its quotes.") from error


def _unreadable(message: str, mend: str) -> ListFault:
    return ListFault("list_file", "file", message, mend)


def read_content(path: Path, name: str) -> ListContent:
    """The file's bytes; raises ListFault."""
    try:
        return ListContent(name, path.read_bytes())
    except OSError as error:
        message = f"{name}: cannot be read ({error.strerror or error})."
        raise _unreadable(message, "Check the path and its permissions.") from error


def find_file(name: str, folders: Iterable[Path]) -> Path:
    """Where a list lies: in the first of the folders that has it; raises ListFault."""
    folders = tuple(folders)
    try:
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
    except (OSError, ValueError):  # a name that no file can have
        pass
    where = " or ".join(str(folder) for folder in folders)
    message = f"There is no file {name!r} in {where}."
    raise _unreadable(message, "Put it there, or choose another file on the audience's page.")
