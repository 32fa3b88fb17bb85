"""At every point of a journey explain says what the run did there; an entry that is suggested happens when run again.

Rules: D-4, D-5, D-12, D-13, D-14, D-16, D-18, D-20, J2-6, J2-12.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.journey import EventEntry, Journey
from engage_desktop.domain.step import Fork, Hold, Split, Wait
from engage_desktop.engine import compile_campaigns, simulate, to_arrow
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.points import (
    Instance,
    Visit,
    entry_question,
    exit_question,
    part_of_run,
    reads_journey,
    step_question,
)
from engage_desktop.engine.questions import Question, State, answer
from engage_desktop.engine.remembering import remembers
from engage_desktop.events import EventStore
from tests.oracle import replay
from tests.oracle.scope import Refused
from tests.oracle.world import world_of
from tests.random_cases.changed import changed
from tests.random_cases.compare import rows_of, store_of
from tests.random_cases.generate import Case, generate

EVERY_DAY, PROOF = 100, 600


@dataclass
class Points:
    """Asks about the points of one case; `census` counts what was met."""

    case: Case
    seed: int
    census: Counter[str]
    plan: Plan = field(init=False)
    store: EventStore = field(init=False)
    visits: dict[tuple[str, int], dict[str, list[Visit]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = compile_campaigns(self.case.campaigns, self.case.lists)
        self.store = store_of(self.case.records, self.case.campaigns)

    def remembering(
        self, question: Question, journey: Journey, profile: int, instance: Instance, seq: int | None
    ) -> Question:
        """The question with what the instance had collected, where it reads that."""
        if not reads_journey(question):
            return question
        assert isinstance(question, State)
        visits = self.visits[journey.key, profile]
        self.census["reads journey()"] += 1
        return replace(question, remembers=remembers(self.plan, self.store, journey, profile, instance, visits, seq))

    def says(self, question: Question, profile: int, at: int) -> bool:
        found = answer(self.plan, self.store, question, profile, at, change=False)
        assert found.verdict == found.why.verdict
        return found.verdict

    def check(self) -> None:
        for journey in self.case.campaigns.journeys:
            for profile in range(self.store.n_profiles):
                instances, visits = part_of_run(
                    self.plan, self.store, journey.key, profile, self.case.window, self.case.seed
                )
                self.visits[journey.key, profile] = visits
                self._run_agrees(journey, profile, instances, visits)
                for key, found in visits.items():
                    for visit in found:
                        self._step(
                            journey,
                            key,
                            visit,
                            profile,
                            instances,
                            {one.ended for one in instances if one.rule is not None},
                        )
                for instance in instances:
                    self._instance(journey, instance, profile)

    def _run_agrees(
        self, journey: Journey, profile: int, instances: list[Instance], visits: dict[str, list[Visit]]
    ) -> None:
        """The part of a run is the run's part."""
        name = self.store.profile_ids[profile]
        mine = [row for row in self._rows("instances") if row["journey"] == journey.key and row["profile"] == name]
        assert sorted((row["entered_at"], row["ended_at"] or 0) for row in mine) == sorted(
            (one.entered, one.ended or 0) for one in instances
        )
        seen = [row for row in self._rows("visits") if row["journey"] == journey.key and row["profile"] == name]
        assert sorted((row["step"], row["entered_at"], row["branch"] or "") for row in seen) == sorted(
            (key, one.arrived, one.branch or "") for key, found in visits.items() for one in found
        )

    def _rows(self, name: str) -> list[dict[str, Any]]:
        if not hasattr(self, "_tables"):
            run = simulate(self.plan, self.store, window=self.case.window, seed=self.case.seed)
            self._tables = {key: rows_of(table) for key, table in to_arrow(run, self.store).items()}
        return self._tables[name]

    def _step(
        self, journey: Journey, key: str, visit: Visit, profile: int, instances: list[Instance], cut: set[int | None]
    ) -> None:
        """`cut`: when exits ended instances; a wait that is left then says nothing of its condition."""
        step = journey.by_key[key]
        instance = next(one for one in instances if one.number == visit.instance)
        try:
            if isinstance(step, Split):
                for branch in [*(one.key for one in step.branches), "otherwise"]:
                    question, _ = step_question(journey, key, branch, visit)
                    question = self.remembering(question, journey, profile, instance, visit.seq)
                    assert self.says(question, profile, visit.arrived) == (branch == visit.branch), (self.seed, key)
                    self.census[f"split {branch == visit.branch}"] += 1
            elif isinstance(step, Wait) and visit.left not in (None, *cut):
                assert visit.left is not None
                question, _ = step_question(journey, key, None, visit)
                question = self.remembering(question, journey, profile, instance, visit.seq)
                assert self.says(question, profile, visit.left) == (visit.branch is None), (self.seed, key)
                self.census[f"wait {visit.branch is None}"] += 1
            elif isinstance(step, Hold) and visit.left is not None and visit.branch is not None:
                for one in step.branches:
                    question, _ = step_question(journey, key, one.key, visit)
                    if one.key == visit.branch:
                        assert self.says(question, profile, visit.left), (self.seed, key)
                        self.census["hold taken"] += 1
                        self.census["hold by identifier"] += visit.identifier is not None
                    elif visit.branch == "timeout" and not one.loop and visit.left > visit.arrived:
                        assert not self.says(question, profile, visit.left), (self.seed, key)
                        self.census["hold timeout"] += 1
            elif isinstance(step, Fork):
                step_question(journey, key, None, visit)
        except UserError:
            self.census["journey()"] += 1

    def _instance(self, journey: Journey, instance: Instance, profile: int) -> None:
        try:
            if isinstance(journey.entry, EventEntry):
                assert self.says(entry_question(journey), profile, instance.entered), self.seed
                self.census["entry"] += 1
            rule = next((one for one in journey.exits if one.key == instance.rule), None)
            if rule is None or instance.ended is None:
                return
            question = exit_question(journey, rule.key, instance)
            question = self.remembering(question, journey, profile, instance, None)
            if rule.condition is not None or (rule.event is not None and instance.ended > instance.entered):
                assert self.says(question, profile, instance.ended), (self.seed, rule)
                self.census["exit"] += 1
        except UserError:
            self.census["journey() or age"] += 1

    def check_entry(self) -> None:
        """Somebody who does not enter is told how; then they do, in the engine and in the oracle."""
        rng = random.Random(self.seed)
        journeys = [one for one in self.case.campaigns.journeys if _plain_entry(one)]
        if not journeys or not self.store.n_profiles:
            return
        journey, profile = rng.choice(journeys), rng.randrange(self.store.n_profiles)
        first, last = self.case.window
        at = max(first, int(self.store.since[profile])) + rng.randrange(20) * 1_000_000
        if at > last:
            return
        found = answer(self.plan, self.store, entry_question(journey), profile, at)
        if found.verdict or not found.change:
            self.census["no entry suggested"] += not found.verdict
            return
        world = world_of(self.case.records, self.case.campaigns, lists=self.case.lists)
        records = changed(self.case.records, found.change, self.store, world)
        name, store = self.store.profile_ids[profile], store_of(records, self.case.campaigns)
        run = simulate(compile_campaigns(self.case.campaigns, self.case.lists), store, window=self.case.window)
        try:
            oracle = replay(records, self.case.campaigns, self.case.window, lists=self.case.lists)["instances"]
        except Refused:
            return
        for rows in (rows_of(to_arrow(run, store)["instances"]), oracle):
            entered = [(row["journey"], row["profile"], row["entered_at"]) for row in rows]
            assert (journey.key, name, at) in entered, (self.seed, found.change)
        self.census["entry suggested"] += 1


def _plain_entry(journey: Journey) -> bool:
    entry = journey.entry
    every = isinstance(entry, EventEntry) and entry.reentry.mode == "every" and entry.reentry.identifier is None
    return every and journey.starts is None and journey.ends is None


def _run(seeds: range) -> Counter[str]:
    census: Counter[str] = Counter()
    for seed in seeds:
        points = Points(generate(seed), seed, census)
        points.check()
        points.check_entry()
    print(f"\n{dict(census)}")
    return census


EXPECTED = (
    "reads journey()",
    "split True",
    "split False",
    "wait True",
    "hold taken",
    "hold by identifier",
    "hold timeout",
    "entry",
    "exit",
    "entry suggested",
)


@pytest.mark.timeout(240)
def test_points_are_as_the_run_went() -> None:
    census = _run(range(EVERY_DAY))
    assert all(census[name] >= 10 for name in EXPECTED), census


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_points_are_as_the_run_went_in_many_cases() -> None:
    census = _run(range(30_000, 30_000 + PROOF))
    assert all(census[name] >= 50 for name in EXPECTED), census
