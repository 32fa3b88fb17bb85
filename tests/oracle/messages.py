"""The pipeline of one message in the first version: address, subscription, holdout (D-22, D-23, D-49, D-52)."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.campaigns import Campaigns
from tests.oracle.contacts import Contacts, address
from tests.oracle.instance import Due
from tests.oracle.scope import Refused
from tests.oracle.state import State


@dataclass
class Settled:
    due: Due
    channel: str
    message: str
    sent_at: int | None
    status: str
    reason: str | None
    assumed: bool


def settle(due: Due, state: State, campaigns: Campaigns, contacts: Contacts) -> Settled:
    """What becomes of a message at its due instant."""
    message = campaigns.message(due.step.message)
    if message is None:
        raise Refused(f"there is no message {due.step.message}")
    t, policies = due.due_at, campaigns.policies
    known, to = address(state.person, message.channel, t)
    assumed, reason = False, None
    if known == "removed" and state.rules.assume_covers_unknown_only:
        reason = "no_address"  # D-49: it was removed; assume does not cover that
    elif known != "shown":
        assumed = policies.address.unknown == "assume"
        reason = None if assumed else "address_unknown"
    if reason is None and message.send_to == "subscribed":
        status = contacts.status(state.person, message.channel, to, t)
        if status is None and policies.subscription.unknown == "assume":
            assumed = True
        elif status is None:
            reason = "subscription_unknown"
        elif status != "subscribed":
            reason = status
    if reason is not None:
        return Settled(due, message.channel, message.key, None, "dropped", reason, assumed)
    if due.held_out:  # D-22: holdout stands after eligibility; D-54: no drop for `leave`
        return Settled(due, message.channel, message.key, None, "held_out", "holdout", assumed)
    return Settled(due, message.channel, message.key, t, "sent", None, assumed)
