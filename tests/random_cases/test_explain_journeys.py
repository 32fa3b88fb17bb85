"""At every point of a journey explain says what the run did there, and what it suggests comes out so when run again.

Rules: D-4, D-5, D-11..D-18, D-20, D-30..D-33, D-37, D-45, D-46, D-50, D-51, J2-6, J2-12, J2-38, J2-39.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.step import Delay, DelayUntil, Fork, Hold, Split, Wait
from engage_desktop.engine import compile_campaigns, simulate, to_arrow
from engage_desktop.engine.plan import Plan, PlanJourney
from engage_desktop.engine.points import (
    TURNED_AWAY,
    Point,
    branch_of,
    entered,
    entry_point,
    exit_point,
    reads_journey,
    step_point,
)
from engage_desktop.engine.questions import Answer, State
from engage_desktop.engine.remembering import inside
from engage_desktop.engine.subject import Subject
from engage_desktop.engine.trace import Instance, Visit, Way
from engage_desktop.events import EventStore
from tests.oracle import replay
from tests.oracle.scope import Refused
from tests.oracle.world import world_of
from tests.random_cases.changed import changed
from tests.random_cases.compare import rows_of, store_of
from tests.random_cases.features import LANDED, TOGETHER
from tests.random_cases.generate import Case, generate
from tests.random_cases.plainer import without_queues

SLOW = frozenset(("set_trait", "limits")) | TOGETHER
"""Where all campaigns of a person run together, each try of a change runs them all, in the oracle too: asked more rarely."""
EVERY_DAY, PROOF = 16, 300
FOUND = (30_001, 30_002, 30_011, 30_012)
"""Where events that the run made, or another campaign's message, decided and explain did not know of it."""
ASKED_DAY, ASKED_PROOF = 60, 1000


@dataclass
class Played:
    """A case with its run, and explain's look at one person after another."""

    case: Case
    seed: int
    plan: Plan = field(init=False)
    store: EventStore = field(init=False)
    rows: dict[str, list[dict[str, Any]]] = field(init=False)
    wires: set[tuple[str, int, int, str, str | None, int]] = field(init=False)
    subjects: dict[int, Subject] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = compile_campaigns(self.case.campaigns, self.case.lists)
        self.store = store_of(self.case.records, self.case.campaigns)
        run = simulate(self.plan, self.store, window=self.case.window, seed=self.case.seed)
        self.rows = {key: rows_of(table) for key, table in to_arrow(run, self.store).items()}
        journeys, wires = self.case.campaigns.journeys, run.wires
        columns = zip(
            *(wires[name].tolist() for name in ("journey", "profile", "instance", "step", "branch", "left_at")),
            strict=True,
        )
        self.wires = {
            (journeys[j].key, p, n, journeys[j].steps[s].key, run.texts[b] if b >= 0 else None, at)
            for j, p, n, s, b, at in columns
        }  # fmt: skip

    def subject(self, profile: int) -> Subject:
        if profile not in self.subjects:
            self.subjects[profile] = Subject(self.plan, self.store, profile, self.case.window, self.case.seed)
        return self.subjects[profile]

    def people(self) -> Iterator[tuple[PlanJourney, int]]:
        for compiled in self.plan.journeys:
            for profile in range(self.store.n_profiles):
                yield compiled, profile

    def points(self, compiled: PlanJourney, profile: int, way: Way) -> Iterator[tuple[str, Point, bool]]:
        """Everything that can be asked about somebody in a journey: what kind it is, and what the run says of it."""
        journey = compiled.journey
        for key, visits in way.visits.items():
            for visit in visits:
                yield from self._step(compiled, key, visit, profile)
        for instance in entered(way):
            known = inside(self.plan, self.store, compiled, profile, instance)
            for key in [one.key for one in journey.exits] + (["expired"] if journey.enforce_limits else []):
                point = exit_point(journey, key, instance, self.case.window[1], known)
                took = instance.outcome == "expired" if key == "expired" else instance.rule == key
                yield f"exit {took}", point, took
            point = entry_point(compiled, self.case.window, self.case.campaigns.workspace.timezone, instance.entered)
            if self._enters_then(journey, instance):
                yield f"entry by {journey.entry.type}", point, True

    def _enters_then(self, journey: Journey, instance: Instance) -> bool:
        """Whether the verdict of the entry is about this very event."""
        if not isinstance(journey.entry, EventEntry):
            return True
        others = [
            row
            for row in self.store.rows(journey.entry.event).tolist()
            if int(self.store.time[row]) == instance.entered
        ]
        return len(others) == 1

    def _step(self, compiled: PlanJourney, key: str, visit: Visit, profile: int) -> Iterator[tuple[str, Point, bool]]:
        journey = compiled.journey
        step, known = journey.by_key[key], inside(self.plan, self.store, compiled, profile, visit)
        if not isinstance(step, Split | Wait | Fork | Hold | Delay | DelayUntil):
            return
        branches: list[str | None] = [one.key for one in getattr(step, "branches", ())]
        if isinstance(step, Split):
            branches.append("otherwise")
        elif isinstance(step, Hold):
            branches.append("timeout")
        elif not isinstance(step, Fork):
            branches += [None, *(["timeout"] if isinstance(step, Wait) and step.timeout is not None else [])]
        for branch in branches:
            assert branch is None or branch_of(journey, key, branch, visit) == branch
            point = step_point(journey, key, branch, visit, self.case.window[1], known)
            took = any(taken == branch for taken, _ in visit.took)
            if reads_journey(point.question, self.plan):
                yield (
                    "reads journey()"
                    + (" beside a fork" if any(isinstance(one, Fork) for one in journey.steps) else ""),
                    point,
                    took,
                )
            if visit.own:
                yield "sees what it set", point, took
            yield f"{step.type}{' timeout' if branch == 'timeout' else ''} {took}", point, took

    def agrees(self, compiled: PlanJourney, profile: int, way: Way) -> None:
        """The way of one person is the run's, row by row."""
        key, name = compiled.journey.key, self.store.profile_ids[profile]
        mine = [row for row in self.rows["instances"] if (row["journey"], row["profile"]) == (key, name)]
        assert [
            (one.number, one.entered, one.ended, one.outcome, one.detail, one.identifier) for one in way.instances
        ] == [
            tuple(row[column] for column in ("instance", "entered_at", "ended_at", "outcome", "detail", "identifier"))
            for row in mine
        ], self.seed
        seen = [row for row in self.rows["visits"] if (row["journey"], row["profile"]) == (key, name)]
        assert sorted(
            (one.instance, one.seq, step, one.arrived, one.left, one.branch, one.number)
            for step, visits in way.visits.items() for one in visits
        ) == [tuple(row[column] for column in ("instance", "seq", "step", "entered_at", "left_at", "branch", "pass")) for row in seen], self.seed  # fmt: skip


