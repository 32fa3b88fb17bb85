"""What the type checker refuses, where it points, and what it lets pass."""

import pytest

from engage_desktop.domain.condition import Compare, Literal, Trait
from engage_desktop.language import QueryError, check, parse, type_of

REFUSED = [
    ("property('x') = 1", 1, "property() only has a meaning inside where()"),
    ("audience('k') AND context('page.path') = '/'", 19, "context() only has a meaning inside where()"),
    ("event('A').where(property('x') = property(parent: 'x')).count() >= 1", 34, "property(parent: '...') only has"),
    ("audience('k') OR event('A').within(parent: 1 day).count() >= 1", 29, "within(parent: ...) only has a meaning"),
    ("journey('Order Completed.total') > 5", 1, "journey() only has a meaning inside a journey"),
    ("trait('plan') > 'abc'", 17, "> orders numbers only, and 'abc' is no number; compare with = instead."),
    ("trait('plan') <= true", 18, "<= orders numbers only, and true is no number; compare with = instead."),
    (
        "trait('since') < '2020-01-31'",
        18,
        "< orders numbers only, and '2020-01-31' is no number; for dates write .before_date(2020-01-31).",
    ),
    ("'abc' < trait('plan')", 1, "< orders numbers only"),
    ("event('A').where(property('x') >= 'a').count() >= 1", 35, ">= orders numbers only"),
    ("event('A').count() = 'many'", 22, "The other side is a number and can never equal 'many'."),
    ("event('A').sum(property('x')).one_of(1, true)", 41, "The other side is a number and can never equal true."),
    ("event('A').count().contains('1')", 20, "contains() looks into texts"),
    ("5 = 5", 1, "Two constants are compared"),
    ("'a'.exists()", 1, "Two constants are compared"),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED)
def test_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse(text))
    assert str(caught.value).startswith(message)
    assert (caught.value.line, caught.value.column) == (1, column)


def test_the_place_is_one_of_the_text_as_written() -> None:
    text = "( audience('k') )\n and  trait('n')>'abc'"
    with pytest.raises(QueryError) as caught:
        check(parse(text), text=text)
    assert (caught.value.line, caught.value.column) == (2, 18)


def test_a_tree_made_by_hand_is_checked_too() -> None:
    with pytest.raises(QueryError, match="one_of does not take 0 values"):
        check(Compare(Trait(("plan",)), "one_of", ()))
    with pytest.raises(QueryError, match="exists does not take 1 values"):
        check(Compare(Trait(("plan",)), "exists", (Literal(1),)))


@pytest.mark.parametrize(
    "text",
    [
        "trait('n') > '10'",  # fully numeric text, D-40
        "trait('n') > trait('m')",
        "trait('n') = 'true'",
        "event('A').where(property('x') > trait('n')).count() >= 1",
        "event('A').where(event('B').where(property('x') = property(parent: 'x')).within(parent: 1 day).count() = 0).count() >= 1",
        "event('A').count() = '2'",
        "event('A').first(property('x')).starts_with('a')",
        "event('A').unique(property('x')).count() >= 2",
        "event('A').unique(property('x'))",
    ],
)
def test_allowed(text: str) -> None:
    check(parse(text))


def test_where_of_an_entry_reads_the_event_itself() -> None:
    """D-43: its own where has properties, and no parent."""
    check(parse("property('price') >= 20 AND context('page.path') = '/'"), where=True)
    check(parse("event('A').where(property('x') = 1).count() >= 1"), where=True)
    with pytest.raises(QueryError, match=r"within\(parent: ...\) only"):
        check(parse("event('A').within(parent: 1 day).count() >= 1"), where=True)
    with pytest.raises(QueryError, match=r"property\(parent: '...'\) only"):
        check(parse("event('A').where(property(parent: 'x') = 1).count() >= 1"), where=True)


def test_journey_values_are_known_inside_a_journey() -> None:
    """D-20."""
    check(parse("journey('Order Completed.total') > 5"), journey=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("audience('k')", "boolean"),
        ("NOT trait('a').exists()", "boolean"),
        ("trait('a')", "scalar"),
        ("event('A').count()", "scalar"),
        ("event('A').unique(property('x'))", "list"),
        ("event('A').unique(property('x')).count()", "scalar"),
    ],
)
def test_type_of(text: str, kind: str) -> None:
    """QL-2."""
    assert type_of(parse(text)) == kind
