"""Twenty campaigns at once for the log of arrays: seventeen journeys and three broadcasts that share caps and answers.

What they send is capped together, opens and clicks are assumed, one journey enters on an open, two others wait for a
click: so what becomes of one campaign's message decides what another does.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from benchmarks.journey_designs import DESIGN as WIN_BACK
from benchmarks.journey_designs import read
from engage_desktop.domain.campaigns import Campaigns

ANSWERS = {
    "delivered": {"likely": 0.97},
    "opened": {"low": 0.15, "likely": 0.24, "high": 0.35, "after": {"p50": "3h", "p90": "1d"}},
    "clicked": {"successes": 90, "trials": 1000, "after": {"from": "10s", "to": "5m"}},
}
CAPS = [
    {"channel": "email", "max": 1, "per": "2d", "when_capped": "defer"},
    {"channel": "sms", "max": 1, "per": "7d"},
    {"max": 3, "per": "7d"},
]
BOUGHT = {"key": "bought", "event": "Order Completed"}
CATEGORIES = ("coffee", "tea", "chocolate", "honey")
EDITED = "basket_coffee"
"""The journey whose step is edited."""


def campaigns(*, turns: bool = False) -> Campaigns:
    """The twenty. `turns`: one broadcast goes so many an hour, which makes the turn of each the matter of all."""
    return read(design_of(turns))


def edited() -> Campaigns:
    """After an edit of one of them: another number in a condition of its last step but one."""
    design = design_of()
    journey = next(one for one in design["journeys"] if one["key"] == EDITED)
    split = next(step for step in journey["steps"] if step["type"] == "split")
    split["branches"][0]["condition"] = "event('Product Viewed').within(7 days).count() >= 4"
    return read(design)


def design_of(turns: bool = False) -> dict[str, Any]:
    """The same as data, which are the caller's."""
    messages = [
        {"key": "mail", "channel": "email", "body": "News for you.", "responses": ANSWERS},
        {"key": "offer", "channel": "email", "body": "Ten percent.", "responses": ANSWERS},
        {"key": "text", "channel": "sms", "body": "Ten percent: https://shop.example/10"},
        {"key": "note", "channel": "push", "body": "Have you seen this?", "responses": {"opened": {"likely": 0.08}}},
    ]
    journeys = [_win_back(), *(_basket(category) for category in CATEGORIES), *(_browse(one) for one in CATEGORIES)]
    journeys += [
        _after_order(),
        _second_order(),
        _trial(),
        _subscribed(),
        _sign_in(),
        _searched(),
        _checkout(),
        _opened(),
    ]
    return {
        "format": "engage-campaigns/1",
        "workspace": WIN_BACK["workspace"],
        "audiences": [
            *WIN_BACK["audiences"],
            _audience("buyers", "event('Order Completed').count() >= 1"),
            _audience("regulars", "event('Order Completed').within(60 days).count() >= 2"),
            _audience("looking", "event('Product Viewed').within(7 days).count() >= 3"),
            _audience("opens_mail", "event('Email Opened').within(30 days).count() >= 2"),
            _audience("marked", "trait('tried') = true"),
        ],
        "messages": [*WIN_BACK["messages"], *messages],
        "policies": {
            "suppression": ["marked"],
            "holdout": {"percent": 5},
            "quiet_hours": [{"channel": "email", "from": "22:00", "to": "07:00"}],
            "send_window": {"channel": "push", "from": "08:00", "to": "21:00"},
            "caps": CAPS,
        },
        "destinations": WIN_BACK["destinations"],
        "journeys": journeys,
        "broadcasts": _broadcasts(turns),
    }


def _audience(key: str, definition: str) -> dict[str, str]:
    return {"key": key, "name": key, "definition": definition}


def _journey(key: str, entry: Mapping[str, Any], steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key, "entry": dict(entry), "start": steps[0]["key"], "steps": steps} | more


def _on(event: str, where: str | None = None, cool_down: str = "7d", **more: Any) -> dict[str, Any]:
    entry = {"type": "event", "event": event, "reentry": {"mode": "after_exit", "cool_down": cool_down}} | more
    return entry if where is None else entry | {"where": where}


def _message(key: str, message: str, then: str | None = None, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "message", "message": message} | ({} if then is None else {"next": then}) | more


def _win_back() -> dict[str, Any]:
    """Twelve steps; its second hold hears clicks."""
    return copy.deepcopy(WIN_BACK["journeys"][0]) | {"priority": 2}


def _basket(category: str) -> dict[str, Any]:
    steps = [
        {"key": "quiet", "type": "hold", "branches": [{"key": "again", "event": "Product Added", "loop": True}],
         "timeout": "2h", "on_timeout": "coin"},
        {"key": "coin", "type": "random", "branches": [
            {"key": "mail", "percent": 90, "next": "remind"}, {"key": "control", "percent": 10, "role": "holdout", "next": "wait"}]},
        _message("remind", "mail", "wait"),
        {"key": "wait", "type": "delay", "duration": "2d", "next": "warm"},
        {"key": "warm", "type": "split", "otherwise": "text", "branches": [
            {"key": "yes", "condition": "event('Product Viewed').within(7 days).count() >= 3", "next": "offer"}]},
        _message("offer", "offer"),
        _message("text", "text"),
    ]  # fmt: skip
    where = f"property('category') = '{category}'"
    return _journey(f"basket_{category}", _on("Product Added", where), steps, exits=[BOUGHT], priority=5)


