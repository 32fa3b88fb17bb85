"""Every decision about conditions, traits, accounts, journeys, sending and what a run makes has a golden that hangs on it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from engage_desktop.document import validate
from engage_desktop.domain.errors import UserError
from tests.golden.cases import Golden, load, rows, same_values
from tests.oracle import LAW, Refused, Rules, replay, trait_value
from tests.random_cases.compare import engine_tables

CASES = load()
REFUSED = load("refused")
CITED = {rule for case in (*CASES, *REFUSED) for rule in case.rules}
RULES = (
    *(f"D-{number}" for number in (*range(1, 35), 37, *range(40, 47), *range(49, 55))),
    *(f"J1-{number}" for number in (2, 4, 5, 6, 7, 8, 12, 13, 15)),
    *(f"J2-{number}" for number in (2, 3, 4, 5, 6, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 25, 30, 31, 32, 34, 38, 39)),
    *(f"SB-{number}" for number in (1, 3, 4, 7, 10)),
    *(f"AU-{number}" for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 29)),
    *(f"CT-{number}" for number in range(1, 8)),
    *(f"QL-{number}" for number in range(1, 9)),
    *(f"V-{number}" for number in (*range(1, 15), 16, 22, 24, 25)),
    *(f"AMB-{number}" for number in (3, 6, 7, 8, 9, 10, 11, 12, 13, 17, 23, 24, 25, 26, 28, 29, 30, 32, 33, 35, 36, 37, 38, 39)),
)  # fmt: skip
OF_JOURNEYS = (
    *(f"D-{number}" for number in (*range(11, 22), *range(30, 34), 37, 45, 46, 50, 51)),
    *(f"V-{number}" for number in (*range(8, 15), 16)),
)
OF_SENDING = (*(f"D-{number}" for number in (*range(22, 27), 34, 49, 52, 54)), "SB-1", "SB-7", "SB-10")
OF_WHAT_A_RUN_MAKES = (*(f"D-{number}" for number in (25, 27, 28, 29, 37, 51, 54)), "J2-39")
LAST_OF_CONDITIONS_AND_JOURNEYS = "ends_is_exclusive"
"""The flags after it are about logs and identity, and have their cases in `people/`."""


def flags() -> list[str]:
    names = [field.name for field in fields(Rules)]
    return names[: names.index(LAST_OF_CONDITIONS_AND_JOURNEYS) + 1]


def as_expected(case: Golden, rules: Rules) -> bool:
    """Whether the oracle gives what the case expects under other rules; of what nobody can compute, a refusal."""
    if case in REFUSED:
        return _is_refused(case, rules)
    tables = replay(case.records, case.campaigns, case.window, case.seed, rules, case.lists)
    if any(rows(tables, table) != expected for table, expected in case.expect.items()):
        return False
    return all(
        same_values(expected, trait_value(case.records, case.campaigns, key, at, rules))
        for key, steps in case.trait_values.items()
        for at, expected in steps.items()
    )


def _is_refused(case: Golden, rules: Rules) -> bool:
    try:
        replay(case.records, case.campaigns, case.window, case.seed, rules, case.lists)
    except Refused:
        return True
    return False


@pytest.mark.parametrize("flag", flags())
def test_a_rule_switched_off_changes_the_cases_that_hang_on_it(flag: str) -> None:
    hanging = [case for case in (*CASES, *REFUSED) if flag in case.flags]
    assert hanging
    assert all(as_expected(case, LAW) for case in hanging)
    rules = replace(LAW, **{flag: False})
    assert not [case.name for case in hanging if as_expected(case, rules)]


def test_cases_hang_on_rules_there_are() -> None:
    known = {field.name for field in fields(Rules)}
    assert {flag for case in (*CASES, *REFUSED) for flag in case.flags} <= known


@pytest.mark.parametrize("rule", [*OF_JOURNEYS, *OF_SENDING, *OF_WHAT_A_RUN_MAKES])
def test_every_rule_of_journeys_and_sending_has_a_case_that_hangs_on_it(rule: str) -> None:
    """Cited, and by a case whose rows change when a reading of the rule is switched off in the oracle."""
    assert [case.name for case in (*CASES, *REFUSED) if rule in case.rules and case.flags]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_cited(rule: str) -> None:
    assert rule in CITED


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_nobody_can_compute_is_refused_by_the_oracle(case: Golden) -> None:
    with pytest.raises(Refused):
        replay(case.records, case.campaigns, case.window)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_nobody_can_compute_is_refused_by_the_product(case: Golden) -> None:
    """By validation, or where it takes the log to see it, by the run."""
    if any(problem.severity == "error" for problem in validate(case.campaigns)):
        return
    with pytest.raises(UserError):
        engine_tables(case.records, case.campaigns, case.window, 0)
