"""Workspace settings, identity rules and policies."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from engage_desktop.domain.base import DurationText, Key, Model, Number
from engage_desktop.domain.duration import parse_duration

DEFAULT_STAGES = ("awareness", "nurture", "drive_intent", "repeat_purchase")
Channel = Literal["email", "sms", "push", "whatsapp"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "whatsapp")


class Stage(Model):
    key: Key
    name: str
    audience: Key | None = None


class Workspace(Model):
    name: str
    timezone: str = "UTC"
    allow_list: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


BUILT_IN_IDENTIFIERS = (
    "user_id", "email", "anonymous_id", "android.id", "android.idfa", "android.push_token", "ga_client_id", "ios.id",
    "ios.idfa", "ios.push_token",
)  # fmt: skip
_MISTAKEN_IDENTIFIERS = {"userId": "user_id", "anonymousId": "anonymous_id", "e-mail": "email"}


class IdentifierRule(Model):
    type: str
    limit: int | None = None
    per: DurationText | None = None
    priority: int | None = None

    @field_validator("type")
    @classmethod
    def _means_a_type(cls, name: str) -> str:
        if not name.strip():
            raise _refusal("an identifier has no type. Name one, such as email or one of your own.")
        if name in ("group_id", "groupId"):
            raise _refusal(f"{name!r} names accounts, not people. Remove it.")
        if name in _MISTAKEN_IDENTIFIERS:
            raise _refusal(f"{name!r} is not a type of identifier. Write {_MISTAKEN_IDENTIFIERS[name]!r}.")
        if name.startswith(("android.", "ios.")) and name not in BUILT_IN_IDENTIFIERS:
            system = name.partition(".")[0]
            known = ", ".join(one for one in BUILT_IN_IDENTIFIERS if one.startswith(system))
            raise _refusal(f"{name!r} is not a type of identifier. Use one of: {known}, or a name of your own.")
        return name

    @field_validator("limit")
    @classmethod
    def _lets_one_in(cls, limit: int | None) -> int | None:
        if limit is not None and limit < 1:
            raise _refusal(f"a limit of {limit} lets no profile have the identifier. Write 1 or more.")
        return limit

    @field_validator("per")
    @classmethod
    def _lasts(cls, text: str | None) -> str | None:
        if text is not None and not parse_duration(text):
            raise _refusal(
                f"{text!r} is no time in which values could be counted. Write one such as 1d, or leave it out."
            )
        return text


class Identity(Model):
    """Which identifiers there are and how many of each a profile may have (ID-2..ID-5); `blocked` values are none."""

    identifiers: tuple[IdentifierRule, ...] = ()
    blocked: tuple[str, ...] = ()

    @field_validator("identifiers")
    @classmethod
    def _no_type_twice(cls, rules: tuple[IdentifierRule, ...]) -> tuple[IdentifierRule, ...]:
        seen: set[str] = set()
        for rule in rules:
            if rule.type in seen:
                raise _refusal(f"the type {rule.type!r} stands twice. Keep one of them.")
            seen.add(rule.type)
        return rules

    @field_validator("blocked")
    @classmethod
    def _can_be_matched(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            if not text:
                raise _refusal("an empty value is never an identifier. Remove it.")
            if is_pattern(text):
                try:
                    re.compile(text[1:-1])
                except (re.error, OverflowError, RecursionError) as error:
                    raise _refusal(
                        f"{text!r} is no pattern ({error}). Mend it, or leave out the strokes to block it as it stands."
                    ) from None
        return texts


def is_pattern(blocked: str) -> bool:
    """Whether a blocked value is a `/pattern/`, which must match the whole of an identifier."""
    return len(blocked) > 2 and blocked.startswith("/") and blocked.endswith("/")


def _refusal(sentences: str) -> PydanticCustomError:
    return PydanticCustomError("identity", "{text}", {"text": sentences})


class UnknownPolicy(Model):
    """What a message does where the log knows nothing (D-23)."""

    unknown: Literal["hold", "assume"] = "hold"


class Holdout(Model):
    percent: Number
    audience: Key | None = None


class QuietHours(Model):
    channel: Channel
    from_: str = Field(alias="from")
    to: str
    inside: Literal["wait", "drop"] = "wait"


class Cap(Model):
    channel: Channel | None = None
    max: int
    per: DurationText
    when_capped: Literal["drop", "defer"] = "drop"


class Policies(Model):
    subscription: UnknownPolicy = UnknownPolicy()
    address: UnknownPolicy = UnknownPolicy()
    suppression: tuple[Key, ...] = ()
    holdout: Holdout | None = None
    consent: dict[str, str] = {}
    quiet_hours: tuple[QuietHours, ...] = ()
    send_window: QuietHours | None = None
    caps: tuple[Cap, ...] = ()
    max_wait: DurationText = "7d"
