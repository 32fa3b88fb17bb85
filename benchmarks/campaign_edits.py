"""What people change in a campaign, one thing at a time: edits of one journey of the twenty (`campaign_designs`).

`number` makes each another one when it is made again, so that no condition was asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.campaign_designs import BOUGHT, EDITED, design_of
from benchmarks.journey_designs import read
from engage_desktop.domain.campaigns import Campaigns

Design = dict[str, Any]
Edit = Callable[[Design, int], None]


def edits(number: int = 0) -> Iterator[tuple[str, Campaigns]]:
    """The name of each edit, and the design after it alone."""
    for name, edit in EDITS.items():
        design = design_of()
        edit(design, number)
        yield name, read(design)


def _journey(design: Design) -> Design:
    return next(one for one in design["journeys"] if one["key"] == EDITED)


def _step(design: Design, key: str) -> Design:
    return next(one for one in _journey(design)["steps"] if one["key"] == key)


def _asks(condition: str) -> Edit:
    """Another condition of the last split; `{}` is a number."""

    def edit(design: Design, number: int) -> None:
        _step(design, "warm")["branches"][0]["condition"] = condition.format(number)

    return edit


def _sets(key: str, field: str, value: str, first: int = 0) -> Edit:
    """Another value in a field of a step."""
    return lambda design, number: _step(design, key).update({field: value.format(first + number)})


def _enters(where: str, first: int = 0) -> Edit:
    return lambda design, number: _journey(design)["entry"].update(where=where.format(first + number))


def _exits(**rule: Any) -> Edit:
    """One exit more."""

    def edit(design: Design, number: int) -> None:
        more = {name: value.format(number) if isinstance(value, str) else value for name, value in rule.items()}
        _journey(design)["exits"] = [BOUGHT, {"key": "more"} | more]

    return edit


def _percent(design: Design, number: int) -> None:
    mail, control = _step(design, "coin")["branches"]
    mail["percent"], control["percent"] = 80 - number, 20 + number


def _text(design: Design, number: int) -> None:
    next(one for one in design["messages"] if one["key"] == "offer")["body"] = f"{15 + number} percent."


def _step_more(design: Design, number: int) -> None:
    _step(design, "warm")["branches"][0]["next"] = "more"
    _journey(design)["steps"].append({"key": "more", "type": "delay", "duration": f"{6 + number}h", "next": "offer"})


def _step_less(design: Design, number: int) -> None:
    _step(design, "coin")["branches"][0]["next"] = "wait"
    _journey(design)["steps"] = [one for one in _journey(design)["steps"] if one["key"] != "remind"]


def _cool_down(design: Design, number: int) -> None:
    _journey(design)["entry"]["reentry"]["cool_down"] = f"{14 + number}d"


def _filter(design: Design, number: int) -> None:
    _journey(design)["entry"]["audience"] = "buyers"


EDITS: dict[str, Edit] = {
    "number in the last split": _asks("event('Product Viewed').within(7 days).count() >= 5{}"),
    "window of the last split": _asks("event('Product Viewed').within(5{} hours).count() >= 3"),
    "another event in the last split": _asks("event('Page Viewed').within(7{} hours).count() >= 3"),
    "two conditions in the last split": _asks(
        "event('Product Viewed').within(8{} hours).count() >= 3 AND event('Order Completed').count() = 0"
    ),
    "audience in the last split": _asks("audience('regulars')"),
    "delay": _sets("wait", "duration", "{}h", 36),
    "timeout of the first hold": _sets("quiet", "timeout", "{}h", 3),
    "percent of the random": _percent,
    "another message": _sets("offer", "message", "text"),
    "text of a message": _text,
    "a step more": _step_more,
    "a step less": _step_less,
    "number in the entry": _enters("property('category') = 'coffee' AND property('price') >= {}", 25),
    "value more in the entry": _enters("property('category') = 'coffee' OR property('price') >= {}", 80),
    "audience of the entry": _filter,
    "cool-down": _cool_down,
    "an exit by age": _exits(after="1d"),
    "an exit by event": _exits(event="Checkout Started"),
    "an exit by condition": _exits(condition="event('Page Viewed').within(2{} hours).count() >= 2"),
}
