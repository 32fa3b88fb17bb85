"""A run after an edit, spliced from the one before, has the bytes of a full run (architecture, engine 5).

Edits are made one after the other, each run spliced from the spliced one before; `make prove` takes 1,000 cases.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from engage_desktop.domain.errors import DesignError
from engage_desktop.engine import LeafCache, Plan, Run, compile_campaigns, simulate, splice, to_arrow, touched
from engage_desktop.engine.splice import resimulate
from tests.random_cases.compare import store_of
from tests.random_cases.edits import Editor
from tests.random_cases.generate import generate
from tests.random_cases.test_metamorphic import parquet

EVERY_DAY = range(60)
PROOF = range(50_000, 51_000)
EDITS = 3


def differs(seed: int) -> str:
    """What edit of a case the splicing gets wrong, and in which tables; '' where all is right."""
    case, rng = generate(seed), random.Random(seed)
    store, editor, cache = store_of(case.records, case.campaigns), Editor(rng), LeafCache()
    campaigns, told = case.campaigns, []
    setting: dict[str, Any] = {"window": case.window, "seed": case.seed}
    run = simulate(compile_campaigns(campaigns, case.lists), store, **setting, cache=cache)
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
        if wrong or run.counts != full.counts or run.plan is not plan:
            return f"case {seed} after {', '.join(told)}: {', '.join(wrong) or 'counts'}"
        _check_columns(run, full)
    return ""


def _compiled(campaigns: Any, lists: Any) -> Plan | None:
    try:
        return compile_campaigns(campaigns, lists)
    except DesignError:
        return None


def _check_columns(run: Run, full: Run) -> None:
    for name in ("instances", "visits", "memberships", "messages", "deliveries"):
        mine, theirs = getattr(run, name), getattr(full, name)
        assert {one: column.dtype for one, column in mine.items()} == {
            one: column.dtype for one, column in theirs.items()
        }


@pytest.mark.timeout(240)
def test_spliced_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    real = splice.touched

    def counted(*asked: Any) -> Any:
        found = real(*asked)
        seen["all" if found is None else "some" if found.any() else "nobody"] += 1
        return found

    monkeypatch.setattr(splice, "touched", counted)
    monkeypatch.setattr(splice, "MOST", 2.0)  # spliced, however many are touched
    wrong = [found for seed in EVERY_DAY if (found := differs(seed))]
    assert not wrong, "\n".join(wrong)
    assert seen["some"] >= 40, seen
    assert seen["nobody"] >= 200, seen


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["changed_steps", "_enter_otherwise", "_leave_otherwise", "alike"])
def test_the_property_notices(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets whom an edit touches is found out."""

    def nobody(*asked: Any) -> Any:
        view = next(one for one in asked if hasattr(one, "log"))
        return np.zeros(view.log.n_profiles, np.bool_)

    lies: dict[str, Any] = {"changed_steps": lambda *_: [], "alike": lambda *_: True}
    monkeypatch.setattr(touched, part, lies.get(part, nobody))
    monkeypatch.setattr(splice, "MOST", 2.0)
    assert any(_breaks(seed) for seed in range(200))


def _breaks(seed: int) -> bool:
    try:
        return bool(differs(seed))
    except (AssertionError, IndexError, ValueError):
        return True


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_spliced_is_full_in_a_thousand_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "MOST", 2.0)
    wrong = [found for seed in PROOF if (found := differs(seed))]
    assert not wrong, "\n".join(wrong)
