"""Journeys that read what a run makes, and those that read it after them (D-25, D-37, D-51).

What is made at t - a trait set, an event of a message - is seen from t + 1 us on, and what a message that is dropped
ends it ends after all movement of t; so what a person does up to some instant depends only on what was made
before it. A wave runs the journeys of a circle for some people over what is known of that: those for whom the same
comes out as was known are done, the others go again with what came out. That is right up to the first difference
and a guess after it (`guesses`), so at least every other wave makes the next write of everybody right. The first wave is
everybody with nothing known; most circles take two or three, over fewer and fewer people, and every wave is the
fold that all journeys are walked by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from engage_desktop.engine import history as histories
from engage_desktop.engine import intervals as sets
from engage_desktop.engine.arrays import NEVER, AnyArray, Mask
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions, EventRows
from engage_desktop.engine.coupling import (
    Component,
    feeds_back,
    hears_itself,
    in_order,
    leaves_at_a_cap,
    read_by,
    written_by,
)
from engage_desktop.engine.definitions import Meaning, Node, Side
from engage_desktop.engine.generated import NOTHING, Happenings, Made, made, merged, rows_of, too_many
from engage_desktop.engine.guesses import first_difference, to_go_on_with
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.part import PartHashes
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.policy import FATES
from engage_desktop.engine.run import Table
from engage_desktop.engine.sending import Sending, Settled
from engage_desktop.engine.siblings import COLUMNS, NO_SETS, of_people
from engage_desktop.engine.source import Log
from engage_desktop.engine.subset import Subset
from engage_desktop.engine.view import View

Tables = dict[str, Table]
Walker = Callable[[Sequence[PlanJourney], View], dict[str, Tables]]


@dataclass
class Outcome:
    """Tables of each campaign by key; all that was made, how many more the limit of a second took, and how often the
    journeys were walked."""

    tables: dict[str, Tables] = field(default_factory=dict)
    made: Made = NOTHING
    dropped: int = 0
    waves: int = 1


@dataclass(frozen=True, eq=False)
class Again:
    """Some people (ascending) once more, of whom it is nearly known what they make (numbered as they are).

    `walked`: the journeys that may move; `kept` gives the rows of the others as they were walked; `together` as of
    `Stage.together`."""

    people: AnyArray
    known: Made
    walked: tuple[PlanJourney, ...]
    kept: Callable[[AnyArray], dict[str, Tables]]
    together: AnyArray | None


class Stage:
    """A log and the conditions over it as they are before anything is made."""

    def __init__(
        self, plan: Plan, log: Log, conditions: Conditions, view: View, walk: Walker, sending: Sending
    ) -> None:
        """`walk` gives the tables of journeys."""
        self.plan, self.log, self.conditions, self.view, self.walk, self.sending = (
            plan,
            log,
            conditions,
            view,
            walk,
            sending,
        )
        self._shown: Conditions | None = None

    def play(self, journeys: Sequence[PlanJourney], *, coupled: bool = False) -> Outcome:
        """Run journeys and broadcasts so that each sees what all made. `coupled`: all of them in waves, needed or not."""
        circle = [Component(tuple(journeys), circular=True)]
        broadcasts = self.sending.broadcasts
        if feeds_back(self.plan, journeys, broadcasts):
            return self._play(circle, verify=coupled, settles=True)
        found = self._play(circle if coupled else in_order(journeys, self.plan.meanings), verify=coupled)
        if not coupled and too_many(found.made):
            # which write is one too many is a matter of all journeys together
            found = self._play(circle)
        writes = bool(len(found.made))
        heard = hears_itself(self.plan, journeys, broadcasts)
        settled = self.sending.settle(journeys, found.tables, self.view_of(found.made), events=writes or heard)
        if writes and too_many(found.made, settled.happened):
            return self._play(circle, settles=True)  # so are the events of messages
        if heard:
            found.made, over = self._made(journeys, found.tables, settled.happened)
            found.dropped = len(over)
        return found

    def play_again(self, journeys: Sequence[PlanJourney], again: Again) -> Outcome:
        """The same for some people alone; rows are numbered as in the whole log."""
        found = Outcome()
        self._waves(tuple(journeys), found, verify=False, settles=True, again=again)
        return found

    def over(self, what: Made, people: AnyArray | None = None) -> Conditions:
        """Conditions that see what was made (numbered as `people` are) of everybody, or over some people alone."""
        if people is None and not len(what):
            return self.conditions
        log = what.shown(self.log if people is None else Subset(self.log, people))
        given = _Untouched(self.conditions, what, people)
        return Conditions(
            log,
            self.plan.meanings,
            LeafCache(),
            self.conditions.cancelled,
            accounts=self.conditions.accounts,
            given=given,
        )

    def shown(self, what: Made) -> Conditions:
        """Conditions over all of the log with what everybody made; built once."""
        if self._shown is None:
            self._shown = self.over(what)
        return self._shown

    # -- one after the other ---------------------------------------------------------------

    def _play(self, components: Sequence[Component], *, verify: bool = False, settles: bool = False) -> Outcome:
        """`settles`: messages are brought to their ends in each wave, because that may move somebody."""
        found = Outcome()
        for component in components:
            if component.circular:
                self._waves(component.journeys, found, verify=verify, settles=settles)
                continue
            view = self.view_of(found.made)
            tables = self.walk(component.journeys, view)
            found.tables |= tables
            what, over = self._made(component.journeys, tables, None)
            found.made = merged([found.made, what])
            found.dropped += len(over)
        return found

    def view_of(self, what: Made, people: AnyArray | None = None) -> View:
        """The same as `over` as steps see it."""
        if people is None and not len(what):
            return self.view
        conditions = self.over(what, people)
        view = View(conditions.log, conditions, self.view.seed, self.view.workspace_zone)
        hashes = self.view.profile_hashes  # what is made names nobody anew
        view.profile_hashes = hashes if people is None else PartHashes(people, hashes)
        return view

    def _made(
        self, journeys: Sequence[PlanJourney], tables: Mapping[str, Tables], happened: Happenings | None
    ) -> tuple[Made, AnyArray]:
        sending = self.sending
        happened = sending.nothing if happened is None else happened
        return made([(one, tables[one.journey.key]) for one in journeys], happened, sending.ranks, sending.texts())

    # -- in waves --------------------------------------------------------------------------

    def _waves(
        self,
        journeys: tuple[PlanJourney, ...],
        found: Outcome,
        *,
        verify: bool,
        settles: bool,
        again: Again | None = None,
    ) -> None:
        """`verify`: nobody is done after the first wave, so that a journey that makes nothing is walked twice too."""
        n = self.log.n_profiles
        people: AnyArray | None = None
        known, before, walked = NOTHING, found.made, journeys
        if again is None:
            together = self.together(journeys, found.made, settles=settles)
        else:
            self.sending.find_turns(self.view)
            together, people, known, walked = again.together, again.people, again.known, again.walked
        sets: dict[str, Table] = {}
        fates: dict[tuple[str, str], Table] = {}
        wave = 0
        parts: list[tuple[AnyArray, dict[str, Tables]]] = []
        mine: list[Made] = []
        moved = journeys if verify else self._moved(journeys, settles=settles)
        still: dict[str, Tables] = {}
        """What the first wave found of journeys that nothing made can move."""
        while True:
            here = np.arange(n, dtype=np.int32) if people is None else people
            earlier = before if people is None else before.of(people)
            view = self.view_of(merged([earlier, known]), people)
            view.sets, view.fates = sets, fates
            tables = self.walk(walked, view)
            if again is not None:
                tables |= again.kept(here)
            elif people is None:
                mobile = {one.journey.key for one in moved}
                walked = moved
                still = {key: t for key, t in tables.items() if key not in mobile}
            if again is None:
                tables |= {key: {name: dict(table) for name, table in t.items()} for key, t in still.items()}
            new_sets = {key: parts.pop("sets") for key, parts in tables.items() if "sets" in parts}
            settled = Settled(self.sending.nothing)
            if settles:
                settled = self.sending.settle(journeys, tables, view, events=True, people=people)
            what, over = self._made(journeys, tables, settled.happened)
            pairs = [(one, other) for one, other in rows_of(known, what)]
            compared = [
                *pairs,
                *_pairs(sets, new_sets, lambda table: _rows_of(table, COLUMNS), NO_SETS),
                *_pairs(fates, settled.fates, lambda table: _rows_of(table, FATES), _NO_FATES),
            ]
            right_until = first_difference(compared, len(here))
            done = right_until == NEVER
            if verify and people is None:
                done[:] = False
                verify = False
            if together is not None:  # whoever depends on others waits for all of them
                done = ~np.isin(together[here], together[here[~done]])
            rest = np.flatnonzero(~done)
            parts.append((here, _of(tables, done)))
            mine.append(what.of_those(done).to(here))
            found.dropped += int(done[over].sum())
            if not len(rest):
                break
            new_fates = settled.fates
            if wave % 2:  # every other wave goes on with all that came out, which is mostly right
                of_writes, of_events = (to_go_on_with(*pair, right_until) for pair in pairs)
                what = Made(what.writes.take(of_writes), what.events.take(of_events))
                for key, table in new_sets.items():
                    old, new = _rows_of(sets.get(key, NO_SETS), COLUMNS), _rows_of(table, COLUMNS)
                    new_sets[key] = _rows(table, to_go_on_with(old, new, right_until))
                for name, table in new_fates.items():
                    old, new = _rows_of(fates.get(name, _NO_FATES), FATES), _rows_of(table, FATES)
                    new_fates[name] = _rows(table, to_go_on_with(old, new, right_until))
            wave += 1
            people, known = here[rest].astype(np.int32), what.of(rest)
            still = {key: {name: of_people(table, rest) for name, table in t.items()} for key, t in still.items()}
            sets = {key: of_people(table, rest) for key, table in new_sets.items()}
            fates = {name: of_people(table, rest) for name, table in new_fates.items()}
        self.view.sets, self.view.fates = {}, {}
        keys = dict.fromkeys(key for _, tables in parts for key in tables)
        found.tables |= {key: _below([(who, tables[key]) for who, tables in parts if key in tables]) for key in keys}
        found.made = merged([before, *mine])
        found.waves = max(found.waves, wave + 1)

    def _moved(self, journeys: Sequence[PlanJourney], *, settles: bool) -> tuple[PlanJourney, ...]:
        """Those of journeys in a circle that may fare otherwise when something is made. One under limits goes with all."""
        made = frozenset(self.sending.names if settles else ()).union(*map(written_by, journeys))
        found = {
            one.journey.key
            for one in journeys
            if not made.isdisjoint(read_by(one, self.plan.meanings).all)
            or (settles and leaves_at_a_cap(self.plan, one))
        }
        limited = {one.journey.key for one in journeys if one.journey.enforce_limits}
        found |= limited if limited & found else set()
        return tuple(one for one in journeys if one.journey.key in found)

    def together(self, journeys: Sequence[PlanJourney], before: Made, *, settles: bool) -> AnyArray | None:
        """For each person a number, the same for all whom accounts join, or a broadcast that goes by turns; None where
        nothing made is read of others."""
        written = frozenset().union(*map(written_by, journeys), before.traits)
        if settles:
            written |= frozenset(self.sending.names)
            turns = [one for one in self.sending.broadcasts if one.broadcast.throughput is not None]
            if any(not written.isdisjoint(one.hangs_on(self.plan.meanings)) for one in turns):
                return np.zeros(self.log.n_profiles, np.int64)
        readers = [*journeys, *(self.sending.broadcasts if settles else ())]
        if not any(read_by(one, self.plan.meanings).of_others & written for one in readers):
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
    """What does not depend on what was made is as it was."""

    def __init__(self, base: Conditions, what: Made, people: AnyArray | None) -> None:
        self.base, self.people = base, people
        self._made = what.traits | what.names
        self._adds = bool(len(what.events))
        self._reads: dict[str, bool] = {}

    def _is_touched(self, what: object) -> bool:
        key = repr(what)
        if key not in self._reads:
            self._reads[key] = not self._made.isdisjoint(read_by(what, self.base.meanings).all)
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
        if self.people is not None or self._adds or (where is not None and self._is_touched(where)):
            return None  # added events number the rows anew
        return self.base.events(name, where)


def reads_of_others(plan: Plan, journeys: Sequence[PlanJourney], sending: Sending) -> bool:
    """Whether the people of a run depend on each other: something asks through accounts for what journeys make of somebody
    else, or a broadcast goes by turns."""
    if any(one.broadcast.throughput is not None for one in sending.broadcasts):
        return True
    what = frozenset(sending.names).union(*map(written_by, journeys))
    readers: list[object] = [*journeys, *sending.broadcasts, *(one.member for one in plan.audiences)]
    return bool(what) and any(read_by(one, plan.meanings).of_others & what for one in readers)


def touched(what: object, meanings: Mapping[str, Meaning], by: Made) -> bool:
    """Whether something depends on what was made."""
    return not (by.traits | by.names).isdisjoint(read_by(what, meanings).all)


def _of(tables: Mapping[str, Tables], done: Mask) -> dict[str, Tables]:
    """The rows of those who are done."""
    return {
        key: {name: _rows(table, done[table["profile"]]) for name, table in parts.items()}
        for key, parts in tables.items()
    }


def _rows(table: Table, keep: AnyArray) -> Table:
    return {name: column[keep] for name, column in table.items()}


_NO_FATES: Table = {name: np.empty(0, np.int64) for name in FATES}
_Key = TypeVar("_Key", bound=str | tuple[str, str])


def _rows_of(table: Table, columns: Sequence[str]) -> tuple[AnyArray, ...]:
    """Person and instant first."""
    return (table["profile"], table["time"], *(table[name] for name in columns if name not in ("profile", "time")))


def _pairs(
    old: Mapping[_Key, Table],
    new: Mapping[_Key, Table],
    rows: Callable[[Table], tuple[AnyArray, ...]],
    none: Table,
) -> list[tuple[tuple[AnyArray, ...], tuple[AnyArray, ...]]]:
    """The tables known and made of each key side by side."""
    return [(rows(old.get(key, none)), rows(new.get(key, none))) for key in sorted({*old, *new})]


def _below(parts: Sequence[tuple[AnyArray, Tables]]) -> Tables:
    """Rows of different people in the order of these; `who` are the people that each part's profiles are."""
    found: Tables = {}
    for name in dict.fromkeys(name for _, tables in parts for name in tables):
        some = [(who, tables[name]) for who, tables in parts if name in tables]
        joined = {one: np.concatenate([table[one] for _, table in some]) for one in some[0][1]}
        joined["profile"] = np.concatenate([who[table["profile"]] for who, table in some]).astype(np.int32)
        found[name] = _rows(joined, np.argsort(joined["profile"], kind="stable")) if len(some) > 1 else joined
    return {name: table for name, table in found.items() if len(table["profile"])}
