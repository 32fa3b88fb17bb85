"""Cells of an Excel workbook (.xlsx), row by row: a zip of XML parts, ECMA-376.

Read with the standard library. openpyxl takes longer, also to import, and was last released in 2024;
python-calamine gives a cell in error (`#N/A`) as an empty one, so that a broken formula would be
imported as if nothing had been said, and holds a sheet as a dense grid, which one stray cell far
down makes larger than memory. Formulas count with the value that Excel stored; styles, charts
and macros are not looked at.
"""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from engage_desktop.domain.errors import InputError
from engage_desktop.events.xlsx_xml import RawCell, rows_of, texts_of, unescaped

_NOT_A_SIGN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 37), *range(50, 59)), "d"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "t"),
    22: "dt",
    46: "e",
}
"""Formats without a text of their own, by id (ECMA-376, 18.8.30)."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    ExpatError,
    EOFError,
    ValueError,  # what should be a number is none
    LookupError,  # a part, text or style that is not there
    RuntimeError,  # a part with a password, or packed in a way not known here
    OverflowError,
)
_OLD_FILE = b"\xd0\xcf\x11\xe0"


class CellError(NamedTuple):
    """A cell in error, such as `#N/A`."""

    text: str


Cell = str | int | float | bool | datetime | date | time | timedelta | CellError | None


class Workbook:
    """Open it with `open_workbook`."""

    def __init__(self, file: Path, parts: zipfile.ZipFile) -> None:
        self._file = file
        self._parts = parts
        main = next(iter(self._targets("", "officeDocument").values()), "xl/workbook.xml")
        linked = self._targets(main, "worksheet")
        book = self._xml(main)
        self._sheets = {
            sheet.get("name", ""): linked[link]
            for sheet in _children(book, "sheet")
            if (link := _attribute(sheet, "id")) in linked
        }
        self.sheet_names = tuple(self._sheets)
        starts_1904 = any(_attribute(one, "date1904") in ("1", "true") for one in _children(book, "workbookPr"))
        self._first_day = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
        self._formats = self._date_formats(main)
        self._texts = self._shared_texts(main)

    def rows(self, sheet: str) -> Iterator[tuple[float, int, list[Cell]]]:
        """How much of the sheet is done (0 to 1), the row's number, and its cells from column A on; rows without
        any value are left out."""
        with _readable(self._file), self._parts.open(self._sheets[sheet]) as stream:
            size = max(self._parts.getinfo(self._sheets[sheet]).file_size, 1)
            for number, raw in rows_of(stream):
                cells: list[Cell] = [None] * (max((cell.column for cell in raw), default=-1) + 1)
                for cell in raw:
                    cells[cell.column] = self._value(cell)
                if any(cell is not None for cell in cells):
                    yield stream.tell() / size, number, cells

    def _value(self, cell: RawCell) -> Cell:
        kind, text = cell.kind, cell.text
        if kind == "n":
            style = int(cell.style)
            return self._number(float(text), self._formats[style] if 0 <= style < len(self._formats) else "")
        if kind == "s":
            return self._texts[int(text)] or None
        if kind in ("str", "inlineStr"):
            return unescaped(text) or None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return CellError(text)
        if kind == "d":
            return datetime.fromisoformat(text.strip().removesuffix("Z"))
        raise ValueError(f"{kind[:20]!r} is no kind of cell")

    def _number(self, value: float, shown: str) -> Cell:
        """`shown` says what the format shows of it: a date (d), a time (t), both, a time elapsed (e), or nothing of these."""
        if not math.isfinite(value):
            return CellError(str(value))
        if not shown or not 0 <= value < 2_958_466:  # Excel's days end with the year 9999
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        milliseconds = round(value * 86_400_000)  # what Excel itself resolves; a double holds no more
        if shown == "e":
            return timedelta(milliseconds=milliseconds)
        early = value < 60 and self._first_day.year == 1899  # Excel has a 29 February 1900
        moment = self._first_day + timedelta(days=int(early), milliseconds=milliseconds)
        if shown == "t" and value < 1:
            return moment.time()
        return moment.date() if shown == "d" and moment.time() == time() else moment

    def _date_formats(self, main: str) -> list[str]:
        part = next(iter(self._targets(main, "styles").values()), None)
        if part is None:
            return []
        styles = self._xml(part)
        own = {one.get("numFmtId"): _shown_by(one.get("formatCode", "")) for one in _children(styles, "numFmt")}
        formats = next(iter(_children(styles, "cellXfs")), ())
        ids = [one.get("numFmtId", "0") for one in formats if _local(one) == "xf"]
        return [own[one] if one in own else _BUILT_IN.get(int(one), "") for one in ids]

    def _shared_texts(self, main: str) -> list[str]:
        part = next(iter(self._targets(main, "sharedStrings").values()), None)
        if part is None:
            return []
        with self._parts.open(part) as stream:
            return texts_of(stream)

    def _targets(self, part: str, kind: str) -> dict[str, str]:
        """Parts of a kind that a part names, by id."""
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if links not in self._parts.NameToInfo:
            return {}
        return {
            link.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/")
            for link in _children(self._xml(links), "Relationship")
            if link.get("Type", "").endswith(f"/{kind}")
        }

    def _xml(self, part: str) -> Any:
        with self._parts.open(part) as stream:
            return ElementTree.parse(stream).getroot()


@contextmanager
def open_workbook(file: Path) -> Iterator[Workbook]:
    """The workbook; whatever is wrong with it, also while its rows are read, is an InputError."""
    with file.open("rb") as raw, ExitStack() as stack:
        _refuse_old(raw, file)
        with _readable(file):
            book = Workbook(file, stack.enter_context(zipfile.ZipFile(raw)))
        yield book


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        reason = " ".join(str(error).split()).rstrip(".: ") or "it ends too early"
        raise InputError(
            f"{file} is an Excel file, but not a readable one ({reason[:120]}). Save it as CSV, or copy it again."
        ) from error


def _refuse_old(raw: IO[bytes], file: Path) -> None:
    if raw.read(4) == _OLD_FILE:
        raise InputError(
            f"{file} is an Excel file with a password, or one of an old Excel. Save it as .xlsx without a password."
        )
    raw.seek(0)


def _local(element: Any) -> str:
    """The name without its namespace, which differs between the two kinds of the standard."""
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, name: str) -> list[Any]:
    return [one for one in element.iter() if _local(one) == name]


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _shown_by(code: str) -> str:
    """What a number format shows: see `Workbook._number`."""
    signs = _NOT_A_SIGN.sub("", code.split(";")[0]).lower()
    if "[" in signs:
        return "e"
    if "general" in signs:
        return ""
    days, clock = any(sign in signs for sign in "yd"), any(sign in signs for sign in "hs")
    months = "m" in signs and not clock
    return ("d" if days or months else "") + ("t" if clock else "")
