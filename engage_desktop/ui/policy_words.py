"""The policies of a workspace in sentences. Qt-free."""

from __future__ import annotations

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import duration_words, parse_duration
from engage_desktop.domain.workspace import Cap
from engage_desktop.ui.canvas.words import CHANNEL_TITLE


def policy_words(campaigns: Campaigns) -> list[str]:
    """One sentence a rule that is on, in the order in which they are asked."""
    policies = campaigns.policies
    names = {audience.key: audience.name for audience in campaigns.audiences}
    found = [
        f"Unknown {field}: {'assumed' if rule.unknown == 'assume' else 'held back'}."
        for field, rule in (("address", policies.address), ("subscription", policies.subscription))
    ]
    for channel, category in policies.consent.items():
        found.append(f"{CHANNEL_TITLE.get(channel, channel)}: with consent to {category}.")
    found += [f"Never to {names.get(key, key)}." for key in policies.suppression]
    if policies.holdout is not None:
        whom = names.get(policies.holdout.audience or "", policies.holdout.audience) or "everybody"
        found.append(f"{policies.holdout.percent:g} % of {whom} held out.")
    for hours in policies.quiet_hours:
        found.append(f"{CHANNEL_TITLE[hours.channel]}: quiet from {hours.from_} to {hours.to}.")
    if policies.send_window is not None:
        hours = policies.send_window
        found.append(f"{CHANNEL_TITLE[hours.channel]}: only from {hours.from_} to {hours.to}.")
    return found + [cap_words(cap) for cap in policies.caps]


def cap_words(cap: Cap) -> str:
    """`At most 2 e-mails in 7 days.`"""
    what = f" by {CHANNEL_TITLE[cap.channel]}" if cap.channel else ""
    per = duration_words(parse_duration(cap.per))
    return f"At most {cap.max} {'message' if cap.max == 1 else 'messages'}{what} in {per}."
