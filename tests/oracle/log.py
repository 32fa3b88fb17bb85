"""Raw calls to profiles: rejects, duplicates, order (D-2, D-47) and identity (D-6, ID-1..ID-8), one call at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engage_desktop.domain.duration import parse_instant
from engage_desktop.domain.workspace import Identity
from tests.oracle.rules import Rules

Identifier = tuple[str, str]
KINDS = ("identify", "track", "page", "screen", "group", "alias")
LIMITS = {"user_id": 1}  # ID-2, D-47: everything else 5, ever
DEVICE_IDS = False  # the first version resolves user_id, email and anonymous_id only; section 2.4 has these too
BLOCKED = re.compile(r"[0-]*|-1|null|anonymous")  # ID-5, D-47


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
    traits: dict[str, Any]
    identifiers: list[Identifier]
    source: str | None = None  # sourceId, read by `sources` (D-43)
    group: str | None = None  # groupId of a group call, which links its person to that account (EV-12)
    group_traits: dict[str, Any] = field(default_factory=dict)  # traits of a group call: the account's
    row: int = -1  # its place in the profile's order

    def order(self, rules: Rules) -> tuple[int, int, int]:
        """D-2: timestamp, receivedAt, position in the input."""
        received = self.received if rules.order_by_received else 0
        return self.time, received, self.position if rules.order_by_position else -self.position


@dataclass
class Person:
    """A profile: its calls in D-2 order and the identifiers attached to it."""

    calls: list[Call] = field(default_factory=list)
    attached: set[Identifier] = field(default_factory=set)
    merges: int = 0

    def first_shown(self, kind: str) -> tuple[int, str] | None:
        """Instant and value of the first attached identifier of a kind (D-6, D-54)."""
        for call in self.calls:
            for identifier in call.identifiers:
                if identifier[0] == kind and identifier in self.attached:
                    return call.time, identifier[1]
        return None

    @property
    def text_id(self) -> str:
        """D-6: first user_id, else first email, else first anonymous id."""
        for kind in ("user_id", "email", "anonymous_id"):
            found = self.first_shown(kind)
            if found:
                return found[1]
        # The text is silent about a profile that shows none of these: its first other identifier, types alphabetical.
        return next(
            identifier[1] for call in self.calls for identifier in call.identifiers if identifier in self.attached
        )

    @property
    def events(self) -> list[Call]:
        return [call for call in self.calls if call.event is not None]


def read(
    records: Iterable[Mapping[str, Any]], rules: Rules, identity: Identity | None = None
) -> tuple[list[Person], list[tuple[int, str]]]:
    """Profiles in code-point order of text ids, and rejects as (position, code)."""
    calls: list[Call] = []
    rejects: list[tuple[int, str]] = []
    seen: set[str] = set()
    for position, record in enumerate(records):
        made = _call(position, record)
        if isinstance(made, str):
            rejects.append((position, made))
            continue
        message_id = record.get("messageId")
        if message_id is not None:
            if message_id in seen:  # EV-3, D-47: the first in input order stays
                continue
            seen.add(message_id)
        calls.append(made)
    people = _identify(sorted(calls, key=lambda call: call.order(rules)), rejects)
    for person in people:
        person.calls.sort(key=lambda call: call.order(rules))
        for row, call in enumerate(person.calls):
            call.row = row
    return sorted(people, key=lambda person: person.text_id), rejects


def _call(position: int, record: Mapping[str, Any]) -> Call | str:
    """The call of a record, or the code of its rejection (D-35, D-47, HT-5)."""
    kind = record.get("type")
    if kind not in KINDS:
        return "bad_request"
    for name in ("userId", "anonymousId"):
        if record.get(name) is not None and not isinstance(record[name], str):
            return "id_not_string"
    if not record.get("userId") and not record.get("anonymousId"):
        return "no_user_anon_id"
    try:
        received = parse_instant(record["receivedAt"]) if record.get("receivedAt") is not None else None
        time = parse_instant(record["timestamp"]) if record.get("timestamp") is not None else received
    except ValueError:
        return "timestamp_invalid"  # D-47: without zone too
    if time is None:
        return "timestamp_invalid"
    properties, context = record.get("properties") or {}, record.get("context") or {}
    traits = record.get("traits") or {}
    if not isinstance(properties, dict):
        return "properties_not_object"
    if not isinstance(traits, dict):
        return "traits_not_object"
    event = None
    if kind == "track":
        event = record.get("event")
        if not event:
            return "event_not_defined"
        if not isinstance(event, str):
            return "event_not_string"
    elif kind in ("page", "screen"):  # EV-7
        event = {"page": "Page Viewed", "screen": "Screen Viewed"}[kind]
        properties = dict(properties)
        if record.get("name") is not None:
            properties[f"{kind}_name"] = record["name"]
        if record.get("category") is not None:
            properties["category"] = record["category"]
    identifiers = _identifiers(record, traits, context)
    own_traits = traits if kind == "identify" else {}  # EV-8; group traits belong to the account
    source = record.get("sourceId")
    return Call(
        time,
        time if received is None else received,
        position,
        kind,
        event,
        properties,
        context,
        own_traits,
        identifiers,
        source=source if isinstance(source, str) else None,
        group=record.get("groupId") if kind == "group" else None,
        group_traits=traits if kind == "group" else {},
    )


def _identifiers(record: Mapping[str, Any], traits: dict[str, Any], context: dict[str, Any]) -> list[Identifier]:
    """Section 2.4, default extraction, by priority (ID-3), without blocked values (ID-5)."""
    found: list[tuple[str, Any]] = [("user_id", record.get("userId"))]
    if record["type"] != "group":
        found.append(("email", traits.get("email")))
    found.append(("email", (context.get("traits") or {}).get("email")))
    others: list[tuple[str, Any]] = [("anonymous_id", record.get("anonymousId"))]
    device = context.get("device") or {}
    system = str(device.get("type") or "").lower()
    if DEVICE_IDS and system in ("android", "ios"):
        others.append((f"{system}.id", device.get("id")))
        if device.get("adTrackingEnabled") is True:
            others.append((f"{system}.idfa", device.get("advertisingId")))
        others.append((f"{system}.push_token", device.get("token")))
    result: list[Identifier] = []
    for kind, value in found + sorted(others, key=lambda pair: pair[0]):
        if isinstance(value, str) and not BLOCKED.fullmatch(value) and (kind, value) not in result:
            result.append((kind, value))
    return result


def _identify(calls: list[Call], rejects: list[tuple[int, str]]) -> list[Person]:
    """ID-1: look up, create, attach or merge, dropping the lowest priority while a limit breaks (ID-4)."""
    owner: dict[Identifier, Person] = {}
    people: list[Person] = []
    for call in calls:
        if not call.identifiers:
            rejects.append((call.position, "id_required"))  # ID-9
            continue
        ids = list(call.identifiers)
        while True:
            matched: list[Person] = []
            for identifier in ids:
                if identifier in owner and owner[identifier] not in matched:
                    matched.append(owner[identifier])
            union = set(ids).union(*(person.attached for person in matched))
            if _within_limits(union, matched) or len(ids) == 1:
                break
            ids.pop()  # ID-4: the lowest priority goes, look up again
        if not matched:
            matched = [Person()]
            people.append(matched[0])
        survivor = min(matched, key=people.index)  # D-6: the oldest
        for other in matched:
            if other is not survivor:
                survivor.calls += other.calls
                survivor.attached |= other.attached
                survivor.merges += other.merges + 1
                people.remove(other)
        survivor.calls.append(call)
        survivor.attached |= set(ids)
        for identifier in survivor.attached:
            owner[identifier] = survivor
    return people


def _within_limits(identifiers: set[Identifier], matched: list[Person]) -> bool:
    """ID-2 limits by type; ID-8 caps: 1000 identifiers, 100 merges."""
    if len(identifiers) > 1000 or (len(matched) > 1 and sum(person.merges + 1 for person in matched) - 1 > 100):
        return False
    kinds = [kind for kind, _ in identifiers]
    return all(kinds.count(kind) <= LIMITS.get(kind, 5) for kind in set(kinds))
