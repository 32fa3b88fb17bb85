"""Arms of a random split on real logs and runs: what is counted, and what may be said of it (D-27)."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from engage_desktop.analysis.experiment import Experiment, experiment
from engage_desktop.analysis.statistics import difference, summarise
from engage_desktop.document import loads
from engage_desktop.domain.draw import uniform
from engage_desktop.domain.errors import UserError
from engage_desktop.engine import Run, compile_campaigns, simulate
from engage_desktop.events import EventStore
from tests.events.logs import identify, store_of, track, with_

T0 = 1_700_000_000_000_000
HOUR = 3_600_000_000
DAY = 24 * HOUR
SEED = 7


def design(
    *, goal: dict[str, Any] | None = None, holdout: bool = True, sticky: bool = True, delay: str | None = None
) -> dict[str, Any]:
    control = {"key": "control", "percent": 50} | ({"role": "holdout"} if holdout else {})
    coin = {"key": "coin", "type": "random", "branches": [{"key": "mail", "percent": 50}, control]} | (
        {} if sticky else {"sticky": False}
    )
    steps = [{"key": "rest", "type": "delay", "duration": delay, "next": "coin"}, coin] if delay else [coin]
    journey = {
        "key": "offer", "name": "Offer", "entry": {"type": "event", "event": "Signed Up", "reentry": {"mode": "every"}},
        "start": steps[0]["key"], "steps": steps,
    }  # fmt: skip
    if goal:
        journey["goal"] = goal
    return {"format": "engage-campaigns/1", "workspace": {"name": "Shop"}, "journeys": [journey]}


def replay(store: EventStore, campaigns: dict[str, Any], *, seed: int = SEED, to: int | None = None) -> Run:
    read, problems = loads(json.dumps(campaigns))
    assert read is not None, problems
    window = (store.first_us or 0, to if to is not None else store.last_us or 0)
    return simulate(compile_campaigns(read), store, window=window, seed=seed)


def drawn(profile: str, seed: int = SEED) -> str:
    """The arm of D-19 straight from the scalar draw."""
    return "mail" if uniform(seed, "offer", "coin", profile) < 0.5 else "control"


def means(found: Experiment) -> dict[str, tuple[int, float | None]]:
    return {arm.key: (arm.summary.n, arm.summary.mean) for arm in found.arms}


PEOPLE = [f"u-{number}" for number in range(40)]


def shop(seed: int = 3) -> list[dict[str, Any]]:
    """Forty people who sign up and then buy at random instants, many of them ties with the sign-up."""
    rng = random.Random(seed)
    calls = []
    for person in PEOPLE:
        start = T0 + rng.randrange(3) * DAY
        calls.append(track(person, "Signed Up", start))
        for _ in range(rng.randrange(5)):
            at = start + rng.choice([-HOUR, 0, 1, HOUR, DAY, 2 * DAY, 2 * DAY + 1, 3 * DAY, 5 * DAY])
            total = rng.choice([5, 9.5, "12", "much", None, [1, 2, ["3"]]])
            calls.append(track(person, "Order Completed", at, **({} if total is None else {"total": total})))
    calls.append(track("late", "Ping", T0 + 9 * DAY))
    return calls


def numbers(value: Any) -> list[float]:
    if isinstance(value, list):
        return [part for item in value for part in numbers(item)]
    if isinstance(value, str):
        return [float(value)] if value.replace(".", "").isdigit() else []
    return [] if value is None else [float(value)]


def by_hand(
    calls: list[dict[str, Any]], kind: str, within: int | None, end: int
) -> dict[str, list[tuple[float, float]]]:
    """Per arm and person (value, denominator), straight from the calls."""
    from engage_desktop.domain.duration import parse_instant

    found: dict[str, list[tuple[float, float]]] = {"mail": [], "control": []}
    for person in PEOPLE:
        start = min(
            parse_instant(call["timestamp"])
            for call in calls
            if call["userId"] == person and call["event"] == "Signed Up"
        )
        if start > end:
            continue
        orders = [
            numbers(call["properties"].get("total"))
            for call in calls
            if call["userId"] == person
            and call["event"] == "Order Completed"
            and start < parse_instant(call["timestamp"]) <= min(end, start + within if within is not None else end)
        ]
        flat = [number for order in orders for number in order]
        value = {"event": float(bool(orders)), "count": float(len(orders)), "sum": sum(flat), "mean": sum(flat)}[kind]
        found[drawn(person)].append((value, float(len(flat))))
    return found


@pytest.mark.parametrize("within", [None, 0, HOUR, 2 * DAY])
@pytest.mark.parametrize("end", [T0 + 9 * DAY, T0 + 2 * DAY])
@pytest.mark.parametrize("kind", ["event", "count", "sum", "mean"])
@pytest.mark.parametrize("seed", [3, 4])
def test_metrics_equal_a_direct_count(kind: str, within: int | None, end: int, seed: int) -> None:
    calls = shop(seed)
    store = store_of(calls)
    metric = f"{kind}:Order Completed" + (".total" if kind in ("sum", "mean") else "")
    found = experiment(replay(store, design(), to=end), store, "offer", "coin", metric, within)
    for arm in found.arms:
        pairs = by_hand(calls, kind, within, end)[arm.key]
        assert arm.summary.n == len(pairs)
        values, weights = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if kind == "mean":
            assert arm.summary.mean == (pytest.approx(sum(values) / sum(weights)) if sum(weights) else None)
        else:
            assert arm.summary.mean == pytest.approx(np.mean(values))
            assert arm.summary.sd == pytest.approx(np.std(values, ddof=1))
    assert sum(arm.summary.n for arm in found.arms) > 10


def test_the_goal_brings_its_event_condition_and_window() -> None:
    calls = shop()
    store = store_of(calls)
    goal = {"event": "Order Completed", "where": "property('total') > 9", "within": "2d"}
    found = experiment(replay(store, design(goal=goal)), store, "offer", "coin", "goal")
    big = [
        call
        for call in calls
        if call["event"] == "Signed Up" or any(n > 9 for n in numbers(call["properties"].get("total")))
    ]
    expected = by_hand(big, "event", 2 * DAY, T0 + 9 * DAY)
    for arm in found.arms:
        assert arm.summary.mean == pytest.approx(np.mean([pair[0] for pair in expected[arm.key]]))
    wider = experiment(replay(store, design(goal=goal)), store, "offer", "coin", "goal", 9 * DAY)
    assert sum(arm.summary.mean or 0 for arm in wider.arms) > sum(arm.summary.mean or 0 for arm in found.arms)


def test_a_goal_condition_may_name_an_audience() -> None:
    calls = [track(person, "Signed Up", T0) for person in PEOPLE]
    calls += [identify(person, T0 + HOUR, plan="pro") for person in PEOPLE[:20]]
    calls += [track(person, "Order Completed", T0 + 2 * HOUR) for person in PEOPLE]
    campaigns = design(goal={"event": "Order Completed", "where": "audience('pro')"})
    campaigns["audiences"] = [{"key": "pro", "name": "Pro", "definition": "trait('plan') = 'pro'"}]
    store = store_of(calls)
    found = experiment(replay(store, campaigns), store, "offer", "coin")
    assert sum(arm.summary.n * (arm.summary.mean or 0) for arm in found.arms) == pytest.approx(20)


def test_events_at_the_instant_of_the_visit_do_not_count() -> None:
    """After a timer, too, only events later than the visit count, and one exactly at the window's end does (D-3)."""
    moments = {"at": DAY, "next": DAY + 1, "edge": DAY + 2 * HOUR, "past": DAY + 2 * HOUR + 1}
    for name, expected in (("at", 0), ("next", 1), ("edge", 1), ("past", 0)):
        calls = [
            track("u-1", "Signed Up", T0),
            track("u-1", "Buy", T0 + moments[name]),
            track("x", "Ping", T0 + 9 * DAY),
        ]
        store = store_of(calls)
        run = replay(store, design(delay="1d"))
        found = experiment(run, store, "offer", "coin", "count:Buy", 2 * HOUR)
        assert {arm.key: arm.summary.mean for arm in found.arms}[drawn("u-1")] == expected, name


