"""ANY and ALL over the users of an account (QL-3, AU-26), and how much a definition may hold (QL-1)."""

import pytest

from engage_desktop.domain.condition import And, Compare, InAudience, Literal, Not, Or, Quantified, Reduce, Stream
from engage_desktop.language import QueryError, canonical, check, expression_count, parse, parse_condition, phrase

WAYS = [
    ("ALL NOT event('Signed In').within(30 days).count() >= 1", None, "no user performed Signed In within 30 days"),
    ("any (event('A').count() >= 1)", "ANY event('A').count() >= 1", "at least one user performed A"),
    ("All audience('k')", "ALL audience('k')", "every user is in audience k"),
    ("NOT ANY audience('k')", None, "no user is in audience k"),
    ("NOT ALL audience('k')", None, "not every user is in audience k"),
    ("NOT ANY NOT audience('k')", None, "every user is in audience k"),
    ("NOT ALL NOT audience('k')", None, "at least one user is in audience k"),
    ("ANY NOT audience('k')", None, "at least one user is not in audience k"),
    (
        "ANY (audience('k') AND trait('role') = 'admin')",
        None,
        "at least one user (is in audience k and trait role is admin)",
    ),
    (
        "ALL (audience('k') OR audience('l')) AND trait('tier') = 'gold'",
        None,
        "every user (is in audience k or is in audience l) and trait tier is gold",
    ),
    (
        "trait('tier') = 'gold' AND ANY NOT (audience('k') OR audience('l'))",
        None,
        "trait tier is gold and at least one user not (is in audience k or is in audience l)",
    ),
]


@pytest.mark.parametrize(("text", "printed", "words"), WAYS)
def test_ways_to_speak_of_users(text: str, printed: str | None, words: str) -> None:
    assert canonical(text) == (printed or text)
    assert parse(canonical(text)) == parse(text)
    assert phrase(parse(text)) == words
    check(parse(text), target="accounts")
    check(parse(text), target=None)


def test_any_and_all_bind_like_not() -> None:
    k, g = InAudience("k"), InAudience("g")
    assert parse("ANY audience('k') AND audience('g')") == And((Quantified("any", k), g))
    assert parse("ALL NOT audience('k') OR audience('g')") == Or((Quantified("all", Not(k)), g))
    assert parse("ALL NOT event('A').count() >= 1") == Quantified(
        "all", Not(Compare(Reduce("count", Stream("A")), ">=", (Literal(1),)))
    )
    assert len({parse("ANY audience('k')"), parse("ALL audience('k')"), parse("audience('k')")}) == 3


WRONG = [
    ("ANY", "accounts", 1, "A condition is missing after ANY."),
    ("all and audience('k')", "accounts", 5, "A condition is missing after all."),
    ("audience('k') ANY audience('l')", "accounts", 15, "AND or OR is missing before ANY."),
    ("ANY event('A')", "accounts", 5, "The events must be counted and compared: end with .count() >= 1."),
    ("ANY trait('x')", "accounts", 5, "This value must be compared: end with a comparison such as = 'x' or .exists()."),
    ("trait('x') = ANY audience('k')", "accounts", 14, "A value is missing after =."),
    ("ANY (audience('k') AND ALL audience('l'))", "accounts", 24, "ALL has no meaning inside ANY; take one of them away."),
    ("NOT ANY NOT ANY audience('k')", "accounts", 13, "ANY has no meaning inside ANY; take one of them away."),
    ("event('A').where(ANY audience('k')).count() >= 1", "accounts", 18, "ANY has no meaning inside where(); put it before the whole condition."),
    ("audience('k') AND ALL audience('l')", "users", 19, "ALL asks about the users of an account, and this is about one user; take ALL away."),
    ("event('A').where(any audience('k')).count() >= 1", "users", 18, "ANY asks about the users of an account, and this is about one user; take ANY away."),
    ("NONE audience('k')", "accounts", 1, "Write ALL NOT instead of NONE."),
    ("trait('x') = none", "users", 14, "none is no value; test for it with .absent() or .exists()."),
    ("trait('x') = null", "users", 14, "null is no value; test for it with .absent() or .exists()."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "column", "message"), WRONG)
def test_wrong(text: str, target: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse_condition(text), target=target, text=text)  # type: ignore[arg-type]
    assert (caught.value.line, caught.value.column, str(caught.value)) == (1, column, message)


def test_any_and_all_in_a_row_are_nested_too() -> None:
    with pytest.raises(QueryError, match="nested more than 50 levels"):
        parse("ANY " * 51 + "audience('k')")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("audience('k')", 1),
        ("NOT ANY (audience('k') OR trait('x').exists())", 2),
        ("event('A').where(property('x') = 1 AND event('B').within(1 day).count() = 0).count() >= 1", 3),
        ("trait('x').before_date(2020-01-31) AND trait('x') != 1 AND trait('y') > trait('z')", 3),
        ("event('A').count()", 1),
        ("event('A').where(property('x') = 1).unique(property('y'))", 2),
    ],
)
def test_expressions_are_counted_everywhere(text: str, number: int) -> None:
    """QL-1."""
    assert expression_count(parse(text)) == number
