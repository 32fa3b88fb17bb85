"""Run a plan over a log (D-12..D-21): every journey, those that read what others write after them, then memberships."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engage_desktop.domain.condition import Condition
from engage_desktop.domain.errors import Cancelled, DesignError
from engage_desktop.domain.problem import Problem
from engage_desktop.engine.arrays import NEVER, Profiles
from engage_desktop.engine.broadcasts import PlanBroadcast
from engage_desktop.engine.buckets import buckets as make_buckets
from engage_desktop.engine.cache import LeafCache
from engage_desktop.engine.compile import resolve_in
from engage_desktop.engine.conditions import Conditions
from engage_desktop.engine.coupling import stands_alone
from engage_desktop.engine.definitions import Computed, Member, Node
from engage_desktop.engine.entry import generations
from engage_desktop.engine.generated import NOTHING, Made, merged
from engage_desktop.engine.history import History
from engage_desktop.engine.intervals import Intervals, concatenated
from engage_desktop.engine.kinds import mark, needs_plain, plain
from engage_desktop.engine.left_behind import WalkResult
from engage_desktop.engine.limits import Door, tables_under_limits
from engage_desktop.engine.moments import Moments
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.rows import collect
from engage_desktop.engine.run import TABLES, Basis, Run, Table, Texts, stack
from engage_desktop.engine.sending import Sending
from engage_desktop.engine.siblings import all_sets
from engage_desktop.engine.source import Column, Log
from engage_desktop.engine.tokens import Entries
from engage_desktop.engine.trail import TracedWalk, Trail, has_room, leaves_trail
from engage_desktop.engine.view import View
from engage_desktop.engine.walk import Walk
from engage_desktop.engine.waves import Begin, Outcome, Stage, reads_of_others, touched

Progress = Callable[[float, str], None]
Cancel = Callable[[], bool]


def simulate(
    plan: Plan,
    store: Log,
    *,
    window: tuple[int, int],
    seed: int = 0,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    cache: LeafCache | None = None,
    buckets: int = 1,
    coupled: bool = False,
    edits: bool = False,
) -> Run:
    """Replay the log from `window[0]` to `window[1]` (both included) through the design.

    `only` names the journeys and broadcasts that run. With several `buckets` their people are worked off one bucket after
    the other, which takes the memory of the largest and no cache. `coupled` runs all journeys in waves, also those
    that read nothing that is written: the same rows by the other way. `edits`: the run keeps what an edit goes on from
    (`Run.basis`). Raises DesignError where design and log contradict each other, Cancelled when asked to stop. Same
    inputs, same run, for any number of buckets.
    """
    refuse_clashes(plan, store)
    journeys, broadcasts = chosen(plan, only)
    plans = [plain(plan), plan] if needs_plain(plan, journeys, broadcasts) else [plan]
    texts = Texts()
    keeps = [edits or each is not plan for each in plans]
    runs = [
        _One(one, store, window, seed, only, texts, keeps_attempts=keep) for one, keep in zip(plans, keeps, strict=True)
    ]
    shared = reads_of_others(plan, journeys, runs[-1].sending)  # then nobody can be worked off before the others
    parts = [store] if buckets == 1 or shared else make_buckets(store, buckets)
    if len(plans) > 1 and len(parts) == 1 and cache is None:
        cache = LeafCache()
    total = len(parts) * len(plans) * (len(plan.audiences) + len(journeys))
    done = 0

    def tell(what: str) -> None:
        nonlocal done
        if cancelled is not None and cancelled():
            raise Cancelled("Stopped.")
        if progress is not None:
            progress(min(done / max(total, 1), 1.0), what)  # waves walk a journey more than once
        done += 1

    first = 0
    for one in runs:
        one.whole = Conditions(store, one.plan.meanings, cache, cancelled)
        if len(parts) > 1:
            one.whole = conditions_in_parts(one.plan, store, parts, cancelled)
    for part in parts:
        begin: Begin | None = None
        for one in runs:
            found = one.play(part, first, tell, cancelled, whole=len(parts) == 1, coupled=coupled, begin=begin)
            if one.plan is not plan and not plan.policies.assumes and not coupled:
                begin = Begin(found.tables, found.under, found.under, settled=True)
        first += part.n_profiles
    if progress is not None:
        progress(1.0, "Done")
    run = runs[-1].run()
    without = None
    if len(runs) > 1:
        without = runs[0].run()
        mark(run, without)
        run = replace(run, observed=without.memberships, observed_made=without.made)
        if edits:
            without = replace(without, basis=runs[0].basis())
    return replace(run, basis=runs[-1].basis(without)) if edits and not runs[-1].apart and len(parts) == 1 else run


class _One:
    """One replay of a plan over a log, bucket by bucket."""

    def __init__(
        self,
        plan: Plan,
        store: Log,
        window: tuple[int, int],
        seed: int,
        only: Sequence[str] | None,
        texts: Texts,
        *,
        keeps_attempts: bool,
    ) -> None:
        self.plan, self.store, self.window, self.seed, self.only, self.texts = plan, store, window, seed, only, texts
        self.journeys, self.broadcasts = chosen(plan, only)
        self.sending = Sending(plan, self.broadcasts, window, texts.all, texts.code, keeps_attempts=keeps_attempts)
        self.apart = stands_alone(plan, self.journeys, self.broadcasts)
        self.whole: Conditions
        """Over the whole log."""
        self._tables = _Tables()
        self._trails: dict[str, Trail] = {}
        self._made: list[Made] = []
        self._under = NOTHING
        self._dropped = self._waves = 0

    def play(
        self,
        part: Log,
        first: int,
        tell: Callable[[str], None],
        cancelled: Cancel | None,
        *,
        whole: bool,
        coupled: bool,
        begin: Begin | None,
    ) -> Outcome:
        """Add the rows of a part of the log, whose first person is `first` in all of it; `whole`: it is all of it."""
        plan, trails = self.plan, self._trails if whole and self.apart and not coupled else None

        def walk(together: Sequence[PlanJourney], view: View) -> dict[str, dict[str, Table]]:
            return walk_all(
                together, view, self.window, self.texts, cancelled, lambda key: tell(f"Journey {key}"), trails
            )

        conditions = self.whole
        if not whole:
            conditions = Conditions(part, plan.meanings, LeafCache(), cancelled, accounts=self.whole.intervals)
        view = View(part, conditions, self.seed, plan.campaigns.workspace.timezone)
        stage = Stage(plan, part, conditions, view, walk, self.sending)
        played = stage.play(self.journeys, coupled=coupled, begin=begin)
        for key, found in played.tables.items():
            for name, table in found.items():
                self._tables.add(name, key, table, first)
        self._under = played.under
        self._made.append(played.made.shifted(first))
        self._dropped += played.dropped
        self._waves = max(self._waves, played.waves)
        for audience in plan.audiences:
            tell(f"Audience {audience.key}")
            if audience.member.level == "account" and first:
                continue  # the accounts of all people are one
            asked = self.whole if audience.member.level == "account" else conditions
            if touched(audience.member, plan.meanings, played.made):
                asked = stage.shown(played.made)
            table = membership_rows(audience.index, asked.intervals(audience.member), self.window)
            self._tables.add("memberships", audience.key, table, 0 if asked is self.whole else first)
        return played

    def basis(self, without: Run | None = None) -> Basis:
        """Of a log that was played as a whole."""
        return Basis(self._tables.attempts, self._under, without)

    def run(self) -> Run:
        tables = {name: self._tables.stacked(name, columns) for name, columns in TABLES.items()}
        counts = {"profiles": int((self.store.since <= self.window[1]).sum()), "events": self.store.n_events}
        counts |= {name: len(next(iter(table.values()))) for name, table in tables.items()}
        everything = None if self.apart else merged(self._made)
        if everything is not None:
            counts |= {"writes": len(everything.writes), "writes_dropped": self._dropped, "waves": self._waves}
        named = None if self.only is None else tuple(self.only)
        return Run(
            self.plan, self.window, self.seed, named, made=everything, texts=self.texts.all(), counts=counts,
            trails=self._trails, observed_made=None, estimates=(), basis=None, **tables,
        )  # fmt: skip


def as_written(run: Run, store: Log) -> Log:
    """The log with the traits that a run has set and the events that it made, as everybody sees them."""
    return store if run.made is None else run.made.shown(store)


def as_observed(run: Run, store: Log) -> Log:
    """The same without what rests on an assumption: what may leave (D-39)."""
    made = run.made if run.observed is None else run.observed_made
    return store if made is None else made.shown(store)


class _Tables:
    """Rows as they come: of each audience or journey those of one bucket below those of the one before."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], list[Table]] = {}
        self.attempts: dict[str, Table] = {}
        """Of one bucket."""

    def add(self, name: str, key: str, table: Table, first: int) -> None:
        """`first`: the profile that the bucket's first one is."""
        if name == "attempts":
            self.attempts[key] = table
        if name not in TABLES:
            return
        if first:
            table = table | {"profile": table["profile"] + np.int32(first)}
        self._parts.setdefault((name, key), []).append(table)

    def stacked(self, name: str, columns: Mapping[str, type]) -> Table:
        """In the order of the keys, then of the buckets: the public order."""
        return stack(
            [table for (one, _), parts in sorted(self._parts.items()) if one == name for table in parts], columns
        )


