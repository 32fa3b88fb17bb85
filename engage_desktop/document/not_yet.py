"""What a design may say and this version's engine cannot simulate: a list that is to shrink.

Each is an error, because a run that left it out in silence would be wrong; the sentence says
that everything else runs once it is removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_conditions import read
from engage_desktop.document.sites import conditions, event_names
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import Journey
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import SendMessage

_NOTHING_TO_DO = "Nothing to do: everything else runs."
_MEND = "Remove it: everything else still runs."
_POLICIES = {
    "suppression": "suppression lists",
    "holdout": "a global holdout",
    "consent": "consent categories",
    "quiet_hours": "quiet hours",
    "send_window": "a send window",
    "caps": "frequency caps",
}
_SENT_EVENTS = {"email": "Email Sent", "sms": "SMS Sent", "push": "Push Sent", "whatsapp": "WhatsApp Sent"}


def check_not_yet(campaigns: Campaigns) -> Iterator[Problem]:
    """Every use of what cannot be simulated yet."""
    for message in campaigns.messages:
        if message.responses:
            yield _no(f"messages.{message.key}.responses", "assumed responses")
        if message.subscription_group is not None:
            yield _no(f"messages.{message.key}.subscription_group", "subscription groups")
    sends = any(isinstance(step, SendMessage) for journey in campaigns.journeys for step in journey.steps)
    for name, words in _POLICIES.items():
        if sends and getattr(campaigns.policies, name):
            yield _no(f"policies.{name}", words)
    for journey in campaigns.journeys:
        yield from _journey(journey)
    for broadcast in campaigns.broadcasts:
        says = "This version does not simulate broadcasts yet, so this one is left out."
        yield Problem("warning", "not_yet", f"broadcasts.{broadcast.key}", says, _NOTHING_TO_DO)
    yield from _generated_events(campaigns)


def _journey(journey: Journey) -> Iterator[Problem]:
    root = f"journeys.{journey.key}"
    for step in journey.steps:
        path = f"{root}.steps.{step.key}"
        if isinstance(step, SendMessage) and step.responses:
            yield _no(f"{path}.responses", "assumed responses")


def _generated_events(campaigns: Campaigns) -> Iterator[Problem]:
    """Conditions and rules that wait for what a message step of this file would generate (D-28)."""
    from engage_desktop.language import references

    channels = {message.key: message.channel for message in campaigns.messages}
    sent = {
        _SENT_EVENTS[channels[step.message]]
        for journey in campaigns.journeys
        for step in journey.steps
        if isinstance(step, SendMessage) and step.message in channels
    }
    if not sent:
        return
    named: list[tuple[str, tuple[str, ...]]] = [(place.path, (place.name,)) for place in event_names(campaigns)]
    for site in conditions(campaigns):
        tree = read(site)
        if not isinstance(tree, Problem):
            named.append((site.path, references(tree).events))
    for path, events in named:
        for event in events:
            if event in sent:
                yield _no(
                    path, f"the event {event!r} that a message step of this file makes", "Wait for another event."
                )


def _no(path: str, words: str, mend: str = _MEND) -> Problem:
    return Problem("error", "not_yet", path, f"This version cannot simulate {words} yet.", mend)
