"""The oracle's own small parts against what the text and the product's parser say."""

from __future__ import annotations

import random

import pytest

from engage_desktop.language import parse_condition, to_text
from tests.golden.cases import load
from tests.oracle import Refused
from tests.oracle.draw import u
from tests.oracle.intervals import intervals
from tests.oracle.parse import parse
from tests.random_cases.conditions import condition, where


def test_draw_check_values() -> None:
    """D-19."""
    assert u(7, "cart_rescue", "coin", "u-1") == 0.8598524943429464
    assert u(7, "cart_rescue", "coin", "u-1", "1299834000000000") == 0.7832438948590964


def test_both_parsers_read_the_same() -> None:
    """D-44: 1,000 random conditions, as written and in canonical print, give one tree in both."""
    rng = random.Random(44)
    for _ in range(500):
        for text in (condition(rng, ["aa", "bb"], 3), where(rng, ["aa"], True)):
            tree = parse_condition(text)
            assert parse(text) == tree
            assert parse(to_text(tree)) == tree


@pytest.mark.parametrize(
    "text", ["event('A').sum(property('x')) > 1", "journey('A.b') = 1", "trait('x') =", "trait('x') < 3 )"]
)
def test_parser_refuses(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


def test_intervals_merge_and_stay_open() -> None:
    """D-5."""
    held = {1, 2, 5}
    assert intervals(lambda at: at in held, [0, 1, 2, 3, 5]) == [(1, 3), (5, None)]


def test_cycles_are_refused() -> None:
    """AU-24."""
    from tests.golden.cases import _golden
    from tests.oracle import replay

    case = _golden(
        {
            "name": "cycle", "why": "", "log": [{"at": "01:00", "user": "u", "track": "A"}],
            "audiences": {"a": "audience('b')", "b": "NOT audience('a')"}, "expect": {},
        }
    )  # fmt: skip
    with pytest.raises(Refused, match="AU-24"):
        replay(case.records, case.campaigns, case.window)


def test_goldens_name_their_rules_and_reasons() -> None:
    assert all(len(case.why) > 20 for case in load())
