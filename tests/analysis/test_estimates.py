"""Ranges of figures against a twin in plain Python, and the quick way against playing everybody again (D-28, D-29)."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, triang

from benchmarks.bench_all import WINDOW
from benchmarks.campaign_designs import campaigns as twenty
from benchmarks.synthetic_log import SyntheticLog
from engage_desktop.analysis.estimates import counted, estimates, rates, weights
from engage_desktop.domain.draw import uniform
from engage_desktop.domain.errors import Cancelled
from engage_desktop.domain.response import STAGES
from engage_desktop.engine import OUTCOMES, STATUSES, Run, compile_campaigns, simulate
from engage_desktop.engine.replicates import Replicates, of_replicate
from engage_desktop.engine.run import Estimate
from engage_desktop.engine.waves import Begin, Stage
from engage_desktop.events import EventStore
from tests.engine.logs import DAY, T0, campaigns, identify, store_of, track
from tests.random_cases.compare import store_of as imported
from tests.random_cases.generate import generate

MINUTE = 60_000_000
SEED, N = 11, 50
PEOPLE = 20
BIG = {"low": 0.3, "likely": 0.6, "high": 0.7}
COUNTED = {"successes": 4, "trials": 9, "after": {"from": "1m", "to": "3d"}}


def _log(folder: Path) -> EventStore:
    """Everybody comes on day 1, every other one again on day 4; every third is a friend of the house."""
    records = []
    for number in range(PEOPLE):
        user = f"u{number:02}"
        traits = {"email": f"{user}@x.example", "email_subscription_status": "subscribed"}
        if number % 3 == 0:
            traits["friend"] = True
        records.append(identify(user, "2024-01-01T00:00:00Z", **traits))
        records.append(track(user, "Come", f"2024-01-02T00:{number:02}:00Z"))
        if number % 2 == 0:
            records.append(track(user, "Come", f"2024-01-05T00:{number:02}:00Z"))
    return store_of(records, folder)


def _design(*, hears: bool) -> Any:
    responses = {"opened": BIG | {"after": "5m"}, "clicked": COUNTED, "by": [{"audience": "friends", "opened": {"successes": 9, "trials": 10}}]}  # fmt: skip
    journeys = [
        {"key": "greet", "name": "greet", "entry": {"type": "event", "event": "Come"}, "start": "mail",
         "steps": [{"key": "mail", "type": "message", "message": "m"}]}
    ]  # fmt: skip
    if hears:
        journeys.append(
            {"key": "warm", "name": "warm", "entry": {"type": "event", "event": "Email Opened"}, "start": "more",
             "steps": [{"key": "more", "type": "message", "message": "plain"}]}
        )  # fmt: skip
    return campaigns(
        audiences=[{"key": "friends", "name": "friends", "definition": "trait('friend') = true"}],
        messages=[
            {"key": "m", "channel": "email", "body": "x", "responses": responses},
            {"key": "plain", "channel": "email", "body": "x"},
        ],
        journeys=journeys,
    )


def _run(folder: Path, *, hears: bool) -> tuple[Run, EventStore]:
    store = _log(folder)
    return simulate(compile_campaigns(_design(hears=hears)), store, window=(T0, T0 + 7 * DAY), seed=SEED), store


def _poisson(u: float) -> int:
    count, below = 0, math.exp(-1)
    total = below
    while u >= total:
        count += 1
        below /= count
        total += below
    return count


def _twin(*, hears: bool) -> dict[tuple[str, str | None, str], list[int]]:
    """The same counts, one replicate, one person and one message after the other."""
    found: dict[tuple[str, str | None, str], list[int]] = {}

    def add(key: tuple[str, str | None, str], count: int) -> None:
        found.setdefault(key, [0] * N)[number - 1] += count

    for number in range(1, N + 1):
        k = str(number)
        width = BIG["high"] - BIG["low"]
        opened = triang((BIG["likely"] - BIG["low"]) / width, BIG["low"], width).ppf(
            uniform(SEED, "greet", "mail", k, "opened parameter")
        )
        friends = beta(10, 2).ppf(uniform(SEED, "greet", "mail", k, "opened parameter", "friends"))
        clicked = beta(5, 6).ppf(uniform(SEED, "greet", "mail", k, "clicked parameter"))
        for person in range(PEOPLE):
            user = f"u{person:02}"
            weight = _poisson(uniform(SEED, "bootstrap", user, k))
            for day in (1, 4) if person % 2 == 0 else (1,):
                at = T0 + day * DAY + person * MINUTE
                draws = ("greet", "mail", str(at), k)
                add(("greet", None, "entered"), weight)
                add(("greet", "mail", "sent"), weight)
                is_friend = person % 3 == 0
                if uniform(SEED, user, *draws, "opened") >= (friends if is_friend else opened):
                    continue
                add(("greet", "mail", "opened"), weight)
                read = at if is_friend else at + 5 * MINUTE
                if hears:
                    add(("warm", None, "entered"), weight)
                    add(("warm", "more", "sent"), weight)
                if uniform(SEED, user, *draws, "clicked") >= clicked:
                    continue
                spread = (3 * DAY - MINUTE) * uniform(SEED, user, *draws, "clicked after")
                if read + MINUTE + spread // 1_000_000 * 1_000_000 <= T0 + 7 * DAY:
                    add(("greet", "mail", "clicked"), weight)
    return found


def _ranges(run: Run, store: EventStore, replicates: int, **how: Any) -> tuple[Estimate, ...]:
    return estimates(run, counted(run, store, replicates, **how))


@pytest.mark.parametrize("hears", [False, True])
def test_every_replicate_is_drawn_as_written_by_hand(hears: bool, tmp_path: Path) -> None:
    run, store = _run(tmp_path, hears=hears)
    counts = counted(run, store, N)
    mine = {(one.campaign, one.step or None, one.name): values.tolist() for one, values in counts.items()}
    twin = _twin(hears=hears)
    assert mine == twin
    rows = estimates(run, counts)
    assert [(one.campaign, one.step, one.figure) for one in rows] == sorted(
        twin, key=lambda key: (key[0], key[1] or "", ("entered", "sent", "opened", "clicked").index(key[2]))
    )
    for one in rows:
        values = sorted(twin[one.campaign, one.step, one.figure])
        assert (one.p5, one.p50, one.p95) == pytest.approx([_between(values, part) for part in (0.05, 0.5, 0.95)])
        assert one.replicates == N
        assert one.p5 <= one.p50 <= one.p95


def _between(values: list[int], part: float) -> float:
    """On the straight line between the two nearest."""
    place = part * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def test_what_rests_on_a_model_is_called_assumed(tmp_path: Path) -> None:
    """D-27: who enters and what is sent are observed until an answer is heard."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    alone = {(one.step, one.figure): one.kind for one in _ranges(*_run(tmp_path / "a", hears=False), 2)}
    assert alone == {
        (None, "entered"): "observed", ("mail", "sent"): "observed", ("mail", "opened"): "assumed",
        ("mail", "clicked"): "assumed",
    }  # fmt: skip
    assert {one.kind for one in _ranges(*_run(tmp_path / "b", hears=True), 2)} == {"assumed"}


