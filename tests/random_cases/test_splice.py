"""A run after an edit, spliced from the one before, has the bytes of a full run (architecture, engine 5).

Edits are made one after the other, each run spliced from the spliced one before; `make prove` takes 1,000 cases.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import DesignError
from engage_desktop.engine import (
    LeafCache,
    Plan,
    Run,
    compile_campaigns,
    resettle,
    simulate,
    splice,
    to_arrow,
    touched,
    trail,
)
from engage_desktop.engine.splice import resimulate
from tests.random_cases.compare import store_of
from tests.random_cases.edits import Editor
from tests.random_cases.features import LANDED, TOGETHER
from tests.random_cases.generate import generate
from tests.random_cases.test_metamorphic import parquet

EVERY_DAY = range(60)
PROOF = range(50_000, 51_000)
EDITS = 3
COUPLED = {"set_trait", "limits", *TOGETHER}
"""Campaigns that see each other run whole, so most cases are without."""
ALL_CAMPAIGNS = LANDED - {"limits"}
MANY_WAYS = {"fork", "identifier"}
"""Their instances begin anew at the entry, where others walk on from the edit."""


def differs(seed: int, features: frozenset[str] | None = None) -> str:
    """What edit of a case the splicing gets wrong, and in which tables; '' where all is right."""
    rng = random.Random(seed)
    drawn = rng.choice((LANDED, *[LANDED - COUPLED] * 5, *[LANDED - COUPLED - MANY_WAYS] * 6))
    case = generate(seed, drawn if features is None else features)
    store, cache = store_of(case.records, case.campaigns), LeafCache()
    editor = Editor(rng, steps=bool(seed % 2))
    campaigns, told = case.campaigns, list[str]()
    if features is not None:
        campaigns = assuming_nothing(campaigns)
    setting: dict[str, Any] = {"window": case.window, "seed": case.seed}
    run = simulate(compile_campaigns(campaigns, case.lists), store, **setting, cache=cache, edits=True)
    for _ in range(EDITS):
        plan = None
        while plan is None:
            name, edited = editor.edit(campaigns)
            plan = _compiled(edited, case.lists)
        campaigns = edited
        told.append(name)
        run = resimulate(plan, store, run, **setting, cache=cache)
        full = simulate(plan, store, **setting)
        found, expected = parquet(to_arrow(run, store)), parquet(to_arrow(full, store))
        wrong = [table for table in expected if found[table] != expected[table]]
        if wrong or _counts(run) != _counts(full) or run.plan is not plan:
            return f"case {seed} after {', '.join(told)}: {', '.join(wrong) or (_counts(run), _counts(full))}"
        _check_columns(run, full)
    return ""


def assuming_nothing(campaigns: Campaigns) -> Campaigns:
    """Without policies that assume: such a design runs whole."""
    policies = campaigns.policies
    address, subscription = (
        one.model_copy(update={"unknown": "hold"}) for one in (policies.address, policies.subscription)
    )
    policies = policies.model_copy(update={"address": address, "subscription": subscription})
    return campaigns.model_copy(update={"policies": policies})


def _counts(run: Run) -> dict[str, int]:
    """But for the waves: of fewer people there may be fewer."""
    return {name: count for name, count in run.counts.items() if name != "waves"}


def _compiled(campaigns: Any, lists: Any) -> Plan | None:
    try:
        return compile_campaigns(campaigns, lists)
    except DesignError:
        return None


def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Splice, however many are touched."""
    for name in ("MOST", "MOST_OF_TRACED"):
        monkeypatch.setattr(splice, name, 2.0)


def _check_columns(run: Run, full: Run) -> None:
    for name in ("instances", "visits", "memberships", "messages", "deliveries"):
        mine, theirs = getattr(run, name), getattr(full, name)
        assert {one: column.dtype for one, column in mine.items()} == {
            one: column.dtype for one, column in theirs.items()
        }


@pytest.mark.timeout(240)
def test_spliced_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    whom, resume = splice.touched, splice.resume

    def counted(*asked: Any) -> Any:
        found = whom(*asked)
        seen["all" if found is None else "some" if found.any() else "nobody"] += 1
        return found

    def resumed(*asked: Any) -> Any:
        seen["resumed"] += 1
        return resume(*asked)

    monkeypatch.setattr(splice, "touched", counted)
    monkeypatch.setattr(splice, "resume", resumed)
    _always(monkeypatch)
    wrong = [found for seed in EVERY_DAY if (found := differs(seed))]
    assert not wrong, "\n".join(wrong)
    assert seen["some"] >= 20, seen
    assert seen["nobody"] >= 200, seen
    assert seen["resumed"] >= 20, seen


@pytest.mark.timeout(240)
def test_of_all_campaigns_those_moved_are_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """D-24, D-28, D-37: caps, answers, quiet hours, set traits, broadcasts."""
    seen = _counted(monkeypatch)
    wrong = [found for seed in range(300, 330) if (found := differs(seed, ALL_CAMPAIGNS))]
    assert not wrong, "\n".join(wrong)
    assert seen["some"] >= 15, seen


def _counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many edits did without a run of all; however many people are moved."""
    seen: Counter[str] = Counter()
    play = splice.resettle

    def counted(*asked: Any, **how: Any) -> Any:
        found = play(*asked, **how)
        seen["some"] += found is not None
        return found

    monkeypatch.setattr(splice, "resettle", counted)
    monkeypatch.setattr(resettle, "MOST", 2.0)
    return seen


@pytest.mark.timeout(240)
def test_without_room_for_trails_it_begins_at_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    _always(monkeypatch)
    for most in (0, 600):  # none, or those of short walks alone
        monkeypatch.setattr(trail, "MOST_BYTES", most)
        assert not [found for seed in range(100, 112) if (found := differs(seed))]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("few", [0.0, 1.0])
def test_few_people_are_a_log_of_their_own_or_not(few: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "FEW", few)
    _always(monkeypatch)
    assert not [found for seed in range(200, 220) if (found := differs(seed))]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["changed_steps", "_enter_otherwise", "_leave_otherwise", "alike"])
def test_the_property_notices(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets whom an edit touches is found out."""

    def nobody(*asked: Any) -> Any:
        view = next(one for one in asked if hasattr(one, "log"))
        return np.zeros(view.log.n_profiles, np.bool_)

    lies: dict[str, Any] = {"changed_steps": lambda *_: [], "alike": lambda *_: True}
    for module in (touched, splice):
        monkeypatch.setattr(module, part, lies.get(part, nobody), raising=False)
    _always(monkeypatch)
    assert any(_breaks(seed) for seed in range(200))


def _breaks(seed: int) -> bool:
    try:
        return bool(differs(seed))
    except (AssertionError, IndexError, ValueError):
        return True


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_spliced_is_full_in_a_thousand_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    _always(monkeypatch)
    wrong = [found for seed in PROOF if (found := differs(seed))]
    assert not wrong, "\n".join(wrong)
