"""Check one case, and shrink it when it fails: fewer calls, steps and audiences with a difference left."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from engage_desktop.domain.errors import EngageError
from tests.oracle import Refused, Tables, replay
from tests.random_cases.compare import difference, engine_tables
from tests.random_cases.features import LANDED
from tests.random_cases.generate import Case, generate

OPTIONAL = (
    "responses", "subscription_group", "throughput", "priority", "exclude", "zone", "starts", "ends", "when_not_sent",
)  # fmt: skip
"""Fields without which an object still has a meaning, of whatever kind it is."""


def oracle(case: Case) -> Tables:
    return replay(case.records, case.campaigns, case.window, case.seed, lists=case.lists)


def differs(case: Case) -> str:
    """What differs between the two, '' when nothing does; an exception of the engine is a difference."""
    expected = oracle(case)
    try:
        found = engine_tables(case.records, case.campaigns, case.window, case.seed, lists=case.lists)
    except EngageError as error:
        return f"the engine refuses: {error}"
    except Exception as error:
        return f"the engine fails: {type(error).__name__}: {error}"
    return difference(expected, found)


def check(seed: int, features: frozenset[str] = LANDED) -> str:
    return differs(generate(seed, features))


def report(seed: int, features: frozenset[str] = LANDED) -> str:
    """The smallest case found from a failing seed, as text that can be run again."""
    chosen = "" if features == LANDED else f"'with {', '.join(sorted(features))}' "
    return f"case {seed} (again: python -m tests.random_cases {chosen}{seed})\n{smallest(generate(seed, features))}"


def smallest(case: Case) -> str:
    """A failing case made small, and what differs in it."""
    case = shrink(case, differs)
    lines = [json.dumps(record) for record in case.records]
    design = json.dumps(case.design, indent=1)
    return "\n".join([*lines, design, f"window {case.window} seed {case.seed}", differs(case)])


def shrink(case: Case, fails: Callable[[Case], Any]) -> Case:
    """Drop calls and parts of the design one at a time while the case still fails in the same manner."""
    kind = _kind(fails(case))
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(case):
            try:
                still = _kind(fails(candidate)) == kind
            except (Refused, ValidationError, LookupError):
                still = False
            if still:
                case, smaller = candidate, True
                break
    return case


def _kind(found: Any) -> str:
    return str(found)[:24] if str(found).startswith("the engine") else str(bool(found))


def _smaller(case: Case) -> Iterator[Case]:
    size = len(case.records)
    for length in (size // 2, size // 4, size // 8, 1):
        if length:
            for at in range(0, size, length):
                yield replace(case, records=case.records[:at] + case.records[at + length :])
    for name in ("journeys", "broadcasts", "audiences", "traits", "messages"):
        for at in range(len(case.design.get(name, ()))):
            design = copy.deepcopy(case.design)
            del design[name][at]
            yield replace(case, design=design)
    for part in _parts(case.design):
        design = copy.deepcopy(case.design)
        at_place = design
        for name in part[:-1]:
            at_place = at_place[name]
        del at_place[part[-1]]
        yield replace(case, design=design)
    for at, journey in enumerate(case.design["journeys"]):
        for part in ("exits", "steps"):
            for index in range(len(journey[part])):
                design = copy.deepcopy(case.design)
                gone = design["journeys"][at][part].pop(index)
                if part == "steps":
                    if gone["key"] == journey["start"]:
                        continue
                    _unlink(design["journeys"][at], gone["key"])
                yield replace(case, design=design)
        for index, step in enumerate(journey["steps"]):
            for place in range(len(step.get("branches", ()))):
                if len(step["branches"]) > 1 and step["type"] != "random":
                    design = copy.deepcopy(case.design)
                    del design["journeys"][at]["steps"][index]["branches"][place]
                    yield replace(case, design=design)


def _parts(design: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Places of what may be left out of policies, messages, broadcasts, journeys and their steps, large parts first."""
    for name, value in design["policies"].items():
        yield ("policies", name)
        if name in ("caps", "quiet_hours") and len(value) > 1:
            yield from (("policies", name, at) for at in range(len(value)))
    owners = [("messages", at) for at in range(len(design["messages"]))]
    owners += [("broadcasts", at) for at in range(len(design.get("broadcasts", ())))]
    for at, journey in enumerate(design["journeys"]):
        owners.append(("journeys", at))
        owners += [("journeys", at, "steps", number) for number in range(len(journey["steps"]))]
    for owner in owners:
        item = design
        for name in owner:
            item = item[name]
        for name in OPTIONAL:
            if name in item:
                yield (*owner, name)
        yield from ((*owner, "responses", name) for name in item.get("responses", ()))
        yield from ((*owner, "exclude", at) for at in range(len(item.get("exclude", ()))))


def _unlink(journey: dict[str, Any], key: str) -> None:
    for step in journey["steps"]:
        for part in (step, *step.get("branches", ())):
            for name in ("next", "on_timeout", "otherwise"):
                if part.get(name) == key:
                    del part[name]
