"""The name of a call, the same in every run (D-38), what it says of a member, and where it comes from."""

from __future__ import annotations

import xxhash


def message_id(
    destination: str,
    campaign: str,
    step: str,
    profile: str,
    entry_key: str,
    pass_number: int,
    change: str,
    changed_at: int,
) -> str:
    """The hex of D-38's H; without the run, so that a second run names the same change the same."""
    text = f"{destination}|{campaign}|{step}|{profile}|{entry_key}|{pass_number}|{change}|{changed_at}"
    return f"{xxhash.xxh3_64_intdigest(text.encode()):016x}"


def word(as_: str, *, joins: bool) -> str:
    """What a change of membership is called in rows and names: of a list people are added and removed."""
    if as_ == "list":
        return "added" if joins else "removed"
    return "entered" if joins else "exited"


def subject(campaign: str, step: str = "") -> str:
    """What the outbox keeps of where a call comes from: an audience key, or `journey/step`."""
    return f"{campaign}/{step}" if step else campaign
