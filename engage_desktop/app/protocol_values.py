"""Which values a property or trait has in the open log: the question of the fields that offer them."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request


@dataclass(frozen=True)
class AskValues(Request):
    """The most frequent values of a property of an event, or where `event` is None of a trait; reply `Values`."""

    event: str | None
    path: str
    limit: int = 50


@dataclass(frozen=True)
class Values(Reply):
    """(value as query text, how often it stands in the log), most frequent first; lists and objects are left out."""

    event: str | None
    path: str
    rows: tuple[tuple[str, int], ...]
