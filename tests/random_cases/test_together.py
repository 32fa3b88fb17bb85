"""Random cases of all campaigns together meet what their rules are about, by the oracle alone."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.random_cases.features import CENSUS, TOGETHER
from tests.random_cases.generate import generate
from tests.random_cases.run import oracle
from tests.random_cases.together_census import what_campaigns_did, what_rules_between_campaigns_did

WANTED = [one for feature in sorted(TOGETHER) for one in CENSUS[feature]]


def census(seeds: range) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in seeds:
        case = generate(seed, TOGETHER)
        tables = oracle(case)
        found.update({*what_campaigns_did(case, tables), *what_rules_between_campaigns_did(case, tables)})
    return found


@pytest.mark.timeout(300)
def test_all_of_it_occurs() -> None:
    found = census(range(60))
    assert not [one for one in WANTED if not found[one]]


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_each_occurs_in_one_case_of_twenty() -> None:
    seeds = range(20_000, 20_400)
    found = census(seeds)
    print("\n" + "\n".join(f"{found[one] / len(seeds):6.1%}  {one}" for one in WANTED))
    assert not [one for one in WANTED if found[one] < 0.05 * len(seeds)], found