def test_the_first_visit_counts_when_there_are_several() -> None:
    calls = [track("u-1", "Signed Up", T0 + day * DAY) for day in range(3)] + [track("u-1", "Buy", T0 + DAY + HOUR)]
    calls += [track("u-2", "Signed Up", T0)]
    store = store_of(calls)
    found = experiment(replay(store, design(sticky=False)), store, "offer", "coin", "event:Buy", 2 * DAY)
    assert sum(arm.summary.n for arm in found.arms) == 2
    assert sum((arm.summary.mean or 0) * arm.summary.n for arm in found.arms) == 1
    assert any("1 people came to the split more than once" in remark for remark in found.remarks)


def test_the_control_is_the_holdout_and_a_minus_b() -> None:
    store = store_of(shop())
    found = experiment(replay(store, design()), store, "offer", "coin", "count:Order Completed")
    (only,) = found.comparisons
    assert (only.a, only.b) == ("mail", "control")
    assert only.difference.absolute == pytest.approx(means(found)["mail"][1] - means(found)["control"][1])
    assert only.p_adjusted == only.difference.p
    turned = experiment(replay(store, design()), store, "offer", "coin", "count:Order Completed", control="mail")
    assert turned.comparisons[0].difference.absolute == pytest.approx(-only.difference.absolute)


