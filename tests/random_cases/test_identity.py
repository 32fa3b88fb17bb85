"""Store and oracle find the same people in random logs of identifier trouble; `make prove` runs 5,000 of them.

ID-1..ID-12, D-2, D-6, D-7, D-47, D-54, EV-3, EV-7..EV-10, EV-12, AU-4, AMB-2, AMB-3.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.golden.people_found import of_oracle
from tests.golden.test_people import flags_about_people
from tests.oracle.rules import LAW
from tests.random_cases.identities import LogCase, differences, generate, report, shrink
from tests.random_cases.identity_census import EXPECTED, census

EVERY_DAY = range(300)
PROOF = range(10_000, 15_000)


def _run(seeds: range) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in seeds:
        case = generate(seed)
        if differences(case):
            pytest.fail(report(seed), pytrace=False)
        found += census(case)
    return found


def _table(found: Counter[str], number: int) -> str:
    return "\n".join(f"{found[feature] / number:6.1%}  {feature}" for feature in EXPECTED)


@pytest.mark.timeout(120)
def test_the_same_people() -> None:
    found = _run(EVERY_DAY)
    assert not [feature for feature in EXPECTED if not found[feature]], _table(found, len(EVERY_DAY))


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_the_same_people_in_five_thousand_logs() -> None:
    found = _run(PROOF)
    print(f"\n{_table(found, len(PROOF))}")
    assert not [feature for feature in EXPECTED if found[feature] < 0.01 * len(PROOF)]


ONLY_BY_GOLDENS = {"thousand_mappings", "three_hundred_fields_fit", "duplicates_by_message_id_only"}


@pytest.mark.parametrize("flag", sorted(flags_about_people() - ONLY_BY_GOLDENS))
def test_the_logs_hang_on_every_rule(flag: str) -> None:
    """A positive control: with a rule switched off, one of the everyday logs gives other people."""
    off = replace(LAW, **{flag: False})
    cases = map(generate, EVERY_DAY)
    assert any(of_oracle(one.records, one.identity) != of_oracle(one.records, one.identity, off) for one in cases)


def test_a_seed_is_a_case() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_shrinking_keeps_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up difference (two calls of u1) shrinks to just these."""

    def made_up(case: LogCase) -> list[str]:
        return ["x"] if sum(record.get("userId") == "u1" for record in case.records) >= 2 else []

    monkeypatch.setattr("tests.random_cases.identities.differences", made_up)
    small = shrink(next(case for case in map(generate, range(1, 50)) if made_up(case)))
    assert [record["userId"] for record in small.records] == ["u1", "u1"]
    assert small.settings is None
