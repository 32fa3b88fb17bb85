"""Broken texts, for seconds here and for minutes in `make prove`: nothing but QueryError escapes, and its place lies in the text."""

import random
import subprocess
import sys
import time

import pytest

from engage_desktop.language import QueryError, Target, check, expression_count, parse, phrase, references, to_text
from tests.language.mutations import RIGHT

PIECES = [
    "event(", "trait(", "property(", "audience(", "journey(", "context(", "literal(", "parent:", "'A'", '"b"', "'", '"', "\\",
    ")", "(", ".", ",", ".count()", ".where(", ".within(", ".between(", ".sum(", ".unique(", ".mode(", ".one_of(", ".exists()",
    ".equals(", " AND ", " OR ", " NOT ", " as ", "as", "true", "5", "-1.5e9", "1e400", "30 days", "2 weeks", "3 dyas", "=", "==",
    "!=", "<", ">=", "=>", "&&", "é", "\n", "\t", " ", "ANY", "all", "sources(", "2020-01-31", "{", "]", "$", "\x00", "𝒳", "null", ":", "[", "}",
    "{exclude: ['a', 'b']}", "sources({exclude: ['a']})", ".sources(", "exclude", ".expires_after(", "2020-01-31T09:00:00Z", "2020-1-5",
    ".before_date(", ".after_date(", ".within_last(", ".after_next(", ", 3)", " as string", " as array", "parent: 1 day", "'a.$.b'", "entity(",
    "’", "31.12.2020", ".max(", ".first(", "none", "'2020-01-31'",
]  # fmt: skip
GOOD = [
    "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = property(parent: 'cart_id'))"
    ".within(parent: 1 day).count() >= 1).within(7 days).count() >= 1",
    "trait('orders_90d') = 0 AND (audience('lapsed') OR NOT trait('plan').one_of('a', 'b', 5, true))",
    "event('A').between(30 days, 90 days).unique(property('a\\\\.b')).count() >= 2 OR journey('A.x') < 1e-7",
    *RIGHT,
]


TARGETS: tuple[Target, ...] = ("users", "accounts")


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


def attack(seed: int, seconds: float) -> tuple[int, int]:
    """Broken texts for so long; how many were taken, how many refused. Anything but a sentence in its place fails."""
    draw, accepted, refused, stray = random.Random(seed), 0, 0, None
    until = time.monotonic() + seconds
    while stray is None and time.monotonic() < until:
        text = broken_text(draw)
        try:
            expression = parse(text)
        except QueryError as error:
            refused += 1
            stray = _misplaced(error, text)
            continue
        accepted += 1
        printed = to_text(expression)
        assert parse(printed) == expression
        assert to_text(parse(printed)) == printed
        assert phrase(expression)
        references(expression)
        assert expression_count(expression) >= 0
        try:
            check(expression, target=draw.choice((*TARGETS, None)), trait=draw.choice((True, False, None)), text=text)
        except QueryError as error:
            stray = _misplaced(error, text)
    assert stray is None
    return accepted, refused


def test_only_query_errors_escape() -> None:
    accepted, refused = attack(20111, 5)
    assert accepted > 20
    assert refused > 200


@pytest.mark.prove
@pytest.mark.parametrize("minute", range(1, 11))
def test_only_query_errors_escape_in_ten_minutes(minute: int) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"fuzzing the parser, minute {minute}, from seed {seed}")
    accepted, refused = attack(seed, 60)
    print(f"{accepted} texts taken, {refused} refused, each in one sentence at its place")
    assert accepted > 100
    assert refused > 1000


def test_importing_the_package_loads_no_grammar() -> None:
    code = "import sys, engage_desktop.language; print('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
