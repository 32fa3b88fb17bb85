"""Finding people of the log by their id; the rules of `protocol` hold."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.app.protocol import Reply, Request


@dataclass(frozen=True)
class FindPeople(Request):
    """People whose id holds `text`, in any case: those that begin with it first; reply `FoundPeople`."""

    generation: int
    text: str
    limit: int = 8


@dataclass(frozen=True)
class FoundPeople(Reply):
    """At most `limit` ids, in the order of the log's people within each of the two kinds."""

    generation: int
    text: str
    people: tuple[str, ...]
