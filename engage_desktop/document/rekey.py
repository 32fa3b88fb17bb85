"""Another key for a message, with whatever names it led along."""

from __future__ import annotations

from engage_desktop.document.change import Change, put
from engage_desktop.document.edit import with_fields
from engage_desktop.document.wiring import EditRefused
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.message import Broadcast
from engage_desktop.domain.step import SendMessage


def rekey_message(campaigns: Campaigns, key: str, new_key: str) -> Change:
    """The change that gives a message another key in its own place and in every step and broadcast that sends it."""
    message = campaigns.message(key)
    if message is None:
        raise EditRefused(f"There is no message {key!r}. Choose one that is shown.")
    if new_key != key and campaigns.message(new_key) is not None:
        raise EditRefused(f"There is already a message {new_key!r}. Choose another key.")
    edits = [put(campaigns, "message", with_fields(message, key=new_key), key=key)]
    for journey in campaigns.journeys:
        steps = tuple(
            step.with_(message=new_key) if isinstance(step, SendMessage) and step.message == key else step
            for step in journey.steps
        )
        edits.append(put(campaigns, "journey", journey.with_(steps=steps)))
    for broadcast in campaigns.broadcasts:
        edits.append(put(campaigns, "broadcast", _led(broadcast, key, new_key)))
    return Change(f"Change the key {key} to {new_key}", tuple(edits))


def rekey_broadcast(campaigns: Campaigns, key: str, new_key: str) -> Change:
    """The change that gives a broadcast another key; results are named by it, so no journey may have it."""
    found = next((broadcast for broadcast in campaigns.broadcasts if broadcast.key == key), None)
    if found is None:
        raise EditRefused(f"There is no broadcast {key!r}. Choose one that is shown.")
    taken = [one.key for one in campaigns.broadcasts] + [one.key for one in campaigns.journeys]
    if new_key != key and new_key in taken:
        raise EditRefused(f"There is already a campaign {new_key!r}. Choose another key.")
    return Change(
        f"Change the key {key} to {new_key}",
        (put(campaigns, "broadcast", with_fields(found, key=new_key), key=key),),
    )


def _led(broadcast: Broadcast, key: str, new_key: str) -> Broadcast:
    variants = tuple(
        variant.with_(message=new_key) if variant.message == key else variant for variant in broadcast.variants
    )
    own = {"message": new_key} if broadcast.message == key else {}
    return broadcast.with_(variants=variants, **own) if own or variants != broadcast.variants else broadcast
