"""Figures of a finished run at any instant: playback is a read.

Every count is a difference of two searches in sorted columns, so scrubbing costs a few
microseconds a figure whatever the size of the run. Arrays here are int64 instants unless said
otherwise; `NEVER` stands for an open end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.step import SendMessage, outputs

if TYPE_CHECKING:
    from engage_desktop.analysis.goals import GoalColumns
    from engage_desktop.engine import Run
    from engage_desktop.events import EventStore

Instants = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
ENTRY = "@entry"


def upto(sorted_instants: Instants, at_us: int) -> int:
    """How many of the sorted instants are <= at_us."""
    return int(np.searchsorted(sorted_instants, at_us, side="right"))


def firsts(people: NDArray[np.int32], instants: Instants) -> Instants:
    """Each person's earliest instant, sorted."""
    if not len(people):
        return np.zeros(0, np.int64)
    order = np.lexsort((instants, people))
    who, when = people[order], instants[order]
    return np.sort(when[np.concatenate([[True], who[1:] != who[:-1]])])


@dataclass(frozen=True)
class StepColumns:
    """Sorted instants of one step: arrivals, departures, first arrival of each person, and arrivals
    that rest on an assumption."""

    arrived: Instants
    left: Instants
    people: Instants
    assumed: Instants


@dataclass(frozen=True)
class MessageColumns:
    """Sorted instants of one message step: sends, of these the assumed ones, and refusals (at due_at)."""

    sent: Instants
    assumed: Instants
    not_sent: Instants