def conditions_in_parts(plan: Plan, store: Log, parts: Sequence[Log], cancelled: Cancel | None) -> Conditions:
    """Conditions of accounts over the whole log; what they ask of people is asked bucket by bucket."""

    def people(node: Node) -> Intervals:
        found = [
            Conditions(part, plan.meanings, LeafCache(), cancelled, accounts=whole.intervals).intervals(node)
            for part in parts
        ]
        return concatenated(found)

    whole = Conditions(store, plan.meanings, LeafCache(), cancelled, people=people)
    return whole


def membership(plan: Plan, store: Log, key: str, cache: LeafCache | None = None) -> Intervals:
    """The intervals of an audience over the whole log and beyond its end (D-5), of profiles or accounts."""
    return _conditions(plan, store, cache, None).intervals(_audience(plan, key))


def members(plan: Plan, store: Log, key: str, at_us: int, cache: LeafCache | None = None) -> Profiles:
    """Who is in an audience at one instant: profiles or accounts, ascending. Looks at that instant alone."""
    member = _audience(plan, key)
    conditions = _conditions(plan, store, cache, None)
    inside = Moments.of_all(conditions, conditions.root(member.level), at_us).holds(member)
    return np.flatnonzero(inside).astype(np.int32)


def trait_at(plan: Plan, store: Log, key: str, at_us: int, cache: LeafCache | None = None) -> Column:
    """A computed trait of every profile or account at one instant; absent also where nobody is there yet."""
    value = _trait(plan, key)
    conditions = _conditions(plan, store, cache, None)
    return Moments.of_all(conditions, conditions.root(value.level), at_us).value(value)


