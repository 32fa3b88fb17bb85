"""Policies and broadcasts that mean nothing: refused before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.message import Broadcast
from tests.oracle.calendars import clock_of, date_of
from tests.oracle.rules import LAW
from tests.oracle.scope import Refused


def refuse_sending(campaigns: Campaigns) -> None:
    """Raise `Refused` for the first thing wrong."""
    for reason in (*_policies(campaigns), *_messages(campaigns)):
        raise Refused(reason)
    for broadcast in campaigns.broadcasts:
        for reason in _broadcast(broadcast, campaigns):
            raise Refused(f"broadcast {broadcast.key}: {reason}")


def _policies(campaigns: Campaigns) -> Iterator[str]:
    policies = campaigns.policies
    named = list(policies.suppression)
    if policies.holdout is not None and policies.holdout.audience is not None:
        named.append(policies.holdout.audience)
    yield from (f"there is no audience {key}" for key in named if campaigns.audience(key) is None)
    windows = [policies.send_window] if policies.send_window else []
    for hours in (*policies.quiet_hours, *windows):
        clock_of(hours.from_), clock_of(hours.to)
    for cap in policies.caps:
        if cap.max < 1 or parse_duration(cap.per) <= 0:
            yield "a cap that lets nothing pass"


def _messages(campaigns: Campaigns) -> Iterator[str]:
    for message in campaigns.messages:
        if message.subscription_group is not None and message.channel != "email":
            yield f"message {message.key}: groups are for e-mail (SB-7)"


def _broadcast(broadcast: Broadcast, campaigns: Campaigns) -> Iterator[str]:
    if campaigns.journey(broadcast.key) is not None:
        yield "a journey has its key"
    if (broadcast.audience is None) == (broadcast.condition is None):
        yield "an audience or a condition"
    named = [*broadcast.exclude, *([broadcast.audience] if broadcast.audience else [])]
    yield from (f"there is no audience {key}" for key in named if campaigns.audience(key) is None)
    messages = [broadcast.message, *(variant.message for variant in broadcast.variants)]
    told = [key for key in messages if key is not None]
    if not told:
        yield "no message"
    yield from (f"there is no message {key}" for key in told if campaigns.message(key) is None)
    if broadcast.variants and round(sum(variant.percent for variant in broadcast.variants), 6) != 100:
        yield "the percentages do not sum to 100"
    if broadcast.throughput is not None and broadcast.throughput < 1:
        yield "nobody would ever get it"
    if date_of(broadcast.at, ZoneInfo(campaigns.workspace.timezone), LAW) is None:
        yield f"{broadcast.at!r} is no date"
