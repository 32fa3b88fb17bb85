"""Filters, windows and reducers of events: sources, sessions, parents, lists, casts (5.2, CT-*)."""

import pytest

from engage_desktop.domain.condition import Duration, Literal, Property, Reduce, Stream, Window
from engage_desktop.language import QueryError, canonical, check, parse, parse_condition, phrase, references

WAYS = [
    ("event('A').sources({exclude: ['web']}).count()", None),
    ('event("A").sources( { "exclude" : [ "web" , \'ios\', "web" ] } ).count()', "event('A').sources({exclude: ['web', 'ios']}).count()"),
    ("event('A').sources({exclude: ['a']}).sources({exclude: ['b', 'a']}).count()", "event('A').sources({exclude: ['a', 'b']}).count()"),
    (
        "event('A').within(1 day).sources({exclude: ['a']}).where(property('x') = 1).count()",
        "event('A').where(property('x') = 1).sources({exclude: ['a']}).within(1 day).count()",
    ),
    ("event('A').expires_after(30 minutes).where(property('x') = 1).count()", "event('A').where(property('x') = 1).expires_after(30 minutes).count()"),
    ("event('A').expires_after(45 seconds).last(property('x'))", None),
    ("event('A').between(parent: 0 days, 3 days).count()", None),
    ("event('A').between(parent: 1 days,3 days).count()", "event('A').between(parent: 1 day, 3 days).count()"),
    ("event('A').max(property('x') as string)", None),
    ("event('A').max(property('x') as number)", "event('A').max(property('x'))"),
    ("event('A').min(property('x') AS string)", "event('A').min(property('x') as string)"),
    ("event('A').mode(property('x') as string, 2)", "event('A').mode(property('x'))"),
    ("event('A').mode(property('lines.$.sku') as array, 3)", None),
    ("event('A').mode(property('x') as number)", None),
    ("event('A').mode(property('x'), 1)", None),
    ("event('A').sum(context('page.depth'))", None),
    ("event('A').unique(context('campaign.source')).count()", None),
    ("event('A').unique(property('lines.$.sku'))", None),
    ("event('A').first(property('lines.$.$.sku'))", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed"), WAYS)
def test_chains_print_in_one_form(text: str, printed: str | None) -> None:
    assert canonical(text) == (printed or text)
    assert parse(canonical(text)) == parse(text)


def test_what_chains_mean() -> None:
    assert parse("event('A').sources({exclude: ['a']}).expires_after(1 hour).count()") == Reduce(
        "count", Stream("A", exclude=("a",), session=Duration(1, "hour"))
    )
    assert parse("event('A').between(parent: 1 day, 3 days).count()") == Reduce(
        "count", Stream("A", windows=(Window(Duration(1, "day"), Duration(3, "day"), parent=True),))
    )
    assert parse("event('A').max(property('x') as string)") == Reduce("max", Stream("A"), ("x",), cast="string")
    assert parse("event('A').mode(context('x') as array, 3)") == Reduce("mode", Stream("A"), ("x",), True, "array", 3)
    assert parse("property('lines.$.sku')") == Property(("lines", "$", "sku"))


DIFFERENT = [
    ("event('A').count()", "event('A').sources({exclude: ['a']}).count()"),
    ("event('A').count()", "event('A').expires_after(1 hour).count()"),
    ("event('A').within(1 hour).count()", "event('A').expires_after(1 hour).count()"),
    ("event('A').max(property('x'))", "event('A').max(property('x') as string)"),
    ("event('A').max(property('x'))", "event('A').max(context('x'))"),
    ("event('A').mode(property('x'))", "event('A').mode(property('x'), 3)"),
    ("event('A').mode(property('x'))", "event('A').mode(property('x') as number)"),
    ("event('A').between(1 day, 3 days).count()", "event('A').between(parent: 1 day, 3 days).count()"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_meanings_are_different_trees(one: str, other: str) -> None:
    """Trees are cache keys."""
    assert parse(one) != parse(other)
    assert hash(parse(one)) != hash(parse(other))


PHRASES = [
    ("event('A').sources({exclude: ['web', 'ios']}).count() >= 1", "performed A not from source web or ios"),
    ("event('A').sources({exclude: [' ']}).count() >= 1", "performed A not from source empty text"),
    ("event('A').expires_after(30 minutes).count()", "the number of A in the latest session (ended by 30 minutes without one)"),
    ("event('A').max(property('x') as string)", "the alphabetically last x of A"),
    ("event('A').min(context('x') as string)", "the alphabetically first context x of A"),
    ("event('A').mode(property('x'), 3)", "the most frequent x, seen at least 3 times, of A"),
    ("event('A').mode(property('x'), 1)", "the most frequent x, seen at least once, of A"),
    ("event('A').mode(property('x') as array)", "the most frequent x as a whole list of A"),
    ("event('A').mode(property('x') as number, 4)", "the most frequent x as a number, seen at least 4 times, of A"),
    ("event('A').where(event('B').between(parent: 1 day, 3 days).count() = 0).count() >= 1", "performed A where did not perform B between 1 and 3 days after it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), PHRASES)
def test_phrase(text: str, words: str) -> None:
    assert phrase(parse(text)) == words


def test_references_name_context_fields_and_sources() -> None:
    found = references(parse("event('A').sources({exclude: ['web', 'ios']}).first(context('page.path')) = 'x'"))
    assert found.context == ("page.path",)
    assert found.properties == {}
    assert found.sources == ("web", "ios")


SAYS_SOURCES = "Write what to leave out as sources({exclude: ['...']})."
WRONG = [
    ("event('A').sources().count() > 1", 12, SAYS_SOURCES),
    ("event('A').sources('web').count() > 1", 20, SAYS_SOURCES),
    ("event('A').sources(['web']).count() > 1", 20, SAYS_SOURCES),
    ("event('A').sources(exclude: ['web']).count() > 1", 29, SAYS_SOURCES),
    ("event('A').sources({}).count() > 1", 20, SAYS_SOURCES),
    ("event('A').sources({exclude}).count() > 1", 28, SAYS_SOURCES),
    ("event('A').sources({exclude: }).count() > 1", 28, "A value is missing after exclude:."),
    ("event('A').sources({exclude: 'web'}).count() > 1", 30, "The sources go in brackets: {exclude: ['...', '...']}."),
    ("event('A').sources({exclude: []}).count() > 1", 30, "No source is named; write {exclude: ['...']}, or take sources() away."),
    ("event('A').sources({exclude: ['']}).count() > 1", 31, "The name of the source is empty."),
    ("event('A').sources({exclude: [web]}).count() > 1", 31, "Name a source in quotes: {exclude: ['...']}."),
    ("event('A').sources({exclude: [5]}).count() > 1", 31, "Name a source in quotes: {exclude: ['...']}."),
    ("event('A').sources({exclude: ['a' 'b']}).count() > 1", 35, "A comma is missing before 'b'."),
    ("event('A').sources({exclude: ['a', ]}).count() > 1", 34, "After this comma a further value is missing; take the comma away or add the value."),
    ("event('A').sources({include: ['web']}).count() > 1", 21, "There is no include: here; sources() only knows exclude:."),
    ("event('A').sources({exclude: ['a'], exclude: ['b']}).count() > 1", 37, "sources() takes exclude: once, with all sources in one list."),
    ("event('A').sources({exclude: ['a'}).count() > 1", 34, "Something else is still open here; put ] before this }."),
    ("event('A').sources({exclude: ['a']).count() > 1", 35, "Something else is still open here; put } before this )."),
    ("event('A').sources({exclude: ['a']}.count() > 1", 19, "This parenthesis is never closed; add the missing )."),
    ("event('A').sources({exclude: ['a'", 30, "This bracket is never closed; add the missing ]."),
    ("event('A').sources({exclude: ['a']", 20, "This brace is never closed; add the missing }."),
    ("event('A').count() > 1]", 23, "This bracket closes nothing; take it away or open one before it."),
    ("event('A').count().sources({exclude: ['a']}) > 1", 20, "sources() must stand before count()."),
    ("trait('x').sources({exclude: ['a']}) = 1", 12, "sources() works on events, not on a trait; compare its value, or write event('...').sources(...)."),
    ("event('A').where({exclude: ['a']}).count() > 1", 18, "Braces only stand in sources({exclude: ['...']}); texts and names go in single quotes."),
    ("trait('x').one_of(['a', 'b'])", 19, "A list in brackets only stands in sources({exclude: [...]}); compare with several values by .one_of(1, 2)."),
    ("event('A').exclude('web').count() > 1", 12, "There is no function exclude() after event(); did you mean sources()?"),
    ("event('A').expires_after().count()", 12, "expires_after() takes one duration: expires_after(30 minutes)."),
    ("event('A').expires_after(30).count()", 26, "The unit is missing; write 30 days, or another of seconds, minutes, hours, weeks."),
    ("event('A').expires_after(0 minutes).count()", 26, "expires_after() needs a duration longer than nothing."),
    ("event('A').expires_after(1 hour).expires_after(2 hours).count()", 34, "A chain has one session; take one of the two expires_after() away."),
    ("event('A').expires_after(1 hour).within(3 days).count()", 12, "A session has no further window; take expires_after(), or within() and between(), away."),
    ("event('A').expires_after(1 hour).count() >= 1", 12, "expires_after() only has a meaning in a computed trait; make one and compare trait('...') with it."),
    ("event('A').where(event('B').expires_after(1 hour).count() > 0).count()", 29, "expires_after() has no meaning inside where(); write within(...) there."),
    ("event('A').between(parent: 1 day, 3 days).count() > 1", 12, "between(parent: ...) only has a meaning for an event() inside the where() of another event()."),
    ("event('A').where(event('B').between(parent: 3 days, 1 day).count() > 0).count() > 1", 45, "between() takes the shorter duration first: between(30 days, 90 days)."),
    ("event('A').where(event('B').within(parent: 1 day, 2 days).count() > 0).count() > 1", 29, "within() takes one duration: within(30 days)."),
    ("trait('lines.$.sku') = 'x'", 7, "$ only looks into the lists of event properties; compare trait('lines') itself, such as by .contains('...')."),
    ("event('A').where(context('a.$') = 'x').count() > 1", 26, "$ only looks into the lists of event properties; compare context('a') itself, such as by .contains('...')."),
    ("trait('$') = 'x'", 7, "$ only looks into the lists of event properties, not into this."),
    ("event('A').where(property('$.sku') = 'x').count() > 1", 27, "$ stands after the name of a list, such as 'lines.$.sku'."),
    ("journey('A.lines.$.sku') = 'x'", 9, "journey() reads one value, and $ stands for many; name one value."),
    ("event('A').sum(property('x') as number)", 33, "as number has no meaning in sum(); take it away."),
    ("event('A').max(property('x') as array)", 33, "There is no as array in max(); it knows as number and as string."),
    ("event('A').mode(property('x') as text)", 34, "There is no as text in mode(); it knows as string, as number and as array."),
    ("event('A').mode(property('x'), 1.5)", 32, "The least frequency of mode() is a whole number from 1."),
    ("event('A').mode(property('x'), 'two')", 32, "The least frequency of mode() is a whole number from 1."),
    ("event('A').mode(property('x'), 2, 3)", 12, "mode() takes one property: mode(property('...'))."),
    ("event('A').max(property('x'), 2)", 12, "max() takes one property: max(property('...'))."),
    ("event('A').max(property('x')) = 'late'", 33, "The other side is a number and can never equal 'late'."),
    ("event('A').mode(property('x') as number).starts_with('a')", 42, "starts_with() looks into texts, and the left side is a number; use = or >= instead."),
    ("event('A').sum(journey('x')) > 1", 16, "sum() takes a property: sum(property('...'))."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "message"), WRONG)
def test_wrong_chains(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse(text), journey=True, text=text)
    assert (caught.value.line, caught.value.column, str(caught.value)) == (1, column, message)


@pytest.mark.parametrize(
    "text",
    [
        "event('A').expires_after(1 hour).count()",
        "event('A').sources({exclude: ['a']}).unique(property('x'))",
        "event('A').max(property('x') as string)",
        "event('A').where(property('x') > trait('n') AND event('B').between(parent: 1 day, 2 days).count() = 0).sum(property('y'))",
    ],
)
def test_a_computed_trait_ends_in_a_value(text: str) -> None:
    """QL-2."""
    check(parse(text), trait=True)
    check(parse(text))
    with pytest.raises(QueryError, match=r"expires_after\(\) only|This is a value, not a condition"):
        check(parse(text), trait=False)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("event('A').count() >= 1", 20, "A computed trait ends in a value"),
        ("trait('x').before_date(2020-01-31)", 12, "A computed trait ends in a value"),
        ("trait('a') = 1 AND NOT event('A').count() >= 1", 1, "A computed trait ends in a value"),
        ("event('A').expires_after(1 hour).count() >= 1", 42, "A computed trait ends in a value"),
        ("trait('x')", 1, "A computed trait is made of events"),
        ("5", 1, "A computed trait is made of events"),
        ("property('x')", 1, "property() only has a meaning inside where()"),
    ],
)
def test_a_computed_trait_ends_in_nothing_else(text: str, column: int, words: str) -> None:
    """QL-2."""
    with pytest.raises(QueryError) as caught:
        check(parse(text), trait=True, text=text)
    assert str(caught.value).startswith(words)
    assert caught.value.column == column


def test_an_audience_ends_in_a_condition() -> None:
    """QL-2."""
    check(parse("event('A').count() >= 1"), trait=False)
    with pytest.raises(QueryError, match="This is a value, not a condition"):
        check(parse("event('A').count()"), trait=False)


def test_text_results_may_be_compared_with_texts() -> None:
    for text in (
        "event('A').max(property('x') as string) = 'late'",
        "event('A').mode(property('x')).starts_with('a')",
        "event('A').mode(property('x') as array).contains('a')",
    ):
        check(parse_condition(text))
    assert parse("event('A').mode(property('x')) = 'a'").values == (Literal("a"),)  # type: ignore[union-attr]