@pytest.mark.parametrize("hears", [False, True])
def test_playing_everybody_again_says_the_same(hears: bool, tmp_path: Path) -> None:
    """D-29: so do many buckets and a second time; another seed does not."""
    run, store = _run(tmp_path, hears=hears)
    quick = _ranges(run, store, 10)
    assert quick == _ranges(run, store, 10, everybody=True)
    assert quick == _ranges(run, store, 10, buckets=3)
    assert quick == _ranges(run, store, 10)
    other = simulate(run.plan, store, window=run.window, seed=SEED + 1)
    assert quick != _ranges(other, store, 10)


def test_more_replicates_keep_the_first_ones(tmp_path: Path) -> None:
    run, store = _run(tmp_path, hears=True)
    few, many = counted(run, store, 5), counted(run, store, 9)
    assert all((values[:5] == few[figure]).all() for figure, values in many.items())


def test_weights_are_poisson(tmp_path: Path) -> None:
    """D-29: mean and variance 1 over people and over replicates, and no two replicates alike."""
    store = store_of([track(f"u{number}", "Come", "2024-01-02T00:00:00Z") for number in range(2_000)], tmp_path)
    drawn = np.stack([weights(store, 3, number) for number in range(1, 21)])
    assert abs(drawn.mean() - 1) < 0.02
    assert abs(drawn.var() - 1) < 0.04
    assert abs(np.corrcoef(drawn[0], drawn[1])[0, 1]) < 0.08
    assert drawn.max() >= 5