class JourneyColumns:
    """All sorted columns of one journey; `visits` and `instances` are row slices of the run, without those
    whom enforced limits did not let in (D-11): they never were inside."""

    def __init__(self, run: Run, index: int) -> None:
        self.journey = run.plan.campaigns.journeys[index]
        self.run, self.index = run, index
        self.instances, away = let_in(_rows(run.instances, "journey", index))
        self.turned_away: Instants = np.sort(away["entered_at"])
        self.visits = _rows(run.visits, "journey", index)
        self.messages = _rows(run.messages, "campaign", index)

    @cached_property
    def entered(self) -> Instants:
        return np.sort(self.instances["entered_at"])

    @cached_property
    def people(self) -> Instants:
        return firsts(self.instances["profile"], self.instances["entered_at"])

    @cached_property
    def ended(self) -> Instants:
        return np.sort(self.instances["ended_at"])

    @cached_property
    def outcomes(self) -> dict[tuple[str, str | None], Instants]:
        """(outcome, detail) -> sorted instants of the end."""
        from engage_desktop.engine import OUTCOMES

        found: dict[tuple[str, str | None], Instants] = {}
        outcome, detail, ended = (self.instances[name] for name in ("outcome", "detail", "ended_at"))
        keys = outcome.astype(np.int64) << 32 | (detail.astype(np.int64) + 1)
        for key in np.unique(keys):
            mask = keys == key
            text = int(key & 0xFFFFFFFF) - 1
            name = (OUTCOMES[int(key >> 32)], None if text < 0 else self.run.texts[text])
            found[name] = np.sort(ended[mask])
        return found

    @cached_property
    def steps(self) -> dict[str, StepColumns]:
        from engage_desktop.engine import KINDS

        step, entered, left = (self.visits[name] for name in ("step", "entered_at", "left_at"))
        assumed = self.visits["kind"] == KINDS.index("assumed")
        columns = {}
        for index, one in enumerate(self.journey.steps):
            mask = step == index
            columns[one.key] = StepColumns(
                np.sort(entered[mask]),
                np.sort(left[mask]),
                firsts(self.visits["profile"][mask], entered[mask]),
                np.sort(entered[mask & assumed]),
            )
        return columns

    @cached_property
    def follows(self) -> NDArray[np.bool_]:
        """follows[i]: visit i + 1 is the next visit of the same instance."""
        visits = self.visits
        count = len(visits["step"])
        same = np.zeros(count, bool)
        if count > 1:
            same[:-1] = (visits["profile"][1:] == visits["profile"][:-1]) & (
                visits["instance"][1:] == visits["instance"][:-1]
            )
        return same

    @cached_property
    def wires(self) -> dict[tuple[str, str | None], Instants]:
        """(step, branch) -> sorted instants at which someone took it. A branch is taken when its
        visit ends with it; a plain `next` when another visit of the instance follows. With a fork
        neither need be so, and the run has noted every wire taken."""
        step, branch, left = (self.visits[name] for name in ("step", "branch", "left_at"))
        found: dict[tuple[str, str | None], Instants] = {}
        first = np.concatenate([[True], ~self.follows[:-1]]) if len(step) else np.zeros(0, bool)
        found[ENTRY, None] = np.sort(self.visits["entered_at"][first])
        codes = {text: code for code, text in enumerate(self.run.texts)}
        noted = _rows(self.run.wires, "journey", self.index)
        if len(noted["step"]):
            for index, one in enumerate(self.journey.steps):
                for output in outputs(one):
                    code = -1 if output.branch is None else codes.get(output.branch, -2)
                    taken = (noted["step"] == index) & (noted["branch"] == code)
                    found[one.key, output.branch] = np.sort(noted["left_at"][taken])
            return found
        for index, one in enumerate(self.journey.steps):
            mask = step == index
            for output in outputs(one):
                if output.branch is None or output.kind == "next":
                    taken = (
                        mask & self.follows & (branch < 0)
                        if output.target
                        else mask & (branch < 0) & (left < NEVER) & ~self.cut
                    )
                else:
                    taken = mask & (branch == codes.get(output.branch, -2))
                found[one.key, output.branch] = np.sort(left[taken])
        return found

    @cached_property
    def cut(self) -> NDArray[np.bool_]:
        """Visits ended by an exit rule or a leave rather than by their own step."""
        from engage_desktop.engine import OUTCOMES

        instances, visits = self.instances, self.visits
        key = instances["profile"].astype(np.int64) << 32 | instances["instance"]
        place = np.searchsorted(key, visits["profile"].astype(np.int64) << 32 | visits["instance"])
        ended_early = [OUTCOMES.index("exited"), OUTCOMES.index("expired")]
        exited = np.isin(instances["outcome"][place], ended_early)
        cut: NDArray[np.bool_] = exited & ~self.follows & (visits["left_at"] == instances["ended_at"][place])
        return cut

    @cached_property
    def message_steps(self) -> dict[str, MessageColumns]:
        from engage_desktop.engine import KINDS, STATUSES

        messages = self.messages
        assumed = messages["kind"] == KINDS.index("assumed")
        sent = messages["status"] == STATUSES.index("sent")
        refused = np.isin(messages["status"], [STATUSES.index("dropped"), STATUSES.index("held_out")])
        found = {}
        for index, one in enumerate(self.journey.steps):
            if isinstance(one, SendMessage):
                mask = messages["step"] == index
                found[one.key] = MessageColumns(
                    np.sort(messages["sent_at"][mask & sent]),
                    np.sort(messages["sent_at"][mask & sent & assumed]),
                    np.sort(messages["due_at"][mask & refused]),
                )
        return found

    @cached_property
    def moments(self) -> Instants:
        """Every instant at which anything moves, sorted, distinct."""
        moments = np.concatenate(
            [
                self.instances["entered_at"],
                self.instances["ended_at"],
                self.visits["entered_at"],
                self.visits["left_at"],
            ]
        )
        return np.unique(moments[moments < NEVER])


