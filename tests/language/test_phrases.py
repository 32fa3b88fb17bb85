"""Conditions as English, and what they refer to."""

import pytest

from engage_desktop.language import parse, phrase, references

PHRASES = [
    (
        "event('Order Completed').where(property('total') > 50).within(30 days).count() >= 2",
        "performed Order Completed at least 2 times where total is over 50 within 30 days",
    ),
    ("event('Order Completed').count() >= 1", "performed Order Completed"),
    ("NOT event('Order Completed').within(1 day).count() >= 1", "did not perform Order Completed within 1 day"),
    ("event('Order Completed').count() = 0", "did not perform Order Completed"),
    ("NOT event('Order Completed').count() = 0", "performed Order Completed"),
    ("event('A').count() > 1", "performed A more than once"),
    ("event('A').count() = 3", "performed A exactly 3 times"),
    ("NOT event('A').count() >= 3", "did not perform A at least 3 times"),
    ("event('A').count() < 3", "performed A fewer than 3 times"),
    ("event('A').between(30 days, 90 days).count() >= 1", "performed A between 30 and 90 days ago"),
    ("event('A').between(1 day, 1 week).count() >= 1", "performed A between 1 day and 1 week ago"),
    ("audience('lapsed')", "is in audience lapsed"),
    ("NOT audience('lapsed')", "is not in audience lapsed"),
    ("NOT NOT audience('lapsed')", "not (is not in audience lapsed)"),
    ("trait('plan') = 'pro'", "trait plan is pro"),
    ("trait('plan') != 'pro'", "trait plan is known and not pro"),
    ("NOT trait('plan') = 'pro'", "trait plan is not pro"),
    ("trait('plan').one_of('a', 'b', true)", "trait plan is one of a, b or true"),
    ("trait('company.name').absent()", "trait company.name is unknown"),
    ("trait('a') = ''", "trait a is empty text"),
    ("event('A').sum(property('x')) >= 9.50", "the sum of x of A is at least 9.5"),
    ("event('A').unique(property('x')).count() >= 2", "the number of distinct values of x of A is at least 2"),
    ("audience('a') AND audience('b') OR audience('c')", "(is in audience a and is in audience b) or is in audience c"),
    ("NOT (audience('a') OR audience('b'))", "not (is in audience a or is in audience b)"),
    (
        "event('A').where(event('B').where(property('id') = property(parent: 'id')).within(parent: 3 days).count() = 0).count() >= 1",
        "performed A where did not perform B where id is id of the first event within 3 days after it",
    ),
    ("journey('A.x') = context('page.path')", "the journey's A.x is context page.path"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), PHRASES)
def test_phrase(text: str, words: str) -> None:
    assert phrase(parse(text)) == words


def test_references_name_everything_once_in_order() -> None:
    found = references(
        parse(
            "event('B').where(property('x') > trait('avg') AND property('x') < 9 AND "
            "event('A').where(property(parent: 'id') = property('y.z')).count() = 0).sum(property('w')) > 1 "
            "OR audience('k') OR trait('avg') = journey('E.v') OR event('B').where(context('page.path') = '/').count() > 1"
        )
    )
    assert found.events == ("B", "A")
    assert found.traits == ("avg",)
    assert found.audiences == ("k",)
    assert found.properties == {"B": (("w",), ("x",), ("id",)), "A": (("y", "z"),)}
    assert found.journey == ("E.v",)
    assert found.context == ("page.path",)


def test_properties_of_the_event_at_hand_stand_under_the_empty_name() -> None:
    assert references(parse("property('price') >= 20")).properties == {"": (("price",),)}
