"""Whose doings bear on a question: a person alone, or everybody who shares an account with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from engage_desktop.domain.people import Level
from engage_desktop.engine.definitions import AskUsers, Computed, Meaning, Member, OfAccounts
from engage_desktop.engine.few import Few, around
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.source import Log


def few_of(plan: Plan, log: Log, level: Level, subject: int, what: object) -> Few:
    """The log of those who may have a say about one person or account where `what` is asked: resolved conditions, or
    a compiled journey. Only who reads accounts hears of the people behind them, and these can be many."""
    if level == "user" and not asks_accounts(what, plan.meanings):
        return Few(log, [subject])
    people, accounts = around(log, *(([subject], []) if level == "user" else ([], [subject])))
    return Few(log, people, accounts)


def asks_accounts(what: object, meanings: Mapping[str, Meaning]) -> bool:
    """Whether something reads an account anywhere, also through what it names."""
    seen: set[str] = set()

    def asks(one: object) -> bool:
        if isinstance(one, OfAccounts | AskUsers):
            return True
        if isinstance(one, Member | Computed):
            if one.level == "account":
                return True
            if one.digest in seen or one.digest not in meanings:
                return False
            seen.add(one.digest)
            return asks(meanings[one.digest])
        if isinstance(one, tuple | list):
            return any(map(asks, one))
        return is_dataclass(one) and any(asks(getattr(one, field.name)) for field in fields(one))

    return asks(what)