def _browse(category: str) -> dict[str, Any]:
    steps = [
        {"key": "day", "type": "delay", "duration": "1d", "next": "added"},
        {"key": "added", "type": "split", "otherwise": "note", "branches": [
            {"key": "yes", "condition": "event('Product Added').within(1 day).count() >= 1"}]},
        _message("note", "note"),
    ]  # fmt: skip
    where = f"property('category') = '{category}' AND property('price') >= 60"
    return _journey(f"browse_{category}", _on("Product Viewed", where, "14d"), steps, exits=[BOUGHT], priority=1)


def _after_order() -> dict[str, Any]:
    steps = [
        {"key": "days", "type": "delay", "duration": "3d", "next": "morning"},
        {"key": "morning", "type": "delay_until", "time": "10:00", "next": "thanks"},
        _message("thanks", "mail", "opened"),
        {"key": "opened", "type": "hold", "branches": [{"key": "yes", "event": "Email Link Clicked", "next": "offer"}],
         "timeout": "3d"},
        _message("offer", "offer"),
    ]  # fmt: skip
    return _journey("after_order", _on("Order Completed"), steps, priority=4)


def _second_order() -> dict[str, Any]:
    condition = "event('Order Completed').count() >= 1 AND event('Order Completed').within(30 days).count() = 0"
    entry = {"type": "audience", "condition": condition, "reentry": {"mode": "after_exit", "cool_down": "30d"}}
    steps = [
        _message("invite", "mail", "week"),
        {"key": "week", "type": "delay", "duration": "7d", "next": "offer"},
        _message("offer", "offer"),
    ]
    return _journey("second_order", entry, steps, exits=[BOUGHT], priority=3)


def _trial() -> dict[str, Any]:
    steps = [
        {"key": "looks", "type": "wait", "condition": "audience('looking')", "timeout": "5d", "next": "tips"},
        _message("tips", "mail", "mark"),
        {"key": "mark", "type": "set_trait", "trait": "tried", "value": True},
    ]
    exits = [{"key": "in", "event": "Subscription Started"}]
    return _journey("trial", _on("Trial Started", cool_down="30d"), steps, exits=exits, priority=6)


def _subscribed() -> dict[str, Any]:
    steps = [_message("welcome", "mail", "tell"), {"key": "tell", "type": "send", "destination": "crm"}]
    return _journey("subscribed", _on("Subscription Started"), steps, priority=9)


def _sign_in() -> dict[str, Any]:
    steps = [{"key": "hour", "type": "delay", "duration": "1h", "next": "note"}, _message("note", "note")]
    return _journey("sign_in", _on("Signed In", cool_down="30d", audience="looking"), steps)


def _searched() -> dict[str, Any]:
    steps = [{"key": "day", "type": "delay", "duration": "1d", "next": "answer"}, _message("answer", "mail")]
    return _journey("searched", _on("Products Searched", cool_down="14d"), steps, exits=[BOUGHT], priority=1)


def _checkout() -> dict[str, Any]:
    steps = [
        {"key": "wait", "type": "delay", "duration": "3h", "next": "help"},
        _message("help", "text", "day"),
        {"key": "day", "type": "delay", "duration": "1d", "next": "offer"},
        _message("offer", "offer"),
    ]
    entry = {"type": "event", "event": "Checkout Started", "reentry": {"mode": "every", "identifier": "cart_id"}}
    exits = [BOUGHT | {"match_identifier": True}]
    return _journey("checkout", entry, steps, exits=exits, priority=7)


def _opened() -> dict[str, Any]:
    """Enters on the opens of the offers, which only this run assumes, and on some that the log has."""
    steps = [{"key": "hours", "type": "delay", "duration": "4h", "next": "note"}, _message("note", "note")]
    return _journey(
        "opened",
        _on("Email Opened", "property('message') = 'offer' OR property('price') >= 70"),
        steps,
        exits=[BOUGHT],
        priority=2,
    )


def _broadcasts(turns: bool) -> list[dict[str, Any]]:
    spring = {"key": "spring", "name": "spring", "audience": "buyers", "at": "2011-04-01T09:00:00Z", "zone": "profile"}
    spring |= {"variants": [
        {"key": "a", "percent": 45, "message": "mail"}, {"key": "b", "percent": 45, "message": "offer"},
        {"key": "none", "percent": 10, "role": "holdout"}]}  # fmt: skip
    news = {"key": "news", "name": "news", "audience": "looking", "message": "mail", "at": "2011-04-20T10:00:00Z"}
    if turns:
        news |= {"throughput": 20_000}
    thanks = {"key": "thanks", "name": "thanks", "audience": "regulars", "exclude": ["opens_mail"], "message": "note",
              "at": "2011-05-10T08:00:00Z", "priority": 8}  # fmt: skip
    return [spring, news, thanks]