def _check(seed: int, census: Counter[str]) -> None:
    played = Played(without_queues(generate(seed, LANDED)), seed)
    _audiences(played, random.Random(seed), census)
    for compiled, profile in played.people():
        subject = played.subject(profile)
        way = subject.way(compiled)
        played.agrees(compiled, profile, way)
        census["turned away"] += sum(one.outcome == TURNED_AWAY for one in way.instances)
        for kind, point, took in played.points(compiled, profile, way):
            try:
                found = subject.ask_point(compiled, point, change=False)
            except UserError:  # rather no answer than another than the run's
                assert compiled.own, seed
                assert any(isinstance(one, Fork) for one in compiled.journey.steps), seed
                census["decided on another path"] += 1
                continue
            assert found.verdict == found.why.verdict == took, (seed, compiled.journey.key, profile, kind, point)
            census[kind] += 1
        for key, visits in way.visits.items():
            if isinstance(compiled.journey.by_key[key], Fork):
                _fork(played, compiled, profile, key, visits, census)


def _audiences(played: Played, rng: random.Random, census: Counter[str]) -> None:
    """Membership at a random instant is the run's, also where it goes by what journeys set (D-37)."""
    first, last = played.case.window
    for audience in played.case.campaigns.audiences:
        if audience.level == "account" or not played.store.n_profiles:
            continue
        profile = rng.randrange(played.store.n_profiles)
        name = played.store.profile_ids[profile]
        mine = [row for row in played.rows["memberships"] if (row["audience"], row["profile"]) == (audience.key, name)]
        edges = [at for row in mine for at in (row["from_at"], row["to_at"]) if at is not None and first <= at <= last]
        at = rng.choice([*edges, rng.randint(first, last)]) - rng.choice((0, 1))
        if not max(first, int(played.store.since[profile])) <= at <= last:
            continue
        inside_then = any(row["from_at"] <= at and (row["to_at"] is None or at < row["to_at"]) for row in mine)
        found = played.subject(profile).ask(State.of_audience(audience.key, "user"), at, change=False)
        assert found.verdict == inside_then, (played.seed, audience.key, profile, at)
        census[f"audience {inside_then}"] += 1


def _fork(
    played: Played, compiled: PlanJourney, profile: int, key: str, visits: list[Visit], census: Counter[str]
) -> None:
    """Each branch of a fork against the run: those noted as taken are taken then and not a microsecond earlier."""
    subject = played.subject(profile)
    for visit in visits:
        known = inside(played.plan, played.store, compiled, profile, visit)
        noted = {
            (branch, at)
            for journey, who, number, step, branch, at in played.wires
            if (journey, who, number, step) == (compiled.journey.key, profile, visit.instance, key)
        }
        assert noted == set(visit.took)
        for branch, at in visit.took:
            for instant, says in ((at, True), (at - 1, False)):
                if instant >= visit.arrived:
                    point = step_point(compiled.journey, key, branch, visit, instant, known)
                    try:
                        found = subject.ask_point(compiled, point, change=False)
                    except UserError:
                        assert compiled.own
                        continue
                    assert found.verdict == says, (played.seed, key, branch)
                    census[f"fork at its instant {says}"] += 1