def let_in(instances: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """The instances that entered, and those that limits turned away at once."""
    from engage_desktop.engine import OUTCOMES

    away = instances["outcome"] == OUTCOMES.index("dropped")
    if not away.any():
        return instances, {name: values[:0] for name, values in instances.items()}
    return (
        {name: values[~away] for name, values in instances.items()},
        {name: values[away] for name, values in instances.items()},
    )


def _rows(table: dict[str, NDArray[Any]], column: str, index: int) -> dict[str, NDArray[Any]]:
    """The rows of one campaign; tables are sorted by it, so they are a slice."""
    low, high = np.searchsorted(_order_key(table, column, index), [0, 1])
    return {name: values[low:high] for name, values in table.items()}


def _order_key(table: dict[str, NDArray[Any]], column: str, index: int) -> NDArray[np.int8]:
    # Rows of one campaign stand together, but campaigns sort by key, not by their place in the
    # file: -1 before the block, 0 inside, 1 after.
    values = table[column]
    inside = np.flatnonzero(values == index)
    key = np.full(len(values), -1, np.int8)
    if len(inside):
        key[inside[0] : inside[-1] + 1] = 0
        key[inside[-1] + 1 :] = 1
    return key


class Playback:
    """Reads of one run. Columns are built per journey on first use and kept."""

    def __init__(self, run: Run, store: EventStore) -> None:
        self.run = run
        self.store = store
        self._journeys: dict[str, JourneyColumns] = {}
        self._goals: dict[str, GoalColumns | str | None] = {}

    def journey(self, key: str) -> JourneyColumns:
        if key not in self._journeys:
            index = next(i for i, journey in enumerate(self.run.plan.campaigns.journeys) if journey.key == key)
            self._journeys[key] = JourneyColumns(self.run, index)
        return self._journeys[key]

    def goal(self, key: str) -> GoalColumns | str | None:
        """What became of the journey's goal; the sentence that says why it cannot be read; None without a goal."""
        if key not in self._goals:
            from engage_desktop.analysis.goals import goal_columns

            columns = self.journey(key)
            try:
                self._goals[key] = goal_columns(columns.journey, columns.instances, self.run, self.store)
            except UserError as error:
                self._goals[key] = str(error)
        return self._goals[key]

    def people(
        self, key: str, step: str, at_us: int, *, inside: bool, offset: int, limit: int, search: str = ""
    ) -> tuple[int, list[tuple[str, int, int, int]]]:
        """(total, page of (profile id, instance, since, leaves)), latest arrival first, then by id."""
        columns = self.journey(key)
        if step == ENTRY:
            table, since, until = columns.instances, "entered_at", "ended_at"
            mask = np.ones(len(table[since]), bool)
        else:
            table, since, until = columns.visits, "entered_at", "left_at"
            index = next(i for i, one in enumerate(columns.journey.steps) if one.key == step)
            mask = table["step"] == index
        mask = mask & (table[since] <= at_us)
        if inside:
            mask &= table[until] > at_us
        chosen = np.flatnonzero(mask)
        if search:
            chosen = self._matching(chosen, table["profile"], search)
        order = np.lexsort((table["profile"][chosen], -table[since][chosen]))
        page = chosen[order[offset : offset + limit]]
        ids = self.store.profile_ids
        return len(chosen), [
            (ids[int(table["profile"][i])], int(table["instance"][i]), int(table[since][i]), int(table[until][i]))
            for i in page
        ]

    def _matching(self, rows: NDArray[np.intp], profile: NDArray[np.int32], search: str) -> NDArray[np.intp]:
        ids = self.store.profile_ids
        wanted = search.casefold()
        return np.array([row for row in rows if wanted in ids[int(profile[row])].casefold()], np.intp)

    def neighbour(self, key: str, at_us: int, *, forward: bool) -> int | None:
        """The nearest instant after or before `at_us` at which anything moves, inside the window."""
        moments = self.journey(key).moments
        if forward:
            place = upto(moments, at_us)
            found = moments[place] if place < len(moments) else None
        else:
            place = int(np.searchsorted(moments, at_us, side="left")) - 1
            found = moments[place] if place >= 0 else None
        return None if found is None else int(found)

    def histogram(self, bins: int, key: str | None) -> dict[str, list[int]]:
        """Equal bins over the window: events of the log, entries and sent messages of the journey (or all)."""
        first, last = self.run.window
        edges = np.linspace(first, max(last, first + 1), bins + 1)
        instances, messages = let_in(self.run.instances)[0], self.run.messages
        if key is not None:
            columns = self.journey(key)
            instances, messages = columns.instances, columns.messages
        sent = messages["sent_at"][messages["sent_at"] < NEVER]
        count: Callable[[Instants], list[int]] = lambda values: np.histogram(values, edges)[0].tolist()  # noqa: E731
        return {"events": count(self.store.time), "entries": count(instances["entered_at"]), "messages": count(sent)}
