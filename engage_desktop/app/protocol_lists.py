"""What the window and the workspace process say about lists: files that name the people of an audience."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request
from engage_desktop.domain.people import Level


@dataclass(frozen=True)
class AskList(Request):
    """What the file of an audience's list holds now; reply `ListInfo`. `file` as the design names it, from `folder` on."""

    folder: str
    file: str
    level: Level = "user"


@dataclass(frozen=True)
class KeepList(AskList):
    """The same of a file that a person chose, after a copy of it was put into the folder (unless it lies there);
    reply `ListInfo` with the copy's name, or `Failed` when it cannot be used."""


@dataclass(frozen=True)
class ListColumn:
    """`known`: how many of the identifiers the log shows for somebody."""

    name: str
    identifiers: int
    known: int


@dataclass(frozen=True)
class ListInfo(Reply):
    """`changed_us`: when the file was last written. With a `fault`, one sentence, the columns are not known.
    A TXT has one column without a name."""

    file: str
    level: Level
    sha256: str = ""
    changed_us: int = 0
    columns: tuple[ListColumn, ...] = ()
    has_log: bool = False
    fault: str = ""