def test_without_a_control_each_pair_is_compared_in_listed_order() -> None:
    campaigns = design(holdout=False)
    campaigns["journeys"][0]["steps"][0]["branches"] = [
        {"key": key, "percent": share} for key, share in (("c", 50), ("a", 25), ("b", 25))
    ]
    store = store_of(shop())
    found = experiment(replay(store, campaigns), store, "offer", "coin", "count:Order Completed")
    assert [(item.a, item.b) for item in found.comparisons] == [("c", "a"), ("c", "b"), ("a", "b")]
    assert all(item.p_adjusted >= item.difference.p for item in found.comparisons)
    sizes = [arm.summary.n for arm in found.arms]
    expected = [sum(sizes) * share for share in (0.5, 0.25, 0.25)]
    assert found.srm.chi2 == pytest.approx(sum((n - e) ** 2 / e for n, e in zip(sizes, expected, strict=True)))


# -- what may be said of it ------------------------------------------------------------------


def viewed(person: str, arm: str, at: int = T0 + 1, experiment_id: str = "offer.coin") -> dict[str, Any]:
    return track(
        person, "Experiment Viewed", at, experiment_id=experiment_id, experiment_name="Welcome", variation_id=arm
    )


def compared(records: list[dict[str, Any]], seed: int = SEED) -> Experiment:
    calls = [track(person, "Signed Up", T0) for person in PEOPLE] + records + [track("x", "Buy", T0 + DAY)]
    store = store_of(calls)
    return experiment(replay(store, design(), seed=seed), store, "offer", "coin", "event:Buy")


def test_a_split_the_log_never_saw_is_an_aa() -> None:
    """D-27."""
    found = compared([])
    assert (found.kind, found.name, found.exposure) == ("observed", None, None)
    assert "never saw this split" in found.note
    assert "A/A" in found.note
    assert "chance" in found.note


def test_a_split_the_log_records_is_a_real_experiment() -> None:
    found = compared([viewed(person, drawn(person)) for person in PEOPLE])
    assert (found.kind, found.name) == ("learned", "Welcome")
    assert found.as_json()["assignments"] == {"agree": 40, "disagree": 0, "unseen": 0}
    assert "really randomised" in found.note


def test_another_seed_is_not_the_experiment_of_the_log() -> None:
    found = compared([viewed(person, drawn(person)) for person in PEOPLE], seed=8)
    assert found.kind == "observed"
    assert found.exposure.disagree == sum(drawn(person) != drawn(person, 8) for person in PEOPLE) > 5
    assert f"{found.exposure.disagree} of 40 people in another arm" in found.note
    assert "is the seed the same?" in found.note


def test_records_with_every_arm_swapped_are_not_the_experiment() -> None:
    found = compared([viewed(person, "mail" if drawn(person) == "control" else "control") for person in PEOPLE])
    assert (found.kind, found.exposure.disagree) == ("observed", 40)
    assert "seed" in found.note


def test_records_of_too_few_people_are_not_the_experiment() -> None:
    found = compared([viewed(person, drawn(person)) for person in PEOPLE[:19]])
    assert (found.kind, found.exposure.agree, found.exposure.unseen) == ("observed", 19, 21)
    assert "only 19 of 40 people" in found.note


def test_the_first_record_of_a_person_decides_and_other_experiments_do_not() -> None:
    records = [viewed(person, "control", T0 + 2) for person in PEOPLE]
    records += [viewed(person, drawn(person), T0 + 1) for person in PEOPLE]
    records += [viewed(person, "control", T0 + 1, "other.coin") for person in PEOPLE]
    records += [viewed("nobody", "control")]
    assert compared(records).kind == "learned"


def test_no_sentence_claims_an_effect() -> None:
    """D-27: these words belong to none of the figures here."""
    for found in (compared([]), compared([viewed(person, drawn(person)) for person in PEOPLE]), compared([], seed=9)):
        said = json.dumps(found.as_json()).lower()
        assert not any(word in said for word in ("lift", "caus", "effect"))


