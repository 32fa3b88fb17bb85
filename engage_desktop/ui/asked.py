"""Whether a question is still one: an edit may take away what it names while it waits for the next run."""

from __future__ import annotations

from engage_desktop.app.protocol import ENTRY, AskAudience, Request
from engage_desktop.app.protocol_broadcasts import AskReach
from engage_desktop.app.protocol_delivery import AskDryRun
from engage_desktop.app.protocol_sending import AskMessages
from engage_desktop.app.protocol_traits import AskTrait
from engage_desktop.domain.campaigns import Campaigns


def names_what_is(request: Request, campaigns: Campaigns) -> bool:
    """Whether the design has the audience, trait, destination, campaign, or journey and step that a request is about."""
    match request:
        case AskAudience(key=key):
            return campaigns.audience(key) is not None
        case AskTrait(key=key):
            return any(one.key == key for one in campaigns.traits)
        case AskReach(broadcast=key):
            return any(one.key == key for one in campaigns.broadcasts)
        case AskMessages(keep=keep) if keep.campaign:
            return keep.campaign in {one.key for one in campaigns.journeys} | {one.key for one in campaigns.broadcasts}
        case AskDryRun(destination=key):
            return campaigns.destination(key) is not None
    named: str | None = getattr(request, "journey", None)
    if named is None:
        return True
    journey, step = campaigns.journey(named), getattr(request, "step", None)
    return journey is not None and (step in (None, ENTRY) or step in journey.by_key)
