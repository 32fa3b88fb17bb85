"""What a journey remembers, and where that is surely there (D-20, D-36, D-50)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engage_desktop.document import validate
from engage_desktop.document.context import stored_names, surely_there
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.step import outputs

from .designs import design, only
from .journeys import delay, graphs, journey, split


def hold(key: str, *branches: dict[str, Any], on_timeout: str | None = None) -> dict[str, Any]:
    return {"key": key, "type": "hold", "branches": list(branches), "timeout": "1h", "on_timeout": on_timeout}


def ask(key: str, path: str, next_: str | None = None) -> dict[str, Any]:
    return {"key": key, "type": "wait", "condition": f"journey('{path}') = 1", "timeout": "1h", "next": next_}


B = {"key": "b", "event": "B"}
AGAIN = {"key": "again", "event": "A", "loop": True}


def with_journey(*steps: dict[str, Any], **fields: Any) -> Campaigns:
    return design(journeys=[], audiences__0__key="a").with_(journeys=(journey(list(steps), **fields),))


def test_names_are_those_of_the_decision() -> None:
    found = stored_names(journey([hold("h", B, AGAIN)]))
    assert found == {"A": "A", "B - b": "B", "B": "B", "A - again": "A"}
    by_audience = journey([hold("h", B)], entry={"type": "audience", "audience": "a"})
    assert stored_names(by_audience) == {"B - b": "B", "B": "B"}


def test_a_branch_is_remembered_behind_it_and_its_timeout_forgets() -> None:
    found = surely_there(journey([hold("h", B | {"next": "x"}, AGAIN, on_timeout="y"), delay("x", "z"), delay("y", "z"), delay("z")]))  # fmt: skip
    assert found == {"h": {"A"}, "x": {"A", "B", "B - b"}, "y": {"A"}, "z": {"A"}}


def test_both_ways_that_remember_make_it_sure() -> None:
    first = split("s", "p", "q")
    one, other = hold("p", B | {"next": "z"}), hold("q", {"key": "c", "event": "B", "next": "z"})
    assert surely_there(journey([first, one, other, delay("z")]))["z"] == {"A", "B"}


CASES: list[tuple[str, str, Campaigns, str, str]] = [
    ("context_unknown", "warning", with_journey(ask("w", "C.x")), "journeys.j.steps.w.condition", "Begin it with one of: A"),
    ("context_unknown", "warning", with_journey(ask("w", "Ab.x")), "journeys.j.steps.w.condition", "'Ab.x'"),
    ("context_missing", "info", with_journey(hold("h", B | {"next": "w"}, on_timeout="w"), ask("w", "B.x")), "journeys.j.steps.w.condition", "some way"),
    ("context_missing", "info", with_journey(hold("h", B | {"next": "w", "where": "property('x') = journey('B.x')"}), delay("w")), "journeys.j.steps.h.branches.b.where", "may be missing"),
    ("context_missing", "info", with_journey(hold("h", B | {"next": "u"}, on_timeout="u"), {"key": "u", "type": "delay_until", "property": "B.due"}), "journeys.j.steps.u.property", "'B.due'"),
    ("context_in_exit", "warning", with_journey(hold("h", B), exits=[{"key": "x", "condition": "journey('B.x') = 1"}]), "journeys.j.exits.x.condition", "entry event only"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity", "campaigns", "path", "words"), CASES)
def test_a_path_that_leads_nowhere_is_said(
    code: str, severity: str, campaigns: Campaigns, path: str, words: str
) -> None:
    problem = only(campaigns, code)
    assert (problem.severity, problem.path) == (severity, path)
    assert words in f"{problem.message} {problem.mend}"


@pytest.mark.parametrize(
    "campaigns",
    [
        with_journey(ask("w", "A.x")),
        with_journey(ask("w", "A")),
        with_journey(hold("h", B | {"next": "w"}), ask("w", "B - b.x")),
        with_journey(ask("w", "A.x"), exits=[{"key": "x", "condition": "journey('A.x') = 1"}]),
        with_journey({"key": "u", "type": "delay_until", "property": "due"}),
    ],
)
def test_what_is_surely_there_is_silent(campaigns: Campaigns) -> None:
    assert [problem for problem in validate(campaigns) if problem.code.startswith("context_")] == []


@given(graphs())
def test_it_is_what_every_single_way_remembers(found: Journey) -> None:
    """Against a walk of all ways, with some delays made into holds that remember."""
    steps = tuple(
        journey([hold(step.key, {"key": "b", "event": f"E{at % 3}", "next": step.next})]).steps[0]
        if step.type == "delay" and at % 2
        else step
        for at, step in enumerate(found.steps)
    )
    found = found.with_(steps=steps)
    there = surely_there(found)
    ways = [0]

    def walk(key: str, remembered: frozenset[str]) -> None:
        ways[0] += 1
        assert there[key] <= remembered
        least[key] = least.get(key, remembered) & remembered
        step = found.by_key[key]
        for output in outputs(step):
            if output.target is not None and ways[0] < 2_000:
                names = [output.branch == "b" and f"E{at % 3}" for at, one in enumerate(found.steps) if one.key == key]
                gained = {name for name in names if name and step.type == "hold"}
                walk(output.target, remembered | gained | {f"{name} - b" for name in gained})

    least: dict[str, frozenset[str]] = {}
    if found.start is not None:
        walk(found.start, frozenset({"A"}))
        if ways[0] < 2_000:
            assert least == there
