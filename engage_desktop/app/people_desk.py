"""Finds people of the open log by their id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as base
from engage_desktop.app.protocol_people import FindPeople, FoundPeople

if TYPE_CHECKING:
    from engage_desktop.app.desk import Desk


def matching(ids: Iterable[str], text: str, limit: int) -> tuple[str, ...]:
    """At most `limit` ids that hold `text` in any case, those that begin with it first. One look at every id."""
    wanted = text.casefold().strip()
    if not wanted:
        return ()
    begin: list[str] = []
    hold: list[str] = []
    for one in ids:
        at = one.casefold().find(wanted)
        if at == 0:
            begin.append(one)
            if len(begin) == limit:
                break
        elif at > 0 and len(hold) < limit:
            hold.append(one)
    return tuple(islice([*begin, *hold], limit))


class PeopleDesk:
    """Reads the people of the newest run's log."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.answers: dict[type[base.Request], Callable[[int, Any], base.Reply | None]] = {FindPeople: self._find}

    def _find(self, request_id: int, request: FindPeople) -> base.Reply:
        ids = self._desk.need_run().log.store.profile_ids
        return FoundPeople(request.generation, request.text, matching(ids, request.text, request.limit))
