"""One sentence, at the place a person would point to, for a text that no query can begin with."""

from __future__ import annotations

from collections.abc import Sequence

from engage_desktop.language.brackets import SOURCES, innermost, is_call, not_called, of_sources, unclosed
from engage_desktop.language.errors import QueryError
from engage_desktop.language.functions import (
    AFTER_STREAM,
    CASTS,
    COMPARATORS,
    FUNCTIONS,
    NAMED,
    ONE_ARGUMENT,
    REDUCERS,
    UNITS,
    called,
)
from engage_desktop.language.tokens import BEFORE_CONDITION, Token

STARTS = frozenset(("NAME", "STRING", "NUMBER", "BOOL", "DATE", "LPAR", *BEFORE_CONDITION))
"""Kinds of tokens that a condition or value may begin with."""
_VALUES = ("STRING", "NUMBER", "BOOL", "DATE")
_GIVE_VALUES = frozenset(("trait", "property", "context", "journey", "literal", "count", *REDUCERS))
_FOLLOWING = frozenset((*AFTER_STREAM, *COMPARATORS))


def explain(tokens: Sequence[Token], found: Token) -> QueryError:
    """Say what is wrong at `found`, the first token that no query could have there."""
    before = tokens[found.number - 1] if found.number else None
    opener = innermost(tokens[: found.number])
    if before is None:
        return found.error(
            f"A query cannot begin with {found.text}; begin with event('...'), trait('...') or audience('...')."
        )
    error = _name_without_quotes(tokens, found, opener) or _around_duration(tokens, found, before, opener)
    if error:
        return error
    if found.kind in ("LSQB", "LBRACE"):
        return found.error(SOURCES if of_sources(tokens, opener) else _brackets(found))
    return _explain_before(tokens, found, before) or _explain_found(tokens, found, before, opener)


def _name_without_quotes(tokens: Sequence[Token], found: Token, opener: Token | None) -> QueryError | None:
    """event(Order Completed), trait(company.name)."""
    if opener is None or not is_call(tokens, opener) or tokens[opener.number - 1].text not in NAMED:
        return None
    name, first = tokens[opener.number - 1].text, tokens[opener.number + 1]
    if first.kind == "NAME" and first.text == "parent" and tokens[first.number + 1].kind == "COLON":
        first = tokens[first.number + 2]
    if (
        first.kind != "NAME"
        or first.text == "parent"
        or first.number >= found.number
        or tokens[first.number + 1].kind == "LPAR"
    ):
        return None
    return first.error(f"{name}() takes the {NAMED[name]} in quotes: {name}('...').")


def _around_duration(tokens: Sequence[Token], found: Token, before: Token, opener: Token | None) -> QueryError | None:
    """A duration in quotes, in parentheses of its own, in no function, or one not closed."""
    if before.kind == "STRING" and before.text[1:-1].strip().isdecimal() and _is_unit(found):
        return before.error(f"Write a duration without quotes: {before.text[1:-1].strip()} {found.text}.")
    if before.kind == "NUMBER" and _is_unit(found):
        outer = tokens[opener.number - 1] if opener is not None and opener.number else None
        if opener is not None and outer is not None and outer.kind == "LPAR" and is_call(tokens, outer):
            return opener.error("A duration has no parentheses of its own; take this one away.")
        return before.error("A duration only stands inside a function such as within() or within_last().")
    if before.kind == "RPAR" and _is_unit(found) and tokens[before.number - 1].kind == "NUMBER":
        return found.error(f"The unit belongs inside the parentheses: {tokens[before.number - 1].text} {found.text}.")
    if _is_unit(before) and found.kind == "NUMBER" and tokens[before.number - 1].kind != "NUMBER":
        return before.error(f"The number stands before its unit: {found.text} {before.text}.")
    if _is_unit(before) and tokens[before.number - 1].kind == "NUMBER" and found.kind not in ("END", "COLON"):
        if found.kind == "NUMBER":
            return found.error(f"A comma or closing parenthesis is missing before {found.text}.")
        mend = "take it away or close the parenthesis" if found.kind == "NAME" else "close the parenthesis"
        return found.error(f"The duration ends before {found.text}; {mend} first.")
    return None


def _is_unit(token: Token) -> bool:
    return token.kind == "NAME" and token.text.lower().removesuffix("s") in UNITS


def _explain_before(tokens: Sequence[Token], found: Token, before: Token) -> QueryError | None:
    """Name what must follow the token before."""
    place = before if found.kind == "END" else found
    if before.kind in ("AND", "OR", *BEFORE_CONDITION):
        return place.error(f"A condition is missing after {before.text}.")
    if before.kind == "SYMBOL":
        return place.error(f"A value is missing after {before.text}.")
    if before.kind == "DOT":
        return place.error("A function such as count() is missing after the point.")
    if before.kind == "AS":
        return place.error("What to read the values as is missing after as: number, string or array.")
    if before.kind == "NAME" and before.text in ("parent", "exclude") and found.kind in STARTS:
        return before.error(f"A colon is missing: write {before.text}: before what it names.")
    if before.kind == "NAME" and (before.text in FUNCTIONS or tokens[before.number - 1].kind == "DOT"):
        return before.error(not_called(before))
    if before.kind == "COMMA":
        return before.error("After this comma a further value is missing; take the comma away or add the value.")
    if before.kind == "COLON":
        return before.error(f"A value is missing after {tokens[before.number - 1].text}:.")
    return None


