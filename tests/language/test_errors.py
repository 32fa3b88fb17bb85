"""Wrong texts: each gets one sentence, at the place where a person would point."""

import pytest

from engage_desktop.language import QueryError, parse_condition

WRONG = [
    ("", 1, "The query is empty; write a condition such as event('Order Completed').count() >= 1."),
    ("event('A').count() >= ", 20, "A value is missing after >=."),
    ("event('A').count() > 1 trait('a') = 1", 24, "AND or OR is missing before trait."),
    ("(event('A').count() > 1", 1, "This parenthesis is never closed; add the missing )."),
    ("event('A').count() > 1)", 23, "This parenthesis closes nothing; take it away or open one before it."),
    ("event('A'.count() > 1", 6, "This parenthesis is never closed; add the missing )."),
    ("event('A).count() > 1", 7, "This quote is never closed; put ' at the end of the text it opens."),
    ("event(\"A').count() > 1", 7, 'This quote is never closed; put " at the end of the text it opens.'),
    ("event(A).count() > 1", 7, "event() takes the event name in quotes: event('...')."),
    ("event().count() > 1", 1, "event() takes one event name in quotes: event('...')."),
    ("event('').count() > 1", 7, "The event name is empty."),
    ("event('A', 'B').count() > 1", 1, "event() takes one event name in quotes: event('...')."),
    ("event(5).count() > 1", 7, "event() takes the event name in quotes: event('...')."),
    ("event('A')", 1, "The events must be counted and compared: end with .count() >= 1."),
    ("event('A').where(property('x') > 5)", 1, "The events must be counted and compared: end with .count() >= 1."),
    ("event('A') >= 1", 12, "The events must be counted before they are compared: add .count()."),
    ("event('A').cuont() > 1", 12, "There is no function cuont() after event(); did you mean count()?"),
    ("event('A').Count() > 1", 12, "There is no function Count() after event(); did you mean count()?"),
    ("evnt('A').count() > 1", 1, "There is no function evnt(); did you mean event()?"),
    ("count() > 1", 1, "count() follows something; write event('...').count()."),
    ("exists()", 1, "exists() follows something; write trait('...').exists()."),
    ("foo('a') = 1", 1, "There is no function foo(); begin with event('...'), trait('...') or audience('...')."),
    (
        "plan = 'pro'",
        1,
        "plan is no value; write 'plan' for the text, trait('plan') for a trait, property('plan') for an event property.",
    ),
    (
        "trait('plan') = pro",
        17,
        "pro is no value; write 'pro' for the text, trait('pro') for a trait, property('pro') for an event property.",
    ),
    ("trait('plan')", 1, "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."),
    ("trait('plan') = 'pro' AND", 23, "A condition is missing after AND."),
    (
        "AND trait('plan') = 'pro'",
        1,
        "A query cannot begin with AND; begin with event('...'), trait('...') or audience('...').",
    ),
    ("trait('plan') = 'pro' OR AND trait('x') = 1", 26, "A condition is missing after OR."),
    ("NOT", 1, "A condition is missing after NOT."),
    ("trait('plan') = NOT 'pro'", 17, "A value is missing after =."),
    ("trait('plan') = 'pro' NOT trait('x') = 1", 23, "AND or OR is missing before NOT."),
    (
        "trait('plan') = 'pro', trait('x') = 1",
        22,
        "A comma only separates the values of a function; join conditions with AND or OR.",
    ),
    (
        "trait('a') = trait('b') = trait('c')",
        25,
        "Only two values can be compared at a time; join comparisons with AND or OR.",
    ),
    (
        "trait('plan').count() > 1",
        15,
        "count() works on events, not on a trait; compare its value, or write event('...').count().",
    ),
    (
        "trait('plan').within(3 days) = 1",
        15,
        "within() works on events; for a date write within_last(...) or within_next(...).",
    ),
    (
        "trait('plan').sum(property('x')) > 1",
        15,
        "sum() works on events, not on a trait; compare its value, or write event('...').sum(...).",
    ),
    ("trait('plan').equals()", 15, "equals() takes one value."),
    ("trait('plan').equals('a', 'b')", 15, "equals() takes one value."),
    ("trait('plan').one_of()", 15, "one_of() takes one or more values."),
    ("trait('plan').exists('a')", 22, "exists() takes nothing between its parentheses."),
    ("trait('plan').exists", 15, "exists is a function; write it with parentheses: exists()."),
    ("trait('plan').", 14, "A function such as count() is missing after the point."),
    ("trait('plan').contians('a')", 15, "There is no comparison contians(); did you mean contains()?"),
    (
        "trait('plan').one_of(trait('x'))",
        22,
        "one_of() takes constants only: numbers, texts in quotes, dates, true or false.",
    ),
    ("trait('plan').one_of('a' 'b')", 26, "A comma is missing before 'b'."),
    (
        "trait('plan').one_of('a',)",
        25,
        "After this comma a further value is missing; take the comma away or add the value.",
    ),
    ("trait('plan').starts_with('a', 'b')", 15, "starts_with() takes one value."),
    (
        "trait('plan').equals('a').count()",
        27,
        "The comparison is finished, so count() cannot follow it; join conditions with AND or OR.",
    ),
    (
        "trait('a..b') = 1",
        7,
        "A point in a name separates nested names, and one of them is empty; write \\. for a real point.",
    ),
    (
        "trait('a.') = 1",
        7,
        "A point in a name separates nested names, and one of them is empty; write \\. for a real point.",
    ),
    ("trait('a\\nb') = 1", 7, "\\n is no escape; only \\' and \\\\ are, so write \\\\ for one backslash."),
    ("trait('plan') => 1", 15, "Write >= instead of =>."),
    ("trait('plan') <> 'pro'", 15, "Write != instead of <>."),
    ("trait('plan') === 'pro'", 15, "Write = instead of ===."),
    ("trait('a') = 1 && trait('b') = 2", 16, "Write AND instead of &&."),
    ("trait('a') = 1 || trait('b') = 2", 16, "Write OR instead of ||."),
    ("!trait('a').exists()", 1, "Write NOT instead of !."),
    ("trait(‘plan’) = 'pro'", 7, "Use straight quotes ' or \" instead of ‘."),
    ("trait('plan') = 1e999", 17, "This number is too large."),
    ("trait('plan') = é", 17, "'é' means nothing here; texts and names go in single quotes."),
    (
        "event('A').within(3).count() > 1",
        19,
        "The unit is missing; write 3 days, or another of seconds, minutes, hours, weeks.",
    ),
    ("event('A').within('3 days').count() > 1", 19, "within() takes a duration without quotes, such as 30 days."),
    ("event('A').within(3 dyas).count() > 1", 21, "dyas is no unit; did you mean days?"),
    ("event('A').within(3d).count() > 1", 20, "Write the unit out: 3 days."),
    (
        "event('A').within(2 months).count() > 1",
        21,
        "A month has no fixed length; write days or weeks, such as 30 days.",
    ),
    ("event('A').within(1 year).count() > 1", 21, "A year has no fixed length; write days or weeks, such as 365 days."),
    (
        "event('A').within(1.5 days).count() > 1",
        19,
        "A duration is a whole number of seconds, minutes, hours, days or weeks.",
    ),
    (
        "event('A').within(-1 days).count() > 1",
        19,
        "A duration is a whole number of seconds, minutes, hours, days or weeks.",
    ),
    ("event('A').within(0 days).count() > 1", 19, "within() needs a duration longer than nothing."),
    ("event('A').within().count() > 1", 12, "within() takes one duration: within(30 days)."),
    ("event('A').within(days).count() > 1", 19, "within() takes a duration such as 30 days."),
    ("event('A').within(1 day, 2 days).count() > 1", 12, "within() takes one duration: within(30 days)."),
    (
        "event('A').within(99999999999 weeks).count() > 1",
        19,
        "This duration is longer than any log; write a shorter one.",
    ),
    ("event('A').within(since: 3 days).count() > 1", 19, "There is no since: here; write parent:."),
    (
        "event('A').between(3 days).count() > 1",
        12,
        "between() takes two durations, the shorter one first: between(30 days, 90 days).",
    ),
    (
        "event('A').between(90 days, 30 days).count() > 1",
        20,
        "between() takes the shorter duration first: between(30 days, 90 days).",
    ),
    (
        "event('A').between(30 days, 30 days).count() > 1",
        20,
        "between() takes the shorter duration first: between(30 days, 90 days).",
    ),
    (
        "event('A').between(3 days, parent: 4 days).count() > 1",
        28,
        "parent: has no place here; between() knows parent: before the first duration only.",
    ),
    ("event('A').between(since: 3 days, 4 days).count() > 1", 20, "There is no since: here; write parent:."),
    ("event('A').count(property('x')) > 1", 18, "count() takes nothing between its parentheses."),
    ("event('A').count().within(3 days) > 1", 20, "within() must stand before count()."),
    ("event('A').count().count() > 1", 20, "count() cannot follow count(); compare its value."),
    ("event('A').sum() > 1", 12, "sum() takes one property: sum(property('...'))."),
    ("event('A').sum('x') > 1", 16, "sum() takes a property: sum(property('...'))."),
    ("event('A').sum(trait('x')) > 1", 16, "sum() takes a property: sum(property('...'))."),
    ("event('A').sum(property(parent: 'x')) > 1", 16, "sum() takes a property of its own events, without parent:."),
    ("event('A').sum(property('x') as number) > 1", 33, "as number has no meaning in sum(); take it away."),
    (
        "event('A').max(property('x') as date) > 1",
        33,
        "There is no as date in max(); it knows as number and as string.",
    ),
    (
        "event('A').unique(property('x')) > 1",
        34,
        "unique() gives a list, of which only the length can be compared: add .count().",
    ),
    ("event('A').unique(property('x')).exists()", 34, "Only count() can follow unique(); write .count()."),
    ("event('A').mode(property('x'), 0) = 'a'", 32, "The least frequency of mode() is a whole number from 1."),
    ("event('A').where().count() > 1", 12, "where() takes one condition; join several with AND or OR."),
    (
        "event('A').where(property('x')).count() > 1",
        18,
        "This value must be compared: end with a comparison such as = 'x' or .exists().",
    ),
    (
        "event('A').where(property('x') > 5, property('y') > 6).count() > 1",
        12,
        "where() takes one condition; join several with AND or OR.",
    ),
    (
        "event('A').where(event('B')).count() > 1",
        18,
        "The events must be counted and compared: end with .count() >= 1.",
    ),
    ("event('A').where(true).count() > 1", 18, "A constant alone is no condition; compare it with something."),
    (
        "event('A').contains('x')",
        12,
        "The events must be counted before they are compared: write .count().contains(...).",
    ),
    ("(5 days) = trait('x')", 2, "A duration only stands inside a function such as within() or within_last()."),
    ("event('A').within('soon' days).count() > 1", 26, "AND or OR is missing before days."),
    ("trait('x') = 5 days", 14, "A duration only stands inside a function such as within() or within_last()."),
    ("trait('x') = property(child: 'y')", 23, "There is no child: here; write parent:."),
    ("trait(parent: 'x') = 1", 7, "trait() takes the trait name in quotes: trait('...')."),
    ("(trait('a') = 1) = 2", 1, "A condition is no value to compare; join conditions with AND or OR."),
    (
        "(trait('a') = 1).count()",
        18,
        "The comparison is finished, so count() cannot follow it; join conditions with AND or OR.",
    ),
    ("trait('a') = (trait('b') = 1)", 14, "A condition is no value to compare; join conditions with AND or OR."),
    ("trait('a') 'pro'", 12, "A comparison such as = is missing before 'pro'."),
    ("trait('a') = {}", 14, "Braces only stand in sources({exclude: ['...']}); texts and names go in single quotes."),
    (
        "trait('a') = [1, 2]",
        14,
        "A list in brackets only stands in sources({exclude: [...]}); compare with several values by .one_of(1, 2).",
    ),
    ("trait('a') = 1;", 15, "; is out of place here; take it away."),
    ("()", 1, "There is nothing between these parentheses; write a condition there, or take them away."),
    ("audience('a') = true", 1, "A condition is no value to compare; join conditions with AND or OR."),
    ("audience(a)", 10, "audience() takes the audience key in quotes: audience('...')."),
    ("literal() = 1", 1, "literal() takes one number, text in quotes, date, true or false."),
    ("true", 1, "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."),
    ("5", 1, "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."),
    ("'text'", 1, "This is a value, not a condition; end with a comparison such as >= 1, = 'x' or .exists()."),
    ("trait('a') = 1 as number", 16, "as may only stand inside max(), min() and mode()."),
    ("trait 'a' = 1", 1, "trait is a function; write it with parentheses: trait(...)."),
    ("event 'A'", 1, "event is a function; write it with parentheses: event(...)."),
    ("event('A').where(property('x') = 1.count() > 1", 17, "This parenthesis is never closed; add the missing )."),
    (
        "event('A').count() >= 1 AND (trait('a') = 1 OR trait('b') = 2",
        29,
        "This parenthesis is never closed; add the missing ).",
    ),
    (
        "entity('loans').count() > 1",
        1,
        "entity() is part of the query language, but this version does not know it yet.",
    ),
]


