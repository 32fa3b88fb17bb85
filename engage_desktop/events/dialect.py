"""How a CSV file is written: encoding, delimiter and quotes, found out from its first part."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from engage_desktop.domain.errors import InputError
from engage_desktop.events.file_options import DELIMITERS, FileOptions

SAMPLE: Final = 1 << 20
_NAMES: Final = {sign: f"{name}s" for name, sign in DELIMITERS.items()}
_ENCODING_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel says the delimiter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skip` lines stand before the header. `backslash`: quotes inside fields are written \\" instead of doubled."""

    encoding: str
    delimiter: str
    quote: str = '"'
    backslash: bool = False
    skip: int = 0

    def rows(self, lines: Any) -> Any:
        """A csv reader over text lines."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=not self.backslash,
            escapechar="\\" if self.backslash else None,
            strict=True,
        )

    def words(self) -> list[str]:
        """What a person should see before the numbers and dates, and what after them."""
        delimiter = _NAMES.get(self.delimiter, f"{self.delimiter!r} between columns")
        quotes = ["single quotes"] if self.quote == "'" else ["backslashes before quotes"] if self.backslash else []
        return [delimiter, *quotes]

    def encoding_name(self) -> str:
        return _ENCODING_NAMES.get(self.encoding, self.encoding)


def detect(sample: bytes, file: str, options: FileOptions) -> Dialect:
    """The dialect of a file that begins with `sample` (up to SAMPLE bytes); options win over what is found."""
    encoding = _with_bom(sample, options.encoding) if options.encoding else _encoding(sample, file)
    try:
        text = sample_text(sample, encoding)
    except UnicodeError as error:  # an encoding that asks for a byte order mark
        raise InputError(
            f"{file} is not {encoding} text ({error}). Name its encoding, such as --encoding utf-8."
        ) from error
    said = _SEPARATOR_LINE.match(text)
    header = next(io.StringIO(text[said.end() if said else 0 :], newline=""), "").rstrip("\r\n")
    quote = "'" if header.lstrip().startswith("'") else '"'
    delimiter = options.delimiter or (said[1] if said and said[1] not in "\"'\r\n" else _delimiter(header, quote))
    plain = Dialect(encoding, delimiter, quote, skip=1 if said else 0)
    if f"\\{quote}" not in text:
        return plain
    escaped = Dialect(encoding, delimiter, quote, backslash=True, skip=plain.skip)
    return escaped if _faults(escaped, text) < _faults(plain, text) else plain


def sample_text(sample: bytes, encoding: str) -> str:
    """The text of a sample that may end inside a character."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(sample).lstrip("\ufeff")


def sample_rows(dialect: Dialect, sample: bytes) -> Iterator[list[str]]:
    """The rows of a sample after the header; ends where it stops being CSV."""
    rows = dialect.rows(_lines(dialect, sample_text(sample, dialect.encoding)))
    try:
        next(rows, None)
        yield from rows
    except csv.Error:
        return


def _lines(dialect: Dialect, text: str) -> Iterator[str]:
    """Lines from the header on, without the last one of several, which may be cut off."""
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    whole = text[:end] if end and text.count("\n", 0, end) > dialect.skip + 1 else text
    lines = io.StringIO(whole, newline="")
    for _ in range(dialect.skip):
        next(lines, None)
    return lines


def _faults(dialect: Dialect, text: str) -> int:
    """How many rows have other than the header's number of fields; what cannot be read at all counts most."""
    rows = dialect.rows(_lines(dialect, text))
    try:
        width = len(next(rows, ()))
        return sum(1 for row in rows if row and len(row) != width)
    except csv.Error:
        return SAMPLE


def _encoding(sample: bytes, file: str) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if b"\x00" in sample:
        return _utf_16_without_mark(sample, file)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _utf_16_without_mark(sample: bytes, file: str) -> str:
    """A header of mostly Latin letters has a zero in every other byte; which one tells the order."""
    head = sample[:400]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if 3 * zeros > len(head) and not others:
            return encoding
    raise InputError(f"{file} is not a CSV file: it holds binary data. Save it as CSV.")


def _with_bom(sample: bytes, encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" and sample.startswith(codecs.BOM_UTF8) else encoding


def _delimiter(header: str, quote: str) -> str:
    """The candidate that splits the header into the most columns."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=delimiter, quotechar=quote), ()))
        except csv.Error:
            return 0

    return max(DELIMITERS.values(), key=columns)
