"""The pipeline of one message in the first version: address, subscription, holdout (D-22, D-23, D-49, D-52)."""

from __future__ import annotations

from dataclasses import dataclass

from engage_desktop.domain.campaigns import Campaigns
from tests.oracle.contacts import Contacts, Known, address
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
    if not state.rules.address_is_of_the_log:
        known, to = _as_written(state, message.channel, t) or (known, to)
    assumed, reason = False, None
    if known == "removed" and state.rules.assume_covers_unknown_only:
        reason = "no_address"  # D-49: it was removed; assume does not cover that
    elif known != "shown":
        assumed = policies.address.unknown == "assume"
        reason = None if assumed else "address_unknown"
    if reason is None and message.send_to == "subscribed":
        status = contacts.status(state.person, message.channel, to, t)
        if not state.rules.subscription_is_of_the_log:
            status = state.trait(f"{message.channel}_subscription_status", t) or status
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


def _as_written(state: State, channel: str, now: int) -> tuple[Known, str] | None:
    """The misreading of D-6 that a trait set by a journey is an address too."""
    value = state.trait({"email": "email", "sms": "phone"}.get(channel, "token"), now)
    return ("shown", value) if isinstance(value, str) and value else None
