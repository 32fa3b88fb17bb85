"""Engine and oracle agree on every boundary of random conditions, and on the values of random computed traits."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest

from tests.golden.cases import same_values
from tests.oracle import LAW, replay
from tests.oracle.condition_rules import ConditionRules
from tests.random_cases.compare import same
from tests.random_cases.pair_census import EXPECTED, PairCensus
from tests.random_cases.pairs import differs, pair, report, values

EVERY_DAY = range(500)
PROOF = range(10_000, 20_000)
LIST_FORMS_ONLY = ("number_text_is_whole",)
"""Rules that no value of the random logs can show; the goldens do."""


def _run(seeds: range) -> PairCensus:
    census = PairCensus()
    for seed in seeds:
        one = pair(seed)
        if differs(one):
            pytest.fail(report(seed), pytrace=False)
        census.add(one, replay(one.records, one.campaigns, one.window), values(one))
    return census


@pytest.mark.timeout(240)
def test_identical_boundaries_and_values() -> None:
    census = _run(EVERY_DAY)
    print(f"\n{census.table()}")
    assert not [feature for feature in EXPECTED if census.share(feature) < 0.04], census.table()


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_identical_boundaries_and_values_of_ten_thousand() -> None:
    census = _run(PROOF)
    print(f"\n{census.table()}")
    assert not [feature for feature in EXPECTED if census.share(feature) < 0.05]


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_every_rule_decides_something() -> None:
    """Not only met: with a rule switched off some pair has other boundaries or values."""
    cases = [pair(seed) for seed in PROOF[:400]]
    law = [(replay(one.records, one.campaigns, one.window), values(one)) for one in cases]
    found: Counter[str] = Counter()
    for flag in (field.name for field in fields(ConditionRules)):
        rules = replace(LAW, **{flag: False})
        for one, (tables, steps) in zip(cases, law, strict=True):
            other = values(one, rules)
            changed = any(not same_values(steps[step], other[step]) for step in steps)
            found[flag] += changed or not same(tables, replay(one.records, one.campaigns, one.window, rules=rules))
    print("\n" + "\n".join(f"{number:4}  {flag} decides" for flag, number in found.most_common()))
    assert not [flag for flag, number in found.items() if not number and flag not in LIST_FORMS_ONLY]


def test_a_seed_is_a_pair() -> None:
    assert pair(7) == pair(7)
    assert pair(7) != pair(8)