@pytest.mark.parametrize(("text", "column", "message"), WRONG, ids=[text or "empty" for text, _, _ in WRONG])
def test_wrong_text(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_condition(text)
    assert (caught.value.line, caught.value.column, str(caught.value)) == (1, column, message)


def test_a_fault_on_a_later_line_names_that_line() -> None:
    text = "trait('plan') = 'pro'\n  AND event('A').within(3 dyas).count() >= 1"
    with pytest.raises(QueryError) as caught:
        parse_condition(text)
    assert (caught.value.line, caught.value.column) == (2, 27)
    assert caught.value.caret(text) == ("  AND event('A').within(3 dyas).count() >= 1\n" + " " * 26 + "^")


def test_a_text_over_several_lines_counts_columns_from_the_last_break() -> None:
    text = "trait('two\nlines') = 1 OR"
    with pytest.raises(QueryError) as caught:
        parse_condition(text)
    assert (caught.value.line, caught.value.column) == (2, 13)


def test_a_tab_before_the_fault_is_one_column_in_the_caret_line() -> None:
    text = "\ttrait('a') ="
    with pytest.raises(QueryError) as caught:
        parse_condition(text)
    assert caught.value.caret(text) == " trait('a') =\n            ^"


def test_an_error_is_raised_anew_each_time_though_the_parse_is_cached() -> None:
    caught = []
    for _ in range(2):
        with pytest.raises(QueryError) as error:
            parse_condition("trait('a') = ")
        caught.append(error.value)
    assert caught[0] is not caught[1]


@pytest.mark.parametrize(
    "text", ["(" * 51 + "trait('a') = 1" + ")" * 51, "NOT " * 51 + "trait('a') = 1", "NOT (" * 30 + "x"]
)
def test_nesting_has_a_limit(text: str) -> None:
    with pytest.raises(QueryError, match="nested more than 50 levels"):
        parse_condition(text)


def test_the_longest_text_is_refused_by_its_length() -> None:
    with pytest.raises(QueryError, match="at most 100000 are read"):
        parse_condition("trait('a') = 1 OR " * 6000)
