"""The examples of the engine reference (5.3, 13, Appendix B) and of the file format, in canonical print (D-44)."""

import pytest

from engage_desktop.language import canonical, check, parse, phrase, to_text, type_of

EXAMPLES = [
    ("event('Plan Upgraded').where(property('amount') >= 50).within(14 days).count() >= 1", None, "users"),
    (
        "event('Plan Upgraded').where(property('amount') > trait('avg_amount') AND "
        "event('Plan Cancelled').within(parent: 3 days).count() >= 1).within(60 days).count() >= 1",
        None,
        "users",
    ),
    (
        "event('Cart Viewed').where(NOT (event('Order Completed').where(property('cart_id') = "
        "property(parent: 'cart_id')).within(parent: 1 day).count() >= 1)).within(7 days).count() >= 1",
        "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = "
        "property(parent: 'cart_id')).within(parent: 1 day).count() >= 1).within(7 days).count() >= 1",
        "users",
    ),
    (
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT (event('App Opened').within(30 days).count() >= 1)",
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT event('App Opened').within(30 days).count() >= 1",
        "users",
    ),
    (
        "trait('renewal_at').within_next(10 days) AND NOT (trait('suppressed_users') = 'true')",
        "trait('renewal_at').within_next(10 days) AND NOT trait('suppressed_users') = 'true'",
        "users",
    ),
    ("ALL NOT event('Signed In').within(30 days).count() >= 1", None, "accounts"),
    ("event('Product Viewed').within(90 days).unique(property('category')).count()", None, "scalar"),
    ("event('Page Viewed').expires_after(1 hour).count()", None, "scalar"),
    ("event('Product Viewed').mode(property('brand'), 3)", None, "scalar"),
    ("event('Product Viewed').within(90 days).unique(property('category'))", None, "list"),
    # The definitions of the vectors (Appendix B) and of formats.md 2
    ("event('Order Completed').within(90 days).count()", None, "scalar"),
    ("trait('orders_90d') = 0 AND event('Order Completed').count() >= 1", None, "users"),
    ("event('Added').where(event('Ordered').within(parent: 1 day).count() = 0).within(7 days).count() >= 1", None, "users"),
    ("event('Added').where(NOT event('Ordered').within(parent: 1 day).count() = 1).count() >= 1", None, "users"),
    ("trait('x') != 'a' OR NOT trait('x') = 'a' OR trait('x').absent() OR trait('x').omits('a')", None, "users"),
    ("event('A').where(property('lines.$.sku') = 'A' AND property('lines.$.qty') >= 5).count() >= 1", None, "users"),
    ("event('Page Viewed').expires_after(30 minutes).count()", None, "scalar"),
    # Recipes of section 13, in our words
    ("event('Order Completed').within(180 days).count() = 0 AND trait('lifetime_value') > 100", None, "users"),
    ("event('Page Viewed').between(1 day, 60 days).count() >= 1 AND event('Page Viewed').within(1 day).count() = 0", None, "users"),
    ("event('Order Completed').where(property('price') > 100).within(30 days).count() >= 3", None, "users"),
    ("ANY trait('role') = 'admin' AND audience('industry_media')", None, "accounts"),
    ("ALL event('Signed In').within(30 days).count() < 10", None, "accounts"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed", "kind"), EXAMPLES)
def test_documented_example(text: str, printed: str | None, kind: str) -> None:
    expression = parse(text)
    is_condition = kind in ("users", "accounts")
    check(expression, trait=not is_condition, target="accounts" if kind == "accounts" else "users", text=text)
    assert to_text(expression) == (printed or text)
    assert parse(canonical(text)) == expression
    assert canonical(canonical(text)) == canonical(text)
    assert type_of(expression) == ("boolean" if is_condition else kind)
    assert phrase(expression)
