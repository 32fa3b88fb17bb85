"""Dates: literals, the six operators of AU-8, and what is no date (D-42, D-53)."""

import pytest

from engage_desktop.domain.condition import Compare, CompareDate, Duration, Instant, Literal, Reduce, Stream, Trait
from engage_desktop.language import QueryError, canonical, check, parse, parse_condition, phrase, to_text

JAN_31_US = 1_580_428_800_000_000
LITERALS = [
    ("2020-01-31", JAN_31_US, "2020-01-31"),
    ("2020-01-31T00:00:00Z", JAN_31_US, "2020-01-31"),
    ("2020-01-31T01:00+01:00", JAN_31_US, "2020-01-31"),
    ("2020-01-31t09:30:00z", JAN_31_US + 34_200_000_000, "2020-01-31T09:30:00Z"),
    ("2020-01-31T09:30:00.250Z", JAN_31_US + 34_200_250_000, "2020-01-31T09:30:00.25Z"),
    ("2020-01-30T23:59:59.999999Z", JAN_31_US - 1, "2020-01-30T23:59:59.999999Z"),
    ("2020-01-31T09:30-0530", JAN_31_US + 54_000_000_000, "2020-01-31T15:00:00Z"),
    ("2020-02-29", JAN_31_US + 29 * 86_400_000_000, "2020-02-29"),
    ("0001-01-01", -62_135_596_800_000_000, "0001-01-01"),
    ("9999-12-31", 253_402_214_400_000_000, "9999-12-31"),
]


@pytest.mark.parametrize(("text", "us", "printed"), LITERALS)
def test_a_date_is_its_midnight_in_utc(text: str, us: int, printed: str) -> None:
    """D-42: one node for a date and an instant, so that equal meanings share a cache entry."""
    assert parse(f"trait('x') = {text}") == Compare(Trait(("x",)), "=", (Instant(us),))
    assert canonical(f"trait('x') = {text}") == f"trait('x') = {printed}"


def test_a_date_may_be_marked_as_a_literal() -> None:
    assert canonical("literal(2020-01-31) = trait('x')") == "2020-01-31 = trait('x')"


def test_a_date_in_quotes_is_text_beside_a_symbol_and_a_date_in_a_date_operator() -> None:
    """D-53: `=` on date literals compares instants, on texts the texts."""
    assert parse("trait('x') = '2020-01-31'") == Compare(Trait(("x",)), "=", (Literal("2020-01-31"),))
    assert parse("trait('x') = '2020-01-31'") != parse("trait('x') = 2020-01-31")
    assert canonical("trait('x').after_date('2020-01-31')") == "trait('x').after_date(2020-01-31)"


OPERATORS = [
    ("before_date(2020-01-31)", Instant(JAN_31_US), "trait x is at or before 2020-01-31"),
    ("after_date(2020-01-31T09:30:00Z)", Instant(JAN_31_US + 34_200_000_000), "trait x is at or after 2020-01-31 09:30 UTC"),
    ("within_last(3 days)", Duration(3, "day"), "trait x is within the last 3 days"),
    ("within_next(1 hour)", Duration(1, "hour"), "trait x is within the next 1 hour"),
    ("before_last(2 weeks)", Duration(2, "week"), "trait x is 2 weeks ago or earlier"),
    ("after_next(90 minutes)", Duration(90, "minute"), "trait x is 90 minutes from now or later"),
    ("before_last(0 days)", Duration(0, "day"), "trait x is now or earlier"),
    ("after_next(0 days)", Duration(0, "day"), "trait x is now or later"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "value", "words"), OPERATORS)
def test_date_operators(call: str, value: Instant | Duration, words: str) -> None:
    """AU-8; inclusive, as the words say."""
    text = f"trait('x').{call}"
    tree = parse(text)
    assert tree == CompareDate(Trait(("x",)), call.partition("(")[0], value)  # type: ignore[arg-type]
    assert to_text(tree) == text
    assert phrase(tree) == words
    assert phrase(parse(f"NOT {text}")) == words.replace(" is ", " is not ", 1)
    check(tree)


