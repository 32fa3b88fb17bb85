"""The re-expressed examples of the engine reference (5.3) in canonical print (D-44)."""

import pytest

from engage_desktop.language import canonical, check, parse, to_text, type_of

EXAMPLES = [
    ("event('Plan Upgraded').where(property('amount') >= 50).within(14 days).count() >= 1", None, "boolean"),
    (
        "event('Plan Upgraded').where(property('amount') > trait('avg_amount') AND "
        "event('Plan Cancelled').within(parent: 3 days).count() >= 1).within(60 days).count() >= 1",
        None,
        "boolean",
    ),
    (
        "event('Cart Viewed').where(NOT (event('Order Completed').where(property('cart_id') = "
        "property(parent: 'cart_id')).within(parent: 1 day).count() >= 1)).within(7 days).count() >= 1",
        "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = "
        "property(parent: 'cart_id')).within(parent: 1 day).count() >= 1).within(7 days).count() >= 1",
        "boolean",
    ),
    (
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT (event('App Opened').within(30 days).count() >= 1)",
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT event('App Opened').within(30 days).count() >= 1",
        "boolean",
    ),
    ("event('Product Viewed').within(90 days).unique(property('category')).count()", None, "scalar"),
    ("event('Product Viewed').within(90 days).unique(property('category'))", None, "list"),
]


@pytest.mark.parametrize(("text", "printed", "kind"), EXAMPLES)
def test_documented_example(text: str, printed: str | None, kind: str) -> None:
    expression = parse(text)
    check(expression)
    assert to_text(expression) == (printed or text)
    assert parse(canonical(text)) == expression
    assert type_of(expression) == kind
