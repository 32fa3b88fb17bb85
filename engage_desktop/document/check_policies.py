"""What is wrong with the rules that every message of a workspace obeys (D-22..D-24, D-34, D-52, D-54)."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_journey import unknown
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import clock_seconds
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.workspace import CHANNELS, Cap, Holdout, QuietHours

_EMPTY = {
    "quiet hours": "The quiet hours begin and end at the same time, so they never apply.",
    "send window": "The send window begins and ends at the same time, so it forbids nothing.",
}


def check_policies(campaigns: Campaigns) -> Iterator[Problem]:
    """Every fault, in the order of the file."""
    policies = campaigns.policies
    for place, key in enumerate(policies.suppression):
        yield from check_people(key, campaigns, f"policies.suppression.{place}")
    if policies.holdout is not None:
        yield from _holdout(policies.holdout, campaigns)
    for channel, category in policies.consent.items():
        yield from _consent(channel, category)
    for place, hours in enumerate(policies.quiet_hours):
        yield from _hours(hours, f"policies.quiet_hours.{place}", "quiet hours")
    if policies.send_window is not None:
        yield from _hours(policies.send_window, "policies.send_window", "send window")
    for place, cap in enumerate(policies.caps):
        yield from _cap(cap, f"policies.caps.{place}")
    if parse_duration(policies.max_wait) == 0:
        message = "No message may wait, so each that quiet hours or a cap would move is dropped."
        yield Problem("warning", "max_wait", "policies.max_wait", message, "Give a time such as 7d, unless that is meant.")  # fmt: skip


def check_people(key: str, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    """The key of an audience of people: messages go to users, and an account has no address."""
    users = [audience.key for audience in campaigns.audiences if audience.level == "user"]
    audience = campaigns.audience(key)
    if audience is None:
        yield unknown("audience", key, path, users)
    elif audience.level == "account":
        message = f"The audience {key!r} is one of accounts, and messages go to people."
        mend = f"Make an audience of people defined as audience('{key}'), and name that one."
        yield Problem("error", "level", path, message, mend)


def _holdout(holdout: Holdout, campaigns: Campaigns) -> Iterator[Problem]:
    if not 0 <= holdout.percent <= 100:
        message = f"A share of {holdout.percent:g} percent of people cannot be held out."
        yield Problem("error", "percent", "policies.holdout.percent", message, "Give a number from 0 to 100.")
    if holdout.audience is not None:
        yield from check_people(holdout.audience, campaigns, "policies.holdout.audience")


def _consent(channel: str, category: str) -> Iterator[Problem]:
    path = f"policies.consent.{channel}"
    if channel not in CHANNELS:
        message = f"There is no channel {channel!r}, so its consent is asked of nobody."
        yield Problem("error", "consent_channel", path, message, f"Use one of: {', '.join(CHANNELS)}.")
    if not category.strip():
        message = "The channel asks for consent and names no category of it."
        yield Problem("error", "consent_category", path, message, "Name one, such as marketing, or remove the channel.")


def _hours(hours: QuietHours, path: str, words: str) -> Iterator[Problem]:
    times = {"from": clock_seconds(hours.from_), "to": clock_seconds(hours.to)}
    for field, text in (("from", hours.from_), ("to", hours.to)):
        if times[field] is None:
            message = f"{text!r} is no clock time."
            yield Problem("error", "clock_time", f"{path}.{field}", message, "Write one such as 21:00.")
    if times["from"] is not None and times["from"] == times["to"]:
        message = _EMPTY[words]
        yield Problem("warning", "hours_empty", path, message, "Give two different times, or remove them.")


def _cap(cap: Cap, path: str) -> Iterator[Problem]:
    if cap.max < 1:
        message = f"A cap of {cap.max} messages would let none through."
        yield Problem("error", "cap_max", f"{path}.max", message, "Give 1 or more, or remove the cap.")
    if parse_duration(cap.per) == 0:
        message = "The cap counts the messages of no time at all."
        yield Problem("error", "cap_per", f"{path}.per", message, "Give a time such as 7d.")
