"""Answers the window's questions about problems inside the workspace process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engage_desktop.app import protocol as base
from engage_desktop.app.protocol_lints import AskLintPeople, AskLints, Lint, LintPeople, Lints
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.problem import Problem

if TYPE_CHECKING:
    from engage_desktop.analysis.lints import Found
    from engage_desktop.app.desk import Desk

PROVING_SECONDS = 0.4
"""Fixes that are not proved by then are not offered: figures wait meanwhile."""


MOST_LINTS = 200
"""Told at a time: the window shows no more, and each is a badge to paint."""


def worst_first(found: tuple[Found, ...]) -> tuple[tuple[Found, ...], Problem | None]:
    """(what is told, warnings first; what says how many more there are, if any)."""
    found = tuple(sorted(found, key=lambda one: one.problem.severity == "info"))
    more = len(found) - MOST_LINTS
    if more <= 0:
        return found, None
    says = f"{more:,} more such findings of the run are not shown."
    return found[:MOST_LINTS], Problem("info", "more_lints", "", says, "They come once some of these are mended.")


class LintDesk:
    """Lints of the newest run, kept until there is another design."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found: tuple[int, tuple[Found, ...]] = (-1, ())
        self.answers: dict[type[base.Request], Callable[[int, Any], base.Reply | None]] = {
            AskLints: self._lints,
            AskLintPeople: self._people,
        }

    def _lints(self, request_id: int, request: AskLints) -> base.Reply:
        from engage_desktop.analysis.lints import find_lints
        from engage_desktop.document import validate
        from engage_desktop.document.fix_offers import with_fixes

        desk = self._desk

        def stopped() -> bool:
            return desk.is_old(request.generation)

        found: tuple[Found, ...] = ()
        if desk.replayed is not None:
            found = find_lints(desk.replayed.run, desk.replayed.log.store, cache=desk.cache, cancelled=stopped)
        found, more = worst_first(found)
        self._found = (request.generation, found)
        if desk.checked is None:
            return Lints(request.generation, (), ())
        told = validate(desk.checked)
        until = time.perf_counter() + PROVING_SECONDS
        proved = with_fixes(
            desk.checked,
            (*told, *(one.problem for one in found)),
            lambda: stopped() or time.perf_counter() > until,
        )
        lints = zip(proved[len(told) :], found, strict=True)
        shown = [Lint(problem, len(one.people)) for problem, one in lints]
        if more is not None:
            shown.append(Lint(more, 0))
        return Lints(request.generation, proved[: len(told)], tuple(shown))

    def _people(self, request_id: int, request: AskLintPeople) -> base.Reply:
        generation, found = self._found
        if generation != request.generation or not 0 <= request.lint < len(found):
            raise UserError("This problem is gone. Choose one that is shown.")
        assert self._desk.log is not None
        one, ids = found[request.lint], self._desk.log.store.profile_ids
        wanted = request.search.casefold()
        rows = [(ids[who], at) for who, at in zip(one.people.tolist(), one.at.tolist(), strict=True)]
        kept = [row for row in rows if wanted in row[0].casefold()] if wanted else rows
        page = tuple(kept[request.offset : request.offset + request.limit])
        return LintPeople(request.generation, request.lint, len(kept), request.offset, page)
