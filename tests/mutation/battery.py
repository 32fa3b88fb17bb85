"""What a mutant must get through: every golden the engine computes, random cases and pairs, with the oracle's answers.

Logs are imported and answers computed once; an item is then a run of the engine and a comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engage_desktop.domain.errors import UserError
from tests.golden.cases import Golden, load, rows, same_values
from tests.oracle import TABLES, replay
from tests.random_cases.compare import public, rows_of, store_of, values_of
from tests.random_cases.generate import Case, generate
from tests.random_cases.pairs import pair, values

CASES = range(300)
PAIRS = range(300)
BUCKETS = (1, 7)
"""Cases take turns: the rows are the same in any number of buckets."""


@dataclass(frozen=True, eq=False)
class Item:
    """`passes(engine)` is False where the engine gives other rows; it may raise anything."""

    name: str
    passes: Callable[[Any], bool]


def battery() -> list[Item]:
    """All items. The engine of the day passes them, or there is a fault to mend first."""
    goldens = [_golden(one) for one in load() if not one.not_yet]
    refused = [_refused(one) for one in load("refused")]
    return [*goldens, *refused, *map(_case, CASES), *map(_pair, PAIRS)]


def _golden(one: Golden) -> Item:
    campaigns = one.campaigns
    store = store_of(one.records, campaigns)
    steps = [(key, at) for key, instants in one.trait_values.items() for at in instants]

    def passes(engine: Any) -> bool:
        run = engine.simulate(engine.compile_campaigns(campaigns, one.lists), store, window=one.window, seed=one.seed)
        found = engine.to_arrow(run, store)
        tables = {name: rows_of(found[name]) for name in one.expect}
        if any(rows(tables, table) != expected for table, expected in one.expect.items()):
            return False
        given = values_of(store, campaigns, steps, engine)
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
    one = generate(seed)
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

    def passes(engine: Any) -> bool:
        plan = engine.compile_campaigns(campaigns, one.lists)
        run = engine.simulate(plan, store, window=one.window, seed=one.seed, buckets=buckets)
        tables = engine.to_arrow(run, store)
        return all(public({table: rows_of(tables[table])}, table) == expected[table] for table in expected)

    return Item(name, passes)
