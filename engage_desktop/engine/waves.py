"""Journeys that read what a run makes, and those that read it after them (D-25, D-37, D-51).

What is made at t - a trait set, an event of a message - is seen from t + 1 us on, and what a message that is dropped
ends it ends after all movement of t; so what a person does up to some instant depends only on what was made
before it. A wave runs the journeys of a circle for some people over what is known of that: those for whom the same
comes out as was known are done, the others go again with what came out. That is right up to the first difference
and a guess after it (`guesses`), so at least every other wave makes the next write of everybody right. The first wave is
everybody with nothing known; most circles take two or three, over fewer and fewer people, and every wave is the
fold that all journeys are walked by. What nobody asks for moves nobody (`listening`): a journey keeps its rows of those who
know nothing new that it asks for.
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
from engage_desktop.engine.coupling import Component, feeds_back, hears_itself, in_order, read_by, written_by
from engage_desktop.engine.definitions import Meaning, Node, Side
from engage_desktop.engine.exchange import all_exchanged
from engage_desktop.engine.generated import NOTHING, Happenings, Made, made, merged, rows_of, too_many
from engage_desktop.engine.guesses import first_difference, to_go_on_with
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals
from engage_desktop.engine.listening import Known, Listening, fates_of_both, only, sets_of_both
from engage_desktop.engine.part import PartHashes
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.run import Table
from engage_desktop.engine.sending import Sending, Settled
from engage_desktop.engine.siblings import of_people
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
    under: Made = NOTHING
    """What journeys saw as made when they were walked the last time."""


@dataclass(frozen=True, eq=False)
class Begin:
    """Rows of some people (ascending; None: of everybody, and of what they send) as journeys were walked before any message
    was brought to its end, where no model of responses and nothing else was another: waves go on from there.

    `walked` by key of the journey; `under`: what was seen as made then; `known`: what is to be seen now; all are numbered as
    `people` are. `settled`: `walked` has the messages as they were brought to their ends, which answers alone could move."""

    walked: dict[str, Tables]
    under: Made
    known: Made
    people: AnyArray | None = None
    settled: bool = False


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

    def play(self, journeys: Sequence[PlanJourney], *, coupled: bool = False, begin: Begin | None = None) -> Outcome:
        """Run journeys and broadcasts so that each sees what all made. `coupled`: all of them in waves, needed or not.
        With `begin` messages must feed back; rows of its people alone come out, numbered as in the whole log."""
        circle = [Component(tuple(journeys), circular=True)]
        broadcasts = self.sending.broadcasts
        if begin is not None or feeds_back(self.plan, journeys, broadcasts):
            return self._play(circle, verify=coupled, settles=True, begin=begin)
        found = self._play(circle if coupled else in_order(journeys, self.plan.meanings), verify=coupled)
        if not coupled and too_many(found.made):
            # which write is one too many is a matter of all journeys together
            found = self._play(circle)
        writes = bool(len(found.made))
        heard = hears_itself(self.plan, journeys, broadcasts)
        found.under = found.made
        settled = self.sending.settle(journeys, found.tables, self.view_of(found.made), events=writes or heard)
        if writes and too_many(found.made, settled.happened):
            return self._play(circle, settles=True)  # so are the events of messages
        if heard:
            found.made, over = self._made(journeys, found.tables, settled.happened)
            found.dropped = len(over)
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

    def _play(
        self,
        components: Sequence[Component],
        *,
        verify: bool = False,
        settles: bool = False,
        begin: Begin | None = None,
    ) -> Outcome:
        """`settles`: messages are brought to their ends in each wave, because that may move somebody."""
        found = Outcome()
        for component in components:
            if component.circular:
                self._waves(component.journeys, found, verify=verify, settles=settles, begin=begin)
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
        begin: Begin | None = None,
    ) -> None:
        """`verify`: nobody is done after the first wave, so that a journey that makes nothing is walked twice too."""
        sending, before = self.sending, found.made
        listening = Listening(
            self.plan, journeys, sending.broadcasts if settles else (), frozenset(sending.names if settles else ())
        )
        together = self.together(journeys, before, settles=settles)
        people, known = None, Known()
        under: Known | None = None
        walked: dict[str, Tables] = {}
        is_settled = False
        if begin is not None:
            people, walked = begin.people, begin.walked
            under, known = Known(begin.under), Known(begin.known)
            is_settled = begin.settled and not listening.by_place
            if begin.settled and not is_settled:
                walked = _as_walked(journeys, walked)
            if people is not None or is_settled:
                sending.find_turns(self.view)
        parts: list[tuple[AnyArray, dict[str, Tables]]] = []
        mine: list[Made] = []
        seen: list[Made] = []
        wave = 0
        while True:
            here = np.arange(self.log.n_profiles, dtype=np.int32) if people is None else people
            view = self._view(before, known, None if people is None else here, listening.asks)
            if not is_settled:
                one = _Wave(journeys, here, known, view, before, None if together is None else together[here])
                walked = self._walked(one, walked, under, listening, first=wave == 0)
            tables = {key: {n: t for n, t in own.items() if n != "sets"} for key, own in walked.items()}
            settled = Settled(sending.nothing)
            if settles:
                settled = sending.settle(journeys, tables, view, events=True, people=people, again=is_settled)
            what, over = self._made(journeys, tables, settled.happened)
            came_out = Known(what, {key: own["sets"] for key, own in walked.items() if "sets" in own}, settled.fates)
            right_until = first_difference(listening.pairs(known, came_out), len(here))
            done = right_until == NEVER
            again = verify and wave == 0
            if again:
                done[:] = False
            if together is not None:  # whoever depends on others waits for all of them
                done = ~np.isin(together[here], together[here[~done]])
            rest = np.flatnonzero(~done)
            parts.append((here, _of(tables, done)))
            mine.append(what.of_those(done).to(here))
            seen.append(known.made.of_those(done).to(here))
            found.dropped += int(done[over].sum())
            if not len(rest):
                break
            if wave % 2:  # every other wave goes on with all that came out, which is mostly right
                came_out = _to_go_on_with(known, came_out, right_until)
            wave += 1
            people = here[rest].astype(np.int32)
            under = None if again else _known_of(known, rest)
            known = _known_of(came_out, rest)
            walked = _of_people(walked, rest, len(here))
            if is_settled:
                walked = _as_walked(journeys, walked)
                is_settled = False
        self.view.sets, self.view.fates = {}, {}
        keys = dict.fromkeys(key for _, tables in parts for key in tables)
        found.tables |= {key: _below([(who, tables[key]) for who, tables in parts if key in tables]) for key in keys}
        found.made = merged([before, *mine])
        found.under = merged([before, *seen])
        found.waves = max(found.waves, wave + 1)

    def _view(self, before: Made, known: Known, people: AnyArray | None, asks: frozenset[str]) -> View:
        """What some people see, of what is known only what is asked for; it is numbered by their places, `before` as all
        are."""
        earlier = before if people is None else before.of(people)
        view = self.view_of(merged([earlier, only(known.made, asks)]), people)
        view.sets, view.fates = known.sets, known.fates
        return view

    def _walked(
        self, wave: _Wave, walked: dict[str, Tables], under: Known | None, listening: Listening, *, first: bool
    ) -> dict[str, Tables]:
        """The rows of the people of a wave: those of whom a journey may see something else than it did are walked again."""
        if under is None:
            return self.walk(wave.journeys, wave.view)
        found = dict(walked)
        n = len(wave.people)
        for group in listening.groups:
            again = group.stale(under, wave.known, n)
            if first and any(one.journey.key in listening.by_place for one in group.journeys):
                again[:] = True  # what they go by besides is not known yet
            if wave.together is not None:
                again = np.isin(wave.together, wave.together[again])
            at = np.flatnonzero(again)
            if not at.size:
                continue
            if at.size == n:
                found |= self.walk(group.journeys, wave.view)
                continue
            view = self._view(wave.before, _known_of(wave.known, at), wave.people[at], group.asks)
            for key, fresh in self.walk(group.journeys, view).items():
                fresh = {name: table | {"profile": at[table["profile"]]} for name, table in fresh.items()}
                found[key] = all_exchanged(walked.get(key, {}), fresh, again)
        return found

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
    return _asks_of_others(plan, journeys, sending, frozenset(sending.names).union(*map(written_by, journeys)))


def moves_others(plan: Plan, journeys: Sequence[PlanJourney], sending: Sending) -> bool:
    """Whether what somebody makes may move somebody else: by an account, or by their place in a queue."""
    what = frozenset(sending.names).union(*map(written_by, journeys))
    turns = [one for one in sending.broadcasts if one.broadcast.throughput is not None]
    if any(not what.isdisjoint(one.hangs_on(plan.meanings)) for one in turns):
        return True
    return _asks_of_others(plan, journeys, sending, what)


def _asks_of_others(plan: Plan, journeys: Sequence[PlanJourney], sending: Sending, what: frozenset[str]) -> bool:
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


@dataclass(frozen=True, eq=False)
class _Wave:
    """The people (ascending) of a wave, what is known of them, and whom they depend on, all by their places among these."""

    journeys: tuple[PlanJourney, ...]
    people: AnyArray
    known: Known
    view: View
    before: Made
    together: AnyArray | None


def _known_of(known: Known, people: AnyArray) -> Known:
    """What is known of some people (ascending places), numbered by their places among these."""
    return Known(
        known.made.of(people),
        {key: of_people(table, people) for key, table in known.sets.items()},
        {name: of_people(table, people) for name, table in known.fates.items()},
    )


def _to_go_on_with(known: Known, came_out: Known, right_until: AnyArray) -> Known:
    writes, events = (to_go_on_with(*pair, right_until) for pair in rows_of(known.made, came_out.made))
    sets = {
        key: _rows(came_out.sets[key], to_go_on_with(*pair, right_until))
        for key, pair in sets_of_both(known, came_out).items()
        if key in came_out.sets
    }
    fates = {
        name: _rows(came_out.fates[name], to_go_on_with(*pair, right_until))
        for name, pair in fates_of_both(known, came_out).items()
        if name in came_out.fates
    }
    made = came_out.made
    return Known(Made(made.writes.take(writes), made.events.take(events)), sets, fates)


def _of_people(tables: Mapping[str, Tables], people: AnyArray, n: int) -> dict[str, Tables]:
    """The rows of some of n people, numbered by their places among these."""
    place = np.full(n, -1, np.int32)
    place[people] = np.arange(len(people), dtype=np.int32)

    def taken(table: Table) -> Table:
        own = place[table["profile"]]
        at = np.flatnonzero(own >= 0)
        return {name: column[at] for name, column in table.items()} | {"profile": own[at]}

    return {key: {name: taken(table) for name, table in own.items()} for key, own in tables.items()}


def _as_walked(journeys: Sequence[PlanJourney], tables: Mapping[str, Tables]) -> dict[str, Tables]:
    """The tables of journeys with messages as they were before they were brought to their ends."""
    found = {}
    for key in (one.journey.key for one in journeys if one.journey.key in tables):
        own = tables[key]
        walked = {name: table for name, table in own.items() if name not in ("messages", "attempts", "responses")}
        found[key] = walked | ({"messages": own["attempts"]} if "attempts" in own else {})
    return found


def _below(parts: Sequence[tuple[AnyArray, Tables]]) -> Tables:
    """Rows of different people in the order of these; `who` are the people that each part's profiles are."""
    found: Tables = {}
    for name in dict.fromkeys(name for _, tables in parts for name in tables):
        some = [(who, tables[name]) for who, tables in parts if name in tables]
        joined = {one: np.concatenate([table[one] for _, table in some]) for one in some[0][1]}
        joined["profile"] = np.concatenate([who[table["profile"]] for who, table in some]).astype(np.int32)
        found[name] = _rows(joined, np.argsort(joined["profile"], kind="stable")) if len(some) > 1 else joined
    return {name: table for name, table in found.items() if len(table["profile"])}
