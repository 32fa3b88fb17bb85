"""Records that cannot be used, and notices about identifiers (HT-5, ID-12, D-35, D-47)."""

from __future__ import annotations

from typing import NamedTuple


class Reject(NamedTuple):
    """One finding of an import. `line` is 1-based (the row number in CSV and Parquet files)."""

    file: str
    line: int
    field: str
    code: str
    message: str


class Fault(NamedTuple):
    """A `Reject` before anyone knows where it stands."""

    field: str
    code: str
    message: str


ID_BLOCKED = "id_value_blocked"
LIMIT_EXCEEDED = "identifier_value_limit_exceeded"
NO_IDENTIFIERS = "no_matching_identifiers"
NOTICE_CODES = frozenset({ID_BLOCKED, LIMIT_EXCEEDED})
"""Codes that tell of an identifier set aside while its event was kept (ID-5, ID-12)."""

NO_ID = Fault("userId", "no_user_anon_id", "neither userId nor anonymousId is given. Give the call one of them.")
NO_EVENT = Fault("event", "event_not_defined", "a track call has no event name. Write one in `event`.")
NO_TIME = Fault(
    "timestamp", "timestamp_invalid", "neither timestamp nor receivedAt is given. Write one like 2011-03-01T09:00:00Z."
)
CONTEXT_NOT_OBJECT = Fault(
    "context", "context_not_object", "context is not an object. Write it as {...} or leave it out."
)
TOO_LONG_ID = Fault("messageId", "message_id_too_long", "messageId is longer than 100 characters. Shorten it.")
TOO_MANY_PROPERTIES = Fault("properties", "too_many_properties", "there are more than 300 properties. Send fewer.")
TOO_MANY_TRAITS = Fault("traits", "too_many_traits", "there are more than 300 traits. Send fewer.")


def bad_time(field: str, text: object) -> Fault:
    """The fault of a timestamp that is no instant, quoting a short piece of it."""
    return Fault(
        field,
        "timestamp_invalid",
        f"{str(text)[:40]!r} is not an instant with a zone. Write it like 2011-03-01T09:00:00Z.",
    )
