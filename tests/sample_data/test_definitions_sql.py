"""Every documented definition on Storefront beside SQL written by hand, row by row, at five instants (issue 3).

The engine reference's examples (5.3), the recipes of 13 that can be computed, the vectors of Appendix B and what stands
between the lines: D-3..D-10, D-40..D-44, D-53, AU-3..AU-29, CT-1..CT-6. The five instants: early, in the middle, at the
end of the log (or later, so that long windows run out, D-48), and two edges of each definition's own, found to the
microsecond (`find_edges`); one microsecond before an edge the answer must still be the other one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest

from engage_desktop import document
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import Reduce
from engage_desktop.domain.duration import UNIT_US, parse_instant
from engage_desktop.engine import LeafCache, compile_campaigns, members, members_at, membership, trait_at, trait_history
from engage_desktop.events import EventStore, build_store
from engage_desktop.language import canonical, parse
from tests.sample_data.definitions import PEOPLE, Definition
from tests.sample_data.definitions_of_accounts import ACCOUNTS
from tests.sample_data.definitions_of_traits import TRAITS, TraitDefinition
from tests.sample_data.find_edges import EDGES
from tests.sample_data.shop_sql import members as members_by_sql
from tests.sample_data.shop_sql import open_shop
from tests.sample_data.shop_sql import values as values_by_sql

if TYPE_CHECKING:
    from engage_desktop.engine import Plan

AUDIENCES = (*PEOPLE, *ACCOUNTS)
EARLY, MIDDLE = parse_instant("2025-03-24T18:30:00Z"), parse_instant("2025-04-22T12:00:00Z")


def design() -> Campaigns:
    """All definitions as one campaign file."""
    text = json.dumps(
        {
            "format": "engage-campaigns/1",
            "workspace": {"name": "Definitions"},
            "traits": [
                {"key": one.key, "name": one.key, "level": one.level, "definition": one.text} for one in TRAITS
            ],
            "audiences": [
                {
                    "key": one.key, "name": one.key, "level": one.level, "definition": one.text,
                    "include_anonymous": one.include_anonymous,
                }
                for one in AUDIENCES
            ],
        }
    )  # fmt: skip
    campaigns, problems = document.loads(text)
    assert campaigns is not None, problems
    return campaigns


@dataclass(frozen=True)
class Shop:
    database: duckdb.DuckDBPyConnection
    store: EventStore
    plan: Plan
    cache: LeafCache

    @cached_property
    def edges(self) -> dict[str, list[int]]:
        found = json.loads(EDGES.read_text(encoding="utf-8"))
        return {key: [parse_instant(at) for at in edges] for key, edges in found.items()}

    def instants(self, key: str, days_after: int = 0) -> dict[str, int]:
        assert self.store.last_us is not None
        found = {"early": EARLY, "middle": MIDDLE, "end": self.store.last_us + days_after * UNIT_US["d"]}
        for number, edge in enumerate(self.edges[key], start=1):
            found |= {f"before edge {number}": edge - 1, f"edge {number}": edge}
        return found

    def ids(self, level: str) -> Any:
        return self.store.profile_ids if level == "user" else self.store.account_ids


@pytest.fixture(scope="module")
def shop(root: Path) -> Iterator[Shop]:
    log = root / "sample_data" / "storefront" / "log.jsonl.zst"
    store, report = build_store([log])
    assert (report.rejected, report.duplicates) == (0, 0)
    with open_shop(log) as database:
        yield Shop(database, store, compile_campaigns(design()), LeafCache())


@pytest.mark.parametrize("definition", AUDIENCES, ids=lambda one: one.key)
def test_members_are_those_of_the_sql(shop: Shop, definition: Definition) -> None:
    intervals = membership(shop.plan, shop.store, definition.key, shop.cache)
    ids = shop.ids(definition.level)
    expected: dict[str, list[str]] = {}
    for name, at in shop.instants(definition.key, definition.days_after).items():
        expected[name] = members_by_sql(shop.database, definition, at)
        over_time = [ids[one] for one in members_at(intervals, at).tolist()]
        at_once = [ids[one] for one in members(shop.plan, shop.store, definition.key, at).tolist()]
        for found in (over_time, at_once):
            extra, missing = sorted(set(found) - set(expected[name])), sorted(set(expected[name]) - set(found))
            assert (extra, missing) == ([], []), f"{definition.key} {name} {at}: {definition.rules}"
            assert found == expected[name]
    for name in ("edge 1", "edge 2"):
        if name in expected:
            assert expected[name] != expected[f"before {name}"], "no edge any more: run tests.sample_data.find_edges"
    everybody = len(ids)
    assert definition.empty == (not expected["end"])
    assert len(expected["end"]) < 0.9 * everybody, "neither nobody nor everybody"


@pytest.mark.parametrize("trait", TRAITS, ids=lambda one: one.key)
def test_values_are_those_of_the_sql(shop: Shop, trait: TraitDefinition) -> None:
    history = trait_history(shop.plan, shop.store, trait.key, shop.cache)
    ids = shop.ids(trait.level)
    answers: dict[str, dict[str, Any]] = {}
    for name, at in shop.instants(trait.key, trait.days_after).items():
        expected = answers[name] = values_by_sql(shop.database, trait, at)
        column = trait_at(shop.plan, shop.store, trait.key, at)
        at_once = {ids[i]: value_at(column, i) for i in np.flatnonzero(column.kind).tolist()}
        over_time = {}
        for subject in range(len(ids)):
            low, high = history.start[subject], history.start[subject + 1]
            entry = low + int(np.searchsorted(history.time[low:high], at, side="right")) - 1
            if entry >= low and history.column.kind[entry]:
                over_time[ids[subject]] = value_at(history.column, entry)
        for found in (at_once, over_time):
            wrong = {who: (found.get(who), expected.get(who)) for who in found.keys() | expected.keys()
                     if found.get(who) != expected.get(who)}  # fmt: skip
            assert wrong == {}, f"{trait.key} {name} {at}: {trait.rules}"
    for name in ("edge 1", "edge 2"):
        assert answers[name] != answers[f"before {name}"], "no edge any more: run tests.sample_data.find_edges"
    assert len(answers["end"]) > 10


def value_at(column: Any, i: int) -> Any:
    """A value as Python has it; a list is JSON in the column."""
    value = column.value(i)
    return json.loads(value) if column.kind[i] == 4 else value


def test_all_that_is_documented_is_here() -> None:
    """5.3 whole; at least 25 definitions; all nine reducers; funnels, `$`, sessions, accounts, traits of traits."""
    meant = {(one.level, canonical(one.text)) for one in (*AUDIENCES, *TRAITS)}
    assert len(meant) == len(AUDIENCES) + len(TRAITS) > 60
    here = {text for _level, text in meant}
    examples = (
        "event('Plan Upgraded').where(property('amount') >= 50).within(14 days).count() >= 1",
        "event('Plan Upgraded').where(property('amount') > trait('avg_amount') AND event('Plan Cancelled').within(parent: 3 "
        "days).count() >= 1).within(60 days).count() >= 1",
        "event('Cart Viewed').where(NOT (event('Order Completed').where(property('cart_id') = property(parent: 'cart_id'))"
        ".within(parent: 1 day).count() >= 1)).within(7 days).count() >= 1",
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT (event('App Opened').within(30 days).count() >= 1)",
        "trait('renewal_at').within_next(10 days) AND NOT (trait('suppressed_users') = 'true')",
        "ALL NOT event('Signed In').within(30 days).count() >= 1",
        "event('Product Viewed').within(90 days).unique(property('category')).count()",
        "event('Page Viewed').expires_after(1 hour).count()",
        "event('Product Viewed').mode(property('brand'), 3)",
    )
    assert {canonical(example) for example in examples} <= here
    reducers = [parse(one.text) for one in TRAITS]
    assert all(isinstance(one, Reduce) for one in reducers)
    assert {one.kind for one in reducers if isinstance(one, Reduce)} == {
        "count", "sum", "avg", "min", "max", "mode", "first", "last", "unique", "unique_count",
    }  # fmt: skip
    for part, least in (
        ("parent:", 8),
        ("$", 5),
        ("expires_after", 3),
        ("ANY ", 3),
        ("ALL ", 4),
        ("ALL NOT", 1),
        ("context(", 3),
    ):
        assert sum(part in text for text in here) >= least, part


def test_the_design_of_all_definitions_is_valid() -> None:
    assert [problem for problem in document.validate(design()) if problem.is_error] == []


def test_what_is_shipped_of_computed_traits_and_accounts_is_checked_here(root: Path) -> None:
    campaigns, _ = document.load(root / "sample_data" / "storefront" / "campaigns.json")
    assert campaigns is not None
    checked = {one.key: (one.level, one.text) for one in (*AUDIENCES, *TRAITS)}
    new = [one for one in campaigns.audiences if one.level == "account" or "trait('" in (one.definition or "")]
    shipped = {one.key: (one.level, one.definition) for one in (*campaigns.traits, *new)}
    usual = {"plus_members", "open_trials"}  # of traits that the log tells: test_audiences_sql
    assert {key: checked[key] for key in shipped.keys() - usual} == {
        key: shipped[key] for key in shipped.keys() - usual
    }
    assert len(shipped) >= 7
