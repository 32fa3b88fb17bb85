"""A run of all campaigns after an edit: only those people are played again whose way through the edited journeys is another.

A run that is made for it keeps its `Basis`. The edited journeys are walked once more for everybody, over what was seen as
made; whoever goes the same way and is sent the same has the same rows in all campaigns. The others go on from the rows
that they had in the journeys that were not edited (`waves.Begin`), in the run without assumptions first where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from engage_desktop.domain.errors import Cancelled
from engage_desktop.engine import added, writes
from engage_desktop.engine.added import Added
from engage_desktop.engine.arrays import AnyArray, Mask, Profiles, expand
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.coupling import hears_itself
from engage_desktop.engine.exchange import Blocks, patched
from engage_desktop.engine.generated import Made
from engage_desktop.engine.kinds import FORMS, mark_tables, needs_plain, plain
from engage_desktop.engine.listening import Listening, only
from engage_desktop.engine.of_people import OfPeople, rows_of
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.run import TABLES, Basis, Run, Table, Texts, stack
from engage_desktop.engine.sending import Sending
from engage_desktop.engine.sends import messages_of
from engage_desktop.engine.simulate import chosen, membership_rows, walk_all
from engage_desktop.engine.source import Log
from engage_desktop.engine.touched import step_places
from engage_desktop.engine.view import View
from engage_desktop.engine.waves import Begin, Outcome, Stage, Tables, moves_others, touched
from engage_desktop.engine.ways import ways

MOST = 0.5
"""Of all people: where more go another way, all are played again."""
OfSome = TypeVar("OfSome", bound=OfPeople)
_WALKED = ("instances", "visits", "deliveries", "wires")


def resettle(
    plan: Plan,
    store: Log,
    before: Run,
    *,
    cancelled: Callable[[], bool] | None = None,
    cache: LeafCache | None = None,
) -> Run | None:
    """The run of `plan` with its basis; None where the two designs are too different for it, or too many are moved.
    `before` is not changed."""
    basis = before.basis
    if basis is None or not _alike(before.plan, plan, before.only, basis):
        return None
    if any(one.made is None or one.counts["writes_dropped"] for one in (before, basis.without or before)):
        return None  # how many the limit took of each person is not kept
    texts = Texts(before.texts)  # codes in rows that are kept stay right
    pairs = [(plan, before)]
    if basis.without is not None:
        pairs.insert(0, (plain(plan), basis.without))
    edited = _edited(before.plan, plan, before.only)
    replays = [_Again(each, store, old, edited, texts, cancelled, cache) for each, old in pairs]
    moved = np.zeros(store.n_profiles, np.bool_)
    for one in replays:
        moved |= one.moved()
    if moved.sum() > MOST * len(moved):
        return None
    people = np.flatnonzero(moved).astype(np.int32)
    begin = None
    for one in replays if len(people) else ():
        begin = one.play(people, begin)
    tables = [one.fresh for one in replays]
    if len(replays) > 1:
        mark_tables(tables[1], tables[0])
    without = replays[0].run(moved, None) if len(replays) > 1 else None
    run = replays[-1].run(moved, without)
    return run if without is None else replace(run, observed=without.memberships, observed_made=without.made)


def _alike(old: Plan, new: Plan, named: tuple[str, ...] | None, basis: Basis) -> bool:
    """Whether all but the inside of journeys is the same, and people do not depend on each other."""
    for name in ("workspace", "policies", "messages", "destinations"):
        if getattr(old.campaigns, name) != getattr(new.campaigns, name):
            return False
    keys = [[one.journey.key for one in plan.journeys] for plan in (old, new)]
    if keys[0] != keys[1] or repr(old.broadcasts) != repr(new.broadcasts) or repr(old.policies) != repr(new.policies):
        return False
    (journeys, broadcasts), (others, _) = chosen(new, named), chosen(old, named)
    if new.policies.assumes or any(one.journey.enforce_limits for one in (*journeys, *others)):
        return False
    if needs_plain(new, journeys, broadcasts) != (basis.without is not None):
        return False
    texts = Texts()
    for plan, some in ((old, others), (new, journeys)):
        sending = Sending(plan, broadcasts, (0, 0), texts.all, texts.code)
        if moves_others(plan, some, sending):
            return False
    return hears_itself(old, others, broadcasts) == hears_itself(new, journeys, broadcasts)


def _edited(old: Plan, new: Plan, named: tuple[str, ...] | None) -> list[tuple[PlanJourney, PlanJourney]]:
    """The journeys that run and are others than before, beside what they were."""
    pairs = [(of_old, of_new) for of_old, of_new in zip(old.journeys, new.journeys, strict=True)]
    return [
        pair for pair in pairs if (named is None or pair[1].journey.key in named) and repr(pair[0]) != repr(pair[1])
    ]


class _Again:
    """One replay of the new plan, with assumptions or without, beside the old one's."""

    def __init__(
        self,
        plan: Plan,
        store: Log,
        before: Run,
        edited: Sequence[tuple[PlanJourney, PlanJourney]],
        texts: Texts,
        cancelled: Callable[[], bool] | None,
        cache: LeafCache | None,
    ) -> None:
        assert before.basis is not None
        self.plan, self.store, self.before, self.basis = plan, store, before, before.basis
        self.texts, self.cancelled = texts, cancelled
        self.journeys, self.broadcasts = chosen(plan, before.only)
        own, was = ({one.journey.key: one for one in each.journeys} for each in (plan, before.plan))
        self.edited = [(was[new.journey.key], own[new.journey.key]) for _, new in edited]
        self.sending = Sending(plan, self.broadcasts, before.window, texts.all, texts.code, keeps_attempts=True)
        self.conditions = Conditions(store, plan.meanings, cache, cancelled)
        self.view = View(store, self.conditions, before.seed, plan.campaigns.workspace.timezone)
        self.stage = Stage(plan, store, self.conditions, self.view, self._walk, self.sending)
        self.listening = Listening(plan, self.journeys, self.broadcasts, frozenset(self.sending.names))
        self._tables = {name: getattr(before, name) for name in TABLES if name != "memberships"}
        for old, new in self.edited:
            for name, table in self._tables.items():
                self._tables[name] = _renumbered(table, old, new)
        keys = [one.journey.key for one in plan.journeys] + [one.key for one in plan.broadcasts]
        self._ranks: AnyArray = np.argsort(np.argsort(np.array(keys), kind="stable"), kind="stable")
        self._blocks = {name: Blocks(table, _owner(table)) for name, table in self._tables.items()}
        self._new: dict[str, Tables] = {}
        self.fresh = {name: stack([], TABLES[name]) for name in self._tables}
        self.played = Outcome()
        self.attempts: dict[str, Table] = {}

    def _walk(self, journeys: Sequence[PlanJourney], view: View) -> dict[str, Tables]:
        return walk_all(journeys, view, self.before.window, self.texts, self.cancelled)

    def moved(self) -> Mask:
        """Who goes another way through the edited journeys, or is sent something else there."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("Stopped.")
        n = self.store.n_profiles
        found = np.zeros(n, np.bool_)
        for group in self.listening.groups:
            some = [pair for pair in self.edited if pair[1] in group.journeys]
            if not some:
                continue
            view = self.stage.view_of(only(self.basis.under, group.asks))
            for key, tables in self._walk([new for _, new in some], view).items():
                self._new[key] = tables
        for old, new in self.edited:
            key = new.journey.key
            was, now = self._old(old, new), self._new.get(key, {})
            found |= ways(_unmarked(was), n) != ways(_unmarked(now), n)
            if key in self.listening.by_place or _sends(old) != _sends(new):
                for tables in (was, now):
                    if "messages" in tables:
                        found[tables["messages"]["profile"]] = True
        return found

    def _old(self, old: PlanJourney, new: PlanJourney) -> Tables:
        """The rows of an edited journey as they were, messages before they came to their ends."""
        found = {name: self._blocks[name].of(new.index) for name in _WALKED}
        if new.journey.key in self.basis.attempts:
            found["messages"] = _renumbered(self.basis.attempts[new.journey.key], old, new)
        return {name: table for name, table in found.items() if len(table["profile"])}

    # -- who is moved ----------------------------------------------------------------------

    def play(self, people: Profiles, begin: Begin | None) -> Begin:
        """Some people once more; `begin`: as they ended in the run without assumptions. How the next one begins."""
        if begin is None:
            under = self.basis.under.of(people)
            begin = Begin(self._walked(people), under, under, people)
        self.played = self.stage.play(self.journeys, begin=begin)
        tables = self.played.tables
        self.attempts = {key: own["attempts"] for key, own in tables.items() if "attempts" in own}
        keys = sorted(tables)
        for name in self._tables:
            self.fresh[name] = stack([tables[key][name] for key in keys if name in tables[key]], TABLES[name])
        here = {key: {name: _numbered(table, people) for name, table in own.items()} for key, own in tables.items()}
        under = self.played.under.of(people)
        return Begin(here, under, under, people, settled=True)

    def _walked(self, people: Profiles) -> dict[str, Tables]:
        """Their rows as they were walked, of the edited journeys the new ones."""
        found: dict[str, Tables] = {}
        edited = {new.journey.key for _, new in self.edited}
        for one in self.journeys:
            key = one.journey.key
            tables = self._new.get(key, {})
            if key not in edited:
                tables = {name: self._blocks[name].of(one.index) for name in _WALKED}
                if key in self.basis.attempts:
                    tables["messages"] = self.basis.attempts[key]
            own = {name: _numbered(table, people) for name, table in tables.items() if name != "sets"}
            found[key] = {name: table for name, table in own.items() if len(table["profile"])}
        return found

    # -- the whole --------------------------------------------------------------------------

    def run(self, moved: Mask, without: Run | None) -> Run:
        plan, before = self.plan, self.before
        people = np.flatnonzero(moved).astype(np.int32)
        tables = {
            name: patched(table, self.fresh[name], people, _owner(table), self._ranks)
            for name, table in self._tables.items()
        }
        assert before.made is not None
        made = self.played.made
        if not hears_itself(plan, self.journeys, self.broadcasts):
            made = Made(made.writes)
        made = _made_by(before.made, made, people)
        tables["memberships"] = stack(
            [self._audience(one.key, made, people) for one in sorted(plan.audiences, key=lambda one: one.key)],
            TABLES["memberships"],
        )
        dropped = before.counts["writes_dropped"] + self.played.dropped
        counts = before.counts | {name: len(next(iter(table.values()))) for name, table in tables.items()}
        counts |= {"writes": len(made.writes), "writes_dropped": dropped, "waves": self.played.waves}
        attempts = {key: self._attempts(key, people) for key in {*self.basis.attempts, *self.attempts}}
        under = _made_by(self.basis.under, self.played.under, people)
        return Run(
            plan, before.window, before.seed, before.only, made=made, texts=self.texts.all(), counts=counts, observed=None,
            observed_made=None, estimates=(), trails={}, basis=Basis(attempts, under, without), **tables,
        )  # fmt: skip

    def _attempts(self, key: str, people: Profiles) -> Table:
        table = self.basis.attempts.get(key)
        for old, new in self.edited:
            if table is not None and new.journey.key == key:
                table = _renumbered(table, old, new)
        fresh = self.attempts.get(key)
        if table is None:
            assert fresh is not None
            return fresh
        return patched(table, fresh, people)

    def _audience(self, key: str, made: Made, people: Profiles) -> Table:
        audience, old = self.plan.audience(key), self.before.plan.audience(key)
        assert audience is not None
        hears = touched(audience.member, self.plan.meanings, made)
        if old is None or repr(old.member) != repr(audience.member):
            asked = self.stage.shown(made) if hears else self.conditions
            return membership_rows(audience.index, asked.intervals(audience.member), self.before.window)
        rows = self.before.memberships
        mine = np.flatnonzero(rows["audience"] == old.index)
        table = {name: column[mine] for name, column in rows.items()}
        table["audience"] = np.full(len(mine), audience.index, np.int16)
        assert self.before.made is not None
        if not hears and not touched(audience.member, self.plan.meanings, self.before.made):
            return table
        found = self.stage.over(made.of(people), people).intervals(audience.member)
        fresh = membership_rows(audience.index, found, self.before.window)
        fresh["profile"] = people[fresh["profile"]]
        return patched(table, fresh, people)


def _owner(table: Table) -> str:
    return "journey" if "journey" in table else "campaign"


def _numbered(table: Table, people: Profiles) -> Table:
    """The rows of some people (ascending), numbered as their places among these."""
    rows, place = expand(*rows_of(table["profile"], people))
    return {name: column[rows] for name, column in table.items()} | {"profile": place.astype(np.int32)}


def _made_by(before: Made, fresh: Made, people: Profiles) -> Made:
    """What was made, that of some people exchanged."""
    events, new = before.events, fresh.events
    if len(events) and (not len(new) or (events.names, events.texts) == (new.names, new.texts)):
        rows = patched(_columns(events), _columns(new) if len(new) else None, people)
        events = replace(events, **rows)  # type: ignore[arg-type]
    else:
        events = added.merged([_but(events, people), new])
    return Made(writes.merged([_but(before.writes, people), fresh.writes]), events)


def _but(rows: OfSome, people: Profiles) -> OfSome:
    """Those of all others."""
    stay = np.ones(len(rows), np.bool_)
    stay[expand(*rows_of(rows.profile, people))[0]] = False
    return rows.take(np.flatnonzero(stay))


def _columns(of: Added) -> Table:
    return {name: getattr(of, name) for name in of.COLUMNS}


def _unmarked(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Without kinds: what is walked without a policy that assumes rests on no assumption, whatever was found of it later."""
    return {
        name: table | {"kind": np.zeros(len(table["profile"]), np.int8)} if name in FORMS else table
        for name, table in tables.items()
    }


def _sends(journey: PlanJourney) -> list[tuple[str, str, int | None]]:
    """What decides about a journey's messages besides who gets to them."""
    priority = journey.journey.priority
    found = []
    for step in messages_of(journey):
        own = getattr(journey.journey.steps[step.index], "priority", None)
        found.append((step.key, repr(step.compiled), priority if own is None else own))
    return sorted(found)


def _renumbered(table: Table, old: PlanJourney, new: PlanJourney) -> Table:
    """A table of any journeys with the indices of the new design for the steps of one."""
    index = step_places(old, new)
    if index is None or "step" not in table:
        return table
    at = np.flatnonzero(table["journey" if "journey" in table else "campaign"] == new.index)
    step = table["step"].copy()
    step[at] = index[step[at]]
    return table | {"step": step}