def _ask(seed: int, census: Counter[str]) -> bool:
    """One random (person, journey, point): the suggested change is made in the records, and the run comes out so."""
    features = LANDED if seed % 20 == 0 else LANDED - SLOW
    played, rng = Played(without_queues(generate(seed, features)), seed), random.Random(seed)
    people = list(played.people())
    rng.shuffle(people)
    for compiled, profile in people:
        subject = played.subject(profile)
        asked = [
            *played.points(compiled, profile, subject.way(compiled)),
            *_not_entered(played, compiled, profile, rng),
        ]
        if not asked:
            continue
        kind, point, took = rng.choice(asked)
        try:
            found = subject.ask_point(compiled, point)
        except UserError:
            assert compiled.own
            continue
        assert found.verdict == took, (seed, kind)
        census["asked"] += 1
        if found.change:
            census[f"changed: {kind}"] += 1
            _works(played, compiled, profile, point, found)
        return True
    return False


def _not_entered(
    played: Played, compiled: PlanJourney, profile: int, rng: random.Random
) -> Iterator[tuple[str, Point, bool]]:
    """At some instant at which they did not come in."""
    first, last = played.case.window
    at = max(first, int(played.store.since[profile])) + rng.randrange(20) * 1_000_000
    if at > last:
        return
    point = entry_point(compiled, played.case.window, played.case.campaigns.workspace.timezone, at)
    found = played.subject(profile).ask_point(compiled, point, change=False)
    if not found.verdict:
        yield "not entered", point, False


def _works(played: Played, compiled: PlanJourney, profile: int, point: Point, found: Answer) -> None:
    """Made in the records, the change makes the journey come out as wanted, in the engine and in the oracle."""
    case = played.case
    world = world_of(case.records, case.campaigns, lists=case.lists)
    records = changed(case.records, found.change, played.store, world)
    store, name = store_of(records, case.campaigns), played.store.profile_ids[profile]
    who, first = list(store.profile_ids).index(name), case.window[0]
    window = first, max(first, found.at)
    way = Subject(played.plan, store, who, window, case.seed).way(compiled)
    assert point.happened is not None
    assert point.happened(way) == (not found.verdict), (played.seed, found.change)
    run = simulate(played.plan, store, window=window, seed=case.seed)
    try:
        oracle = replay(records, case.campaigns, window, case.seed, lists=case.lists)
    except Refused:
        return
    key = compiled.journey.key
    for rows in (rows_of(to_arrow(run, store)["instances"]), oracle["instances"]):
        mine = [
            (row["entered_at"], row["ended_at"], row["outcome"])
            for row in rows
            if (row["journey"], row["profile"]) == (key, name)
        ]
        assert mine == [(one.entered, one.ended, one.outcome) for one in way.instances], (played.seed, found.change)


def _run(seeds: Iterable[int]) -> Counter[str]:
    census: Counter[str] = Counter()
    for seed in seeds:
        _check(seed, census)
    print(f"\n{dict(sorted(census.items()))}")
    assert census["decided on another path"] <= 0.01 * sum(census.values())
    return census


EXPECTED = (
    "reads journey()", "reads journey() beside a fork", "split True", "split False", "wait True", "wait False",
    "wait timeout True", "wait timeout False", "hold True", "hold False", "hold timeout True", "hold timeout False",
    "fork True", "fork False", "fork at its instant True", "fork at its instant False", "delay True", "delay False",
    "delay_until True", "delay_until False", "exit True", "exit False", "entry by event", "entry by audience",
    "entry by schedule", "audience True", "audience False", "sees what it set", "turned away",
)  # fmt: skip


@pytest.mark.timeout(240)
def test_points_are_as_the_run_went() -> None:
    census = _run([*range(EVERY_DAY), *FOUND])
    assert all(census[name] for name in EXPECTED), census


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_points_are_as_the_run_went_in_many_cases() -> None:
    census = _run(range(30_000, 30_000 + PROOF))
    assert all(census[name] >= 50 for name in EXPECTED), census


def _asked(seeds: range, number: int) -> Counter[str]:
    census: Counter[str] = Counter()
    asked = sum(_ask(seed, census) for seed in seeds if census["asked"] < number)
    assert asked >= number
    print(f"\n{dict(sorted(census.items()))}")
    return census


@pytest.mark.timeout(240)
def test_changes_make_the_journey_come_out_so() -> None:
    census = _asked(range(40_000, 40_000 + 4 * ASKED_DAY), ASKED_DAY)
    assert sum(census.values()) - census["asked"] >= 0.3 * census["asked"], census


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_a_thousand_changes_make_the_journey_come_out_so() -> None:
    census = _asked(range(50_000, 50_000 + 4 * ASKED_PROOF), ASKED_PROOF)
    assert sum(census.values()) - census["asked"] >= 0.3 * census["asked"], census
