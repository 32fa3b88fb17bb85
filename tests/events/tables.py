"""Tables for tests: CSV texts and Excel workbooks written to a folder and imported."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engage_desktop.domain.errors import InputError
from engage_desktop.events import EventStore, ImportReport, build_store, file_options


def read(
    path: Path, content: str | bytes | None = None, *others: Path, mapping: dict[str, str] | None = None, **options: str
) -> tuple[EventStore, ImportReport]:
    """Write `content` to the path, where given, and import it (after `others`) with the options of the command line."""
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return build_store([*others, path], mapping=mapping, options=file_options(**options))


def dialect(path: Path, content: str | bytes, **options: str) -> str:
    """How the file was found to be written."""
    return read(path, content, **options)[1].files[-1].dialect


def refusal(path: Path, content: str | bytes | None = None, *others: Path, **options: str) -> str:
    """The one sentence with which an import of the file stops."""
    try:
        read(path, content, *others, **options)
    except InputError as error:
        sentence = str(error)
        assert path.name in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")
        return sentence
    raise AssertionError("the file was taken")


def findings(store: EventStore) -> list[tuple[int, str, str]]:
    """(line, field, code) of everything the import noted."""
    return [(one.line, one.field, one.code) for one in store.rejects()]


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, title: str = "Log", more: Sequence[str] = ()) -> Path:
    """A workbook as openpyxl writes it, as a person's tools would."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name in more:
        book.create_sheet(name)
    book.save(path)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def write_parts(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path
