"""What a mutant must get through: every golden, random cases and pairs, with the oracle's answers.

Logs are imported and answers computed once; an item is then a run of the engine and a comparison.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.errors import UserError
from tests.golden.cases import Golden, load, rows, same_values
from tests.oracle import TABLES, replay
from tests.random_cases.compare import public, rows_of, store_of, values_of
from tests.random_cases.features import LANDED
from tests.random_cases.generate import Case, generate
from tests.random_cases.pairs import pair, values

CASES = range(120)
PAIRS = range(100)
BUCKETS = (1, 7)
"""Cases take turns: the rows are the same in any number of buckets."""
UNITS = {
    "test_intervals": ("intervals", "pieces", "arrays"),
    "test_reducers": ("reducers", "pieces"),
    "test_calendar": ("calendar",),
    "test_values": ("values", "history"),
    "test_draw": ("draw",),
    "test_exit_sends": ("exits",),
    "test_text_ranks": ("reducers",),
}
"""Tests of `tests/engine` that set a kernel beside its brute-force twin, or look at what goldens do not state."""


@dataclass(frozen=True, eq=False)
class Item:
    """`passes(engine)` is False where the engine gives other rows; it may raise anything. `of`: the modules that it is
    about, where that is known beforehand."""

    name: str
    passes: Callable[[Any], bool]
    of: tuple[str, ...] = ()


def battery() -> list[Item]:
    """All items. The engine of the day passes them, or there is a fault to mend first."""
    goldens = [_golden(one) for one in load()]
    refused = [_refused(one) for one in load("refused")]
    units = [_unit(name, of) for name, of in UNITS.items()]
    return [*goldens, *refused, *map(_case, CASES), *map(_pair, PAIRS), *units]


def _golden(one: Golden) -> Item:
    campaigns = one.campaigns
    store = store_of(one.records, campaigns)
    steps = [(key, at) for key, instants in one.trait_values.items() for at in instants]
    inside = list(_members(campaigns, one.window, one.expect["memberships"])) if "memberships" in one.expect else []

    def passes(engine: Any) -> bool:
        plan = engine.compile_campaigns(campaigns, one.lists)
        run = engine.simulate(plan, store, window=one.window, seed=one.seed)
        found = engine.to_arrow(run, store)
        tables = {name: rows_of(found[name]) for name in one.expect}
        if any(rows(tables, table) != expected for table, expected in one.expect.items()):
            return False
        if not _are_members(engine, plan, store, inside):
            return False
        given = values_of(store, campaigns, steps, engine) if steps else {}
        return all(same_values(one.trait_values[key][at], given[key, at]) for key, at in steps)

    return Item(f"golden {one.name}", passes)


def _refused(one: Golden) -> Item:
    """A design that the engine refuses is refused; some are refused before they come to it."""
    campaigns = one.campaigns
    store = store_of(one.records, campaigns)

    def refuses(engine: Any) -> bool:
        try:
            engine.simulate(engine.compile_campaigns(campaigns, one.lists), store, window=one.window, seed=one.seed)
        except UserError:
            return True
        return False

    from engage_desktop import engine as unchanged

    wanted = refuses(unchanged)
    return Item(f"refused {one.name}", lambda engine: refuses(engine) == wanted)


def _case(seed: int) -> Item:
    one = generate(seed, LANDED)
    expected = replay(one.records, one.campaigns, one.window, one.seed, lists=one.lists)
    return _random(f"case {seed}", one, {name: public(expected, name) for name in TABLES}, BUCKETS[seed % 2])


def _pair(seed: int) -> Item:
    one = pair(seed)
    expected = replay(one.records, one.campaigns, one.window)
    tables = _random(f"pair {seed}", one, {"memberships": public(expected, "memberships")}, BUCKETS[seed % 2])
    wanted, campaigns = values(one), one.campaigns
    store = store_of(one.records, campaigns)

    def passes(engine: Any) -> bool:
        if not tables.passes(engine):
            return False
        found = values_of(store, campaigns, wanted, engine)
        return all(same_values(wanted[step], found[step]) for step in wanted)

    return Item(tables.name, passes)


def _random(name: str, one: Case, expected: dict[str, Any], buckets: int) -> Item:
    campaigns = one.campaigns
    store = store_of(one.records, campaigns)
    inside = list(_members(campaigns, one.window, expected["memberships"]))

    def passes(engine: Any) -> bool:
        plan = engine.compile_campaigns(campaigns, one.lists)
        run = engine.simulate(plan, store, window=one.window, seed=one.seed, buckets=buckets)
        tables = engine.to_arrow(run, store)
        if any(public({table: rows_of(tables[table])}, table) != expected[table] for table in expected):
            return False
        return _are_members(engine, plan, store, inside)

    return Item(name, passes)


Member = tuple[str, str, int, set[str]]
"""An audience, its level, an instant and who is in it."""


def _are_members(engine: Any, plan: Any, store: Any, inside: list[Member]) -> bool:
    return all(
        {ids[who] for who in engine.members(plan, store, key, at).tolist()} == wanted
        for key, level, at, wanted in inside
        for ids in [store.profile_ids if level == "user" else store.account_ids]
    )


def _members(campaigns: Campaigns, window: tuple[int, int], memberships: list[tuple[Any, ...]]) -> Iterator[Member]:
    """Who is in each audience at an instant at which somebody enters, at one at which somebody leaves, and at the end;
    of the log alone, so not where journeys set traits."""
    if any(step.type == "set_trait" for journey in campaigns.journeys for step in journey.steps):
        return
    for audience in campaigns.audiences:
        rows = [(who, start, end) for key, who, start, end in memberships if key == audience.key]
        edges = [next((row[place] for row in rows if row[place] is not None), window[1]) for place in (1, 2)]
        for at in {min(max(edge, window[0]), window[1]) for edge in (*edges, window[1])}:
            wanted = {who for who, start, end in rows if start <= at and (end is None or end > at)}
            yield audience.key, audience.level, at, wanted


def _unit(name: str, of: tuple[str, ...]) -> Item:
    def passes(engine: Any) -> bool:
        for loaded in [one for one in sys.modules if one.startswith("tests.engine.test_")]:
            del sys.modules[loaded]
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            return pytest.main([str(TESTS / f"{name}.py"), *PLAIN]) == 0

    return Item(f"unit {name}", passes, of)


TESTS = Path(__file__).parents[1] / "engine"
PLAIN = (
    "-x", "-q", "-c", os.devnull, "--rootdir", str(TESTS.parents[1]), "--hypothesis-seed=0",
    *(one for name in ("cacheprovider", "randomly", "xdist", "pytest-qt", "timeout", "faulthandler", "benchmark")
      for one in ("-p", f"no:{name}")),
)  # fmt: skip
