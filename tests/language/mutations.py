"""Right definitions of every kind, and the slips by which people turn them into wrong ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engage_desktop.language import QueryError, check, parse, parse_condition

RIGHT: dict[str, str] = {
    "event('Order Completed').where(property('total') >= 50).within(14 days).count() >= 1": "users",
    "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = property(parent: 'cart_id'))"
    ".within(parent: 1 day).count() >= 1).within(7 days).count() >= 1": "users",
    "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT event('App Opened').within(30 days).count() >= 1": "users",
    "trait('renewal_at').within_next(10 days) AND NOT trait('suppressed') = 'true'": "users",
    "trait('plan').one_of('pro', 'team') OR audience('vips') AND trait('seats') > 5": "users",
    "trait('company.name').starts_with('Acme') AND trait('email').exists()": "users",
    "event('Product Viewed').sources({exclude: ['web', 'ios']}).unique(property('lines.$.sku')).count() > 3": "users",
    "trait('born').before_date(1990-01-01) OR trait('joined').after_date(2020-01-31T09:00:00Z)": "users",
    "(audience('lapsed') OR event('Order Completed').max(property('total')) < 20) AND trait('opted_in') = true": "users",
    "event('Order Completed').where(property('due').before_last(2 weeks) AND context('page.path').contains('/sale'))"
    ".last(property('status')) != 'done'": "users",
    "event('Lesson Done').where(event('Quiz Passed').between(parent: 1 hour, 2 days).count() = 0).count() > trait('goal')": "users",
    "ALL NOT event('Signed In').within(30 days).count() >= 1": "accounts",
    "ANY (trait('role') = 'admin' AND event('Invited').count() > 2) OR trait('tier') = 'gold'": "accounts",
    "event('Page Viewed').expires_after(30 minutes).count()": "trait",
    "event('Product Viewed').mode(property('brand') as string, 3)": "trait",
    "event('Product Viewed').where(property('price') > trait('usual')).within(90 days).unique(property('category'))": "trait",
    "event('Order Completed').sum(property('total'))": "trait",
}  # fmt: skip
"""Each with what it describes: users, accounts, or a computed trait."""

_TOKEN = re.compile(r"\s+|'(?:[^'\\]|\\.)*'|\d{4}-\d\d-\d\d(?:T[0-9:]+Z)?|\d+|[A-Za-z_]\w*|>=|<=|!=|==|[<>=]|[^\s]")
_OTHER_LANGUAGES = {
    "AND": "&&", "OR": "||", "NOT": "!", "=": "===", "!=": "<>", ">=": "=>", "<": "=<", "'": "’",
    "within": "in_last", "count": "total", "trait": "user", "event": "events", "where": "filter", "exists": "is_null",
    "one_of": "in", "property": "properties", "days": "months", "day": "d", "weeks": "years", "minutes": "m",
    "before_date": "before", "within_next": "next", "audience": "segment", "true": "yes", "sum": "total",
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A wrong text; `column` is where a person would point when the slip itself says so."""

    kind: str
    text: str
    target: str
    column: int | None = None


def complaint(text: str, target: str) -> QueryError | None:
    """What the language says against a definition, None when it takes it."""
    try:
        tree = parse(text) if target == "trait" else parse_condition(text)
        check(tree, trait=target == "trait", target="accounts" if target == "accounts" else "users", text=text)
    except QueryError as error:
        return error
    return None


def slips(text: str, target: str) -> Iterator[Slip]:
    """Every slip of one definition, in reading order."""
    found = [match for match in _TOKEN.finditer(text) if not match.group().isspace()]
    for place, match in enumerate(found):
        token, start, end = match.group(), match.start(), match.end()

        def put(kind: str, new: str, here: bool = False, start: int = start, end: int = end) -> Slip:
            return Slip(kind, text[:start] + new + text[end:], target, start + 1 if here else None)

        yield put("left out", "")
        yield put("twice", f"{token} {token}" if token[0].isalnum() else token * 2)
        if place + 1 < len(found):
            after = found[place + 1]
            between = text[end : after.start()]
            yield put("swapped", after.group() + between + token, end=after.end())
        if re.fullmatch(r"[a-z_]{4,}", token) and token not in ("true", "false", "string"):
            yield put("misspelt", token[0] + token[2] + token[1] + token[3:], token[1] != token[2])
            yield put("capital", token.capitalize(), token not in ("days", "hour", "weeks", "minutes", "true"))
        if token.startswith("'"):
            yield put("quote left out", token[:-1])
            yield put("quotes left out", token[1:-1])
            yield put("curly quotes", f"‘{token[1:-1]}’", True)
            yield put("a number", "5")
        if token.isdigit():
            yield put("a text", f"'{token}'")
            yield put("a fraction", f"{token}.5")
            yield put("negative", f"-{token}")
        if token in _OTHER_LANGUAGES:
            yield put("another language", _OTHER_LANGUAGES[token], not token[0].isalpha() or token.isupper())
        if re.fullmatch(r"\d{4}-.*", token):
            yield put("odd date", token[:5].replace("-", "/") + token[5:], False)
            yield put("no such day", token[:5] + "02-30" + token[10:], True)
        if token == ".":
            yield put("link left out", "", end=_link_end(text, start))
        if token in ("(", ")", "{", "}", "[", "]"):
            yield put("other bracket", {"(": "[", ")": "]", "{": "(", "}": ")", "[": "{", "]": "}"}[token])
        if token in ("AND", "OR"):
            yield put("a comma", ",")


def _link_end(text: str, start: int) -> int:
    """Where the call after the point at `start` ends."""
    depth, quoted = 0, False
    for at in range(start, len(text)):
        quoted ^= text[at] == "'"
        depth += 0 if quoted else (text[at] == "(") - (text[at] == ")")
        if text[at] == ")" and not quoted and depth == 0:
            return at + 1
    return len(text)
