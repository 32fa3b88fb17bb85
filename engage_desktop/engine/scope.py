"""What this version does not simulate yet, said in problems of code `not_yet`."""

from __future__ import annotations

from collections.abc import Collection

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.condition import Expression
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import Hold, SendMessage
from engage_desktop.engine.steps import STEP_COMPILERS
from engage_desktop.language import references

SENT_EVENT = {"email": "Email Sent", "sms": "SMS Sent", "push": "Push Sent", "whatsapp": "WhatsApp Sent"}
_LATER = "It is planned; leave it out for now."


def not_yet(path: str, what: str, mend: str = _LATER) -> Problem:
    return Problem("error", "not_yet", path, f"{what} cannot be simulated in this version.", mend)


def generated_events(campaigns: Campaigns) -> frozenset[str]:
    """Names of the events that sent messages of the journeys generate (D-28)."""
    channels = {
        message.channel
        for journey in campaigns.journeys
        for step in journey.steps
        if isinstance(step, SendMessage) and (message := campaigns.message(step.message)) is not None
    }
    return frozenset(SENT_EVENT[channel] for channel in channels)


def file_problems(campaigns: Campaigns, lists: Collection[str] = ()) -> list[Problem]:
    """Objects of the file that a run would have to heed and does not yet (broadcasts are left
    out with the warning that `document.validate` gives: they move nobody)."""
    found: list[Problem] = []
    for audience in campaigns.audiences:
        if audience.list_ is not None and audience.key not in lists:
            message = f"The identifiers of the list {audience.list_.file!r} were not given."
            mend = "Read its file before compiling."
            found.append(Problem("error", "list_unread", f"audiences.{audience.key}.list", message, mend))
        if audience.level == "account" and audience.sync:
            found.append(not_yet(f"audiences.{audience.key}.sync", "Delivering an audience of accounts"))
    policies = campaigns.policies
    if any(isinstance(step, SendMessage) for journey in campaigns.journeys for step in journey.steps):
        for name in ("suppression", "holdout", "consent", "quiet_hours", "send_window", "caps"):
            if getattr(policies, name):
                found.append(not_yet(f"policies.{name}", "A sending policy"))
    return found


def journey_problems(journey: Journey, campaigns: Campaigns) -> list[Problem]:
    """Parts of a journey that are not simulated yet."""
    path = f"journeys.{journey.key}"
    found: list[Problem] = []
    for step in journey.steps:
        here = f"{path}.steps.{step.key}"
        if step.type not in STEP_COMPILERS:
            found.append(not_yet(here, f"A step of type {step.type}"))
        if isinstance(step, SendMessage):
            message = campaigns.message(step.message)
            if step.responses or (message is not None and message.responses):
                found.append(not_yet(f"{here}.responses", "A model of responses"))
            if message is not None and message.subscription_group is not None:
                found.append(not_yet(f"messages.{message.key}.subscription_group", "A subscription group"))
        elif isinstance(step, Hold):
            generated = generated_events(campaigns)
            for branch in step.branches:
                found += event_problems(branch.event, f"{here}.branches.{branch.key}.event", generated)
    return found


def event_problems(name: str, path: str, generated: frozenset[str]) -> list[Problem]:
    if name not in generated:
        return []
    return [not_yet(path, f"Listening for '{name}', which the messages of this file generate,")]


def condition_problems(expression: Expression, path: str, *, generated: frozenset[str] = frozenset()) -> list[Problem]:
    """Parts of a condition or of a trait's definition that are not simulated yet."""
    found = references(expression)
    problems: list[Problem] = []
    for name in found.events:
        problems += event_problems(name, path, generated)
    return problems


def missing_audiences(condition: Expression, path: str, campaigns: Campaigns) -> list[Problem]:
    """References `audience('key')` that lead nowhere."""
    return [
        Problem("error", "unknown_audience", path, f"There is no audience '{key}'.", "Name one that exists.")
        for key in references(condition).audiences
        if campaigns.audience(key) is None
    ]
