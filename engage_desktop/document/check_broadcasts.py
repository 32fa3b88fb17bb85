"""What is wrong with a broadcast (D-26): to whom, what, and when."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.document.check_journey import check_percents, duplicates, unknown
from engage_desktop.document.check_policies import check_people
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.clock import is_local
from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.message import Broadcast
from engage_desktop.domain.problem import Problem


def check_broadcasts(campaigns: Campaigns) -> Iterator[Problem]:
    """Every fault, in the order of the file."""
    for broadcast in campaigns.broadcasts:
        path = f"broadcasts.{broadcast.key}"
        if campaigns.journey(broadcast.key) is not None:
            message = f"A journey has the key {broadcast.key!r} too, so results of the two could not be told apart."
            yield Problem("error", "campaign_key", f"{path}.key", message, "Give one of them another key.")
        yield from _people(broadcast, campaigns, path)
        yield from _content(broadcast, campaigns, path)
        yield from _when(broadcast, path)


def _people(broadcast: Broadcast, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    if (broadcast.audience is None) == (broadcast.condition is None):
        none = broadcast.audience is None
        says = "neither an audience nor a condition" if none else "both an audience and a condition"
        yield Problem("error", "broadcast_group", path, f"The broadcast names {says}.", "Give one of them.")
    if broadcast.audience is not None:
        yield from check_people(broadcast.audience, campaigns, f"{path}.audience")
    for place, key in enumerate(broadcast.exclude):
        yield from check_people(key, campaigns, f"{path}.exclude.{place}")
    if broadcast.audience is not None and broadcast.audience in broadcast.exclude:
        message = "The audience of the broadcast is excluded from it, so it reaches nobody."
        yield Problem("warning", "broadcast_nobody", f"{path}.exclude", message, "Take it out of the exclusions.")


def _content(broadcast: Broadcast, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    """A message for each variant: its own, else the broadcast's, else that of the first variant that has one."""
    messages = [message.key for message in campaigns.messages]
    if broadcast.message is None and all(variant.message is None for variant in broadcast.variants):
        message, mend = "The broadcast has no message.", "Choose one, or give one of its variants one."
        yield Problem("error", "broadcast_message", path, message, mend)
    if broadcast.message is not None and broadcast.message not in messages:
        yield unknown("message", broadcast.message, f"{path}.message", messages)
    yield from duplicates(broadcast.variants, f"{path}.variants", "variant")
    if broadcast.variants:
        yield from check_percents(broadcast.variants, f"{path}.variants")
    for variant in broadcast.variants:
        if variant.message is not None and variant.message not in messages:
            yield unknown("message", variant.message, f"{path}.variants.{variant.key}.message", messages)


def _when(broadcast: Broadcast, path: str) -> Iterator[Problem]:
    try:
        parse_instant(broadcast.at)
    except ValueError:
        if not is_local(broadcast.at):
            mend = "Write one such as 2011-03-01T09:00 in workspace time, or 2011-03-01T09:00:00Z."
            yield Problem("error", "broadcast_at", f"{path}.at", f"{broadcast.at!r} is no day and time.", mend)
    if broadcast.throughput is not None and broadcast.throughput < 1:
        message = f"{broadcast.throughput} messages an hour would never be done."
        mend = "Give 1 or more, or leave it out to send all at once."
        yield Problem("error", "throughput", f"{path}.throughput", message, mend)