def trait_history(plan: Plan, store: Log, key: str, cache: LeafCache | None = None) -> History:
    """A computed trait over time, of every profile or account."""
    value = _trait(plan, key)
    conditions = _conditions(plan, store, cache, None)
    return conditions.history(value, conditions.root(value.level))


def condition_intervals(condition: Condition, plan: Plan, store: Log, cache: LeafCache | None = None) -> Intervals:
    """The intervals at which any condition about users holds; it may name the plan's audiences and traits."""
    return _conditions(plan, store, cache, None).intervals(resolve_in(plan, condition))


def members_at(intervals: Intervals, at_us: int) -> Profiles:
    """Profiles inside at an instant, ascending."""
    return intervals.profile[(intervals.start <= at_us) & (intervals.end > at_us)]


def _audience(plan: Plan, key: str) -> Member:
    member = plan.member(key)
    if member is None:
        raise DesignError([_unknown("audiences", key, [one.key for one in plan.audiences])])
    return member


def _trait(plan: Plan, key: str) -> Computed:
    value = plan.computed(key)
    if value is None:
        raise DesignError([_unknown("traits", key, [one.key for one in plan.traits])])
    return value


def _conditions(plan: Plan, store: Log, cache: LeafCache | None, cancelled: Cancel | None) -> Conditions:
    refuse_clashes(plan, store)
    return Conditions(store, plan.meanings, cache, cancelled)


def refuse_clashes(plan: Plan, store: Log) -> None:
    """A trait of the log with the key of an audience or computed trait (D-9)."""
    problems = []
    named = [("audience", one.key, one.member.level) for one in plan.audiences]
    named += [
        ("audience", one.key, "user") for one in plan.audiences if one.member.level == "account"
    ]  # read by users too
    named += [("trait", one.key, one.value.level) for one in plan.traits]
    logged = {"user": set(store.trait_names()), "account": set(store.account_trait_names())}
    for kind, key, level in named:
        if key in logged[level]:
            whose = "a user" if level == "user" else "an account"
            problems.append(
                Problem("error", "trait_name", f"{kind}s.{key}", f"The log has {whose} trait named '{key}' too.",
                        f"Give the {kind} another key (D-9).")
            )  # fmt: skip
    if problems:
        raise DesignError(problems)