def test_a_search_for_ranges_can_be_stopped(tmp_path: Path) -> None:
    run, store = _run(tmp_path, hears=True)
    calls = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 5

    with pytest.raises(Cancelled):
        counted(run, store, 1_000, cancelled=cancelled)


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    run, store = _run(tmp_path, hears=False)
    told: list[float] = []
    counted(run, store, 4, progress=lambda done, _: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0


def _counts(run: Run) -> Counter[tuple[str, str, str]]:
    """By campaign, step and figure the rows of a run's tables."""
    design = run.plan.campaigns
    keys = [*(one.key for one in design.journeys), *(one.key for one in design.broadcasts)]
    steps = [[step.key for step in one.steps] for one in design.journeys]
    steps += [[variant.key for variant in one.variants] or [""] for one in design.broadcasts]
    found: Counter[tuple[str, str, str]] = Counter()
    for campaign, outcome in zip(run.instances["journey"].tolist(), run.instances["outcome"].tolist(), strict=True):
        found[keys[campaign], "", "entered"] += OUTCOMES[outcome] != "dropped"
    table = run.messages
    for campaign, step, status in zip(*(table[name].tolist() for name in ("campaign", "step", "status")), strict=True):
        if campaign >= len(design.journeys):
            found[keys[campaign], "", "entered"] += 1
        if STATUSES[status] == "sent":
            found[keys[campaign], steps[campaign][step], "sent"] += 1
    table = run.responses
    for campaign, step, stage in zip(*(table[name].tolist() for name in ("campaign", "step", "response")), strict=True):
        found[keys[campaign], steps[campaign][step], STAGES[stage]] += 1
    return +found


def _check_case(seed: int, replicates: int = 3) -> bool:
    """A replicate counts what a run with its draws has; whether answers were heard."""
    case = generate(seed)
    store = imported(case.records, case.campaigns)
    found = Replicates(compile_campaigns(case.campaigns, case.lists), store, case.window, case.seed)
    _check(found, replicates)
    return bool(found.heard)


def _check(found: Replicates, replicates: int) -> list[dict[tuple[str, str, str], float]]:
    """What each replicate counts, everybody once."""
    everybody, counts = np.ones(found.log.n_profiles, np.int64), []
    for number in range(1, replicates + 1):
        drawn = of_replicate(found.plan, number, rates(found.seed, number))
        mine = dict(zip(found.figures, found.totals(drawn, everybody).tolist(), strict=True))
        counts.append({(one.campaign, one.step, one.name): count for one, count in mine.items() if count})
        assert counts[-1] == _counts(simulate(drawn, found.log, window=found.window, seed=found.seed))
    return counts


def test_answers_that_nobody_hears_take_the_place_of_what_is_heard(tmp_path: Path) -> None:
    """D-54: of one second 25 are heard. Ten messages of an instant, each answered at once or not: the last one's own
    event is sometimes one too many, and only then nobody enters on it."""
    answers = {"delivered": {"likely": 0.85}, "opened": {"likely": 0.9}}
    mail = [{"key": "mail", "type": "message", "message": "m"}]
    journeys = [
        {"key": key, "name": key, "entry": {"type": "event", "event": "Come"}, "start": "mail", "steps": mail}
        for key in "abcdefghij"
    ]
    on_last = {"type": "event", "event": "Email Sent", "where": "property('campaign') = 'j'"}
    journeys.append(
        {"key": "z", "name": "z", "entry": on_last, "start": "end", "steps": [{"key": "end", "type": "end"}]}
    )
    design = campaigns(
        messages=[{"key": "m", "channel": "email", "body": "x", "responses": answers}], journeys=journeys
    )
    plan = compile_campaigns(design)
    found = Replicates(plan, _log(tmp_path), (T0, T0 + 7 * DAY), SEED)
    assert not found.heard
    entered = {count.get(("z", "", "entered"), 0) for count in _check(found, 8)}
    assert len(entered) > 1
    assert max(entered) <= PEOPLE * 3 / 2
    assert min(entered) > 0


def test_who_goes_the_same_way_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """D-29: of the twenty campaigns of the benchmark four ask for answers; most answers change nobody's way through them."""
    found = Replicates(compile_campaigns(twenty()), SyntheticLog(20_000, 2_000), WINDOW, SEED)
    again: list[int] = []
    play = Stage.play

    def counted_play(stage: Stage, journeys: Any, *, begin: Begin | None = None, **how: Any) -> Any:
        if begin is not None and begin.people is not None:
            again.append(len(begin.people))
        return play(stage, journeys, begin=begin, **how)

    monkeypatch.setattr(Stage, "play", counted_play)
    counts = _check(found, 3)
    assert len(again) == 3
    opened = [sum(number for (_, _, name), number in one.items() if name == "opened") for one in counts]
    assert all(0 < people < number / 2 for people, number in zip(again, opened, strict=True))


@pytest.mark.parametrize("seed", [*range(20), 3_176])
def test_a_replicate_counts_what_a_run_with_its_draws_has(seed: int) -> None:
    _check_case(seed)


@pytest.mark.prove
@pytest.mark.timeout(1_800)
def test_replicates_of_many_random_designs_count_what_runs_have() -> None:
    heard = sum(_check_case(seed) for seed in range(1_000, 1_300))
    assert heard > 20
