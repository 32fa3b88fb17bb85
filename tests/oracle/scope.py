"""What the first version does not simulate: the oracle refuses it, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.journey import AudienceEntry
from engage_desktop.domain.step import (
    Ad,
    Delay,
    DelayUntil,
    End,
    Fork,
    Hold,
    RandomSplit,
    Send,
    SendMessage,
    SetTrait,
    Split,
    Wait,
)


class Refused(Exception):
    """The design uses something out of scope, or is wrong."""


IN_SCOPE = (Ad, Delay, DelayUntil, Hold, Wait, Split, Fork, RandomSplit, SendMessage, Send, SetTrait, End)


def refuse(campaigns: Campaigns) -> None:
    """Raise `Refused` for the first thing out of scope."""
    for reason in _reasons(campaigns):
        raise Refused(reason)


def _reasons(campaigns: Campaigns) -> Iterator[str]:
    for journey in campaigns.journeys:
        entry = journey.entry
        needs_cool_down = isinstance(entry, AudienceEntry) and entry.reentry.mode == "after_exit"
        if needs_cool_down and not (entry.reentry and entry.reentry.cool_down):
            yield f"journey {journey.key}: D-45 needs a cool-down"
        for step in journey.steps:
            if not isinstance(step, IN_SCOPE):
                yield f"step {journey.key}.{step.key}"
