"""The oracle's own small parts against what the text and the product's parser say."""

from __future__ import annotations

import random

import pytest
import xxhash
from hypothesis import HealthCheck, given, settings

from engage_desktop.domain.condition import Expression
from engage_desktop.language import parse as product_parse
from engage_desktop.language import parse_condition, to_text
from tests.golden.cases import Golden, load
from tests.language import test_accounts, test_dates, test_round_trip, test_streams
from tests.language.trees import expressions
from tests.oracle import Refused
from tests.oracle.draw import u
from tests.oracle.intervals import change_instants, intervals
from tests.oracle.parse import parse, parse_expression
from tests.oracle.state import State
from tests.oracle.world import world_of
from tests.random_cases.conditions import Names, Writer
from tests.random_cases.generate import Case
from tests.random_cases.pairs import pair


def test_draw_check_values() -> None:
    """D-19."""
    assert u(7, "cart_rescue", "coin", "u-1") == 0.8598524943429464
    assert u(7, "cart_rescue", "coin", "u-1", "1299834000000000") == 0.7832438948590964


def test_draws_of_responses_by_three_lines() -> None:
    """D-29, D-19: profile, campaign, step, entry key, replicate, purpose; the values stand in the golden
    `who_answers_is_drawn` too."""
    case = next(case for case in load() if case.name == "who_answers_is_drawn")
    for profile, at, published in (
        ("u", "1704070800000000", 0.20151444499503224), ("v", "1704070800000000", 0.39108522012278835),
        ("u", "1704074400000000", 0.44166754168094347), ("v", "1704074400000000", 0.07741785533576262),
    ):  # fmt: skip
        state = _splitmix(0)
        for part in (profile, "a", "m", at, "0", "opened"):
            state = _splitmix(state ^ xxhash.xxh3_64_intdigest(part.encode()))
        assert (state >> 11) / 2**53 == published == u(0, profile, "a", "m", at, "0", "opened")
        assert repr(published) in case.why


def _splitmix(state: int) -> int:
    z = (state + 0x9E3779B97F4A7C15) & (2**64 - 1)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    return z ^ (z >> 31)


def test_both_parsers_read_the_same() -> None:
    """D-44: 1,000 random conditions, as written and in canonical print, give one tree in both."""
    rng = random.Random(44)
    names = Names(("aa", "bb"), ("rr",), ("cc",), ("ss",))
    for _ in range(400):
        writer = Writer(rng)
        texts = (writer.condition(names, 3), writer.condition(names.asked(True), 3), writer.where(names, top=True))
        for text in texts:
            tree = parse_condition(text)
            assert parse(text) == tree
            assert parse(to_text(tree)) == tree
        definition = writer.definition(names)
        assert parse_expression(definition) == product_parse(definition)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions)
def test_both_parsers_read_every_form(expression: Expression) -> None:
    """QL-1..QL-8: whatever tree the product prints, the oracle reads the same tree."""
    assert parse_expression(to_text(expression)) == expression


def test_both_parsers_read_every_way_to_write() -> None:
    """QL-4, QL-5, QL-6, D-44: function forms, quotes, case, escapes, dates."""
    ways = [*test_round_trip.WAYS, *test_streams.WAYS, *test_accounts.WAYS]
    texts = [str(way[0]) for way in ways]
    texts += [f"trait('x') = {way[0]}" for way in test_dates.LITERALS]
    texts += [f"trait('x').{way[0]}" for way in test_dates.OPERATORS]
    for text in texts:
        assert parse_expression(text) == product_parse(text), text


@pytest.mark.parametrize(
    "text",
    [
        "trait('x')", "trait('x') =", "trait('x') < 3 )", "event('A').within(3).count() > 1", "entity('e').exists()",
        "event('A').sources({include: ['a']}).count() > 1", "event('A').sum(5) > 1", "trait('x') = 2020-02-30",
        "NOT trait('x')", "audience('k') = true", "trait('x').before_date(3 days)", "trait('x').within_last(2020-01-01)",
    ],
)  # fmt: skip
def test_parser_refuses(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


def test_intervals_merge_and_stay_open() -> None:
    """D-5."""
    held = {1, 2, 5}
    assert intervals(lambda at: at in held, [0, 1, 2, 3, 5]) == [(1, 3), (5, None)]


def test_no_change_is_missed_between_the_instants_asked() -> None:
    """D-5: at random instants, and a microsecond beside those asked, membership is what the intervals say."""
    rng = random.Random(5)
    cases: list[Golden | Case] = [*load(), *map(pair, range(25))]
    for case in cases:
        world, until = world_of(case.records, case.campaigns, lists=case.lists), case.window[1]
        for subject in world.subjects:
            instants = change_instants(subject, until)
            asked = [rng.randrange(instants[0], until) for _ in range(20)] if instants and instants[0] < until else []
            asked += [at + beside for at in rng.sample(instants, min(len(instants), 20)) for beside in (-1, 1)]
            for audience in case.campaigns.audiences:
                if (audience.level == "user") != isinstance(subject, State):
                    continue
                held = intervals(lambda at, key=audience.key, who=subject: who.member(key, at), instants)  # type: ignore[misc]
                for at in asked:
                    covered = any(start <= at and (end is None or at < end) for start, end in held)
                    assert covered == subject.member(audience.key, at) or at > until, (case, audience.key, at)


def test_goldens_name_their_rules_and_reasons() -> None:
    assert all(len(case.why) > 20 for case in load())
