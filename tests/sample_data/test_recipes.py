"""The recipes: valid, canonical, described, and on Storefront somebody reaches every step (D-36, J1-*, J2-*)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engage_desktop import document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.engine import compile_campaigns, simulate
from engage_desktop.engine.run import COMPLETED, EXITED
from engage_desktop.events import EventStore, build_store

FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "recipes"
RECIPES = sorted(path.stem for path in FOLDER.glob("*.json"))


def recipe(name: str) -> Campaigns:
    campaigns, problems = document.load(FOLDER / f"{name}.json")
    assert campaigns is not None
    assert problems == ()
    return campaigns


@pytest.fixture(scope="module")
def store(root: Path) -> EventStore:
    return build_store([root / "sample_data" / "storefront" / "log.jsonl.zst"])[0]


def test_there_are_nineteen_and_the_page_lists_them() -> None:
    assert len(RECIPES) == 19
    page = (FOLDER / "README.md").read_text("utf-8")
    for name in RECIPES:
        assert f"`{name}.json`" in page
        assert all(journey.description and journey.description in page for journey in recipe(name).journeys)


def test_together_they_use_every_kind_of_entry_exit_and_step_there_is_now() -> None:
    journeys = [journey for name in RECIPES for journey in recipe(name).journeys]
    steps = {step.type for journey in journeys for step in journey.steps}
    assert steps == {
        "delay",
        "delay_until",
        "hold",
        "wait",
        "split",
        "fork",
        "message",
        "ad",
        "send",
        "set_trait",
        "end",
    }
    modes = {journey.entry.reentry.mode for journey in journeys if journey.entry.reentry}
    assert modes == {"once", "every", "after_exit"}
    causes = {
        cause
        for journey in journeys
        for rule in journey.exits
        for cause in ("event", "condition", "after")
        if getattr(rule, cause)
    }
    assert causes == {"event", "condition", "after"}


@pytest.mark.parametrize("name", RECIPES)
def test_it_is_canonical_and_has_no_problem(name: str) -> None:
    campaigns = recipe(name)
    assert document.dumps(campaigns) == (FOLDER / f"{name}.json").read_text("utf-8")
    assert document.validate(campaigns) == ()


@pytest.mark.parametrize("name", RECIPES)
def test_somebody_reaches_every_step(name: str, store: EventStore) -> None:
    campaigns = recipe(name)
    run = simulate(compile_campaigns(campaigns), store, window=(store.first_us, store.last_us))
    for index, journey in enumerate(campaigns.journeys):
        steps = run.visits["step"][run.visits["journey"] == index]
        seen = np.bincount(steps, minlength=len(journey.steps))
        assert [step.key for step, visits in zip(journey.steps, seen, strict=True) if not visits] == []


def test_each_exit_pattern_ends_some_and_lets_others_through(store: EventStore) -> None:
    campaigns = recipe("exit_rules")
    run = simulate(compile_campaigns(campaigns), store, window=(store.first_us, store.last_us))
    for index in range(len(campaigns.journeys)):
        outcome = run.instances["outcome"][run.instances["journey"] == index]
        assert {COMPLETED, EXITED} <= set(outcome.tolist()), campaigns.journeys[index].key
