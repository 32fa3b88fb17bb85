"""Figures of a finished run at any instant: playback is a read.

Every count is one pass over a column when it is asked for the first time, and a search in the sorted column from then
on (`tally`), so scrubbing costs a few microseconds a figure whatever the size of the run. Arrays here are int64
instants unless said otherwise; `NEVER` stands for an open end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.tally import Tally
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
    """Each person's earliest instant, in no order of its own; `people` ascends."""
    if not len(people):
        return np.zeros(0, np.int64)
    heads = np.flatnonzero(np.append(True, people[1:] != people[:-1]))
    return np.minimum.reduceat(instants, heads)


@dataclass(frozen=True)
class StepColumns:
    """Arrivals, departures, first arrival of each person, and arrivals that rest on an assumption."""

    arrived: Tally
    left: Tally
    people: Tally
    assumed: Tally


@dataclass(frozen=True)
class MessageColumns:
    """Sends of one message step, of these the assumed ones, and refusals (at due_at)."""

    sent: Tally
    assumed: Tally
    not_sent: Tally


class JourneyColumns:
    """All that is counted of one journey; `visits` and `instances` are row slices of the run, without those
    whom enforced limits did not let in (D-11): they never were inside."""

    def __init__(self, run: Run, index: int) -> None:
        self.journey = run.plan.campaigns.journeys[index]
        self.run, self.index = run, index
        self.instances, away = let_in(_rows(run.instances, "journey", index))
        self.turned_away = Tally(away["entered_at"])
        self.visits = _rows(run.visits, "journey", index)
        self.messages = _rows(run.messages, "campaign", index)

    @cached_property
    def entered(self) -> Tally:
        return Tally(self.instances["entered_at"])

    @cached_property
    def people(self) -> Tally:
        return Tally(firsts(self.instances["profile"], self.instances["entered_at"]))

    @cached_property
    def ended(self) -> Tally:
        return Tally(self.instances["ended_at"])

    @cached_property
    def outcomes(self) -> dict[tuple[str, str | None], Tally]:
        """(outcome, detail) -> instants of the end."""
        from engage_desktop.engine import OUTCOMES

        found: dict[tuple[str, str | None], Tally] = {}
        outcome, detail, ended = (self.instances[name] for name in ("outcome", "detail", "ended_at"))
        keys = outcome.astype(np.int64) << 32 | (detail.astype(np.int64) + 1)
        for key in np.unique(keys):
            text = int(key & 0xFFFFFFFF) - 1
            name = (OUTCOMES[int(key >> 32)], None if text < 0 else self.run.texts[text])
            found[name] = Tally(ended[keys == key])
        return found

    @cached_property
    def by_step(self) -> list[NDArray[np.intp]]:
        """The rows of `visits` at each step of the journey, ascending."""
        step = self.visits["step"]
        n = len(self.journey.steps)
        order = np.argsort(step, kind="stable")  # of 16 bits: by counting
        return np.split(order, np.cumsum(np.bincount(step, minlength=n))[:-1])[:n]

    @cached_property
    def steps(self) -> dict[str, StepColumns]:
        from engage_desktop.engine import KINDS

        visits, assumed = self.visits, KINDS.index("assumed")
        columns = {}
        for one, rows in zip(self.journey.steps, self.by_step, strict=True):
            entered = visits["entered_at"][rows]
            columns[one.key] = StepColumns(
                Tally(entered),
                Tally(visits["left_at"][rows]),
                Tally(firsts(visits["profile"][rows], entered)),
                Tally(entered[visits["kind"][rows] == assumed]),
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
    def wires(self) -> dict[tuple[str, str | None], Tally]:
        """(step, branch) -> instants at which someone took it. A branch is taken when its visit ends with it; a plain
        `next` when another visit of the instance follows. With a fork neither need be so, and the run has noted every
        wire taken."""
        first = np.append(True, ~self.follows[:-1])[: len(self.follows)]
        found: dict[tuple[str, str | None], Tally] = {(ENTRY, None): Tally(self.visits["entered_at"][first])}
        noted = _rows(self.run.wires, "journey", self.index)
        taken_codes = np.unique(
            (noted if len(noted["step"]) else self.visits)["branch"]
        )  # a run may have many texts more
        codes = {self.run.texts[code]: code for code in taken_codes.tolist() if code >= 0}
        if len(noted["step"]):
            for index, one in enumerate(self.journey.steps):
                for output in outputs(one):
                    code = -1 if output.branch is None else codes.get(output.branch, -2)
                    taken = (noted["step"] == index) & (noted["branch"] == code)
                    found[one.key, output.branch] = Tally(noted["left_at"][taken])
            return found
        for one, rows in zip(self.journey.steps, self.by_step, strict=True):
            branch, left = self.visits["branch"][rows], self.visits["left_at"][rows]
            for output in outputs(one):
                if output.branch is None or output.kind == "next":
                    goes_on = self.follows[rows] if output.target else (left < NEVER) & ~self.cut[rows]
                    taken = goes_on & (branch < 0)
                else:
                    taken = branch == codes.get(output.branch, -2)
                found[one.key, output.branch] = Tally(left[taken])
        return found

    @cached_property
    def cut(self) -> NDArray[np.bool_]:
        """Visits ended by an exit rule or a leave rather than by their own step."""
        from engage_desktop.engine import OUTCOMES

        instances, last = self.instances, np.flatnonzero(~self.follows)
        profile, instance, left = (self.visits[name][last] for name in ("profile", "instance", "left_at"))
        key = instances["profile"].astype(np.int64) << 32 | instances["instance"]
        place = np.searchsorted(key, profile.astype(np.int64) << 32 | instance)
        ended_early = [OUTCOMES.index("exited"), OUTCOMES.index("expired")]
        cut = np.zeros(len(self.follows), np.bool_)
        cut[last] = np.isin(instances["outcome"][place], ended_early) & (left == instances["ended_at"][place])
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
                    Tally(messages["sent_at"][mask & sent]),
                    Tally(messages["sent_at"][mask & sent & assumed]),
                    Tally(messages["due_at"][mask & refused]),
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
