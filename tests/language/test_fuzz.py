"""Five seconds of broken texts: nothing but QueryError escapes, and its place lies in the text."""

import random
import subprocess
import sys
import time

from engage_desktop.language import QueryError, check, parse, phrase, references, to_text

PIECES = [
    "event(", "trait(", "property(", "audience(", "journey(", "context(", "literal(", "parent:", "'A'", '"b"', "'", '"', "\\",
    ")", "(", ".", ",", ".count()", ".where(", ".within(", ".between(", ".sum(", ".unique(", ".mode(", ".one_of(", ".exists()",
    ".equals(", " AND ", " OR ", " NOT ", " as ", "as", "true", "5", "-1.5e9", "1e400", "30 days", "2 weeks", "3 dyas", "=", "==",
    "!=", "<", ">=", "=>", "&&", "é", "\n", "\t", " ", "ANY", "all", "sources(", "2020-01-31", "{", "]", "$", "\x00", "𝒳", "null", ":",
]  # fmt: skip
GOOD = [
    "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = property(parent: 'cart_id'))"
    ".within(parent: 1 day).count() >= 1).within(7 days).count() >= 1",
    "trait('orders_90d') = 0 AND (audience('lapsed') OR NOT trait('plan').one_of('a', 'b', 5, true))",
    "event('A').between(30 days, 90 days).unique(property('a\\\\.b')).count() >= 2 OR journey('A.x') < 1e-7",
]


def broken_text(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return "".join(draw.choices(PIECES, k=draw.randrange(1, 30)))
    text = draw.choice(GOOD)
    for _ in range(draw.randrange(1, 4)):
        start = draw.randrange(len(text) + 1)
        text = text[:start] + draw.choice(["", draw.choice(PIECES)]) + text[start + draw.randrange(4) :]
    return text


def _misplaced(error: QueryError, text: str) -> tuple[str, QueryError] | None:
    """Return the text and its error when place or sentence are none a person could use."""
    lines = text.split("\n")
    inside = 1 <= error.line <= len(lines) and 1 <= error.column <= len(lines[error.line - 1]) + 1
    return None if inside and error.caret(text).endswith("^") and str(error).endswith((".", "?")) else (text, error)


def test_only_query_errors_escape() -> None:
    draw, accepted, refused, stray = random.Random(20111), 0, 0, None
    until = time.monotonic() + 5
    while time.monotonic() < until:
        text = broken_text(draw)
        try:
            expression = parse(text)
            assert parse(to_text(expression)) == expression
            assert phrase(expression)
            references(expression)
            accepted += 1
            check(expression, text=text)
        except QueryError as error:
            refused += 1
            stray = stray or _misplaced(error, text)
    assert stray is None
    assert accepted > 20
    assert refused > 200


def test_importing_the_package_loads_no_grammar() -> None:
    code = "import sys, engage_desktop.language; print('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