def test_json_has_the_public_shape() -> None:
    store = store_of(shop())
    body = experiment(replay(store, design()), store, "offer", "coin", "sum:Order Completed.total").as_json()
    assert json.loads(json.dumps(body, allow_nan=False)) == body
    assert {"metric", "kind", "arms", "comparisons", "srm"} <= body.keys()
    assert [arm.keys() for arm in body["arms"]] == [{"arm": 0, "n": 0, "mean": 0, "sd": 0}.keys()] * 2
    shape = {"a", "b", "absolute", "absolute_ci", "relative", "relative_ci", "p", "p_adjusted"}
    assert all(shape <= item.keys() for item in body["comparisons"])
    assert {"chi2", "p"} <= body["srm"].keys()


def test_an_empty_split_is_no_failure() -> None:
    store = store_of([track("x", "Ping", T0), track("x", "Buy", T0 + 1)])
    found = experiment(replay(store, design()), store, "offer", "coin", "event:Buy")
    assert means(found) == {"mail": (0, None), "control": (0, None)}
    assert found.comparisons[0].difference.reason == "An arm has nothing to measure."
    json.dumps(found.as_json(), allow_nan=False)


WRONG = [
    (("nope", "coin", "event:Ping"), "no journey 'nope'; it has offer"),
    (("offer", "nope", "event:Ping"), "no step 'nope'; its random splits: coin"),
    (("offer", "rest", "event:Ping"), "is a delay step; its random splits: coin"),
    (("offer", "coin", "goal"), "has no goal"),
    (("offer", "coin", "visits"), "'visits' is no metric"),
    (("offer", "coin", "event:"), "'event:' is no metric"),
    (("offer", "coin", "event:Order Complete"), "did you mean 'Order Completed'?"),
    (("offer", "coin", "sum:Order Completed"), "names no event of the log with a property behind it"),
    (("offer", "coin", "sum:Order Completed.price"), "has a number in the property 'price'"),
]


@pytest.mark.parametrize(("asked", "sentence"), WRONG)
def test_names_that_mean_nothing_are_refused(asked: tuple[str, str, str], sentence: str) -> None:
    store = store_of(shop())
    with pytest.raises(UserError) as caught:
        experiment(replay(store, design(delay="1d")), store, *asked)
    assert sentence in str(caught.value)


def test_an_unknown_control_is_refused() -> None:
    store = store_of(shop())
    with pytest.raises(UserError, match="no arm 'x'; it has mail, control"):
        experiment(replay(store, design()), store, "offer", "coin", "event:Ping", control="x")


def test_event_names_with_points_are_split_after_the_longest_name() -> None:
    calls = [track(person, "Signed Up", T0) for person in PEOPLE]
    calls += [track("u-1", "Buy", T0 + 1, v2={"total": 3}), track("u-1", "Buy.v2", T0 + 2, total=5)]
    store = store_of(calls)
    found = experiment(replay(store, design()), store, "offer", "coin", "sum:Buy.v2.total")
    assert sum(arm.summary.n * (arm.summary.mean or 0) for arm in found.arms) == pytest.approx(5)


# -- self-tests ------------------------------------------------------------------------------


def test_random_halves_of_one_log_differ_by_chance_only() -> None:
    """Differences of 200 A/A draws: about one in twenty has p < 0.05 (standard error 1.5 %)."""
    rng = np.random.default_rng(2)
    ids = [f"p{number}" for number in range(400)]
    spend = rng.exponential(10, len(ids)) * (rng.random(len(ids)) < 0.4)
    p = []
    for seed in range(200):
        arm = np.array([uniform(seed, "offer", "coin", person) < 0.5 for person in ids])
        p.append(difference(summarise(spend[arm]), summarise(spend[~arm])).p)
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.10
    assert 0.42 <= np.mean(np.array(p) < 0.5) <= 0.58


def test_a_planted_difference_is_found() -> None:
    rng = random.Random(12)
    ids = [f"p{number}" for number in range(600)]
    calls = []
    for person in ids:
        calls += [track(person, "Signed Up", T0), viewed(person, drawn(person))]
        if rng.random() < (0.45 if drawn(person) == "mail" else 0.25):
            calls.append(with_(track(person, "Order Completed", T0 + HOUR), messageId=f"m-{person}"))
    store = store_of(calls)
    found = experiment(replay(store, design(goal={"event": "Order Completed", "within": "1d"})), store, "offer", "coin")
    only = found.comparisons[0].difference
    assert found.kind == "learned"
    assert found.srm.level == "ok"
    assert only.absolute_ci[0] < 0.20 < only.absolute_ci[1]
    assert only.p < 1e-4
