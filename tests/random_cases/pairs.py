"""Random pairs of a log and conditions: audiences and computed traits alone, without journeys."""

from __future__ import annotations

import json
import random
from typing import Any

from engage_desktop import engine as product
from engage_desktop.domain.errors import EngageError
from tests.golden.cases import same_value, same_values
from tests.oracle import Tables, replay
from tests.oracle.intervals import change_instants
from tests.oracle.rules import LAW, Rules
from tests.oracle.world import World, world_of
from tests.random_cases.compare import difference, rows_of, store_of, values_of
from tests.random_cases.conditions import Writer
from tests.random_cases.definitions import definitions
from tests.random_cases.generate import Case
from tests.random_cases.logs import GRID, SLOTS, START, log
from tests.random_cases.run import shrink

Values = dict[tuple[str, int], dict[str, Any]]
"""(trait, instant) -> its value for each person or account."""
KINDS = ("audience", "audience", "audience", "trait", "trait", "account audience", "account audience", "account trait")
INSTANTS = 3  # at which the values of each trait are compared


def pair(seed: int) -> Case:
    """The pair of a seed: a log and four to seven definitions about it."""
    return made(random.Random(seed))


def made(rng: random.Random) -> Case:
    """A pair from any source of randomness."""
    writer = Writer(rng, few=2)
    kinds = ["audience", *rng.choices(KINDS, k=rng.choice((3, 4, 5, 6)))]
    traits, audiences, _ = definitions(rng, writer, kinds)
    design: dict[str, Any] = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Random"},
        "traits": traits,
        "audiences": audiences,
        "journeys": [],
    }
    last = START + rng.choice((SLOTS - 6, SLOTS, SLOTS, SLOTS + 12)) * GRID + rng.choice((0, 0, 0, -1))
    return Case(
        log(rng, people=(2, 3, 3, 4), most=12, slots=rng.choice((8, 12, 16))),
        design,
        (START, last),
        rng.randrange(1 << 30),
    )


def instants(case: Case, world: World) -> dict[str, list[int]]:
    """For each computed trait a few instants at which its value may change, or a microsecond before one."""
    rng = random.Random(case.seed)
    found = {}
    for trait in case.campaigns.traits:
        subjects: list[Any] = world.people if trait.level == "user" else world.accounts
        edges = change_instants(rng.choice(subjects), case.window[1]) if subjects else []
        found[trait.key] = sorted(at - rng.choice((0, 0, 1)) for at in rng.sample(edges, min(len(edges), INSTANTS)))
    return found


def values(case: Case, rules: Rules = LAW) -> Values:
    """What the oracle says of the computed traits at some instants."""
    world = world_of(case.records, case.campaigns, rules)
    result: Values = {}
    for key, at_all in instants(case, world).items():
        subjects: list[Any] = world.people if world.traits[key].level == "user" else world.accounts
        for at in at_all:
            result[key, at] = {subject.text_id: subject.computed(key, at) for subject in subjects}
    return result


def differs(case: Case, engine: Any = product) -> str:
    """What engine and oracle say differently about the conditions, '' when nothing; an exception is a difference."""
    return difference_from(case, replay(case.records, case.campaigns, case.window), values(case), engine)


def difference_from(case: Case, memberships: Tables, expected: Values, engine: Any = product) -> str:
    """The same beside what the oracle has said already."""
    try:
        store = store_of(case.records, case.campaigns)
        run = engine.simulate(engine.compile_campaigns(case.campaigns), store, window=case.window)
        found = rows_of(engine.to_arrow(run, store)["memberships"])
        steps = values_of(store, case.campaigns, expected, engine)
    except EngageError as error:
        return f"the engine refuses: {error}"
    except Exception as error:
        return f"the engine fails: {type(error).__name__}: {error}"
    lines = [difference(memberships, {**memberships, "memberships": found})]
    for step, wanted in expected.items():
        if not same_values(wanted, steps[step]):
            only = {
                key: (wanted[key], steps[step].get(key))
                for key in wanted
                if not same_value(wanted[key], steps[step].get(key))
            }
            lines.append(f"trait {step[0]} at {step[1]}, oracle and engine: {only}")
    return "\n".join(line for line in lines if line)


def report(seed: int) -> str:
    """The smallest pair found from a failing seed, as text that can be run again."""
    case = shrink(pair(seed), differs)
    lines = [json.dumps(record) for record in case.records]
    definitions = [json.dumps(one) for name in ("traits", "audiences") for one in case.design[name]]
    head = f"pair {seed} (again: python -m tests.random_cases pair {seed})"
    return "\n".join([head, *lines, *definitions, f"window {case.window}", differs(case)])
