"""Both the oracle and the product's store give the people, rejects and links that the text gives by hand."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

import tests.oracle
from tests.golden.people import PeopleCase, disagreements, load_people
from tests.golden.people_found import finding_differences, of_oracle, of_product
from tests.oracle.rules import LAW, Rules

CASES = load_people()
ABOUT_PEOPLE = ("call", "identifiers", "identity", "links", "log")
CITED = {
    *(f"ID-{number}" for number in range(1, 13)), "V-6", "V-7", "D-1", "D-2", "D-6", "D-7", "D-35", "D-47", "D-54",
    "AMB-1", "AMB-2", "AMB-3", "HT-5", "HT-6", "AU-4", "D-53", "D-40",
    *(f"EV-{number}" for number in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)),
}  # fmt: skip


def test_the_rules_of_identity_and_logs_are_cited() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert not CITED - {rule for case in CASES for rule in case.rules}
    assert all(len(case.why) > 20 for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_oracle(case: PeopleCase) -> None:
    assert disagreements(case, of_oracle(case.records, case.identity)) == [], case.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_product(case: PeopleCase) -> None:
    found, oracle = of_product(case.records, case.identity), of_oracle(case.records, case.identity)
    assert disagreements(case, found, notices=False) + finding_differences(oracle, found) == [], case.why


def flags_about_people() -> set[str]:
    """The flags that the oracle's modules about people read."""
    folder = Path(tests.oracle.__file__).parent
    read = {flag for name in ABOUT_PEOPLE for flag in re.findall(r"rules\.(\w+)", (folder / f"{name}.py").read_text())}
    return read & {field.name for field in fields(Rules)}


def test_every_flag_of_these_modules_is_named_by_a_case() -> None:
    assert len(flags_about_people()) >= 30
    assert not flags_about_people() - {flag for case in CASES for flag in case.flags}


@pytest.mark.parametrize(
    ("flag", "case"),
    [pytest.param(flag, case, id=f"{flag}-{case.name}") for case in CASES for flag in case.flags],
)
def test_a_rule_switched_off_changes_its_cases(flag: str, case: PeopleCase) -> None:
    assert disagreements(case, of_oracle(case.records, case.identity, replace(LAW, **{flag: False})))
