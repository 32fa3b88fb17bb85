"""A journey asked by itself has the rows, and so the figures, of a run that is limited to it (D-25)."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from benchmarks.campaign_designs import campaigns
from benchmarks.synthetic_log import DAY_US, DAYS, START_US, SyntheticLog
from engage_desktop.analysis.figures import journey_count
from engage_desktop.analysis.playback import Playback
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import DesignError
from engage_desktop.domain.workspace import Policies
from engage_desktop.engine import LeafCache, Plan, Run, alone, compile_campaigns, simulate
from engage_desktop.engine.splice import resimulate
from tests.random_cases.compare import store_of
from tests.random_cases.edits import Editor
from tests.random_cases.features import LANDED
from tests.random_cases.generate import generate
from tests.random_cases.test_splice import assuming_nothing

TABLES = ("instances", "visits", "messages", "deliveries", "wires")
TEXTS = {"instances": ("detail", "identifier"), "visits": ("branch",), "deliveries": ("identifier",), "wires": ("branch",)}  # fmt: skip
EVERY_DAY, PROOF = range(600, 608), range(60_000, 60_400)
EDITS = 2
WINDOW = (START_US, START_US + DAYS * DAY_US)


def told(run: Run, name: str) -> dict[str, list[Any]]:
    """The columns of a table, codes of texts as texts."""
    columns = {column: values.tolist() for column, values in getattr(run, name).items()}
    for column in TEXTS.get(name, ()):
        columns[column] = [None if code < 0 else run.texts[code] for code in columns[column]]
    return columns


def differs(seed: int, seen: Counter[str]) -> str:
    rng = random.Random(seed)
    case = generate(seed, LANDED)
    store, cache, editor = store_of(case.records, case.campaigns), LeafCache(), Editor(rng)
    setting: dict[str, Any] = {"window": case.window, "seed": case.seed}
    design, before = case.campaigns if seed % 4 == 0 else assuming_nothing(case.campaigns), dict[str, Run]()
    for number in range(EDITS + 1):
        design, plan = _edited(design, editor, case.lists) if number else (design, _plan(design, case.lists))
        assert plan is not None
        for journey in design.journeys:
            key = journey.key
            found = alone.simulate_alone(plan, store, key, before=before.get(key), cache=cache, **setting)
            full = simulate(plan, store, only=(key,), **setting)
            before[key] = found
            seen["narrowed" if alone.narrowed(plan, key) is not plan else "as it is"] += 1
            wrong = [name for name in TABLES if told(found, name) != told(full, name)]
            instants = [case.window[1], *(rng.randint(*case.window) for _ in range(2))]
            figures, expected = Playback(found, store), Playback(full, store)
            wrong += [str(at) for at in instants if journey_count(figures, key, at) != journey_count(expected, key, at)]
            if wrong or found.plan is not plan:
                return f"case {seed}, journey {key}, edit {number}: {', '.join(wrong)}"
    return ""


def _edited(campaigns: Campaigns, editor: Editor, lists: Any) -> tuple[Campaigns, Plan]:
    while True:
        found = editor.edit(campaigns)[1]
        plan = _plan(found, lists)
        if plan is not None:
            return found, plan


def _plan(campaigns: Campaigns, lists: Any) -> Plan | None:
    try:
        return compile_campaigns(campaigns, lists)
    except DesignError:
        return None


@pytest.mark.timeout(240)
def test_the_rows_of_one_journey_are_those_of_a_run_of_it() -> None:
    seen: Counter[str] = Counter()
    wrong = [found for seed in EVERY_DAY if (found := differs(seed, seen))]
    assert not wrong, "\n".join(wrong)
    assert min(seen["narrowed"], seen["as it is"]) >= 10, seen


@pytest.fixture(scope="module")
def many() -> tuple[Plan, SyntheticLog, dict[str, Run]]:
    """Twenty campaigns with caps and answers; one journey waits for a click of its own message. Each by its key."""
    plan, log = compile_campaigns(campaigns()), SyntheticLog(20_000, 2_000)
    keys = [one.journey.key for one in plan.journeys]
    return plan, log, {key: simulate(plan, log, window=WINDOW, seed=7, only=(key,), cache=LeafCache()) for key in keys}


def wrong_of(many: tuple[Plan, SyntheticLog, dict[str, Run]]) -> list[str]:
    plan, log, full = many
    found = {key: alone.simulate_alone(plan, log, key, window=WINDOW, seed=7) for key in full}
    return [key for key in full if any(told(found[key], name) != told(full[key], name) for name in TABLES)]


def test_each_of_many_campaigns(many: tuple[Plan, SyntheticLog, dict[str, Run]]) -> None:
    assert not wrong_of(many)


def test_the_property_notices_a_journey_that_is_not_asked_what_it_hears(
    many: tuple[Plan, SyntheticLog, dict[str, Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "hears_itself", lambda *_: False)
    assert wrong_of(many) == ["after_order"]


def test_an_edit_where_messages_are_heard_by_assumption_alone() -> None:
    """Without assumptions each journey stands by itself, and its run keeps nothing of what is made."""
    design = campaigns()
    heard = design.journey("after_order")
    assert heard is not None
    design = design.with_(journeys=(heard,), broadcasts=(), policies=Policies())
    steps = tuple(one if one.key != "days" else one.model_copy(update={"duration": "4d"}) for one in heard.steps)
    edited = design.with_(journeys=(heard.model_copy(update={"steps": steps}),))
    log = SyntheticLog(5_000, 500)
    setting: dict[str, Any] = {"window": WINDOW, "seed": 7}
    before = simulate(compile_campaigns(design), log, edits=True, **setting)
    plan = compile_campaigns(edited)
    assert before.counts["responses"] > 0
    found, full = resimulate(plan, log, before, **setting), simulate(plan, log, **setting)
    assert all(told(found, name) == told(full, name) for name in TABLES)
    assert told(found, "visits") != told(before, "visits")


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_the_rows_of_one_journey_in_many_cases() -> None:
    wrong = [found for seed in PROOF if (found := differs(seed, Counter()))]
    assert not wrong, "\n".join(wrong)
