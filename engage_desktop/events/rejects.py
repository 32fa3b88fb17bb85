"""Records that cannot be used, and notices about identifiers (HT-5, ID-12, D-35, D-47)."""

from __future__ import annotations

import re
from typing import NamedTuple

_WITHOUT_ZONE = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}([T ,]+[0-9]{1,2}:[0-9]{2}[0-9:.,]*)?")


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
TIME_LIMIT_EXCEEDED = "identifier_value_time_limit_exceeded"
MERGES_EXCEEDED = "profile_merge_limit_exceeded"
MAPPINGS_EXCEEDED = "identifier_mapping_limit_exceeded"
NO_IDENTIFIERS = "no_matching_identifiers"
INVALID_EMAIL = "INVALID_EMAIL"
INVALID_PHONE = "INVALID_PHONE"
INVALID_STATUS = "INVALID_SUBSCRIPTION_STATUS"
OVER_LIMIT = "csv_limit_exceeded"
IN_FUTURE = "timestamp_in_future"
NOTICE_CODES = frozenset(
    {ID_BLOCKED, LIMIT_EXCEEDED, TIME_LIMIT_EXCEEDED, MERGES_EXCEEDED, MAPPINGS_EXCEEDED}
    | {INVALID_EMAIL, INVALID_PHONE, INVALID_STATUS, OVER_LIMIT, IN_FUTURE}
)
"""Codes that tell of an identifier or a cell set aside, or of something odd, while the record was kept (ID-5, ID-12,
SB-8, EV-1)."""

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
EMPTY_GROUP = Fault("groupId", "group_id_empty", "the group has no id. Give it one.")
LONG_GROUP = Fault("groupId", "group_id_too_long", "the id of the group is longer than 500 characters. Shorten it.")
HUGE_NUMBER = Fault("properties", "number_too_large", "a number has more than 308 digits. Write it as text, in quotes.")
NOT_FOR_ENGAGE = Fault(
    "integrations.Personas", "not_for_engage", "the call says it is not meant for Engage. Remove that to import it."
)


def bad_time(field: str, text: object) -> Fault:
    """The fault of a timestamp that is no instant, quoting a short piece of it."""
    shown = repr(str(text)[:40])
    if isinstance(text, str) and _WITHOUT_ZONE.fullmatch(text):
        mend = "Write it like 2011-03-01T09:00:00Z, or say the zone of the whole file: --zone Europe/London."
        return Fault(field, "timestamp_invalid", f"{shown} names no zone. {mend}")
    mend = "Write it like 2011-03-01T09:00:00Z."
    return Fault(field, "timestamp_invalid", f"{shown} is not an instant with a zone. {mend}")
