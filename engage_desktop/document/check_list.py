"""What can be said of an audience's list without opening its file; reading it is `app/lists.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from engage_desktop.domain.people import ListFile
from engage_desktop.domain.problem import Problem

TABLE_SUFFIXES = (".csv", ".tsv")
TEXT_SUFFIX = ".txt"
_HASH = re.compile(r"[0-9a-f]{64}")


def check_list(named: ListFile, path: str) -> Iterator[Problem]:
    """A file of a known kind, a column only where there are some, a hash that can be one."""
    suffix = PurePosixPath(named.file).suffix.lower()
    if not named.file.strip():
        yield Problem("error", "list_file", f"{path}.file", "The list names no file.", "Name a CSV or a TXT file.")
    elif suffix not in (*TABLE_SUFFIXES, TEXT_SUFFIX):
        message = f"{named.file!r} is neither a CSV nor a TXT file."
        mend = "Save the list as CSV with a heading, or as TXT with one identifier a line."
        yield Problem("error", "list_file", f"{path}.file", message, mend)
    elif suffix == TEXT_SUFFIX and named.column is not None:
        message = "A TXT file has one identifier a line and no columns."
        yield Problem("error", "list_column", f"{path}.column", message, "Leave the column out.")
    if not _HASH.fullmatch(named.sha256):
        message = f"{named.sha256!r} is not the SHA-256 of a file."
        mend = "Write its 64 digits (0-9, a-f), or press “Take the new file” on the audience's page."
        yield Problem("error", "list_hash", f"{path}.sha256", message, mend)
