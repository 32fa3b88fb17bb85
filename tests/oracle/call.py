"""One raw record as a call, or the code of its rejection (D-35, D-47, HT-5, HT-6, EV-*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engage_desktop.domain.duration import parse_instant
from tests.oracle.identifiers import Identifier, IdentitySettings, extract
from tests.oracle.rules import Rules

KINDS = ("identify", "track", "page", "screen", "group", "alias")
MOST_FIELDS = 300  # HT-6, AMB-1: more than that is refused
LONGEST_MESSAGE_ID = 100
LONGEST_GROUP_ID = 500


@dataclass
class Call:
    """One usable record. `event` is its event name, None for calls that are no events (EV-10, D-47)."""

    time: int
    received: int
    position: int
    kind: str
    event: str | None
    properties: dict[str, Any]
    context: dict[str, Any]
    traits: dict[str, Any]  # of an identify (EV-8)
    identifiers: list[Identifier]  # strongest first, without blocked ones
    source: str | None = None  # sourceId, read by `sources` (D-43)
    group: str | None = None  # groupId of a group call, which links its person to that account (EV-12)
    group_traits: dict[str, Any] = field(default_factory=dict)  # traits of a group call: the account's
    blocked: list[Identifier] = field(default_factory=list)  # ID-5: set aside, and told of
    row: int = -1  # its place in the profile's order

    def order(self, rules: Rules) -> tuple[int, int, int]:
        """D-2: timestamp, receivedAt, position in the input."""
        received = self.received if rules.order_by_received else 0
        return self.time, received, self.position if rules.order_by_position else -self.position


def call_of(position: int, record: Any, settings: IdentitySettings, rules: Rules) -> Call | str:
    """The call of a record, or the code of its rejection."""
    if not isinstance(record, Mapping):
        return "bad_request"
    kind = record.get("type")
    if kind is None and record.get("event"):
        kind = "track"
    if kind not in KINDS:
        return "bad_request"
    integrations = record.get("integrations")
    if isinstance(integrations, dict) and integrations.get("Personas") is False:  # EV-11
        return "not_for_engage"
    fault = _ids_fault(record, kind)
    if fault:
        return fault
    parts: dict[str, dict[str, Any]] = {}
    for name in ("properties", "traits", "context"):
        value = record.get(name)
        if value is not None and not isinstance(value, dict):
            return f"{name}_not_object"
        parts[name] = value or {}
    most = MOST_FIELDS if rules.three_hundred_fields_fit else MOST_FIELDS - 1
    for name in ("properties", "traits"):
        if len(parts[name]) > most:
            return f"too_many_{name}"
    if kind == "track" and parts["context"].get("groupId") == "":  # HT-6
        return "group_id_empty"
    event = _event(record, kind)
    if event in ("event_not_defined", "event_not_string", "name_not_string", "category_not_string"):
        return event
    times = _times(record, rules)
    if times is None:
        return "timestamp_invalid"
    found = extract(record, kind, parts["traits"], parts["context"], settings, rules)
    traits = parts["traits"] if kind == "identify" else {}  # EV-8; a group's are the account's
    if not rules.context_traits_are_no_traits:
        traits = traits | (parts["context"].get("traits") or {})
    source = record.get("sourceId")
    return Call(
        time=times[0],
        received=times[1],
        position=position,
        kind=kind,
        event=event,
        properties=_properties(record, kind, parts["properties"]),
        context=parts["context"],
        traits=traits,
        identifiers=[one for one in found if not settings.is_blocked(one[1])],
        source=source if isinstance(source, str) else None,
        group=record["groupId"] if kind == "group" else None,
        group_traits=parts["traits"] if kind == "group" else {},
        blocked=[one for one in found if settings.is_blocked(one[1])],
    )


def _ids_fault(record: Mapping[str, Any], kind: str) -> str | None:
    for name in ("userId", "anonymousId", "messageId"):
        if record.get(name) is not None and not isinstance(record[name], str):
            return "id_not_string"
    if not record.get("userId") and not record.get("anonymousId"):
        return "no_user_anon_id"
    if len(record.get("messageId") or "") > LONGEST_MESSAGE_ID:
        return "message_id_too_long"
    if kind == "group":
        group = record.get("groupId")
        if group is None or group == "":
            return "group_id_empty"
        if not isinstance(group, str):
            return "id_not_string"
        if len(group) > LONGEST_GROUP_ID:
            return "group_id_too_long"
    return None


def _event(record: Mapping[str, Any], kind: str) -> str | None:
    """The event name, None where the call is no event, or a code."""
    if kind == "track":
        event = record.get("event")
        if event is None or event == "":
            return "event_not_defined"
        return event if isinstance(event, str) else "event_not_string"
    if kind in ("page", "screen"):  # EV-7
        for name in ("name", "category"):
            if record.get(name) is not None and not isinstance(record[name], str):
                return f"{name}_not_string"
        return {"page": "Page Viewed", "screen": "Screen Viewed"}[kind]
    return None


def _properties(record: Mapping[str, Any], kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """EV-7, section 2.1: the name of a page or screen under a name of its own, its category beside it."""
    if kind not in ("page", "screen"):
        return properties
    folded = dict(properties)
    if record.get("name") is not None:
        folded[f"{kind}_name"] = record["name"]
    if record.get("category") is not None:
        folded["category"] = record["category"]
    return folded


def _times(record: Mapping[str, Any], rules: Rules) -> tuple[int, int] | None:
    """Timestamp and receivedAt; None where there is no usable one (D-47, EV-1)."""

    def instant(name: str) -> int | None:
        value = record.get(name)
        if isinstance(value, str) and not rules.zone_is_needed and value[-1:].isdigit() and "+" not in value:
            value += "Z"
        return None if value is None else parse_instant(value)

    def lenient(name: str) -> int | None:
        """These only help where the timestamp is missing, so a bad one is as good as none."""
        try:
            return instant(name)
        except ValueError:
            return None

    try:
        time, received = instant("timestamp"), instant("receivedAt")
    except ValueError:
        return None
    if time is None and received is not None:
        time = received
        sent, original = lenient("sentAt"), lenient("originalTimestamp")
        if sent is not None and original is not None and rules.clock_skew_is_taken_out:
            time = received - (sent - original)
    if time is None:
        return None
    missing = time if rules.missing_received_is_timestamp else 0
    return time, missing if received is None else received
