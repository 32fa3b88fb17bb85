"""Whom a name in a definition is about (AU-23, AU-26, D-9; docs/semantics.md, Accounts)."""

from __future__ import annotations

from typing import Any

import pytest

from engage_desktop.document import validate

from .designs import design, only

TRAITS = [
    {"key": "orders", "name": "Orders", "definition": "event('Order Completed').count()"},
    {"key": "seats", "name": "Seats", "level": "account", "definition": "event('Signed In').count()"},
]
BUYERS = {"key": "buyers", "name": "Buyers", "definition": "event('Order Completed').count() >= 1"}
BIG = {"key": "big", "name": "Big", "level": "account", "definition": "trait('employees') > 100"}


def asked(level: str, definition: str, *more: dict[str, Any]) -> Any:
    """The storefront with both kinds of traits and audiences and one definition more."""
    own = {"key": "own", "name": "Own", "level": level, "definition": definition}
    return design(traits=TRAITS, audiences=[BUYERS, BIG, own, *more], journeys=[])


@pytest.mark.parametrize(
    ("level", "definition"),
    [
        ("user", "audience('buyers')"),
        ("user", "audience('big')"),  # one of their accounts is in it
        ("user", "trait('big') = true AND trait('orders') > 3"),
        ("user", "event('A').where(property('x') > trait('orders') AND audience('big')).count() >= 1"),
        ("account", "audience('big')"),
        ("account", "trait('seats') > 3 AND trait('industry') = 'toys'"),
        ("account", "ANY audience('buyers') AND ALL NOT audience('big')"),
        ("account", "ANY (trait('orders') > 3 AND event('A').count() >= 1)"),
        ("account", "NOT event('A').where(property('x') > trait('orders')).count() >= 1"),  # means ANY
        ("account", "event('A').count() > trait('orders')"),
        ("account", "event('A').last(property('due')).within_last(3 days)"),
        ("account", "event('A').where(property('x') = trait('orders')).last(property('due')).within_last(3 days)"),
        ("account", "trait('a.seats') > 3"),
    ],
)
def test_a_name_of_the_one_asked_has_a_meaning(level, definition):
    assert [problem for problem in validate(asked(level, definition)) if problem.is_error] == []


@pytest.mark.parametrize(
    ("level", "definition", "place", "words", "mend"),
    [
        ("user", "trait('plan') = 'pro' AND trait('seats') > 3", 27, "computed for accounts", "audience of accounts"),
        ("user", "event('A').where(property('x') = trait('seats')).count() >= 1", 34, "computed for accounts", "audience of accounts"),
        ("account", "ANY trait('seats') > 3", 5, "trait('seats') is computed for accounts", "outside, it is the account's"),
        ("account", "audience('buyers')", 1, "audience('buyers') is about users", "ALL audience('buyers')"),
        ("account", "NOT trait('buyers') = true", 5, "trait('buyers') is about users", "ANY trait('buyers') = ..."),
        ("account", "trait('orders').exists()", 1, "trait('orders') is about users", "ANY trait('orders') = ..."),
        ("account", "audience('big') AND event('A').where(property('x') = trait('seats')).count() >= 1", 54, "a user is asked", "audience of accounts"),
    ],
)  # fmt: skip
def test_a_name_of_the_other_one_is_refused_at_its_place(level, definition, place, words, mend):
    problem = only(asked(level, definition), "level")
    assert (problem.severity, problem.path) == ("error", "audiences.own.definition")
    assert problem.message.startswith(f"Line 1, column {place}: ")
    assert words in problem.message
    assert mend in problem.mend


def test_an_accounts_trait_names_what_is_the_accounts():
    """CT-6: inside its `where()` neither ANY nor the traits of one user have a meaning."""
    for name, faults in (("seats", 0), ("industry", 0), ("orders", 1)):
        plain = f"event('A').where(property('x') = trait('{name}')).count()"
        nested = f"event('B').where({plain} >= 1).count()"
        for text in (plain, nested):
            trait = {"key": "n", "name": "N", "level": "account", "definition": text}
            found = [problem for problem in validate(design(traits=[*TRAITS, trait])) if problem.is_error]
            assert [(problem.code, problem.path) for problem in found] == [("level", "traits.n.definition")] * faults
            assert all("Make an audience of accounts" in problem.mend for problem in found)


def test_a_journey_asks_users_and_lets_accounts_pass_through():
    campaigns = design(
        traits=TRAITS,
        audiences__1=BIG,
        journeys__0__entry={"type": "event", "event": "Product Added", "audience": "big", "where": "audience('big')"},
        journeys__0__steps__2={"key": "nudge", "type": "wait", "condition": "audience('big')"},
    )
    assert validate(campaigns) == ()
    steps = {"key": "nudge", "type": "wait", "condition": "audience('big') AND trait('seats') > 1"}
    problem = only(campaigns.with_(journeys=design(journeys__0__steps__2=steps).journeys), "level")
    assert problem.path == "journeys.cart_rescue.steps.nudge.condition"


def test_any_and_all_are_of_accounts():
    """QL-3."""
    quiet = "ALL NOT event('Signed In').count() >= 1"
    assert [problem.code for problem in validate(asked("account", quiet))] == []
    assert only(asked("user", quiet), "condition").path == "audiences.own.definition"


@pytest.mark.parametrize(
    ("definition", "more", "circle"),
    [
        ("ANY audience('b')", [("b", "user", "audience('own')")], "own -> b -> own"),
        ("ALL trait('b') = true", [("b", "user", "audience('c')"), ("c", "account", "audience('own')")], "own -> b -> c -> own"),
    ],
)  # fmt: skip
def test_a_circle_through_users_and_accounts_is_one(definition, more, circle):
    """AU-24."""
    others = [{"key": key, "name": key, "level": level, "definition": text} for key, level, text in more]
    assert circle in only(asked("account", definition, *others), "definition_cycle").message


def test_a_circle_through_a_trait_is_one():
    """D-9: computed traits and audiences may name each other in any order but a circle."""
    count = "event('A').where({}).count()"
    traits = [
        {"key": "n", "name": "N", "definition": count.format("property('x') > trait('m')")},
        {"key": "m", "name": "M", "definition": count.format("audience('lapsed')")},
    ]
    assert validate(design(traits=traits)) == ()
    found = only(design(traits=traits, audiences__0__definition="trait('n') > 3"), "definition_cycle")
    assert "n -> m -> lapsed -> n" in found.message
    assert found.path == "traits.n.definition"
    itself = [{"key": "n", "name": "N", "definition": count.format("property('x') > trait('n')")}]
    assert "n -> n" in only(design(traits=itself), "definition_cycle").message