def chosen(plan: Plan, only: Sequence[str] | None) -> tuple[list[PlanJourney], list[PlanBroadcast]]:
    """The campaigns that run, in the order of their keys."""
    known = [*(one.journey.key for one in plan.journeys), *(one.key for one in plan.broadcasts)]
    missing = [key for key in only or () if key not in known]
    if missing:
        raise DesignError([_unknown("journeys", key, known) for key in missing])
    journeys = [one for one in plan.journeys if only is None or one.journey.key in only]
    broadcasts = [one for one in plan.broadcasts if only is None or one.key in only]
    return sorted(journeys, key=lambda one: one.journey.key), sorted(broadcasts, key=lambda one: one.key)


def _unknown(kind: str, key: str, known: list[str]) -> Problem:
    mend = f"Use one of: {', '.join(known)}." if known else "The campaign file has none."
    return Problem("error", "unknown_key", kind, f"There is no '{key}'.", mend)


def membership_rows(index: int, intervals: Intervals, window: tuple[int, int]) -> Table:
    """Intervals that reach into the window, cut at neither end; what ends after it is open (D-5)."""
    keep = (intervals.start <= window[1]) & (intervals.end > window[0])
    end = intervals.end[keep]
    return {
        "audience": np.full(len(end), index, np.int16),
        "profile": intervals.profile[keep],
        "from_at": intervals.start[keep],
        "to_at": np.where(end > window[1], NEVER, end),
    }


def tables_of_journey(
    journey: PlanJourney,
    view: View,
    window: tuple[int, int],
    texts: Texts,
    cancelled: Cancel | None,
    door: Door | None = None,
    trails: dict[str, Trail] | None = None,
) -> dict[str, Table]:
    """All generations of one journey, rows in public order; `door` where limits are enforced, `trails` takes what it
    leaves behind."""
    how = TracedWalk if trails is not None and leaves_trail(journey) and has_room(trails) else Walk
    walks = walks_of(journey, view, window, texts, cancelled, door, how)
    if trails is not None and walks and (trail := walks[0][1].trail) is not None:
        trails[journey.journey.key] = trail
    return tables_of(journey, view, texts, walks)


def walk_all(
    together: Sequence[PlanJourney],
    view: View,
    window: tuple[int, int],
    texts: Texts,
    cancelled: Cancel | None = None,
    tell: Callable[[str], None] = lambda key: None,
    trails: dict[str, Trail] | None = None,
) -> dict[str, dict[str, Table]]:
    """The tables of journeys over one view, those under limits last and together; `tell` hears which one begins."""
    found = {}
    for journey in together:
        tell(journey.journey.key)
        if not journey.journey.enforce_limits:
            found[journey.journey.key] = tables_of_journey(journey, view, window, texts, cancelled, trails=trails)
    limited = sorted((one for one in together if one.journey.enforce_limits), key=lambda one: one.index)
    one_of = partial(tables_of_journey, view=view, window=window, texts=texts, cancelled=cancelled)
    walked = tables_under_limits(limited, view, texts, one_of)
    return found | {one.journey.key: table for one, table in zip(limited, walked, strict=True)}


def walks_of(
    journey: PlanJourney,
    view: View,
    window: tuple[int, int],
    texts: Texts,
    cancelled: Cancel | None = None,
    door: Door | None = None,
    how: type[Walk] = Walk,
) -> list[tuple[Entries, WalkResult]]:
    """The walks of all generations of one journey, and whom the door turned away."""
    walks: list[tuple[Entries, WalkResult]] = []
    batches = generations(journey, view, window, door)
    entries = next(batches, None)
    while entries is not None:
        result = how(journey, entries, view, window[1], texts, cancelled).run()
        walks.append((entries, result))
        try:
            entries = batches.send(result.ends)
        except StopIteration:
            entries = None
    return walks if door is None else [*walks, *door.turned_away]


def tables_of(
    journey: PlanJourney, view: View, texts: Texts, walks: list[tuple[Entries, WalkResult]]
) -> dict[str, Table]:
    """Rows of walks in public order, and what they set."""
    sets = all_sets([table for _, result in walks for table in result.sets])
    path = journey.entry.identifier
    known = None if path is None else [texts.code(text) for text in view.identifiers(path).texts]
    found = collect(journey, walks, None if known is None else np.array(known or [-1], np.int32))
    if "row" in found.get("instances", {}):  # what the fates of messages go by: unlike a row it is the same in any view
        instances = found["instances"]
        rank = np.full(len(instances["row"]), -1, np.int64)
        if journey.entry.event is not None:
            rank = view.rank_in_instant(instances["profile"], instances["entered_at"], instances["row"])
        instances["entry_rank"] = rank
    return found | {"sets": sets} if len(sets["time"]) else found
