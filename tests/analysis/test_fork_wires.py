"""Wires of journeys with forks: the counts shown equal the ways that the oracle's people went (D-14, D-54)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import ENTRY, Playback
from engage_desktop.domain.step import End, Fork, outputs
from engage_desktop.engine import compile_campaigns, simulate
from tests.oracle import replay
from tests.oracle.movement import Movement
from tests.random_cases.compare import store_of
from tests.random_cases.generate import Case, generate

Way = tuple[str, str, str | None]
"""(journey, step, branch)"""


class Ways:
    """Every way the oracle's paths take, told by watching them move. `at` are the instants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[tuple[Way, int]] = []
        self.movements: list[Movement] = []
        self.cut: set[int] = set()
        take, end, init = Movement.take, Movement.end, Movement.__init__
        ways = self

        def begin(self: Movement, *args: Any, **named: Any) -> None:
            init(self, *args, **named)
            ways.movements.append(self)

        def watched_take(self: Movement, instance: Any, path: Any, t: int, event: Any) -> None:
            fork, branch = path.step, path.awaits
            take(self, instance, path, t, event)
            if branch is not None and path.awaits is None:
                ways.taken.append(((self.journey.key, fork.key, branch.key), t))

        def watched_end(self: Movement, instance: Any, *args: Any) -> None:
            ways.cut |= {id(path.visit) for path in instance.paths if path.step is not None}
            end(self, instance, *args)

        monkeypatch.setattr(Movement, "__init__", begin)
        monkeypatch.setattr(Movement, "take", watched_take)
        monkeypatch.setattr(Movement, "end", watched_end)

    def all(self) -> list[tuple[Way, int]]:
        """With the visits of other steps, which say it themselves."""
        found = list(self.taken)
        for movement in self.movements:
            for instance in movement.instances:
                for visit in instance.visits:
                    step = movement.steps[visit.step]
                    went = visit.left_at is not None and id(visit) not in self.cut
                    if went and not isinstance(step, Fork | End):
                        found.append(((movement.journey.key, visit.step, visit.branch), visit.left_at))
        return found


def counted(case: Case, at_us: int) -> Counter[Way]:
    """What playback shows at an instant, of the journeys with forks."""
    store = store_of(case.records, case.campaigns)
    run = simulate(compile_campaigns(case.campaigns, case.lists), store, window=case.window, seed=case.seed)
    for other in ({"buckets": 3}, {"coupled": True}):
        again = simulate(
            compile_campaigns(case.campaigns, case.lists), store, window=case.window, seed=case.seed, **other
        )
        texts = [[one.texts[code] if code >= 0 else None for code in one.wires["branch"]] for one in (run, again)]
        assert texts[0] == texts[1]
        assert all((run.wires[name] == again.wires[name]).all() for name in run.wires if name != "branch")
    playback, found = Playback(run, store), Counter[Way]()
    for journey in forked(case):
        wires = journey_count(playback, journey.key, at_us).wires
        assert set(wires) == {(ENTRY, None)} | {
            (step.key, one.branch) for step in journey.steps for one in outputs(step)
        }
        found.update({(journey.key, *wire): count for wire, count in wires.items() if count and wire[0] != ENTRY})
    return found


def forked(case: Case) -> list[Any]:
    return [one for one in case.campaigns.journeys if any(isinstance(step, Fork) for step in one.steps)]


def test_wires_behind_forks_are_those_the_oracle_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end and halfway, in random journeys: branches, joins come too late, plain steps between."""
    checked = Counter[str]()
    for seed in range(60):
        case = generate(seed, frozenset({"fork"}))
        if not forked(case):
            continue
        with monkeypatch.context() as patch:
            ways = Ways(patch)
            replay(case.records, case.campaigns, case.window, case.seed, lists=case.lists)
        keys = {journey.key for journey in forked(case)}
        for at in (case.window[1], sum(case.window) // 2):
            direct = Counter(way for way, when in ways.all() if way[0] in keys and when <= at)
            assert counted(case, at) == direct, (seed, at)
            kinds = {(journey.key, step.key): step.type for journey in forked(case) for step in journey.steps}
            for (journey, step, branch), number in direct.items():
                checked[kinds[journey, step] + (" by branch" if branch else "")] += number
    assert (
        min(checked["fork by branch"], checked["hold by branch"], checked["delay"], checked["split by branch"]) > 20
    ), checked
