"""The two large parts of an Excel workbook, sheet and shared texts, as streams (ECMA-376, 18.3 and 18.4).

Names are taken without their namespace, which differs between the two kinds of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple
from xml.parsers import expat

MOST_COLUMNS = 16_384
MOST_ROWS = 1 << 31  # Excel has 1,048,576, others may have more
_CHUNK = 1 << 16
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"


class RawCell(NamedTuple):
    """A cell as it stands in the file; `column` counts from 0."""

    column: int
    kind: str
    style: str
    text: str


class RawRow(NamedTuple):
    number: int
    cells: list[RawCell]


def rows_of(stream: IO[bytes]) -> Iterator[RawRow]:
    """The rows of a sheet, cells without a value left out."""
    return _stream(stream, _Sheet())


def texts_of(stream: IO[bytes]) -> list[str]:
    """The shared texts of a workbook, in their order; phonetic hints are no part of a text."""
    return list(_stream(stream, _SharedTexts()))


class _Collector:
    """Gathers the text of the elements in `wanted`; what is done lies in `found`."""

    wanted: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.text: str | None = None
        self._inside = False
        self._hints = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "rPh":
            self._hints += 1
        elif name in self.wanted:
            self._inside = not self._hints
        else:
            self.begin(name, attributes)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "rPh":
            self._hints -= 1
        elif name in self.wanted:
            self._inside = False
        else:
            self.finish(name)

    def data(self, text: str) -> None:
        if self._inside:
            self.text = text if self.text is None else self.text + text

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def finish(self, name: str) -> None:
        raise NotImplementedError


class _SharedTexts(_Collector):
    wanted = frozenset({"t"})

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.text = None

    def finish(self, name: str) -> None:
        if name == "si":
            self.found.append(unescaped(self.text or ""))


class _Sheet(_Collector):
    wanted = frozenset({"v", "t"})

    def __init__(self) -> None:
        super().__init__()
        self._row = RawRow(0, [])
        self._attributes: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._next = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._attributes, self.text = attributes, None
        elif name == "row":
            number = int(attributes.get("r") or self._row.number + 1)
            if not 0 < number < MOST_ROWS:
                raise ValueError(f"{number} is no row")
            self._row = RawRow(number, [])
            self._next = 0

    def finish(self, name: str) -> None:
        if name == "c":
            attributes = self._attributes
            place = attributes.get("r")
            column = self._column(place.rstrip(_DIGITS)) if place else self._next
            self._next = column + 1
            if self.text is not None:
                cell = RawCell(column, attributes.get("t", "n"), attributes.get("s", "0"), self.text)
                self._row.cells.append(cell)
        elif name == "row":
            self.found.append(self._row)

    def _column(self, letters: str) -> int:
        if letters not in self._columns:
            number = 0
            for letter in letters:
                if not "A" <= letter <= "Z":
                    raise ValueError(f"{letters[:20]!r} names no column")
                number = number * 26 + ord(letter) - 64
            if not 0 < number <= MOST_COLUMNS:
                raise ValueError(f"{letters[:20]!r} names no column")
            self._columns[letters] = number - 1
        return self._columns[letters]


def _stream(stream: IO[bytes], collector: _Collector) -> Iterator[Any]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.data
    parser.StartDoctypeDeclHandler = _refuse
    ended = False
    while not ended:
        chunk = stream.read(_CHUNK)
        ended = not chunk
        parser.Parse(chunk, ended)
        yield from collector.found
        collector.found.clear()


def _refuse(*_: object) -> None:
    """No workbook has a document type; what it could define may be larger than memory."""
    raise ValueError("it has a document type")


def unescaped(text: str) -> str:
    """Signs that XML cannot hold are written `_x000D_`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
