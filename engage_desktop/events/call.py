"""One call of the Segment spec, decoded from JSON.

The strict decoder takes whole blocks of lines. A block that it refuses is decoded again line
by line, and a line that it refuses is looked at field by field to say what is wrong (HT-5).
"""

from __future__ import annotations

from typing import Any

import msgspec

from engage_desktop.events.rejects import Fault, bad_time

NO_CONTEXT = msgspec.Raw(b"")
"""In place of a context or integrations that were not given."""
TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
EVENT_OF_TYPE = {"page": "Page Viewed", "screen": "Screen Viewed"}


class Call(msgspec.Struct, gc=False):
    """The fields that are read. `context` stays raw: many calls share the same bytes. The fields of type
    Any may hold anything and only mean something where they hold what is expected."""

    type: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    messageId: str | None = None
    event: str | None = None
    timestamp: str | None = None
    receivedAt: str | None = None
    name: str | None = None
    category: str | None = None
    groupId: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: msgspec.Raw = NO_CONTEXT
    sourceId: Any = None
    integrations: msgspec.Raw = NO_CONTEXT
    sentAt: Any = None
    originalTimestamp: Any = None


MAX_DIGITS = 308
"""Whole numbers of more digits may lie beyond a double's range."""
strict = msgspec.json.Decoder(Call)
_loose = msgspec.json.Decoder()
encode = msgspec.json.Encoder().encode


def decode_lines(block: bytes) -> list[Call] | None:
    """Every call of a block of whole lines (blank ones skipped), or None if any line is unusable."""
    try:
        return strict.decode_lines(block)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode_line(line: bytes) -> Call | Fault:
    """The call of one line, or the first thing that is wrong with it."""
    try:
        return strict.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        record = _loose.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = str(error)  # of a deeply nested line the place alone fills a page
        what = what if len(what) <= 200 else f"{what[:120]} ... {what[-60:]}"
        return Fault("", "bad_request", f"the line is not valid JSON ({what}). Write one JSON object a line.")
    return from_record(record)


def from_record(record: object) -> Call | Fault:
    """Check a decoded record field by field."""
    if not isinstance(record, dict):
        return Fault("", "bad_request", "the line is not a JSON object. Write one call, {...}, a line.")
    kind = record.get("type")
    if kind is not None and (not isinstance(kind, str) or kind not in TYPES):
        return unknown_type(kind)
    if kind is None and record.get("event") is None:
        return unknown_type(kind)
    for field in ("userId", "anonymousId", "messageId", "groupId"):
        if not isinstance(record.get(field), str | None):
            return Fault(field, "id_not_string", f"{field} is not text. Put it in quotes.")
    named = kind in EVENT_OF_TYPE
    if kind in (None, "track") and not isinstance(record.get("event"), str | None):
        return Fault("event", "event_not_string", "the event name is not text. Put it in quotes.")
    for field in ("properties", "traits"):
        if not isinstance(record.get(field), dict | None):
            return Fault(field, f"{field}_not_object", f"{field} is not an object. Write it as {{...}}.")
    if named:
        for field in ("name", "category"):
            if not isinstance(record.get(field), str | None):
                return Fault(field, f"{field}_not_string", f"{field} is not text. Put it in quotes.")
    for field in ("timestamp", "receivedAt"):
        if not isinstance(record.get(field), str | None):
            return bad_time(field, record[field])
    return Call(
        type=kind,
        userId=record.get("userId"),
        anonymousId=record.get("anonymousId"),
        messageId=record.get("messageId"),
        event=record.get("event") if kind in (None, "track") else None,
        timestamp=record.get("timestamp"),
        receivedAt=record.get("receivedAt"),
        name=record.get("name") if named else None,
        category=record.get("category") if named else None,
        groupId=record.get("groupId"),
        properties=record.get("properties"),
        traits=record.get("traits"),
        context=_raw(record.get("context")),
        sourceId=record.get("sourceId"),
        integrations=_raw(record.get("integrations")),
        sentAt=record.get("sentAt"),
        originalTimestamp=record.get("originalTimestamp"),
    )


def _raw(value: object) -> msgspec.Raw:
    return NO_CONTEXT if value is None else msgspec.Raw(encode(value))


def unknown_type(kind: object) -> Fault:
    what = "type is missing" if kind is None else f"{str(kind)[:40]!r} is not a type of call"
    return Fault("type", "bad_request", f"{what}. Use one of: track, identify, page, screen, group, alias.")


def is_huge(value: object) -> bool:
    """Whether a decoded value is, or holds, a whole number beyond a double's range."""
    if type(value) is int:
        try:
            float(value)
        except OverflowError:
            return True
    if type(value) is dict:
        return any(map(is_huge, value.values()))
    return type(value) is list and any(map(is_huge, value))
