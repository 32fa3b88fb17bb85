"""Which identifiers there are, how many of each a person may have, and where a call shows them (section 2.4, ID-2, ID-3,
ID-5, D-47)."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import msgspec

from engage_desktop.domain.duration import parse_duration
from engage_desktop.domain.workspace import BUILT_IN_IDENTIFIERS, Identity, is_pattern
from engage_desktop.events.table import path_parts

BASE: Final = ("user_id", "email", "anonymous_id")
"""The types that name a profile, the strongest first (D-6). Their numbers are 0, 1, 2."""
KNOWN: Final = frozenset({"user_id", "email", "android.idfa", "ios.idfa"})
"""Types of which one makes eligible for audiences (AU-4); with anonymous people, `anonymous_id` does too."""
_IN_CONTEXT: Final = frozenset({"device", "integrations", "externalIds"})
_DEVICES: Final = ("android", "ios")
EMAIL: Final = 1
FIELDS: Final = ("userId", "traits.email", "anonymousId")
"""Where a call shows the types of BASE."""
_LIMIT, _USER_LIMIT = 5, 1
_ZEROS: Final = re.compile("[0-]*").fullmatch
_BLOCKED_EXACT: Final = frozenset({"-1", "null", "anonymous"})
_encode = msgspec.json.Encoder().encode


class IdentifierType(NamedTuple):
    """`limit` values a profile, within `per_us` or (None) ever; of two ranks the smaller is the stronger."""

    name: str
    limit: int
    per_us: int | None
    rank: tuple[int, str]


class Shown(NamedTuple):
    """An identifier beside userId, email and anonymousId, as a call shows it."""

    kind: int
    value: str
    field: str


class Identifiers:
    """The types by number: those of BASE, then the others from the strongest on."""

    def __init__(self, identity: Identity | None = None) -> None:
        rules = {rule.type: rule for rule in identity.identifiers} if identity else {}
        names = [*BUILT_IN_IDENTIFIERS, *(name for name in rules if name not in BUILT_IN_IDENTIFIERS)]
        given = {name: rule.priority for name, rule in rules.items() if rule.priority is not None}
        others = sorted(name for name in names if name not in given and name not in BASE[:2])
        ranks = {"user_id": 1, "email": 2, **{name: i for i, name in enumerate(others, 3)}, **given}
        types = []
        for name in names:
            rule = rules.get(name)
            limit = rule.limit if rule and rule.limit is not None else _USER_LIMIT if name == "user_id" else _LIMIT
            per_us = parse_duration(rule.per) if rule and rule.per is not None else None
            types.append(IdentifierType(name, limit, per_us, (ranks[name], name)))
        types.sort(key=lambda one: (BASE.index(one.name) if one.name in BASE else len(BASE), one.rank))
        self.types: tuple[IdentifierType, ...] = tuple(types)
        self.by_rank: tuple[int, ...] = tuple(sorted(range(len(types)), key=lambda kind: types[kind].rank))
        """Numbers of the types, the strongest first."""
        self._kind = {one.name: kind for kind, one in enumerate(types)}
        self._own = [(name, self._kind[name], path_parts(name)) for name in names if name not in BUILT_IN_IDENTIFIERS]
        self.reads_traits = bool(self._own)
        blocked = identity.blocked if identity else ()
        self.blocked_exact = _BLOCKED_EXACT.union(text for text in blocked if not is_pattern(text))
        self.blocked_patterns = tuple(re.compile(text[1:-1]).fullmatch for text in blocked if is_pattern(text))

    def is_blocked(self, value: str) -> bool:
        """Whether a value, not empty, is none (ID-5): whatever its type."""
        if value in self.blocked_exact or (value[0] in "0-" and _ZEROS(value)):
            return True
        return bool(self.blocked_patterns) and any(match(value) for match in self.blocked_patterns)

    def in_context(self, context: dict[str, Any] | None) -> tuple[Shown, ...]:
        """What a context shows beside `traits.email`: devices, Google Analytics, external ids."""
        if context is None or _IN_CONTEXT.isdisjoint(context):
            return ()
        found: list[Shown] = []
        device = context.get("device")
        if type(device) is dict:
            found += self._of_device(device)
        integrations = context.get("integrations")
        analytics = integrations.get("Google Analytics") if type(integrations) is dict else None
        client = id_text(analytics.get("clientId")) if type(analytics) is dict else ""
        if client:
            found.append(Shown(self._kind["ga_client_id"], client, "context.integrations"))
        external = context.get("externalIds")
        if type(external) is list:
            for one in external:
                if type(one) is dict and one.get("collection") == "users" and one.get("encoding") == "none":
                    kind, value = one.get("type"), id_text(one.get("id"))
                    if type(kind) is str and kind in self._kind and value:
                        found.append(Shown(self._kind[kind], value, "context.externalIds"))
        return tuple(found)

    def in_traits(self, traits: dict[str, Any]) -> tuple[Shown, ...]:
        """What the traits of an identify show beside the email: types of one's own."""
        found = []
        for name, kind, path in self._own:
            value: Any = traits
            for part in path:
                value = value.get(part) if type(value) is dict else None
            text = id_text(value)
            if text:
                found.append(Shown(kind, text, f"traits.{name}"))
        return tuple(found)

    def _of_device(self, device: dict[str, Any]) -> list[Shown]:
        system = str(device.get("type", "")).lower()
        if system not in _DEVICES:
            return []
        parts = [("id", "id"), ("push_token", "token")]
        if device.get("adTrackingEnabled") is True:
            parts.append(("idfa", "advertisingId"))
        shown = [
            Shown(self._kind[f"{system}.{name}"], id_text(device.get(key)), f"context.device.{key}")
            for name, key in parts
        ]
        return [one for one in shown if one.value]


def id_text(value: object) -> str:
    """The text of an identifier given as text or number (D-40), empty for anything else."""
    if type(value) is str:
        return value
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return _encode(value).decode() if type(value) in (int, float) else ""
