"""Who may get a message: address, subscription of channel and group, consent (D-22, D-23, D-49, D-52, D-54)."""

from __future__ import annotations

from engage_desktop.domain.message import Message
from engage_desktop.domain.workspace import Policies
from tests.oracle.contacts import Contacts, Known, address
from tests.oracle.state import State

Answer = tuple[str | None, bool]
"""Why the message stops, None where it does not; and whether that rests on an assumption."""
PASSES: Answer = (None, False)


def ineligible(message: Message, state: State, policies: Policies, contacts: Contacts, t: int) -> Answer:
    """Of several reasons the first: address, subscription of the channel, of the group, consent."""
    rules = state.rules
    known, to = address(state.person, message.channel, t)
    if not rules.address_is_of_the_log:
        known, to = _as_written(state, message.channel, t) or (known, to)
    answers = [
        _of_address(known, state, policies),
        _of_channel(message, state, policies, contacts, to, t),
        _of_group(message, state, policies, contacts, to, t),
        _of_consent(message, state, policies, contacts, t),
    ]
    if not rules.channel_before_group:
        answers[1], answers[2] = answers[2], answers[1]
    if not rules.subscription_before_consent:
        answers.insert(1, answers.pop())
    if not rules.address_before_subscription:
        answers.append(answers.pop(0))
    assumed = False
    for reason, guessed in answers:
        assumed = assumed or guessed
        if reason is not None:
            return reason, assumed
    return None, assumed


def _of_address(known: Known, state: State, policies: Policies) -> Answer:
    if known == "shown":
        return PASSES
    if known == "removed" and state.rules.assume_covers_unknown_only:
        return "no_address", False  # D-49: it was removed; assume does not cover that
    return (None, True) if policies.address.unknown == "assume" else ("address_unknown", False)


def _of_channel(
    message: Message, state: State, policies: Policies, contacts: Contacts, to: str | None, t: int
) -> Answer:
    rules = state.rules
    if message.send_to == "all" and rules.all_skips_the_subscription:
        return PASSES
    if message.subscription_group is not None and not rules.group_needs_its_channel:
        return PASSES
    word = contacts.status(state.person, message.channel, to, t)
    if not rules.subscription_is_of_the_log:
        word = state.trait(f"{message.channel}_subscription_status", t) or word
    return _of_word(word, policies)


def _of_group(message: Message, state: State, policies: Policies, contacts: Contacts, to: str | None, t: int) -> Answer:
    """SB-7: an explicit word for the group itself."""
    rules, group = state.rules, message.subscription_group
    if group is None or not rules.groups_are_asked or (message.send_to == "all" and rules.all_skips_the_subscription):
        return PASSES
    word = contacts.status(state.person, message.channel, to, t, group)
    return PASSES if word is None and not rules.group_needs_a_word else _of_word(word, policies)


def _of_word(word: str | None, policies: Policies) -> Answer:
    """D-23: whatever the log does not know is held or assumed."""
    if word is None:
        return (None, True) if policies.subscription.unknown == "assume" else ("subscription_unknown", False)
    return PASSES if word == "subscribed" else (word, False)


def _of_consent(message: Message, state: State, policies: Policies, contacts: Contacts, t: int) -> Answer:
    """D-54: whoever has not said yes to the category of the channel; also of what is sent to all."""
    rules, category = state.rules, policies.consent.get(message.channel)
    if category is None or (message.send_to == "all" and not rules.all_skips_the_subscription_alone):
        return PASSES
    return PASSES if contacts.consents(state.person, category, t) else ("no_consent", False)


def _as_written(state: State, channel: str, now: int) -> tuple[Known, str] | None:
    """The misreading of D-6 that a trait set by a journey is an address too."""
    value = state.trait({"email": "email", "sms": "phone"}.get(channel, "token"), now)
    return ("shown", value) if isinstance(value, str) and value else None