def _explain_found(tokens: Sequence[Token], found: Token, before: Token, opener: Token | None) -> QueryError:
    """Explain a token that stands after a complete value or an opening parenthesis."""
    if opener is not None and (found.kind == "END" or before.kind == "RBRACE"):
        return unclosed(opener)
    if opener is not None and opener.kind == "LSQB" and found.kind in STARTS and before != opener:
        return found.error(f"A comma is missing before {found.text}.")
    if of_sources(tokens, opener):
        return found.error(SOURCES)
    if before.kind == "LPAR":
        return _explain_first(tokens, found, before)
    if found.kind == "COLON" and before.kind == "NAME":
        return before.error(
            f"{before.text}: only stands right after the parenthesis of a function, such as property(parent: '...')."
        )
    left_open = innermost(tokens)
    if left_open is not None and (found.kind == "AS" or (found.kind == "COMMA" and not is_call(tokens, opener))):
        return unclosed(left_open)
    if found.kind == "COMMA":
        if not is_call(tokens, opener):
            return found.error("A comma only separates the values of a function; join conditions with AND or OR.")
        return found.error("This comma is out of place; take it away.")
    if found.kind == "SYMBOL" and _has_comparison(tokens, found):
        if opener is not None and left_open is not None:
            return unclosed(opener)
        return found.error("Only two values can be compared at a time; join comparisons with AND or OR.")
    if found.kind in ("SYMBOL", "DOT") and before.kind == "RPAR":
        return found.error("A condition in parentheses is finished; join it with AND or OR.")
    if found.kind in BEFORE_CONDITION:
        return found.error(f"AND or OR is missing before {found.text}.")
    if found.kind in STARTS:
        return _explain_start(tokens, found, before, opener)
    if found.kind == "AS":
        return found.error("as may only stand inside max(), min() and mode().")
    return found.error(f"{found.text} is out of place here; take it away.")


def _explain_first(tokens: Sequence[Token], found: Token, opener: Token) -> QueryError:
    """Explain a token right after an opening parenthesis."""
    if found.kind == "RPAR":
        return opener.error("There is nothing between these parentheses; write a condition there, or take them away.")
    if found.kind == "COMMA":
        return found.error("A value is missing before this comma.")
    if found.kind == "COLON":
        return found.error("The word before this colon is missing, such as parent:.")
    if is_call(tokens, opener):
        return unclosed(opener)
    return found.error(f"A value is missing before {found.text}.")


def _explain_start(tokens: Sequence[Token], found: Token, before: Token, opener: Token | None) -> QueryError:
    """Explain a further value right after a value."""
    following = tokens[found.number + 1].kind
    if found.kind == "NAME" and found.text in _FOLLOWING and following in ("LPAR", "DOT") and before.kind == "RPAR":
        return found.error(f"A point is missing before {found.text}: write .{called(found.text)}.")
    if before.kind == "DATE" and found.kind == "NUMBER":
        return found.error(f"Between date and time stands a T, and a zone ends it: {before.text}T09:00:00Z.")
    call = tokens[opener.number - 1].text if opener is not None and is_call(tokens, opener) else None
    if call in CASTS and found.text in CASTS["mode"]:
        return found.error(f"as is missing before {found.text}.")
    if not _has_comparison(tokens, found) and (
        (found.kind in _VALUES and call in (None, "where")) or (found.kind == "NAME" and _ends_value(tokens, before))
    ):
        return found.error(f"A comparison such as = is missing before {found.text}.")
    if found.kind in _VALUES and call in ONE_ARGUMENT:
        return found.error(f"{call}() takes one {ONE_ARGUMENT[call]}; take {found.text} away.")
    if found.kind in _VALUES and call not in (None, "where"):
        return found.error(f"A comma is missing before {found.text}.")
    return found.error(f"AND or OR is missing before {found.text}.")


def _ends_value(tokens: Sequence[Token], before: Token) -> bool:
    """True when `before` closes a call that gives a value, such as trait('...')."""
    opener = innermost(tokens[: before.number]) if before.kind == "RPAR" else None
    return opener is not None and is_call(tokens, opener) and tokens[opener.number - 1].text in _GIVE_VALUES


def _brackets(found: Token) -> str:
    if found.kind == "LSQB":
        return (
            "A list in brackets only stands in sources({exclude: [...]}); compare with several values by .one_of(1, 2)."
        )
    return "Braces only stand in sources({exclude: ['...']}); texts and names go in single quotes."


def _has_comparison(tokens: Sequence[Token], found: Token) -> bool:
    """True when another symbol stands before `found` in the same comparison."""
    depth = 0
    for token in reversed(tokens[: found.number]):
        if token.kind in ("LPAR", "RPAR"):
            depth += 1 if token.kind == "RPAR" else -1
        if depth < 0 or (depth == 0 and token.kind in ("AND", "OR", *BEFORE_CONDITION, "COMMA")):
            return False
        if depth == 0 and token.kind == "SYMBOL":
            return True
    return False
