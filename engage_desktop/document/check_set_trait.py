"""What may be wrong with a step that sets a trait (D-9, D-37)."""

from __future__ import annotations

from collections.abc import Iterator

from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.step import SetTrait

_ADDRESSES = {"email": "e-mail address", "phone": "phone number"}
_STATUS = "_subscription_status"


def check_set_trait(step: SetTrait, campaigns: Campaigns, path: str) -> Iterator[Problem]:
    """The trait's name: one whole trait, nobody else's, and none that sending would be thought to follow."""
    trait, path = step.trait, f"{path}.trait"
    if not trait.strip():
        yield Problem("error", "trait_empty", path, "The step names no trait.", "Choose a trait, or write a new name.")
    elif "." in trait:
        message = f"{trait!r} has a dot, and a step sets a whole trait, no part of one."
        yield Problem("error", "trait_dot", path, message, f"Write {trait.split('.')[0] or 'a name'!r}, without a dot.")
    elif campaigns.audience(trait) is not None or any(item.key == trait for item in campaigns.traits):
        what = "an audience" if campaigns.audience(trait) is not None else "a computed trait"
        message = f"{trait!r} is the key of {what}, so trait({trait!r}) would mean two things."
        yield Problem("error", "trait_name", path, message, "Set a trait of another name.")
    elif trait in _ADDRESSES or trait.endswith(_STATUS):
        channel = _ADDRESSES.get(trait) or f"{trait.removesuffix(_STATUS)} subscription"
        message = f"Conditions will see this {channel}, but messages still go by what the log shows of it."
        yield Problem(
            "warning", "trait_of_sending", path, message, "Set a trait of another name, unless that is meant."
        )
