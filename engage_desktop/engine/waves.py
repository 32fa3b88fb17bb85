"""Journeys that read what they write, and those that read it after them (D-25, D-37, D-51).

What is written at t is seen from t + 1 us on, so what a person does up to some instant depends only on what was written
before it. A wave runs the journeys of a circle for some people over what is known of their writes: those whose writes
come out as they were known are done, the others go again with what came out. That is right up to the first difference
and a guess after it (`guesses`), so at least every other wave makes the next write of everybody right. The first wave is
everybody with nothing known; most circles take two or three, over fewer and fewer people, and every wave is the
fold that all journeys are walked by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engage_desktop.engine import history as histories
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, AnyArray, Mask
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.coupling import Component, in_order, read_by, written_by
from engage_desktop.engine.definitions import Meaning, Node, Side
from engage_desktop.engine.guesses import first_difference, to_go_on_with
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.run import Table
from engage_desktop.engine.siblings import COLUMNS, NO_SETS, of_people
from engage_desktop.engine.source import Log
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.view import View
from engage_desktop.engine.writes import NONE, Writes, made, merged, rows_of, shown, too_many

Tables = dict[str, Table]
Walker = Callable[[Sequence[PlanJourney], View], dict[str, Tables]]


@dataclass
class Outcome:
    """Tables of each journey by key; all writes, and how many more the limit of a second took."""

    tables: dict[str, Tables] = field(default_factory=dict)
    writes: Writes = NONE
    dropped: int = 0


class Stage:
    """A log and the conditions over it as they are before anything is written."""

    def __init__(
        self, plan: Plan, log: Log, conditions: Conditions, view: View, walk: Walker, texts: Callable[[], Sequence[str]]
    ) -> None:
        """`walk` gives the tables of journeys; `texts` those of the run so far."""
        self.plan, self.log, self.conditions, self.view, self.walk, self.texts = (
            plan,
            log,
            conditions,
            view,
            walk,
            texts,
        )
        keys = sorted(journey.journey.key for journey in plan.journeys)
        self._written: Conditions | None = None
        self.ranks = {key: rank for rank, key in enumerate(keys)}

    def play(self, journeys: Sequence[PlanJourney], *, coupled: bool = False) -> Outcome:
        """Run journeys so that each sees what all wrote. `coupled`: all of them in waves, needed or not."""
        components = in_order(journeys, self.plan.meanings)
        if coupled:
            components = [Component(tuple(journeys), circular=True)]
        found = self._play(components, verify=coupled)
        if len(components) > 1 and too_many(found.writes):
            # which write is one too many is a matter of all journeys together
            found = self._play([Component(tuple(journeys), circular=True)])
        return found

    def over(self, writes: Writes, people: AnyArray | None = None) -> Conditions:
        """Conditions that see writes (numbered as `people` are) of everybody, or over some people alone."""
        if people is None and not len(writes):
            return self.conditions
        log = shown(self.log if people is None else Subset(self.log, people), writes)
        traits = frozenset(writes.what[one][0] for one in np.unique(writes.which).tolist())
        given = _Untouched(self.conditions, traits, people)
        return Conditions(
            log,
            self.plan.meanings,
            LeafCache(),
            self.conditions.cancelled,
            accounts=self.conditions.accounts,
            given=given,
        )

    def written(self, writes: Writes) -> Conditions:
        """Conditions over all of the log with what everybody wrote; made once."""
        if self._written is None:
            self._written = self.over(writes)
        return self._written

    # -- one after the other ---------------------------------------------------------------

    def _play(self, components: Sequence[Component], *, verify: bool = False) -> Outcome:
        found = Outcome()
        for component in components:
            if component.circular:
                self._waves(component.journeys, found, verify=verify)
                continue
            view = self._view(found.writes)
            tables = self.walk(component.journeys, view)
            found.tables |= tables
            self._note(component.journeys, tables, found)
        return found

    def _view(self, writes: Writes, people: AnyArray | None = None) -> View:
        if people is None and not len(writes):
            return self.view
        conditions = self.over(writes, people)
        view = View(conditions.log, conditions, self.view.seed, self.view.workspace_zone)
        if people is None:
            view.profile_hashes = self.view.profile_hashes
        return view

    def _note(self, journeys: Sequence[PlanJourney], tables: Mapping[str, Tables], found: Outcome) -> None:
        writes, over = self._made(journeys, tables)
        found.writes = merged([found.writes, writes])
        found.dropped += len(over)

    def _made(self, journeys: Sequence[PlanJourney], tables: Mapping[str, Tables]) -> tuple[Writes, Writes]:
        return made([(one, tables[one.journey.key]) for one in journeys], self.ranks, self.texts())

    # -- in waves --------------------------------------------------------------------------

    def _waves(self, journeys: tuple[PlanJourney, ...], found: Outcome, *, verify: bool) -> None:
        """`verify`: nobody is done after the first wave, so that a journey that writes nothing is walked twice too."""
        n = self.log.n_profiles
        together = self._together(journeys, found.writes)
        people: AnyArray | None = None
        known, before = NONE, found.writes
        sets: dict[str, Table] = {}
        wave = 0
        parts: list[tuple[AnyArray, dict[str, Tables]]] = []
        mine: list[Writes] = []
        while True:
            here = np.arange(n, dtype=np.int32) if people is None else people
            earlier = before if people is None else before.of(people)
            view = self._view(merged([earlier, known]), people)
            view.sets = sets
            tables = self.walk(journeys, view)
            writes, over = self._made(journeys, tables)
            new_sets = {key: parts.pop("sets") for key, parts in tables.items() if "sets" in parts}
            before_rows, after_rows = rows_of(known, writes)
            compared = [(before_rows, after_rows)]
            compared += [
                (_rows_of_sets(sets.get(key, NO_SETS)), _rows_of_sets(new_sets.get(key, NO_SETS)))
                for key in sorted({*sets, *new_sets})
            ]
            right_until = first_difference(compared, len(here))
            done = right_until == NEVER
            if verify and people is None:
                done[:] = False
                verify = False
            if together is not None:  # whoever is asked through an account waits for all of it
                done = ~np.isin(together[here], together[here[~done]])
            rest = np.flatnonzero(~done)
            parts.append((here, _of(tables, done)))
            mine.append(writes.take(done[writes.profile]).to(here))
            found.dropped += int(done[over.profile].sum())
            if not len(rest):
                break
            if wave % 2:  # every other wave goes on with all that came out, which is mostly right
                writes = writes.take(to_go_on_with(before_rows, after_rows, right_until))
                for key, table in new_sets.items():
                    old, new = _rows_of_sets(sets.get(key, NO_SETS)), _rows_of_sets(table)
                    new_sets[key] = _rows(table, to_go_on_with(old, new, right_until))
            wave += 1
            people, known = here[rest].astype(np.int32), writes.of(rest)
            sets = {key: of_people(table, rest) for key, table in new_sets.items()}
        self.view.sets = {}
        found.tables |= {
            one.journey.key: _below([(who, tables[one.journey.key]) for who, tables in parts]) for one in journeys
        }
        found.writes = merged([before, *mine])

    def _together(self, journeys: Sequence[PlanJourney], before: Writes) -> AnyArray | None:
        """For each person a number, the same for all whom accounts join; None where nothing written is read of others."""
        written = frozenset().union(*map(written_by, journeys), (trait for trait, _ in before.what))
        if not any(read_by(one, self.plan.meanings).of_others & written for one in journeys):
            return None
        account, profile, _ = map(np.asarray, self.log.links())
        label = np.arange(self.log.n_profiles)
        while True:
            of_account = np.full(len(self.log.account_ids), self.log.n_profiles)
            np.minimum.at(of_account, account, label[profile])
            lower = label.copy()
            np.minimum.at(lower, profile, of_account[account])
            if (lower == label).all():
                return label
            label = lower


class _Untouched:
    """What does not depend on written traits is as it was."""

    def __init__(self, base: Conditions, written: frozenset[str], people: AnyArray | None) -> None:
        self.base, self.written, self.people = base, written, people
        self._reads: dict[str, bool] = {}

    def _is_touched(self, what: object) -> bool:
        key = repr(what)
        if key not in self._reads:
            self._reads[key] = not self.written.isdisjoint(read_by(what, self.base.meanings).traits)
        return self._reads[key]

    def intervals(self, node: Node) -> Intervals | None:
        if self._is_touched(node):
            return None
        found = self.base.intervals(node)
        return found if self.people is None else sets.gather(found, self.people, self.base.people.since[self.people])

    def history(self, side: Side) -> History | None:
        if self._is_touched(side):
            return None
        found = self.base.history(side)
        return (
            found if self.people is None else histories.gather(found, self.people, self.base.people.since[self.people])
        )

    def events(self, name: str, where: Node | None) -> EventRows | None:
        if self.people is not None or (where is not None and self._is_touched(where)):
            return None
        return self.base.events(name, where)


def reads_of_others(plan: Plan, journeys: Sequence[PlanJourney]) -> bool:
    """Whether anything asks through accounts for what these journeys write of somebody else."""
    written = frozenset().union(*map(written_by, journeys))
    readers: list[object] = [*journeys, *(one.member for one in plan.audiences)]
    return bool(written) and any(read_by(one, plan.meanings).of_others & written for one in readers)


def touched(what: object, meanings: Mapping[str, Meaning], writes: Writes) -> bool:
    """Whether something depends on what was written."""
    traits = {trait for trait, _ in writes.what}
    return not traits.isdisjoint(read_by(what, meanings).traits)


def _of(tables: Mapping[str, Tables], done: Mask) -> dict[str, Tables]:
    """The rows of those who are done."""
    return {
        key: {name: _rows(table, done[table["profile"]]) for name, table in parts.items()}
        for key, parts in tables.items()
    }


def _rows(table: Table, keep: AnyArray) -> Table:
    return {name: column[keep] for name, column in table.items()}


def _rows_of_sets(sets: Table) -> tuple[AnyArray, ...]:
    """Person and instant first."""
    return (sets["profile"], sets["time"], *(sets[name] for name in COLUMNS if name not in ("profile", "time")))


def _below(parts: Sequence[tuple[AnyArray, Tables]]) -> Tables:
    """Rows of different people in the order of these; `who` are the people that each part's profiles are."""
    found: Tables = {}
    for name in dict.fromkeys(name for _, tables in parts for name in tables):
        some = [(who, tables[name]) for who, tables in parts if name in tables]
        joined = {one: np.concatenate([table[one] for _, table in some]) for one in some[0][1]}
        joined["profile"] = np.concatenate([who[table["profile"]] for who, table in some]).astype(np.int32)
        found[name] = _rows(joined, np.argsort(joined["profile"], kind="stable")) if len(some) > 1 else joined
    return {name: table for name, table in found.items() if len(table["profile"])}