WRONG = [
    ("trait('x') = 2020-02-30", 14, "The calendar has no day 2020-02-30; write a date such as 2020-01-31."),
    ("trait('x') = 2020-13-01", 14, "The calendar has no day 2020-13-01; write a date such as 2020-01-31."),
    ("trait('x') = 2020-1-31", 14, "Write a date as year-month-day, all digits: 2020-01-31."),
    ("trait('x') = 31/01/2020", 14, "Write a date as year-month-day, all digits: 2020-01-31."),
    ("trait('x') = 31.1.2020", 14, "Write a date as year-month-day, all digits: 2020-01-31."),
    ("trait('x') = 2020-01-31T09:30", 14, "The zone is missing; add Z for UTC, 2020-01-31T09:30Z, or an offset such as +01:00."),
    ("trait('x') = 2020-01-31T25:00Z", 14, "2020-01-31T25:00Z is no instant; write date, T, time and zone such as 2020-01-31T09:00:00Z."),
    ("trait('x') = 2020-01-31T9Z", 14, "2020-01-31T9Z is no instant; write date, T, time and zone such as 2020-01-31T09:00:00Z."),
    ("trait('x') = 2020-01-31 09:30Z", 25, "Between date and time stands a T, and a zone ends it: 2020-01-31T09:00:00Z."),
    ("trait('x') 2020-01-31", 12, "A comparison such as = is missing before 2020-01-31."),
    ("2020-01-31", 1, "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."),
    ("trait('x').before_date()", 12, "before_date() takes one date: before_date(2020-01-31)."),
    ("trait('x').before_date('soon')", 24, "'soon' is no date; write one such as 2020-01-31, or 2020-01-31T09:00:00Z."),
    ("trait('x').before_date('2020-01-31T09:30')", 24, "The zone is missing; add Z for UTC, 2020-01-31T09:30Z, or an offset such as +01:00."),
    ("trait('x').before_date(2020)", 24, "before_date() takes a date such as 2020-01-31, or an instant 2020-01-31T09:00:00Z."),
    ("trait('x').before_date(trait('y'))", 24, "before_date() takes a date such as 2020-01-31, or an instant 2020-01-31T09:00:00Z."),
    ("trait('x').before_date(3 days)", 24, "before_date() takes a date such as 2020-01-31; for a duration write before_last(...)."),
    ("trait('x').after_date(3 days)", 23, "after_date() takes a date such as 2020-01-31; for a duration write within_last(...)."),
    ("trait('x').before_date(2020-01-31, 2020-02-01)", 12, "before_date() takes one date: before_date(2020-01-31)."),
    ("trait('x').within_last()", 12, "within_last() takes one duration: within_last(30 days)."),
    ("trait('x').within_last(10)", 24, "The unit is missing; write 10 days, or another of seconds, minutes, hours, weeks."),
    ("trait('x').within_last('10 days')", 24, "within_last() takes a duration without quotes, such as 30 days."),
    ("trait('x').within_last(2020-01-31)", 24, "within_last() takes a duration such as 30 days."),
    ("trait('x').within_last(0 days)", 24, "within_last() needs a duration longer than nothing."),
    ("trait('x').within_next(0 days)", 24, "within_next() needs a duration longer than nothing."),
    ("trait('x').before(2020-01-31)", 12, "There is no comparison before(); did you mean before_date()?"),
    ("event('A').within_last(3 days)", 12, "within_last() compares a date, and events are none; for recent events write within(...)."),
    ("trait('x').one_of(2020-01-31, 2020-02-31)", 31, "The calendar has no day 2020-02-31; write a date such as 2020-01-31."),
    ("trait('x').before_date(2020-01-31).count()", 36, "The comparison is finished, so count() cannot follow it; join conditions with AND or OR."),
    ("trait('x') < 2020-01-31", 14, "< orders numbers only, and 2020-01-31 is no number; for dates write .before_date(2020-01-31)."),
    ("trait('x') >= 2020-01-31", 15, ">= orders numbers only, and 2020-01-31 is no number; for dates write .after_date(2020-01-31)."),
    ("2020-01-31 < trait('x')", 1, "< orders numbers only, and 2020-01-31 is no number; for dates write .after_date(2020-01-31)."),
    ("trait('x') > '2020-02-30'", 14, "> orders numbers only, and '2020-02-30' is no number; for dates write .after_date(2020-01-31)."),
    ("trait('x').contains(2020-01-31)", 21, "contains() looks into texts, and a date is none; put it in quotes."),
    ("event('A').count() = 2020-01-31", 22, "The other side is a number and can never equal 2020-01-31."),
    ("event('A').count().before_date(2020-01-31)", 20, "before_date() compares a date, and the left side is a number; use first() or last() of a date."),
    ("event('A').unique(property('x')).before_date(2020-01-31)", 34, "Only count() can follow unique(); write .count()."),
    ("'a'.before_date(2020-01-31)", 1, "Two constants are compared; put a trait, a property or events on one side."),
    ("2020-01-31.within_last(3 days)", 1, "Two constants are compared; put a trait, a property or events on one side."),
    ("2020-01-31 = '2020-01-31'", 1, "Two constants are compared; put a trait, a property or events on one side."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "message"), WRONG)
def test_wrong_dates(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse_condition(text), text=text)
    assert (caught.value.line, caught.value.column, str(caught.value)) == (1, column, message)


def test_a_tree_made_by_hand_is_checked_too() -> None:
    trait = Trait(("x",))
    with pytest.raises(QueryError, match="before_date\\(\\) takes a date"):
        check(CompareDate(trait, "before_date", Duration(1, "day")))
    with pytest.raises(QueryError, match="within_last\\(\\) takes a duration"):
        check(CompareDate(trait, "within_last", Instant(0)))
    with pytest.raises(QueryError, match="unique\\(\\) gives a list"):
        check(CompareDate(Reduce("unique", Stream("A"), ("x",)), "before_date", Instant(0)))


@pytest.mark.parametrize(
    "text",
    [
        "event('A').where(property('due').within_next(10 days)).count() >= 1",
        "event('A').last(property('due')).before_last(1 week)",
        "event('A').first(property('due')) = 2020-01-31",
        "trait('x').one_of(2020-01-31, 2020-02-01)",
        "trait('x') != 2020-01-31",
    ],
)
def test_dates_may_be_anywhere_a_value_is(text: str) -> None:
    check(parse(text))
    assert canonical(text) == text
